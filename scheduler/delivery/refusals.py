"""What "too many requests" is about: one chat, or the whole lane. Pure but for its own memory."""

import math
from collections import deque
from dataclasses import dataclass, field

WINDOW_S = 1.0
"""Refusals of different chats that come so close together are about the lane."""

FEW = 3
SHARE = 0.01
"""Of a second's calls; where a lane sends many, a few refusals of chats that had enough are no wonder."""


@dataclass(slots=True)
class Refusals:
    """The refusals of late.

    A refusal holds its chat (``ChatPaces.hold``), for its own wait. Where several different chats are refused
    within a second, it is the account that sends too much: then everything waits.

    Attributes:
        per_s: the lane's limit; None is unlimited.
        held_until: monotonic moment before which nothing is sent.
    """

    per_s: float | None = None
    held_until: float = -math.inf
    _recent: deque[tuple[float, str]] = field(default_factory=deque)

    @property
    def several(self) -> int:
        """How many chats must be refused before it is about the lane."""
        return max(FEW, math.ceil(SHARE * (self.per_s or 0.0)))

    def hold(self, until: float) -> None:
        """Send nothing before a moment."""
        self.held_until = max(self.held_until, until)

    def refused(self, address: str, now: float, retry_after_s: float) -> bool:
        """Note that a chat was refused a message and for how many seconds.

        Returns:
            Whether the lane begins to wait because of it.
        """
        if now < self.held_until:  # a call that was under way when the wait began
            self.hold(now + retry_after_s)
            return False
        self._recent.append((now, address))
        while self._recent[0][0] <= now - WINDOW_S:
            self._recent.popleft()
        if len({chat for _, chat in self._recent}) < self.several:
            return False
        self._recent.clear()
        self.hold(now + retry_after_s)
        return True
