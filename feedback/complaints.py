"""Complaints: cases with a reference, an owner, due times and a history that is only ever added to.

Every move locks the complaint's row first and checks the table of allowed moves against what is there then,
so of two people who tap at once one is told that the other was first. Nothing here commits.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.complaint_rules import (
    EventKind,
    Move,
    MoveError,
    TakenError,
    due_times,
    needs_case,
    next_state,
    parse_reference,
    reference,
    urgent_signals,
)
from feedback.record import record_complaint_opened
from store.cases import awaited_since, is_pending
from store.columns import UtcDateTime
from store.errors import NotFoundError
from store.new_rows import NewEvent, put
from store.numbering import next_number
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff

__all__ = [
    "MoveError",
    "TakenError",
    "add_words",
    "complaints_of",
    "confirm",
    "current_complaints",
    "dismiss",
    "due_for_repeat",
    "find_complaint",
    "history",
    "is_first",
    "needs_case",
    "note_alerted",
    "open_complaint",
    "open_complaints",
    "parse_reference",
    "reference",
    "reopen",
    "resolve",
    "respond",
    "take",
    "urgent_signals",
]

_EARLIER = (
    select(Complaint.id)
    .where(Complaint.customer_id == bindparam("customer_id"), Complaint.id < bindparam("complaint_id"))
    .limit(1)
)

_CURRENT = (
    select(Complaint)
    .where(
        Complaint.customer_id.in_(bindparam("customer_ids", expanding=True)),
        is_pending(bindparam("since", type_=UtcDateTime())),
    )
    .order_by(Complaint.opened_at, Complaint.id)
)


def open_complaint(
    session: Session,
    *,
    customer: Customer,
    channel: str,
    address: str,
    text: str,
    company: Company,
    now: datetime,
    urgent: bool = False,
) -> Complaint:
    """Open a case, with its due times, and enter it into the satisfaction record.

    Args:
        session: the open transaction.
        customer: who complains.
        channel: the messaging app where they are answered.
        address: the chat on it.
        text: their words.
        company: whose promised hours give the due times.
        now: aware UTC.
        urgent: whether it comes before others.
    """
    due = due_times(now, company)
    complaint = Complaint(
        id=next_number(session, Complaint, at_once=1),  # its number is its name
        customer_id=customer.id,
        channel=channel,
        address=address,
        state=ComplaintState.OPEN,
        text=text,
        opened_at=now,
        first_response_due_at=due.first_response_at,
        resolution_due_at=due.resolution_at,
        alert_count=0,
        urgent=urgent,
    )
    session.add(complaint)
    _note(session, complaint, EventKind.OPENED, now=now, text=text)
    record_complaint_opened(session, customer=customer, complaint=complaint, now=now)
    return complaint


def add_words(session: Session, complaint: Complaint, *, text: str, now: datetime) -> None:
    """Add what the customer wrote on to the case's history.

    Raises:
        MoveError: the case is closed.
    """
    _check(complaint, Move.ADD_WORDS, now)  # leaves the case where it stands, so the row needs no lock
    _note(session, complaint, EventKind.WORDS_ADDED, now=now, text=text)


def take(session: Session, complaint: Complaint, *, staff: Staff, now: datetime) -> None:
    """Make a member of staff the owner; taking one's own again changes nothing.

    Raises:
        TakenError: somebody else has it.
        MoveError: it is resolved or closed.
    """
    _lock(session, complaint)
    if complaint.state is ComplaintState.CLAIMED and complaint.owner_id is not None:
        if complaint.owner_id != staff.id:
            raise TakenError(complaint.id, session.get_one(Staff, complaint.owner_id).name)
        return
    if complaint.state is not ComplaintState.CLAIMED:  # else its owner was deleted: it is free again
        _check(complaint, Move.TAKE, now)
    _own(complaint, staff, now)
    complaint.state = ComplaintState.CLAIMED
    _note(session, complaint, EventKind.TAKEN, now=now, staff=staff)


def respond(session: Session, complaint: Complaint, *, staff: Staff, text: str, now: datetime) -> None:
    """Note what a member of staff answered; who answers a complaint that nobody has becomes its owner."""
    state = _begin(session, complaint, Move.RESPOND, now)
    if state is ComplaintState.OPEN:
        _own(complaint, staff, now)
    _answered(complaint, now)
    _note(session, complaint, EventKind.RESPONDED, now=now, staff=staff, text=text)


def resolve(session: Session, complaint: Complaint, *, staff: Staff, now: datetime) -> None:
    """Note that staff hold the case for solved; the customer is asked, and has the last word.

    Raises:
        MoveError: it is resolved or closed already.
    """
    _begin(session, complaint, Move.RESOLVE, now)
    if complaint.owner_id is None:
        _own(complaint, staff, now)
    _answered(complaint, now)
    complaint.resolved_at = now
    _note(session, complaint, EventKind.RESOLVED, now=now, staff=staff)


def dismiss(session: Session, complaint: Complaint, *, staff: Staff, now: datetime) -> None:
    """Close the case on the word of a member of staff that it was no complaint.

    What the record says of it is corrected elsewhere (``feedback.corrected_cases``).

    Raises:
        MoveError: the customer was asked whether it is solved, or it is closed.
    """
    _begin(session, complaint, Move.DISMISS, now)
    _own(complaint, staff, now)
    complaint.closed_at = now
    _note(session, complaint, EventKind.DISMISSED, now=now, staff=staff)


def confirm(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Close the case on the customer's word that it is solved.

    Raises:
        MoveError: it is closed already.
    """
    _begin(session, complaint, Move.CONFIRM, now)
    complaint.resolved_at = complaint.resolved_at or now
    complaint.closed_at = now
    _note(session, complaint, EventKind.CONFIRMED, now=now)


