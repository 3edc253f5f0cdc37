"""The books of the server: who was sent what and when, and the limit that it enforces."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

WINDOW_S = 1.0


@dataclass(slots=True)
class Account:
    """What came in; moments are of the monotonic clock, which all processes of a machine share.

    Attributes:
        limit: messages that any trailing second may hold; None for as many as come.
        sent: moment, chat and text of each message that was taken, in their order.
        refused: moments of those refused for the limit.
        calls: how many of each method.
        first_update: when the first update was given; 0 before.
        confirmations: when how many updates had been confirmed.
    """

    limit: int | None = None
    sent: list[tuple[float, str, str]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    first_update: float = 0.0
    confirmations: list[tuple[float, int]] = field(default_factory=list)

    def send(self, chat: str, text: str) -> bool:
        """Take a message, or refuse it where the trailing second is full."""
        now = time.monotonic()
        limit = self.limit
        if limit and len(self.sent) >= limit and now - self.sent[-limit][0] < WINDOW_S:
            self.refused.append(now)
            return False
        self.sent.append((now, chat, text))
        return True

    def give(self) -> None:
        """Note that updates are given."""
        self.first_update = self.first_update or time.monotonic()

    def confirm(self, confirmed: int) -> None:
        """Note how many updates are confirmed by now."""
        self.confirmations.append((time.monotonic(), confirmed))

    def stats(self, *, by_chat: bool = False) -> dict[str, Any]:
        """Sum up."""
        texts = Counter((chat, text) for _, chat, text in self.sent)
        summary: dict[str, Any] = {
            "sent": len(self.sent),
            "refused": len(self.refused),
            "first": self.sent[0][0] if self.sent else None,
            "last": self.sent[-1][0] if self.sent else None,
            "first_update": self.first_update or None,
            "repeats": len(self.sent) - len(texts),
            "most_in_a_second": self.most_in_a_second(),
            "calls": dict(self.calls),
        }
        if by_chat:
            summary["chats"] = dict(Counter(chat for _, chat, _ in self.sent))
        return summary

    def most_in_a_second(self) -> int:
        """Count the most messages that were taken in any second."""
        most, first = 0, 0
        for place, (moment, _, _) in enumerate(self.sent):
            while self.sent[first][0] <= moment - WINDOW_S:
                first += 1
            most = max(most, place - first + 1)
        return most
