"""The timeline of a case, and of a customer: what happened, from what was noted and what was written.

Events are the ground: nobody can change them (``store.tables.event_guard``). Messages that an event tells of
already are not told twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from feedback.complaint_rules import EventKind
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage, OutboxState
from store.tables.staff import Staff

EVERYTHING = 100_000
"""More than any case has."""
WROTE, TOLD, ALERTED = "wrote", "told", "alerted"
"""What happened that is no event of its own: the customer wrote, we wrote to them, staff were alerted."""


class Side(StrEnum):
    """Who did something."""

    CUSTOMER = "customer"
    STAFF = "staff"
    RAPPORT = "rapport"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened.

    Attributes:
        at: when; aware UTC.
        side: who did it.
        who: the name of the member of staff; None for others, and for somebody who was deleted.
        what: an ``EventKind``, or ``WROTE``, ``TOLD``, ``ALERTED``.
        why: the words that go with it; "" for none.
        complaint_id: the case; None outside any.
    """

    at: datetime
    side: Side
    who: str | None
    what: str
    why: str
    complaint_id: int | None


BY_CUSTOMER = frozenset(
    {"opened", "words_added", "answered", "confirmed", "reopened", "promise_confirmed", "rated"}
    | {"withdrawn"}
)
"""What the customer did where no member of staff is named."""
_SENT = (OutboxState.SENDING, OutboxState.SENT, OutboxState.UNCERTAIN)


def timeline(session: Session, complaint: Complaint, *, limit: int = EVERYTHING) -> Sequence[TimelineEntry]:
    """Tell what happened in a case, the oldest first.

    Args:
        session: the open transaction.
        complaint: the case.
        limit: how many of the newest at most.
    """
    about = f"complaint:{complaint.id}"
    events = _events(session, ComplaintEvent.complaint_id == complaint.id, limit)
    known = {complaint.id: complaint.text}
    messages = _messages(session, Message.about == about, complaint.customer_id, limit)
    sent = _sent(session, OutboxMessage.about == about, limit, of_case=complaint.id)
    return _merged(events, messages, sent, known)[-limit:]


def customer_timeline(
    session: Session, customer: Customer, *, limit: int = EVERYTHING
) -> Sequence[TimelineEntry]:
    """Tell what happened with a customer, in and outside their cases, the oldest first.

    Args:
        session: the open transaction.
        customer: whose timeline it is.
        limit: how many of the newest at most.
    """
    theirs = select(Complaint.id, Complaint.text).where(Complaint.customer_id == customer.id)
    known = {row.id: row.text for row in session.execute(theirs)}
    events = _events(session, ComplaintEvent.complaint_id.in_(known), limit)
    messages = _messages(session, Message.customer_id == customer.id, customer.id, limit)
    sent = _sent(session, OutboxMessage.customer_id == customer.id, limit)
    return _merged(events, messages, sent, known)[-limit:]


def _events(session: Session, where: ColumnElement[bool], limit: int) -> Sequence[Any]:
    return session.execute(
        select(
            ComplaintEvent.id,
            ComplaintEvent.at,
            ComplaintEvent.complaint_id,
            ComplaintEvent.what,
            ComplaintEvent.text,
            ComplaintEvent.staff_id,
            Staff.name,
        )
        .outerjoin(Staff, Staff.id == ComplaintEvent.staff_id)
        .where(where)
        .order_by(ComplaintEvent.id.desc())
        .limit(limit)
    ).all()


def _messages(session: Session, where: ColumnElement[bool], customer_id: int, limit: int) -> Sequence[Any]:
    """Give what the customer wrote; what staff wrote are events."""
    return session.execute(
        select(Message.at, Message.text, Message.about)
        .where(where, Message.customer_id == customer_id)
        .order_by(Message.id.desc())
        .limit(limit)
    ).all()


