"""New rows that nobody reads before they are stored: they wait, and are written together, table by table.

What customers say makes most of all rows. As an object of the ORM each of them would cost three times what
the database needs for it, so they are plain values here. ``store.engine.Unit`` writes them with each flush,
before every query of the ORM and at the end of every unit of work, so a transaction cannot tell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, delete, insert, null, update
from sqlalchemy.orm import Session

from store.many_rows import ManyRows, Row
from store.read_ahead import forget_ahead
from store.tables.complaints import CaseSeverity, Complaint, ComplaintEvent, ComplaintState
from store.tables.conversations import Message
from store.tables.customers import Identity
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from store.tables.second_looks import LookReason, SecondLookRow


@dataclass(slots=True, eq=False)
class NewMessage:
    """A row of ``messages``; ``about`` may still be set after it was written."""

    id: int
    customer_id: int | None
    channel: str
    address: str
    sender: str
    external_id: str | None
    text: str
    attachments: list[Any]
    reply_to: str | None
    at: datetime
    about: str | None = None


@dataclass(slots=True, eq=False)
class NewCase:
    """A row of ``complaints``: a case that is just opened; who changes it once it is written looks it up."""

    id: int
    customer_id: int
    channel: str
    address: str
    text: str
    opened_at: datetime
    urgent: bool
    severity: CaseSeverity
    reasons: list[Any]
    cause: str | None
    owner_id: int | None = None
    first_response_due_at: datetime = field(init=False)
    resolution_due_at: datetime = field(init=False)
    next_step_at: datetime | None = None
    alerted_at: datetime | None = None
    alert_key: str | None = None
    alert_count: int = 0
    state: ComplaintState = ComplaintState.OPEN
    first_response_at: datetime | None = None
    waiting_since: datetime | None = None
    closed_at: datetime | None = None
    steps: int = 0
    reminders: int = 0


class NewIdentity(NamedTuple):
    """A row of ``identities``."""

    customer_id: int
    channel: str
    sender: str
    address: str
    username: str | None
    created_at: datetime
    last_used_at: datetime


class NewFeedback(NamedTuple):
    """A row of ``feedback``."""

    id: int
    customer_id: int
    message_id: int | None
    kind: FeedbackKind
    polarity: float
    why: list[Any]
    at: datetime


class NewSecondLook(NamedTuple):
    """A row of ``second_looks`` that waits for the second look."""

    feedback_id: int
    customer_id: int
    reason: LookReason
    asked_at: datetime
    first_kind: FeedbackKind
    first_polarity: float
    first_probabilities: list[Any]


class NewEntry(NamedTuple):
    """A row of ``satisfaction_entries``."""

    customer_id: int
    source: EntrySource
    value: float
    weight: float
    at: datetime
    evidence: dict[str, Any]
    feedback_id: int | None = None
    complaint_id: int | None = None
    visit_id: int | None = None
    aspects: dict[str, Any] | None = None


class NewEvent(NamedTuple):
    """A row of ``complaint_events``."""

    complaint_id: int
    at: datetime
    staff_id: int | None
    what: str
    text: str


AnyMessage = Message | NewMessage
"""A message, stored long ago or just now."""
AnyCase = Complaint | NewCase
"""A case, stored long ago or just opened."""


class UsedIdentity(NamedTuple):
    """What changes in a row of ``identities`` when its owner writes; then they can be reached again, too."""

    number: int
    now_address: str
    now_username: str | None
    used_at: datetime


NewRow = NewIdentity | UsedIdentity | NewMessage | NewFeedback | NewSecondLook | NewCase | NewEntry | NewEvent

R = TypeVar("R", NewMessage, NewEntry)

_USED = (
    update(Identity)
    .where(Identity.id == bindparam("number"))
    .values(
        address=bindparam("now_address"),
        username=bindparam("now_username"),
        last_used_at=bindparam("used_at"),
        unreachable_since=null(),
    )
)
_STATEMENTS: Mapping[type[NewRow], ManyRows] = {
    UsedIdentity: ManyRows(_USED, UsedIdentity._fields),
    NewIdentity: ManyRows(insert(Identity), NewIdentity._fields),
    NewMessage: ManyRows(insert(Message), NewMessage.__slots__),
    NewFeedback: ManyRows(insert(Feedback), NewFeedback._fields),
    NewSecondLook: ManyRows(insert(SecondLookRow), NewSecondLook._fields),
    NewCase: ManyRows(insert(Complaint), NewCase.__slots__),
    NewEntry: ManyRows(insert(SatisfactionEntry), NewEntry._fields),
    NewEvent: ManyRows(insert(ComplaintEvent), NewEvent._fields),
}
"""In the order in which they are written: a row comes after those that it names."""

_CONCERNS = ManyRows(
    update(Message).where(Message.id == bindparam("number")).values(about=bindparam("matter")),
    ("number", "matter"),
)
_VALUES: Mapping[type[NewRow], Callable[[Any], Row]] = {
    kind: attrgetter(*kind.__slots__) for kind in (NewMessage, NewCase)
}
"""How the values of those rows are had that are no tuples of them."""


@dataclass(slots=True)
class _Waiting:
    """What waits in one session, and what was written of which ``about`` may still change."""

    rows: dict[type[NewRow], list[Any]] = field(default_factory=dict)
    written: dict[NewMessage, str | None] = field(default_factory=dict)


def put(session: Session, row: NewRow) -> None:
    """Let a row wait for the next flush; does not commit."""
    _waiting(session).rows.setdefault(type(row), []).append(row)


def waiting(session: Session, kind: type[R]) -> Sequence[R]:
    """Give the rows of one kind that wait to be written."""
    return _waiting(session).rows.get(kind, ())


def take_back(session: Session, message: NewMessage) -> None:
    """Drop a new message, written or not; does not commit."""
    waits = _waiting(session)
    if message in waits.written:
        del waits.written[message]
        session.execute(delete(Message).where(Message.id == message.id))
    else:
        waits.rows[NewMessage].remove(message)


def write_waiting(session: Session) -> None:
    """Write what waits; does not commit."""
    waits = _waiting(session)
    if not (waits.rows or waits.written):
        return
    connection, rows = session.connection(), waits.rows
    waits.rows = {}
    for kind, statement in _STATEMENTS.items():
        new = rows.get(kind, ())
        statement.run(connection, list(map(_VALUES[kind], new)) if kind in _VALUES else new)
    changed = [message for message, about in waits.written.items() if message.about != about]
    if rows or changed:
        forget_ahead(session)
    _CONCERNS.run(connection, [(one.id, one.about) for one in changed])
    waits.written |= {message: message.about for message in (*rows.get(NewMessage, ()), *changed)}


def forget_waiting(session: Session) -> None:
    """Drop what waits, after a rollback."""
    session.info.pop("waiting", None)


def _waiting(session: Session) -> _Waiting:
    waits: _Waiting | None = session.info.get("waiting")
    if waits is None:
        waits = session.info["waiting"] = _Waiting()
    return waits
