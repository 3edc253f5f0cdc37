"""The line in which messages wait: most urgent first, and of each chat only its first may leave.

PostgreSQL keeps what has left the line in the line's index until somebody vacuums, and walks over it at each
look: in the middle of a broadcast to a million that is a hundred thousand entries, ninety times a second. So
whoever looks again and again remembers where the line began (``Line``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import compress

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from store.columns import UtcDateTime
from store.flushed import flushed
from store.one_of import is_one_of
from store.outbox import IS_QUEUED, RULES
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxMessage

PRIORITIES = tuple(sorted({rule.priority for rule in RULES.values()}))

STOPPED = (CampaignState.PAUSED, CampaignState.CANCELLED)
"""Campaigns of which nothing may leave, though rows of theirs may still be queued."""

SPARE = 16
SCANNED_AT_MOST = 4096
"""Rows of one rank that a claim looks at; what hides behind more that may not leave has its turn later."""

LOOK_BACK_EVERY = timedelta(seconds=0.5)
"""How often the whole line is looked at: what was put back in line keeps its old place."""
COMMITTED_WITHIN = timedelta(seconds=10)
"""How long the transaction that queues a message may take and the message is still seen at once."""

Held = Callable[[str, int], bool]
"""Tells of an address and a priority whether the chat must wait."""

Place = tuple[datetime, int]
"""A place in line: ``not_before`` and the row's number."""

_START: Place = (datetime.min.replace(tzinfo=UTC), 0)

_TABLE = OutboxMessage.__table__.c
"""Looks go by the table: the ORM's way takes half as long again, and a lane looks 80 times a second."""

_CHANNEL, _NOW = bindparam("channel", type_=String()), bindparam("now", type_=UtcDateTime())
_ASKED = select(_CHANNEL.label("channel"), _NOW.label("now")).cte("asked")
"""What is asked, once: a parameter that stands in a statement ten times is turned into text ten times."""


