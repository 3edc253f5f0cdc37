"""The delivery side of the outbox: rows are claimed before they are sent, and settled afterwards."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import compress
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from store.changes import write_changes
from store.columns import UtcDateTime
from store.flushed import flushed
from store.one_of import is_one_of
from store.outbox import IS_QUEUED, RULES, Policy
from store.tables.customers import Purpose
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

PRIORITIES = tuple(sorted({rule.priority for rule in RULES.values()}))

STOPPED = (CampaignState.PAUSED, CampaignState.CANCELLED)
"""Campaigns of which nothing may leave, though rows of theirs may still be queued."""

SPARE = 16
SCANNED_AT_MOST = 4096
"""Rows of one rank that a claim looks at; what hides behind more that may not leave has its turn later."""

Held = Callable[[str, int], bool]
"""Tells of an address and a priority whether the chat must wait."""


class Claimed(NamedTuple):
    """A row that is being sent; the fields are those of ``OutboxMessage``.

    ``attempts`` counts the attempt for which it was claimed.
    """

    id: int
    address: str
    customer_id: int | None
    kind: MessageKind
    purpose: Purpose | None
    priority: int
    body: Mapping[str, Any]
    reply_to: str | None
    edits: str | None
    not_before: datetime
    expires_at: datetime | None
    attempts: int
    maybe_repeat: bool

    @property
    def to_staff(self) -> bool:
        """Whether it tells staff something that they must know."""
        return self.kind is MessageKind.ALERT and self.customer_id is None


@dataclass(frozen=True, slots=True)
class Sent:
    """The app took the message and calls it ``external_id``; ``reason`` is what it went without."""

    id: int
    external_id: str | None
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PutBack:
    """The message goes back in line, where it is still ours: whoever claimed it since counted one more.

    Attributes:
        not_before: its place in line, and when it may leave at the earliest.
        claimed: which attempt it was claimed for; one that came to no call does not count afterwards.
        retry_at: when it may be tried again after a call that failed; None where there was no call.
        maybe_repeat: whether the next attempt may be a repeat.
    """

    id: int
    not_before: datetime
    claimed: int
    maybe_repeat: bool
    reason: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The message will not be sent (again), and why."""

    id: int
    state: OutboxState
    reason: str


Settlement = Sent | PutBack | Ended

_TABLE = OutboxMessage.__table__.c
"""Claims go by the table: the ORM's way takes half as long again, and a lane claims 80 times a second."""

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

_FIRST_CANDIDATES = (
    select(_TABLE.id, _TABLE.address, _TABLE.campaign_id, _TABLE.not_before)
    .where(*_may_leave(_CHANNEL, _NOW), _TABLE.priority == bindparam("priority"))
    .order_by(_TABLE.not_before, _TABLE.id)
    .limit(bindparam("limit"))
)
_CANDIDATES = _FIRST_CANDIDATES.where(
    tuple_(_TABLE.not_before, _TABLE.id)
    > tuple_(bindparam("after_at", type_=UtcDateTime), bindparam("after_id")),
    _TABLE.address.not_in(bindparam("passed", expanding=True)),
)
_STOPPED = select(Campaign.id).where(is_one_of(Campaign.id, "ids"), Campaign.state.in_(STOPPED))


_CLAIMED = (
    _TABLE.id,
    _TABLE.address,
    _TABLE.customer_id,
    _TABLE.kind,
    _TABLE.purpose,
    _TABLE.priority,
    _TABLE.body,
    _TABLE.reply_to,
    _TABLE.edits,
    _TABLE.not_before,
    _TABLE.expires_at,
    _TABLE.attempts,
    _TABLE.maybe_repeat,
)
_MARK = (
    update(OutboxMessage).values(state=OutboxState.SENDING, attempts=_TABLE.attempts + 1).returning(*_CLAIMED)
)
_BY_KEYS = is_one_of(_TABLE.id, "ids")
_MARK_BY_KEYS = _MARK.where(_BY_KEYS)
_LOCKED = select(_TABLE.id, _TABLE.state).where(_BY_KEYS).with_for_update(skip_locked=True).cte("locked")
_MARK_LOCKED = _MARK_BY_KEYS.where(
    _TABLE.id.in_(select(_LOCKED.c.id).where(_LOCKED.c.state == literal_column("'queued'")))
)

