"""How fast: a pace for the whole lane and one for each chat. Pure arithmetic over a monotonic clock."""

import math
from dataclasses import dataclass, field

from store.outbox import RULES
from store.tables.queues import MessageKind

URGENT = RULES[MessageKind.ALERT].priority
"""Answers and alerts, up to this rank, may use a chat's small burst; what speaks first may not."""

ROUNDING = 1e-6
"""A part of an interval that is no wait; sums of floats are never exact."""


@dataclass(frozen=True, slots=True)
class ChatRule:
    """How fast one chat takes messages: one every ``interval_s``, up to ``burst`` at once after a rest."""

    interval_s: float
    burst: int


@dataclass(frozen=True, slots=True)
class LaneRules:
    """What an app allows one account.

    Attributes:
        per_s: messages a second over all chats; None is unlimited.
        private, group: what one chat of each kind takes; None is unlimited.
        group_prefix: how the addresses of groups begin.
        concurrency: calls under way at once.
    """

    per_s: float | None = None
    private: ChatRule | None = None
    group: ChatRule | None = None
    group_prefix: str = "-"
    concurrency: int = 64

    def for_chat(self, address: str) -> ChatRule | None:
        """Tell what the chat at an address takes."""
        return self.group if address.startswith(self.group_prefix) else self.private


UNLIMITED = LaneRules()
TELEGRAM = LaneRules(per_s=30, private=ChatRule(1.0, burst=3), group=ChatRule(4.0, burst=5))
"""https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about 30 messages a
second over all; avoid more than one a second in a chat, short bursts may pass; 20 a minute in a group (five
at once and one every 4 s are never more than 20 in any minute)."""

_RULES = {"telegram": TELEGRAM}


def rules_for(channel: str) -> LaneRules:
    """Tell what an app allows; one that names no limit is unlimited."""
    return _RULES.get(channel, UNLIMITED)


class Pace:
    """Spreads the calls of a lane evenly: one every ``1 / per_s`` seconds, a hair slower, never a burst.

    A refusal for going too fast makes the interval longer; each success brings it back a little. ``MARGIN``
    keeps starts that come a few milliseconds late or early within the limit of any second.
    """

    MARGIN = 1.01
    SLOWER = 1.5
    SLOWEST = 4.0
    RECOVERY = 0.98

    def __init__(self, per_s: float | None) -> None:
        self._usual_s = self.MARGIN / per_s if per_s else 0.0
        self.interval_s = self._usual_s
        self.next_at = -math.inf

    def room(self, until: float) -> int | None:
        """Tell how many calls may start up to a moment; None is any number."""
        if not self.interval_s:
            return None
        if self.next_at == -math.inf:
            return 1
        return max(0, math.floor((until - self.next_at) / self.interval_s + ROUNDING) + 1)

    def reserve(self, now: float) -> float:
        """Take the next start and return its moment: ``now``, or later."""
        start = max(now, self.next_at)
        self.next_at = start + self.interval_s
        return start

    def slow_down(self) -> None:
        """Go slower: the app said that we are too fast."""
        self.interval_s = min(self.interval_s * self.SLOWER, self._usual_s * self.SLOWEST)

    def recover(self) -> None:
        """Come a little nearer to the usual pace: the app took a message."""
        self.interval_s = max(self.interval_s * self.RECOVERY, self._usual_s)


@dataclass(slots=True)
class _Chat:
    rested_at: float
    held_until: float = -math.inf


@dataclass(slots=True)
class ChatPaces:
    """Whose turn it is: each chat's own pace (a leaky bucket), and the chats that must wait for a retry."""

    rules: LaneRules
    _chats: dict[str, _Chat] = field(default_factory=dict)

    def take(self, address: str, at: float) -> None:
        """Count a call to a chat that starts at a moment."""
        rule = self.rules.for_chat(address)
        if rule is not None:
            chat = self._chat(address)
            chat.rested_at = max(chat.rested_at, at) + rule.interval_s

    def hold(self, address: str, until: float) -> None:
        """Let nothing go to a chat before a moment."""
        chat = self._chat(address)
        chat.held_until = max(chat.held_until, until)

    def ready_at(self, address: str, priority: int) -> float:
        """Tell from when on the next message of a rank may go to a chat; the past where it may already."""
        chat = self._chats.get(address)
        if chat is None:
            return -math.inf
        rule = self.rules.for_chat(address)
        burst = rule.burst if rule is not None and priority <= URGENT else 1
        slack = (burst - 1) * rule.interval_s if rule is not None else 0.0
        return max(chat.held_until, chat.rested_at - slack)

    def held(self, now: float, priority: int) -> frozenset[str]:
        """Name the chats to which no message of a rank may go now; forgets those that have rested."""
        self._forget_rested(now)
        return frozenset(address for address in self._chats if self.ready_at(address, priority) > now)

    def next_release(self, now: float) -> float | None:
        """Tell when the next of the chats that wait may be written to again, by messages of any rank."""
        moments = (self.ready_at(address, rank) for address in self._chats for rank in (URGENT, URGENT + 1))
        return min((moment for moment in moments if moment > now), default=None)

    def _chat(self, address: str) -> _Chat:
        return self._chats.setdefault(address, _Chat(rested_at=-math.inf))

    def _forget_rested(self, now: float) -> None:
        rested = [
            address for address, chat in self._chats.items() if max(chat.rested_at, chat.held_until) <= now
        ]
        for address in rested:
            del self._chats[address]