def _may_leave(channel: ColumnElement[str], now: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return (
        IS_QUEUED,
        _TABLE.channel == channel,
        _TABLE.not_before <= now,
        or_(_TABLE.retry_at.is_(None), _TABLE.retry_at <= now),
    )


def _is_after(at: str, row: str) -> ColumnElement[bool]:
    """Compare a row's place in line with the place that two parameters name."""
    place = tuple_(bindparam(at, type_=UtcDateTime), bindparam(row, type_=_TABLE.id.type))
    return tuple_(_TABLE.not_before, _TABLE.id) > place


_WAITING_RANKS = select(
    *(
        select(literal_column("1"))
        .where(
            *_may_leave(_ASKED.c.channel, _ASKED.c.now),
            _TABLE.priority == literal(rank, literal_execute=True),
        )
        .order_by(_TABLE.not_before, _TABLE.id)
        .limit(1)
        .scalar_subquery()
        for rank in PRIORITIES
    )
).select_from(_ASKED)
"""In one row, for each priority whether anything waits: most of the time it is only one or two of them."""


def _first_of(rank: int) -> Select[int, datetime, int]:
    first = (
        select(_TABLE.priority, _TABLE.not_before, _TABLE.id)
        .where(IS_QUEUED, _TABLE.channel == _CHANNEL)
        .where(_TABLE.priority == literal(rank, literal_execute=True))
        .where(_is_after(f"at_{rank}", f"row_{rank}"))
        .order_by(_TABLE.not_before, _TABLE.id)
        .limit(1)
        .subquery()
    )
    return select(first.c.priority, first.c.not_before, first.c.id)


_FIRSTS = union_all(*map(_first_of, PRIORITIES))
"""For each priority in which anything is in line after a place of its own, the first: also one that is to be
tried again only later, for what its chat has after it must not overtake it then."""

_CANDIDATES = (
    select(_TABLE.id, _TABLE.address, _TABLE.campaign_id, _TABLE.not_before)
    .where(*_may_leave(_CHANNEL, _NOW), _TABLE.priority == bindparam("priority"))
    .order_by(_TABLE.not_before, _TABLE.id)
    .limit(bindparam("limit"))
)
_CANDIDATES_AFTER = _CANDIDATES.where(_is_after("after_at", "after_row"))
_OTHER_CANDIDATES = _CANDIDATES_AFTER.where(_TABLE.address.not_in(bindparam("passed", expanding=True)))
_STOPPED = select(Campaign.id).where(is_one_of(Campaign.id, "ids"), Campaign.state.in_(STOPPED))

_NEXT_DUE = select(
    *(
        select(func.min(_TABLE.not_before))
        .where(IS_QUEUED, _TABLE.channel == bindparam("channel"), _TABLE.priority == literal(rank))
        .scalar_subquery()
        for rank in PRIORITIES
    )
)


class Line:
    """Where the line of a channel began lately, for one who claims again and again; it needs no database.

    What stands before that is not seen until the next look at the whole line: only what somebody else put
    back in line since (a campaign that is resumed, a greeting that is moved), or what took longer than
    ``COMMITTED_WITHIN`` to be queued, or was queued by a clock that is so late. For so long, what its chat
    has after it may leave before it. Who puts something back himself forgets the line: nothing overtakes it.
    """

    def __init__(self) -> None:
        self._after: dict[int, Place] = {}
        self._looked_back_at = datetime.min.replace(tzinfo=UTC)

    def begins(self, now: datetime) -> Mapping[int, Place]:
        """Give for each priority the place after which to look; nothing to look at the whole line."""
        if not timedelta() <= now - self._looked_back_at < LOOK_BACK_EVERY:
            self.forget()
        if not self._after:
            self._looked_back_at = now
        return self._after

    def remember(self, firsts: Mapping[int, Place], now: datetime) -> None:
        """Remember after which place each priority began that had anything in line."""
        settled = (now - COMMITTED_WITHIN, 0)
        self._after = {rank: min(firsts.get(rank, settled), settled) for rank in PRIORITIES}

    def forget(self) -> None:
        """Look at the whole line next: something was put back in its old place."""
        self._after = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """What may leave, as ``claim_due`` is asked; the fields are its arguments."""

    channel: str
    now: datetime
    limit: int
    held: Held
    reserved: Mapping[int, int]

    def room(self, priority: int) -> int:
        """Tell how many messages of a priority may leave, beside none of others."""
        return self.limit - self.reserved.get(priority, 0)


def next_in_line(connection: Connection, asked: Asked, line: Line) -> list[int]:
    """Find what may leave next: the numbers of rows, at most one of a chat."""
    if connection.dialect.name == "sqlite":  # whose index holds nothing but what waits
        return _search(connection, asked, _anywhere(connection, asked))
    begins = line.begins(asked.now)
    firsts = _firsts(connection, asked, begins)
    due = {rank: after for rank, after in firsts.items() if after[0] <= asked.now}
    picked = _search(connection, asked, due)
    is_full = any(asked.room(rank) <= 0 for rank in due)
    if begins and not picked and not is_full:  # it may sit back only after a look at all
        line.forget()
        return next_in_line(connection, asked, line)
    line.remember(firsts, asked.now)
    return picked


def _anywhere(connection: Connection, asked: Asked) -> dict[int, Place]:
    """Tell in which priorities anything waits, most urgent first; places do not matter."""
    waits = connection.execute(_WAITING_RANKS, {"channel": asked.channel, "now": asked.now}).one()
    return dict.fromkeys(compress(PRIORITIES, waits), _START)


def _firsts(connection: Connection, asked: Asked, begins: Mapping[int, Place]) -> dict[int, Place]:
    """Tell for each priority that has anything in line after which place it begins, most urgent first."""
    values: dict[str, object] = {"channel": asked.channel}
    for rank in PRIORITIES:
        values[f"at_{rank}"], values[f"row_{rank}"] = begins.get(rank, _START)
    firsts = connection.execute(_FIRSTS, values).all()
    return {row.priority: (row.not_before, row.id - 1) for row in sorted(firsts)}


def _search(connection: Connection, asked: Asked, waits: Mapping[int, Place]) -> list[int]:
    search = _Search(connection, asked)
    for priority, after in waits.items():
        search.pick(priority, asked.room(priority), after)
    return list(search.picked.values())


_Candidate = Row[int, str, int | None, datetime]


@dataclass(slots=True)
class _Search:
    """A look through the line for what may leave; ``picked`` is the first message of each chat."""

    connection: Connection
    asked: Asked
    picked: dict[str, int] = field(default_factory=dict)
    _stopped: dict[int, bool] = field(default_factory=dict)

    def pick(self, priority: int, most: int, after: Place) -> None:
        """Go on until so many are picked in all, page by page: the first few rows are often all it needs."""
        passed: set[str] = set()
        page, scanned = most - len(self.picked) + SPARE, 0
        while len(self.picked) < most and scanned < SCANNED_AT_MOST:
            rows = self._page(priority, after, passed, page)
            self._look_up({row.campaign_id for row in rows})
            for row in rows:
                self._consider(row, priority, most, passed)
            if len(rows) < page:
                return
            after, scanned, page = (rows[-1].not_before, rows[-1].id), scanned + page, 2 * page

    def _consider(self, row: _Candidate, priority: int, most: int, passed: set[str]) -> None:
        if row.address in passed or self._stopped.get(row.campaign_id, False):
            return
        passed.add(row.address)
        has_room = row.address not in self.picked and len(self.picked) < most
        if has_room and not self.asked.held(row.address, priority):
            self.picked[row.address] = row.id

    def _page(self, priority: int, after: Place, passed: set[str], limit: int) -> Sequence[_Candidate]:
        asked = self.asked
        values = {"channel": asked.channel, "priority": priority, "now": asked.now, "limit": limit}
        if after == _START:
            return self.connection.execute(_CANDIDATES, values).all()
        values |= {"after_at": after[0], "after_row": after[1]}
        if not passed:
            return self.connection.execute(_CANDIDATES_AFTER, values).all()
        return self.connection.execute(_OTHER_CANDIDATES, values | {"passed": passed}).all()

    def _look_up(self, campaigns: set[int | None]) -> None:
        """Learn which of some campaigns are stopped."""
        new = {campaign for campaign in campaigns if campaign is not None} - self._stopped.keys()
        if new:
            stopped = set(self.connection.scalars(_STOPPED, {"ids": new}))
            self._stopped.update({campaign: campaign in stopped for campaign in new})


def next_due_at(session: Session, *, channel: str) -> datetime | None:
    """Tell when the next queued message of a channel may leave; None where none waits."""
    moments = flushed(session).execute(_NEXT_DUE, {"channel": channel}).one()
    return min((moment for moment in moments if moment is not None), default=None)