def reopen(session: Session, complaint: Complaint, *, text: str, now: datetime) -> ComplaintState:
    """Open the case again on the customer's word: nobody owns it, and all its due times begin anew.

    Returns:
        Where it stood before.

    Raises:
        MoveError: it is open, or it was closed more than ``REOPEN_WITHIN`` ago.
    """
    before = _begin(session, complaint, Move.REOPEN, now)
    started = _started_at(session, complaint)
    complaint.first_response_due_at = now + (complaint.first_response_due_at - started)
    complaint.resolution_due_at = now + (complaint.resolution_due_at - started)
    complaint.owner_id = None
    complaint.claimed_at = complaint.first_response_at = None
    complaint.resolved_at = complaint.closed_at = None
    complaint.alerted_at, complaint.alert_count = None, 0
    _note(session, complaint, EventKind.REOPENED, now=now, text=text)
    return before


def note_alerted(complaint: Complaint, *, key: str, now: datetime) -> None:
    """Count an alert that was queued for a complaint, under a dedupe key."""
    complaint.alerted_at, complaint.alert_key = now, key
    complaint.alert_count += 1


def find_complaint(session: Session, complaint_id: int) -> Complaint:
    """Find a complaint by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Complaint, complaint_id)
    if found is None:
        raise NotFoundError(f"there is no complaint {reference(complaint_id)}")
    return found


def current_complaints(
    session: Session, customer_ids: Collection[int], *, now: datetime
) -> Mapping[int, Complaint]:
    """Find the newest complaint that is still on the mind of each of these customers who has one."""
    whose = {"customer_ids": list(customer_ids), "since": awaited_since(now)}
    rows = session.scalars(_CURRENT, whose)
    return {complaint.customer_id: complaint for complaint in rows}


def complaints_of(session: Session, customer_id: int) -> Sequence[Complaint]:
    """Give all complaints of a customer, newest first."""
    return session.scalars(
        select(Complaint)
        .where(Complaint.customer_id == customer_id)
        .order_by(Complaint.opened_at.desc(), Complaint.id.desc())
    ).all()


def is_first(session: Session, complaint: Complaint) -> bool:
    """Tell whether a customer never complained before."""
    whose = {"customer_id": complaint.customer_id, "complaint_id": complaint.id}
    return session.connection().scalar(_EARLIER, whose) is None


def open_complaints(session: Session, limit: int, *, channels: Collection[str]) -> Sequence[Complaint]:
    """Give the complaints that staff have to do something about: urgent ones first, then the soonest due.

    Args:
        session: the open transaction.
        limit: how many at most.
        channels: those that are switched on; whoever complained on another cannot be answered.
    """
    return session.scalars(
        select(Complaint)
        .where(
            Complaint.state.in_([ComplaintState.OPEN, ComplaintState.CLAIMED]),
            Complaint.channel.in_(channels),
        )
        .order_by(Complaint.urgent.desc(), Complaint.resolution_due_at, Complaint.id)
        .limit(limit)
    ).all()


def due_for_repeat(
    session: Session,
    *,
    now: datetime,
    after: timedelta,
    channels: Collection[str],
    urgent_after: timedelta | None = None,
) -> Sequence[Complaint]:
    """Give the complaints that nobody took within ``after`` of their last alert, urgent and old ones first.

    Args:
        session: the open transaction.
        now: aware UTC.
        after: how long an alert waits.
        channels: those that are switched on; what was replayed from a file never reaches staff again.
        urgent_after: how long an urgent one waits; None is as long as any.
    """
    sooner = after if urgent_after is None else urgent_after
    last_alert = func.coalesce(Complaint.alerted_at, Complaint.opened_at, type_=Complaint.opened_at.type)
    return session.scalars(
        select(Complaint)
        .where(
            Complaint.state == ComplaintState.OPEN,
            or_(last_alert <= now - after, and_(Complaint.urgent, last_alert <= now - sooner)),
            Complaint.channel.in_(channels),
        )
        .order_by(Complaint.urgent.desc(), Complaint.id)
    ).all()


def history(session: Session, complaint_id: int) -> Sequence[ComplaintEvent]:
    """Give what happened in a case, in the order in which it was noted."""
    return session.scalars(
        select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id).order_by(ComplaintEvent.id)
    ).all()


def _begin(session: Session, complaint: Complaint, move: Move, now: datetime) -> ComplaintState:
    """Lock the row, check the move and make it; returns the state before."""
    _lock(session, complaint)
    before, complaint.state = complaint.state, _check(complaint, move, now)
    return before


def _lock(session: Session, complaint: Complaint) -> None:
    """Read the row again and keep others from changing it until this transaction ends."""
    session.flush()
    if session.get(Complaint, complaint.id, with_for_update=True, populate_existing=True) is None:
        raise NotFoundError(f"there is no complaint {reference(complaint.id)} any more")


def _check(complaint: Complaint, move: Move, now: datetime) -> ComplaintState:
    return next_state(complaint.id, move, complaint.state, closed_at=complaint.closed_at, now=now)


def _own(complaint: Complaint, staff: Staff, now: datetime) -> None:
    complaint.owner_id = staff.id
    complaint.claimed_at = now


def _answered(complaint: Complaint, now: datetime) -> None:
    complaint.first_response_at = complaint.first_response_at or now


def _started_at(session: Session, complaint: Complaint) -> datetime:
    """The moment from which the due times count: the opening, or the last reopening."""
    last = session.scalar(
        select(ComplaintEvent.at)
        .where(ComplaintEvent.complaint_id == complaint.id, ComplaintEvent.what == EventKind.REOPENED)
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    )
    return last or complaint.opened_at


def _note(
    session: Session,
    complaint: Complaint,
    what: EventKind,
    *,
    now: datetime,
    staff: Staff | None = None,
    text: str = "",
) -> None:
    staff_id = None if staff is None else staff.id
    put(session, NewEvent(complaint.id, now, staff_id, str(what), text))