def _sent(
    session: Session, where: ColumnElement[bool], limit: int, *, of_case: int | None = None
) -> Sequence[Any]:
    """Give what we wrote to the customer, and the alerts of a case; not what staff were told besides."""
    alert, key = f"alert:{of_case}", OutboxMessage.dedupe_key
    is_alert = or_(key == alert, key.startswith(f"{alert}:", autoescape=True))
    return session.execute(
        select(
            OutboxMessage.created_at,
            OutboxMessage.body,
            OutboxMessage.about,
            OutboxMessage.customer_id,
        )
        .where(
            where,
            OutboxMessage.edits.is_(None),
            OutboxMessage.state.in_((OutboxState.QUEUED, *_SENT)),
            or_(
                OutboxMessage.customer_id.is_not(None),
                is_alert if of_case is not None else false(),
            ),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    ).all()


def _merged(
    events: Sequence[Any], messages: Sequence[Any], sent: Sequence[Any], known: Mapping[int, str]
) -> list[TimelineEntry]:
    entries = _of_events(events, known)
    said = {entry.why for entry in entries}
    entries += [
        TimelineEntry(row.at, Side.CUSTOMER, None, WROTE, row.text, case_of(row.about))
        for row in reversed(messages)
        if row.text and not _is_told(row.text, said)
    ]
    by_staff: dict[datetime, list[str]] = {}
    for entry in entries:
        if entry.side is Side.STAFF and entry.why:
            by_staff.setdefault(entry.at, []).append(entry.why)
    entries = _without_answers_that_promise(entries)
    entries += [
        _of_sent(row)
        for row in reversed(sent)
        if not _is_of_staff(row.body["text"], by_staff.get(row.created_at, ()))
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _of_events(events: Sequence[Any], known: Mapping[int, str]) -> list[TimelineEntry]:
    """Leave out answers that never went out; that they were kept back is told with their words."""
    kept = {row.text for row in events if row.what == EventKind.KEPT_BACK}
    words = {str(row.id): row.text for row in events if str(row.id) in kept} if kept else {}
    entries = (
        _of_event(row, known)
        if row.what != EventKind.KEPT_BACK
        else replace(_of_event(row, known), why=words.get(row.text, ""))
        for row in reversed(events)
        if not kept or str(row.id) not in kept
    )
    return list(entries)


def _without_answers_that_promise(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Leave out that a promise is an answer as well: the promise says the same, and by when."""
    promised = {
        (entry.at, entry.complaint_id, entry.who) for entry in entries if entry.what == EventKind.PROMISED
    }
    return [
        entry
        for entry in entries
        if entry.what != EventKind.RESPONDED or (entry.at, entry.complaint_id, entry.who) not in promised
    ]


def _is_told(text: str, said: Collection[str]) -> bool:
    """Tell whether an event holds what was written; behind a command it holds the words alone."""
    return text in said or (text.startswith("/") and text.partition(" ")[2] in said)


def _is_of_staff(text: str, words: Collection[str]) -> bool:
    """Tell whether what was sent is what a member of staff wrote at that moment, signed."""
    return any(each in text for each in words)


def _of_event(row: Any, known: Mapping[int, str]) -> TimelineEntry:
    side = Side.STAFF if row.staff_id is not None else Side.RAPPORT
    if row.staff_id is None and row.what in BY_CUSTOMER:
        side = Side.CUSTOMER
    why = row.text or (known.get(row.complaint_id, "") if row.what == EventKind.OPENED else "")
    return TimelineEntry(row.at, side, row.name, row.what, why, row.complaint_id)


def _of_sent(row: Any) -> TimelineEntry:
    what, why = (ALERTED, "") if row.customer_id is None else (TOLD, row.body["text"])
    return TimelineEntry(row.created_at, Side.RAPPORT, None, what, why, case_of(row.about))


def case_of(about: str | None) -> int | None:
    """Read the case from what a message is about; None where it is about none."""
    kind, _, number = (about or "").partition(":")
    return int(number) if kind == "complaint" and number.isdecimal() else None
