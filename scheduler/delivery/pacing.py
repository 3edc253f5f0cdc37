"""How fast: a pace for the whole lane and one for each chat. Pure arithmetic over a monotonic clock."""

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from store.outbox import RULES
from store.tables.queues import MessageKind

URGENT = RULES[MessageKind.ALERT].priority
"""Answers and alerts, up to this rank, may use a chat's small burst; what speaks first may not."""

ROUNDING = 1e-6
"""A part of an interval that is no wait; sums of floats are never exact."""


TELEGRAM_TEXT = 4096
"""https://core.telegram.org/bots/api#sendmessage."""

SLOW_CALL_S = 5.0
FEWEST_CALLS = 64
MOST_CALLS = 512
"""So many calls are under way at once that a lane keeps its pace though each takes 5 s, within reason."""

LANE_MEMORY_S = 2.0
"""The lane's limit is one of any second."""


@dataclass(frozen=True, slots=True)
class ChatRule:
    """How fast one chat takes messages: one every ``interval_s``, up to ``burst`` at once after a rest."""

    interval_s: float
    burst: int

    @property
    def memory_s(self) -> float:
        """For how long what was sent can matter; the limit of a slow chat is one of any minute."""
        return max(60.0 if self.interval_s > 1 else 0.0, 2 * self.burst * self.interval_s)


@dataclass(frozen=True, slots=True)
class LaneRules:
    """What an app allows one account.

    Attributes:
        per_s: messages a second over all chats; None is unlimited.
        private, group: what one chat of each kind takes; None is unlimited.
        group_prefix: how the addresses of groups begin.
        concurrency: calls under way at once.
        text_limit: characters that one call takes, in UTF-16 units; a longer text takes more calls.
    """

    per_s: float | None = None
    private: ChatRule | None = None
    group: ChatRule | None = None
    group_prefix: str = "-"
    concurrency: int = 64
    text_limit: int | None = None

    def calls_for(self, text: str) -> int:
        """Tell how many calls a text takes."""
        if self.text_limit is None or 2 * len(text) <= self.text_limit:
            return 1
        return max(1, math.ceil(len(text.encode("utf-16-le", "surrogatepass")) / 2 / self.text_limit))

    def for_chat(self, address: str) -> ChatRule | None:
        """Tell what the chat at an address takes."""
        return self.group if self.is_group(address) else self.private

    def is_group(self, address: str) -> bool:
        """Tell whether an address is a group's."""
        return address.startswith(self.group_prefix)

    @property
    def private_memory_s(self) -> float:
        """For how long a message counts for the lane's limit, and for that of a private chat."""
        of_lane = LANE_MEMORY_S if self.per_s else 0.0
        return max(of_lane, self.private.memory_s if self.private else 0.0)

    @property
    def group_memory_s(self) -> float:
        """For how long a message counts for the limit of a group."""
        return self.group.memory_s if self.group else 0.0


