"""How many messages may leave now, and to whom: the lane's pace, each chat's, and the app's health."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from scheduler.delivery.health import Health
from scheduler.delivery.pacing import URGENT, ChatPaces, LaneRules, Pace
from store.departures import PRIORITIES
from store.errors import TemporaryError

HORIZON_S = 0.05
"""Messages are claimed so short before they leave: what is claimed when the machine dies is in doubt."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a lane can take.

    Attributes:
        limit: how many messages.
        reserved: by rank, how many of these it must leave to more urgent ones.
        held: by rank, the chats whose turn it is not.
    """

    limit: int
    reserved: Mapping[int, int]
    held: Mapping[int, frozenset[str]]


@dataclass(slots=True)
class Traffic:
    """Every limit of one lane in one place; moments are monotonic seconds, passed in."""

    rules: LaneRules
    _pace: Pace = field(init=False)
    _chats: ChatPaces = field(init=False)
    _health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self._pace = Pace(self.rules.per_s)
        self._chats = ChatPaces(self.rules)

    @property
    def in_outage(self) -> bool:
        """Whether the app has taken no message for a while."""
        return self._health.probing

    def limit(self, now: float, under_way: int) -> int:
        """Tell how many messages may be claimed now, beside those under way."""
        if now < self._health.paused_until:
            return 0
        if self._health.probing:
            return 0 if under_way else 1
        free, room = self.rules.concurrency - under_way, self._pace.room(now + HORIZON_S)
        return free if room is None else min(free, room)

    def wish(self, now: float, busy: Collection[str]) -> Wish:
        """Say what to claim now, for chats that are not busy; the last places are for answers and alerts."""
        limit = self.limit(now, len(busy))
        kept_free = self.rules.concurrency // 8
        others_limit = max(0, min(limit, self.rules.concurrency - len(busy) - kept_free))
        urgent = self._chats.held(now, URGENT).union(busy)
        others = self._chats.held(now, URGENT + 1).union(busy)
        return Wish(
            limit=limit,
            reserved={rank: 0 if rank <= URGENT else limit - others_limit for rank in PRIORITIES},
            held={rank: urgent if rank <= URGENT else others for rank in PRIORITIES},
        )

    def opens_at(self, now: float, under_way: int) -> float | None:
        """Tell from when on messages may be claimed; None where first one under way must end."""
        if now < self._health.paused_until:
            return self._health.paused_until
        if under_way and (self._health.probing or under_way >= self.rules.concurrency):
            return None
        return max(now, self._pace.next_at - HORIZON_S)

    def next_release(self, since: float) -> float | None:
        """Tell when the next chat that had to wait at a moment may be written to."""
        return self._chats.next_release(since)

    def depart(self, address: str, now: float) -> float:
        """Count a message to a chat and tell when its call may start."""
        start_at = self._pace.reserve(now)
        self._chats.take(address, start_at)
        return start_at

    def hold(self, address: str, until: float) -> None:
        """Let nothing go to a chat before a moment."""
        self._chats.hold(address, until)

    def answered(self, *, took: bool) -> bool:
        """Note that the app answered: it took a message, or refused it with a clear word.

        Returns:
            Whether this ends an outage.
        """
        if took:
            self._pace.recover()
        return self._health.succeeded()

    def failed(self, error: TemporaryError, now: float) -> float | None:
        """Note that the app could not take a message now; one that names a wait says that we are too fast.

        Returns:
            For how many seconds the lane pauses because of it, where it begins to.
        """
        if error.retry_after_s is not None:
            self._pace.slow_down()
        return self._health.failed(now, error.retry_after_s)
