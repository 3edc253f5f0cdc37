"""The delivery side of the outbox: rows are claimed before they are sent, and settled afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from store.outbox import IS_QUEUED, RULES, Policy
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

PRIORITIES = tuple(sorted({rule.priority for rule in RULES.values()}))
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claimed:
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
    """The app took the message and calls it ``external_id``."""

    id: int
    external_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PutBack:
    """The message goes back in line.

    Attributes:
        not_before: its place in line, and when it may leave at the earliest.
        retry_at: when it may be tried again after a failure; None where there was none.
        attempts: how often it has been tried; a claim that came to no call does not count.
        maybe_repeat: whether the next attempt may be a repeat.
    """

    id: int
    not_before: datetime
    attempts: int
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

_CANDIDATES = (
    select(OutboxMessage.id, OutboxMessage.address)
    .where(
        IS_QUEUED,
        OutboxMessage.channel == bindparam("channel"),
        OutboxMessage.priority == bindparam("priority"),
        OutboxMessage.not_before <= bindparam("now"),
        or_(OutboxMessage.retry_at.is_(None), OutboxMessage.retry_at <= bindparam("now")),
        OutboxMessage.address.not_in(bindparam("held", expanding=True)),
    )
    .order_by(OutboxMessage.not_before, OutboxMessage.id)
    .limit(bindparam("limit"))
)
_LOCKED = (
    select(
        OutboxMessage.id,
        OutboxMessage.address,
        OutboxMessage.customer_id,
        OutboxMessage.kind,
        OutboxMessage.purpose,
        OutboxMessage.priority,
        OutboxMessage.body,
        OutboxMessage.reply_to,
        OutboxMessage.edits,
        OutboxMessage.not_before,
        OutboxMessage.expires_at,
        OutboxMessage.attempts + 1,
        OutboxMessage.maybe_repeat,
        OutboxMessage.state,
    )
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(OutboxMessage)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .values(state=OutboxState.SENDING, attempts=OutboxMessage.attempts + 1)
    .execution_options(synchronize_session=False)
)
_NEXT_DUE = select(func.min(OutboxMessage.not_before)).where(
    IS_QUEUED,
    OutboxMessage.channel == bindparam("channel"),
    OutboxMessage.priority == bindparam("priority"),
)


def claim_due(
    session: Session,
    *,
    channel: str,
    now: datetime,
    limit: int,
    held: Mapping[int, frozenset[str]] | None = None,
    reserved: Mapping[int, int] | None = None,
) -> list[Claimed]:
    """Take due messages of a channel, most urgent first, and mark them as being sent; does not commit.

    At most one message of a chat is taken, its first in line, so that none overtakes another. Two who claim
    at once never get the same row. The caller commits before it calls the app: a row found in ``sending``
    after a crash is one of which nobody knows whether it left.

    Args:
        session: an open write transaction.
        channel: whose messages.
        now: what is due by then may be taken.
        limit: how many at most.
        held: for each priority the addresses whose turn it is not.
        reserved: for each priority how many of ``limit`` it must leave free.
    """
    picked: dict[str, int] = {}
    for priority in PRIORITIES:
        room = limit - (reserved or {}).get(priority, 0) - len(picked)
        if room <= 0:
            continue
        values = {
            "channel": channel,
            "priority": priority,
            "now": now,
            "held": (held or {}).get(priority, NOBODY),
            "limit": room,
        }
        for message_id, address in session.execute(_CANDIDATES, values):
            picked.setdefault(address, message_id)
    return _lock(session, list(picked.values())) if picked else []


def _lock(session: Session, ids: list[int]) -> list[Claimed]:
    """Mark the rows that are still queued. They are found by key alone: statistics cannot mislead that."""
    rows = session.execute(_LOCKED, {"ids": ids}).all()
    free = [Claimed(*row[:-1]) for row in rows if row.state is OutboxState.QUEUED]
    if free:
        session.execute(_CLAIM, {"ids": [row.id for row in free]})
    return sorted(free, key=lambda row: (row.priority, row.not_before, row.id))


def next_due_at(session: Session, *, channel: str) -> datetime | None:
    """Tell when the next queued message of a channel may leave; None where none waits."""
    moments = (session.scalar(_NEXT_DUE, {"channel": channel, "priority": rank}) for rank in PRIORITIES)
    return min((moment for moment in moments if moment is not None), default=None)


def settle(session: Session, settlements: Iterable[Settlement]) -> None:
    """Note what became of claimed messages; does not commit."""
    by_changes: dict[type[Settlement], list[dict[str, Any]]] = {}
    for settlement in settlements:
        by_changes.setdefault(type(settlement), []).append(_changes(settlement))
    for rows in by_changes.values():
        names = rows[0].keys() - {"row"}
        statement = (
            update(OutboxMessage)
            .where(OutboxMessage.id == bindparam("row"))
            .values({name: bindparam(name) for name in names})
        )
        session.connection().execute(statement, rows)


def _changes(settlement: Settlement) -> dict[str, Any]:
    match settlement:
        case Sent(row, external_id, at):
            return {
                "row": row,
                "state": OutboxState.SENT,
                "sent_at": at,
                "external_id": external_id,
                "reason": None,
            }
        case PutBack(row, not_before, attempts, maybe_repeat, reason, retry_at):
            return {
                "row": row,
                "state": OutboxState.QUEUED,
                "not_before": not_before,
                "retry_at": retry_at,
                "attempts": attempts,
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


def chats_that_wait(session: Session, *, channel: str, now: datetime) -> dict[str, datetime]:
    """Tell which chats have a message that failed and will be tried again, and when: others queue behind."""
    rows = session.execute(
        select(OutboxMessage.address, func.max(OutboxMessage.retry_at))
        .where(IS_QUEUED, OutboxMessage.channel == channel, OutboxMessage.retry_at > now)
        .group_by(OutboxMessage.address)
    )
    return {address: until for address, until in rows if until is not None}