def telegram_rules(per_s: float = 30.0, *, chat_per_s: float = 1.0, group_per_minute: int = 20) -> LaneRules:
    """Turn Telegram's limits into a lane's; the defaults are those that it documents.

    https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about 30 messages a
    second over all; avoid more than one a second in a chat, short bursts may pass; 20 a minute in a group
    (five at once and one every 4 s are never more than 20 in any minute).

    Args:
        per_s: over all chats.
        chat_per_s: in a private chat.
        group_per_minute: in a group; a quarter of them may come at once.
    """
    at_once = max(1, group_per_minute // 4)
    return LaneRules(
        per_s=per_s,
        private=ChatRule(1 / chat_per_s, burst=3),
        group=ChatRule(60 / max(1, group_per_minute - at_once), burst=at_once),
        concurrency=max(FEWEST_CALLS, min(math.ceil(SLOW_CALL_S * per_s), MOST_CALLS)),
        text_limit=TELEGRAM_TEXT,
    )


UNLIMITED = LaneRules(concurrency=256)
TELEGRAM = telegram_rules()
_RULES = {"telegram": TELEGRAM}


def rules_for(channel: str) -> LaneRules:
    """Tell what an app allows; one that names no limit is unlimited."""
    return _RULES.get(channel, UNLIMITED)


class Pace:
    """Spreads the calls of a lane evenly, and never lets more than the limit start within any second.

    Each call has a slot of its own, ``interval_s`` after that of the last. Where the lane was not ready for
    some (the disk was slow), what it has missed leaves a little faster until it has caught up; what
    it had nothing to send for is not missed. And no call starts before the one ``per_s`` calls ahead of it is
    a second old, and ``SLACK_S`` more: calls take now longer, now shorter to reach the app, which counts them
    when they arrive. What counts is when a call really started, be that later than it should have. A refusal
    for going too fast makes the interval longer; each success brings it back a little.
    """

    SPARE_S = 0.012
    """The slots of a second's calls are spread over so much more than a second."""
    SLACK_S = 0.008
    """So much more than a second lies between calls that are as many apart as a second may hold."""
    LONGEST_WAY_S = 1.5
    """No call is taken to have been on its way for longer than this."""
    HASTE = 4 / 3
    """How much faster than usual what was missed leaves."""
    LONGEST_MISS_S = 0.25
    """What was missed before is not made up for."""
    FORGETTING = 1.0001
    """With each call, what counts as quick grows by so much, so that a change of the way there is learnt."""
    SLOWER = 1.5
    SLOWEST = 4.0
    RECOVERY = 0.98

    def __init__(self, per_s: float | None) -> None:
        self._most = max(1, math.floor(per_s)) if per_s else 0
        whole_s = self._most / per_s if per_s else 0.0
        self._span_s = whole_s + self.SLACK_S
        self._usual_s = (whole_s + self.SPARE_S) / self._most if per_s else 0.0
        self._quickest_s = math.inf
        self._starts: list[float] = []
        self._slot_at = self._last_at = -math.inf
        self.interval_s = self._usual_s

    @property
    def next_at(self) -> float:
        """The moment from which on the next call may start."""
        return max(self._slot(-math.inf), self._soonest(self._last_at), self._opens_at(0))

    def room(self, now: float, ahead_s: float) -> int | None:
        """Tell how many calls may start from now on until so many seconds later; None is any number."""
        if not self.interval_s:
            return None
        count, slot_at, last_at = 0, self._slot(now), self._last_at
        while count < self._most:
            start = max(now, slot_at, self._soonest(last_at), self._opens_at(count))
            if start > now + ahead_s + ROUNDING:
                break
            count, slot_at, last_at = count + 1, slot_at + self.interval_s, start
        return count

    def reserve(self, now: float) -> float:
        """Take the next start and return its moment: ``now``, or later."""
        if not self.interval_s:
            return now
        slot_at = self._slot(now)
        start = self._last_at = max(now, slot_at, self._soonest(self._last_at), self._opens_at(0))
        self._slot_at = slot_at + self.interval_s
        del self._starts[: bisect_right(self._starts, now - self._span_s)]
        insort(self._starts, start)
        return start

    def rest(self) -> None:
        """Note that nothing more is to be sent now: slots that pass from now on are not missed."""
        self._slot_at = -math.inf

    def correct(self, start: float, really: float) -> None:
        """Note that a call did not start at the moment it had reserved, or came to the app only later."""
        if not self.interval_s:
            return
        place = bisect_left(self._starts, start)
        if place < len(self._starts) and self._starts[place] == start:
            del self._starts[place]
        insort(self._starts, really)

    def answered(self, start: float, took_s: float) -> None:
        """Note how long a call took: so much longer than the quickest may it have been on its way."""
        self._quickest_s = min(took_s, self._quickest_s * self.FORGETTING)
        way_s = min(took_s - self._quickest_s, self.LONGEST_WAY_S)
        if way_s > self.SLACK_S / 2:
            self.correct(start, start + way_s)

    def remember(self, starts: Iterable[float]) -> None:
        """Count calls that another process made, or this one before it was started again."""
        if self.interval_s:
            self._starts = sorted([*self._starts, *starts])
            self._last_at = max([self._last_at, *self._starts[-1:]])

    def slow_down(self) -> None:
        """Go slower: the app said that we are too fast."""
        self.interval_s = min(self.interval_s * self.SLOWER, self._usual_s * self.SLOWEST)
        self.rest()

    def recover(self) -> None:
        """Come a little nearer to the usual pace: the app took a message."""
        self.interval_s = max(self.interval_s * self.RECOVERY, self._usual_s)

    def _slot(self, now: float) -> float:
        """Tell whose slot is next: one that was missed, or after a rest a new one."""
        if self._slot_at == -math.inf:
            return max(now, self._last_at + self.interval_s)
        return max(self._slot_at, now - self.LONGEST_MISS_S)

    def _soonest(self, last_at: float) -> float:
        return last_at + self.interval_s / self.HASTE

    def _opens_at(self, place: int) -> float:
        """Tell from when on the limit leaves room for the next call, or for one as many places after it."""
        first = len(self._starts) - self._most + place
        return self._starts[first] + self._span_s if 0 <= first < len(self._starts) else -math.inf


@dataclass(slots=True)
class ChatPaces:
    """Whose turn it is: each chat's own pace (a leaky bucket), and the chats that must wait for a retry."""

    FEW: ClassVar[int] = 1000

    rules: LaneRules
    _rested_at: dict[str, float] = field(default_factory=dict)
    _held_until: dict[str, float] = field(default_factory=dict)
    _look_at: int = FEW

    def take(self, address: str, at: float) -> None:
        """Count a call to a chat that starts at a moment."""
        rule = self.rules.for_chat(address)
        if rule is not None:
            self._rested_at[address] = max(self._rested_at.get(address, at), at) + rule.interval_s

    def hold(self, address: str, until: float) -> None:
        """Let nothing go to a chat before a moment."""
        self._held_until[address] = max(self._held_until.get(address, until), until)

    def ready_at(self, address: str, priority: int) -> float:
        """Tell from when on the next message of a rank may go to a chat; the past where it may already."""
        held_until = self._held_until.get(address, -math.inf)
        rested_at = self._rested_at.get(address)
        rule = None if rested_at is None else self.rules.for_chat(address)
        if rested_at is None or rule is None:
            return held_until
        burst = rule.burst if priority <= URGENT else 1
        return max(held_until, rested_at - (burst - 1) * rule.interval_s)

    def next_release(self, addresses: Iterable[str], now: float) -> float | None:
        """Tell when the next chat, of some or of those that wait for a retry, may be written to again."""
        chats = {*addresses, *self._held_until}
        moments = (self.ready_at(address, rank) for address in chats for rank in (URGENT, URGENT + 1))
        return min((moment for moment in moments if moment > now), default=None)

    def forget_rested(self, now: float) -> None:
        """Forget the chats that have rested; looks only now and then, so that it costs nothing."""
        if len(self._rested_at) + len(self._held_until) < self._look_at:
            return
        for moments in (self._rested_at, self._held_until):
            for address in [address for address, moment in moments.items() if moment <= now]:
                del moments[address]
        self._look_at = max(self.FEW, 2 * (len(self._rested_at) + len(self._held_until)))