_NEXT_DUE = select(
    *(
        select(func.min(_TABLE.not_before))
        .where(IS_QUEUED, _TABLE.channel == bindparam("channel"), _TABLE.priority == literal(rank))
        .scalar_subquery()
        for rank in PRIORITIES
    )
)


def _nobody(_address: str, _priority: int) -> bool:
    return False


def claim_due(
    session: Session,
    *,
    channel: str,
    now: datetime,
    limit: int,
    held: Held = _nobody,
    reserved: Mapping[int, int] | None = None,
) -> list[Claimed]:
    """Take due messages of a channel, most urgent first, and mark them as being sent; does not commit.

    At most one message of a chat is taken, its first in line, so that none overtakes another, and none of a
    campaign that is paused or cancelled. Two who claim at once never get the same row. The caller commits
    before it calls the app: a row found in ``sending`` after a crash is one of which nobody knows whether it
    left.

    Args:
        session: an open write transaction.
        channel: whose messages.
        now: what is due by then may be taken.
        limit: how many at most.
        held: whose turn it is not.
        reserved: for each priority how many of ``limit`` it must leave free.
    """
    connection = flushed(session)
    search = _Search(connection, channel, now, held)
    waits = connection.execute(_WAITING_RANKS, {"channel": channel, "now": now}).one()
    for priority in compress(PRIORITIES, waits):
        search.pick(priority, limit - (reserved or {}).get(priority, 0))
    return _mark(connection, list(search.picked.values())) if search.picked else []


_Candidate = Row[int, str, int | None, datetime]


@dataclass(slots=True)
class _Search:
    """A look through the line for what may leave; ``picked`` is the first message of each chat."""

    connection: Connection
    channel: str
    now: datetime
    held: Held
    picked: dict[str, int] = field(default_factory=dict)
    _stopped: dict[int, bool] = field(default_factory=dict)

    def pick(self, priority: int, most: int) -> None:
        """Go on until so many are picked in all, page by page: the first few rows are often all it needs."""
        passed: set[str] = set()
        after: tuple[datetime, int] | None = None
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
        if has_room and not self.held(row.address, priority):
            self.picked[row.address] = row.id

    def _page(
        self, priority: int, after: tuple[datetime, int] | None, passed: set[str], limit: int
    ) -> Sequence[_Candidate]:
        values = {"channel": self.channel, "priority": priority, "now": self.now, "limit": limit}
        if after is None:
            return self.connection.execute(_FIRST_CANDIDATES, values).all()
        values |= {"after_at": after[0], "after_id": after[1], "passed": passed}
        return self.connection.execute(_CANDIDATES, values).all()

    def _look_up(self, campaigns: set[int | None]) -> None:
        """Learn which of some campaigns are stopped."""
        new = {campaign for campaign in campaigns if campaign is not None} - self._stopped.keys()
        if new:
            stopped = set(self.connection.scalars(_STOPPED, {"ids": new}))
            self._stopped.update({campaign: campaign in stopped for campaign in new})


def _mark(connection: Connection, ids: list[int]) -> list[Claimed]:
    """Mark the rows that are still queued. They are found by key alone: statistics cannot mislead that.

    On SQLite nobody else can have taken them: whoever has found them here is the one that writes.
    """
    statement = _MARK_LOCKED if connection.dialect.name == "postgresql" else _MARK_BY_KEYS
    rows = connection.execute(statement, {"ids": ids}).all()
    return sorted((Claimed(*row) for row in rows), key=lambda row: (row.priority, row.not_before, row.id))


