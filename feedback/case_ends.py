"""How complaints end: with a cause, a remedy and the customer's word, or their silence.

Nothing here commits.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from feedback.case_clocks import end_clocks, resume_clocks
from feedback.case_moves import (
    answer,
    await_customer,
    begin,
    expect_nobody,
    give,
    lock,
    note,
    own,
    sides_of,
)
from feedback.complaint_rules import EventKind, Move, MoveError, checked_outcome
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff

FILED_WITHIN = timedelta(days=1)
"""So long after a case ended without them, its owner is reminded that cause and remedy are missing."""


def resolve(
    session: Session,
    complaint: Complaint,
    *,
    staff: Staff,
    cause: str,
    remedy: str,
    company: Company,
    now: datetime,
    is_told: bool = True,
) -> None:
    """Note that staff hold the case for solved; the customer is asked, and has the last word.

    Args:
        session: the open transaction.
        complaint: the case.
        staff: who says so.
        cause: what it came from, one of ``company.desk.causes``.
        remedy: what was done about it, in a line.
        company: who we are.
        now: aware UTC.
        is_told: whether the customer hears the question; else it answers nothing.

    Raises:
        CauseError: there is no such cause.
        RemedyError: the remedy is empty or too long.
        MoveError: it is resolved or closed already.
    """
    cause, remedy = checked_outcome(cause, remedy, company.desk.causes)
    state = begin(session, complaint, Move.RESOLVE, now)
    if state is ComplaintState.OPEN or complaint.owner_id is None:
        own(complaint, staff, now)
    if is_told:
        answer(session, complaint, company=company, now=now)
    end_clocks(complaint)
    complaint.cause, complaint.remedy = cause, remedy
    complaint.resolved_at = now
    await_customer(complaint, company, now)
    note(session, complaint, EventKind.RESOLVED, now=now, staff=staff, text=f"{cause}: {remedy}")


def dismiss(session: Session, complaint: Complaint, *, staff: Staff, now: datetime) -> None:
    """Close the case on the word of a member of staff that it was no complaint.

    What the record says of it is corrected elsewhere (``feedback.corrected_cases``).

    Raises:
        MoveError: the customer was asked whether it is solved, or it is closed.
    """
    begin(session, complaint, Move.DISMISS, now)
    own(complaint, staff, now)
    complaint.closed_at = now
    end_clocks(complaint)
    expect_nobody(complaint)
    note(session, complaint, EventKind.DISMISSED, now=now, staff=staff)


def withdraw(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Close the case on its customer's word that it was no complaint.

    What the record says of it is corrected elsewhere (``feedback.corrected_cases``).

    Raises:
        MoveError: staff have answered it, or it is closed.
    """
    lock(session, complaint)
    if complaint.first_response_at is not None:
        raise MoveError(complaint.id, Move.DISMISS, complaint.state)
    begin(session, complaint, Move.DISMISS, now)
    complaint.closed_at = now
    end_clocks(complaint)
    expect_nobody(complaint)
    note(session, complaint, EventKind.WITHDRAWN, now=now)


def undismiss(
    session: Session, complaint: Complaint, *, staff: Staff, company: Company, now: datetime
) -> None:
    """Take back that the case was no complaint: nobody has taken it, and its clocks go on where they stood.

    What the record says of it is put right elsewhere (``feedback.corrected_cases``).

    Args:
        session: the open transaction.
        complaint: the case.
        staff: on whose word; accountable for it until somebody takes it.
        company: whose desk gives due times.
        now: aware UTC.

    Raises:
        MoveError: nobody called it no complaint, or more than ``UNDISMISS_WITHIN`` ago.
    """
    begin(session, complaint, Move.UNDISMISS, now)
    complaint.owner_id, complaint.claimed_at = staff.id, None
    complaint.waiting_since, complaint.closed_at = complaint.closed_at, None
    complaint.alerted_at = now
    standing, team = sides_of(session, complaint)
    resume_clocks(complaint, standing=standing, company=company, now=now, team=team)
    note(session, complaint, EventKind.UNDISMISSED, now=now, staff=staff)


def confirm(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """End the case on the customer's word that it is solved; it is closed once it has cause and remedy.

    Raises:
        MoveError: they said so already, or it was called no complaint.
    """
    begin(session, complaint, Move.CONFIRM, now)
    complaint.resolved_at = complaint.resolved_at or now
    _end(complaint, now)
    note(session, complaint, EventKind.CONFIRMED, now=now)


def end_unconfirmed(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """End the case on the customer's silence; it is counted apart from those that they confirmed.

    Raises:
        MoveError: nobody waits for the customer's word.
    """
    begin(session, complaint, Move.END_UNCONFIRMED, now)
    complaint.resolved_at = complaint.resolved_at or now
    _end(complaint, now)
    note(session, complaint, EventKind.UNCONFIRMED, now=now)


def file(
    session: Session,
    complaint: Complaint,
    *,
    staff: Staff,
    cause: str,
    remedy: str,
    company: Company,
    now: datetime,
) -> None:
    """Close a case that ended before staff said of what and how.

    Raises:
        CauseError: there is no such cause.
        RemedyError: the remedy is empty or too long.
        MoveError: it has not ended, or is closed.
    """
    cause, remedy = checked_outcome(cause, remedy, company.desk.causes)
    begin(session, complaint, Move.FILE, now)
    if complaint.owner_id is None:
        own(complaint, staff, now)
    complaint.cause, complaint.remedy = cause, remedy
    _end(complaint, now)
    note(session, complaint, EventKind.FILED, now=now, staff=staff, text=f"{cause}: {remedy}")


def reopen(
    session: Session,
    complaint: Complaint,
    *,
    text: str,
    company: Company,
    now: datetime,
    staff: Staff | None = None,
    to: Staff | None = None,
) -> ComplaintState:
    """Open the case again: it is given out, and all its due times begin, anew.

    Args:
        session: the open transaction.
        complaint: the case.
        text: what the customer wrote about it; "" where they only tapped.
        company: whose desk gives owner and due times.
        now: aware UTC.
        staff: on whose word; None is the customer's.
        to: who has it from now on; None leaves it to the desk.

    Returns:
        Where it stood before.

    Raises:
        MoveError: it is open, or it was closed more than ``REOPEN_WITHIN`` ago.
    """
    before = begin(session, complaint, Move.REOPEN, now)
    complaint.claimed_at = complaint.first_response_at = None
    complaint.resolved_at = complaint.closed_at = complaint.remedy = None
    complaint.alerted_at, complaint.alert_count = None, 0
    expect_nobody(complaint)
    customer = session.get_one(Customer, complaint.customer_id)
    give(session, complaint, customer, company=company, now=now, to=to)
    note(session, complaint, EventKind.REOPENED, now=now, staff=staff, text=text)
    return before


def _end(complaint: Complaint, now: datetime) -> None:
    """Close a case that has ended; where cause and remedy are missing, staff are reminded of them instead."""
    end_clocks(complaint)
    expect_nobody(complaint)
    if complaint.remedy is not None:
        complaint.closed_at = now
    else:
        complaint.remind_at = now + FILED_WITHIN
