"""How many messages may leave now, and to whom: the lane's pace, each chat's, and the app's health."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from scheduler.delivery.health import Health
from scheduler.delivery.pacing import URGENT, ChatPaces, LaneRules, Pace
from scheduler.delivery.refusals import Refusals
from store.errors import TemporaryError
from store.line import PRIORITIES

SHORTEST_HORIZON_S = 0.01
LONGEST_HORIZON_S = 0.022
"""Messages are claimed so short before they leave: what is claimed when the machine dies is in doubt."""


CLOCKS_DIFFER_S = 0.02
"""A row waits by the wall clock, its chat by the one that never goes back: nothing may slip in between."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Tells of a chat whether it must wait, and remembers of which it said so.

    Attributes:
        now: the moment for which it tells.
        busy: chats with a message under way.
        stopped: addresses of chats that it let wait, other than those.
    """

    now: float
    busy: frozenset[str]
    stopped: set[str] = field(default_factory=set)
    _paces: ChatPaces = field(default_factory=lambda: ChatPaces(LaneRules()))

    def __call__(self, address: str, priority: int) -> bool:
        """Tell whether a message of a rank to an address must wait."""
        if address in self.busy:
            return True
        waits = self._paces.ready_at(address, priority) > self.now
        if waits:
            self.stopped.add(address)
        return waits


@dataclass(frozen=True, slots=True)
class Wish:
    """What a lane can take.

    Attributes:
        limit: how many messages.
        reserved: by rank, how many of these it must leave to more urgent ones.
        held: tells whose turn it is not.
        is_probe: whether the message is to find out whether the app takes messages again.
    """

    limit: int
    reserved: Mapping[int, int]
    held: Gate
    is_probe: bool = False

    @property
    def least_limit(self) -> int:
        """How many it takes of those for which the fewest places are free: who gets fewer has got all."""
        return self.limit - max(self.reserved.values(), default=0)


@dataclass(slots=True)
class Traffic:
    """Every limit of one lane in one place; moments are monotonic seconds, passed in.

    Attributes:
        rules: what the app allows.
        horizon_s: how long before its start a message is claimed.
    """

    rules: LaneRules
    horizon_s: float = LONGEST_HORIZON_S
    _pace: Pace = field(init=False)
    _chats: ChatPaces = field(init=False)
    _refusals: Refusals = field(init=False)
    _health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self._pace = Pace(self.rules.per_s)
        self._chats = ChatPaces(self.rules)
        self._refusals = Refusals(self.rules.per_s)

    @property
    def in_outage(self) -> bool:
        """Whether the app has taken no message for a while."""
        return self._health.probing

    @property
    def shortest_horizon_s(self) -> float:
        """How long before its start a message is claimed at least: one always lies ready for its moment."""
        return max(SHORTEST_HORIZON_S, 1 / self.rules.per_s if self.rules.per_s else 0.0)

    def is_closed(self, now: float) -> bool:
        """Tell whether nothing gets through: an outage, or the app wants the whole lane to wait."""
        return self._health.probing or now < self._refusals.held_until

    def limit(self, now: float, under_way: int) -> int:
        """Tell how many messages may be claimed now, beside those under way."""
        if now < self._closed_until:
            return 0
        if self._health.probing:
            return 1 if self._health.answers and not under_way else 0
        free, room = self.rules.concurrency - under_way, self._pace.room(now, self.horizon_s)
        return free if room is None else min(free, room)

    def must_look(self, now: float, under_way: int) -> bool:
        """Tell whether the app must be asked first whether it answers: a message may get lost in trying."""
        is_open = now >= self._closed_until and not under_way
        return self._health.probing and is_open and not self._health.answers

    def looked(self) -> None:
        """Note that the app answered when it was asked."""
        self._health.answers = True

    def wish(self, now: float, busy: Collection[str]) -> Wish:
        """Say what to claim now, for chats that are not busy; the last places are for answers and alerts."""
        self._chats.forget_rested(now)
        limit = self.limit(now, len(busy))
        kept_free = self.rules.concurrency // 8
        others_limit = max(0, min(limit, self.rules.concurrency - len(busy) - kept_free))
        return Wish(
            limit=limit,
            reserved={rank: 0 if rank <= URGENT else limit - others_limit for rank in PRIORITIES},
            held=Gate(now, frozenset(busy), _paces=self._chats),
            is_probe=self._health.probing and limit > 0,
        )

    def opens_at(self, now: float, under_way: int) -> float | None:
        """Tell from when on messages may be claimed; None where first one under way must end."""
        if now < self._closed_until:
            return self._closed_until
        if under_way and (self._health.probing or under_way >= self.rules.concurrency):
            return None
        return max(now, self._pace.next_at - self.horizon_s)

    def next_release(self, gate: Gate) -> float | None:
        """Tell when the next chat that had to wait may be written to."""
        return self._chats.next_release(gate.stopped, gate.now)

    def depart(self, address: str, now: float, *, calls: int = 1) -> float:
        """Count a message to a chat, which may take several calls, and tell when the first may start."""
        starts = [self._pace.reserve(now) for _ in range(calls)]
        for start_at in starts:
            self._chats.take(address, start_at)
        return starts[0]

    def started(self, start_at: float, now: float) -> None:
        """Note when a call really started."""
        self._pace.correct(start_at, now)

    def ended(self, started_at: float, now: float) -> None:
        """Note when a call ended that started at a moment."""
        self._pace.answered(started_at, now - started_at)

    def rested(self) -> None:
        """Note that nothing more waits that may leave now: what does not leave then is not missed."""
        self._pace.rest()

    def remember(self, departed: Iterable[tuple[str, float]]) -> None:
        """Count what left before the lane was started, to which chat and when; the oldest first."""
        calls = list(departed)
        self._pace.remember(at for _, at in calls)
        for address, at in calls:
            self._chats.take(address, at)

    def hold(self, address: str, until: float) -> None:
        """Let nothing go to a chat before a moment, when what it waits for is due by the other clock, too."""
        self._chats.hold(address, until + CLOCKS_DIFFER_S)

    def answered(self, *, took: bool) -> bool:
        """Note that the app answered: it took a message, or refused it with a clear word.

        Returns:
            Whether this ends an outage.
        """
        if took:
            self._pace.recover()
        return self._health.succeeded()

    def failed(self, address: str | None, error: TemporaryError, now: float) -> float | None:
        """Note that the app could not take a message now; one that names a wait says that we are too fast.

        Args:
            address: the chat; None where the app was only asked whether it answers: the wait is the lane's.
            error: what it answered.
            now: the moment.

        Returns:
            For how many seconds the lane pauses because of it, where it begins to.
        """
        if error.retry_after_s is None:
            return self._health.failed(now)
        if address is None:
            self._refusals.hold(now + error.retry_after_s)
        elif not self._refusals.refused(address, now, error.retry_after_s):
            return None
        self._pace.slow_down()
        return error.retry_after_s

    @property
    def _closed_until(self) -> float:
        return max(self._health.paused_until, self._refusals.held_until)