def undo_claims(session: Session, claims: Sequence[Claimed]) -> None:
    """Put claimed messages of which none was called back in line, where they are still ours; does not commit.

    Whoever claimed one since then has counted one attempt more.
    """
    if not claims:
        return
    statement = (
        update(OutboxMessage)
        .where(
            OutboxMessage.id == bindparam("row"),
            OutboxMessage.attempts == bindparam("claimed"),
            OutboxMessage.state == OutboxState.SENDING,
        )
        .values(state=OutboxState.QUEUED, attempts=OutboxMessage.attempts - 1)
    )
    session.connection().execute(statement, [{"row": row.id, "claimed": row.attempts} for row in claims])


def next_due_at(session: Session, *, channel: str) -> datetime | None:
    """Tell when the next queued message of a channel may leave; None where none waits."""
    moments = flushed(session).execute(_NEXT_DUE, {"channel": channel}).one()
    return min((moment for moment in moments if moment is not None), default=None)


def settle(session: Session, settlements: Iterable[Settlement]) -> None:
    """Note what became of claimed messages; does not commit."""
    by_changes: dict[type[Settlement], list[dict[str, Any]]] = {}
    for settlement in settlements:
        by_changes.setdefault(type(settlement), []).append(_changes(settlement))
    for rows in by_changes.values():
        write_changes(session, rows)


def _changes(settlement: Settlement) -> dict[str, Any]:
    match settlement:
        case Sent(row, external_id, at, reason):
            return {
                "row": row,
                "state": OutboxState.SENT,
                "sent_at": at,
                "external_id": external_id,
                "reason": reason,
            }
        case PutBack(row, not_before, claimed, maybe_repeat, reason, retry_at):
            return {
                "row": row,
                "claimed": claimed,
                "state": OutboxState.QUEUED,
                "not_before": not_before,
                "retry_at": retry_at,
                "attempts": claimed - 1 if retry_at is None else claimed,
                "maybe_repeat": maybe_repeat,
                "reason": reason,
            }
        case Ended(row, state, reason):
            return {"row": row, "state": state, "reason": reason}


def recover_interrupted(session: Session, *, channel: str) -> tuple[int, int]:
    """After a crash, decide on the rows that were being sent, by their kind's policy; does not commit.

    A change of a message that was sent is repeated whatever its kind: doing it twice shows nothing.

    Returns:
        How many were queued again, and how many became uncertain.
    """
    repeated = [kind for kind, rule in RULES.items() if rule.policy is Policy.AT_LEAST_ONCE]
    interrupted = and_(OutboxMessage.state == literal_column("'sending'"), OutboxMessage.channel == channel)
    again = session.execute(
        update(OutboxMessage)
        .where(interrupted, or_(OutboxMessage.kind.in_(repeated), OutboxMessage.edits.is_not(None)))
        .values(state=OutboxState.QUEUED, maybe_repeat=True, reason="the program stopped in between")
        .returning(OutboxMessage.id)
    ).all()
    uncertain = session.execute(
        update(OutboxMessage)
        .where(interrupted)
        .values(state=OutboxState.UNCERTAIN, reason="the program stopped while this was being sent")
        .returning(OutboxMessage.id)
    ).all()
    return len(again), len(uncertain)


def chats_that_wait(
    session: Session, *, channel: str, now: datetime, longest: timedelta
) -> dict[str, datetime]:
    """Tell which chats have a message that failed and will be tried again, and when: others queue behind.

    One that is tried again only after ``longest`` has lost its place and holds nobody up. The latest is found
    here, not by the database: to group by chat, SQLite would walk every message of years.
    """
    rows = session.execute(
        select(OutboxMessage.address, OutboxMessage.retry_at).where(
            IS_QUEUED,
            OutboxMessage.channel == channel,
            OutboxMessage.retry_at > now,
            OutboxMessage.retry_at <= now + longest,
        )
    )
    latest: dict[str, datetime] = {}
    for address, until in rows:
        if until is not None:
            latest[address] = max(until, latest.get(address, until))
    return latest
