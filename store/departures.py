"""The delivery side of the outbox: rows are claimed before they are sent, and settled afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from store.changes import write_changes
from store.flushed import flushed
from store.line import Asked, Held, Line, next_in_line
from store.one_of import is_one_of
from store.outbox import IS_QUEUED, RULES, Policy
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState


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
_FREE = select(_LOCKED.c.id).where(_LOCKED.c.state == literal_column("'queued'")).scalar_subquery()
_MARK_LOCKED = _MARK.where(_TABLE.id == any_(func.array(_FREE, type_=ARRAY(_TABLE.id.type))))
"""Of some rows those that are queued and that nobody else has. No join, which statistics could mislead."""


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
    line: Line | None = None,
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
        line: what the caller remembers of the line, which says what it may miss; None to look at all of it.
    """
    connection = flushed(session)
    asked = Asked(channel, now, limit, held, reserved or {})
    line = line or Line()
    ids = next_in_line(connection, asked, line)
    claimed = _mark(connection, ids) if ids else []
    if ids and not claimed:  # somebody else has them all: this was no look at what else there is
        line.forget()
    return claimed


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
