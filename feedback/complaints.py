"""Complaints: cases with a reference, an owner, due times and a history that is only ever added to.

Every move locks the complaint's row first and checks the table of allowed moves against what is there then,
so of two people who tap at once one is told that the other was first. Nothing here commits.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from feedback.case_clocks import note_stake, resume_clocks, stop_clocks
from feedback.case_ends import confirm, dismiss, end_unconfirmed, file, reopen, resolve, undismiss
from feedback.case_moves import (
    answer,
    await_customer,
    begin,
    check,
    expect_nobody,
    give,
    lock,
    note,
    own,
    sides_of,
)
from feedback.case_queries import (
    AT_WORK_ON,
    complaints_of,
    current_complaints,
    due_for_repeat,
    find_complaint,
    history,
    is_answered,
    most_on_mind,
    newest_complaint,
    open_complaints,
    pending_complaints,
    pending_of,
    unfiled_complaints,
)
from feedback.case_severity import severity_of_case
from feedback.complaint_rules import (
    CauseError,
    EventKind,
    Move,
    MoveError,
    RemedyError,
    TakenError,
    UnansweredError,
    is_serious,
    needs_case,
    parse_reference,
    provisional_cause,
    reference,
    urgent_signals,
)
from feedback.past_cases import complained_again, earlier_of_cause, is_first
from feedback.reading.severity_signals import SeveritySignal
from feedback.record import record_complaint_opened
from store.new_rows import AnyCase, NewCase, put
from store.numbering import next_number
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff

__all__ = [
    "CauseError",
    "MoveError",
    "RemedyError",
    "TakenError",
    "UnansweredError",
    "add_words",
    "complained_again",
    "complaints_of",
    "confirm",
    "current_complaints",
    "customer_answered",
    "dismiss",
    "due_for_repeat",
    "end_unconfirmed",
    "file",
    "find_complaint",
    "history",
    "is_answered",
    "is_first",
    "is_serious",
    "most_on_mind",
    "needs_case",
    "newest_complaint",
    "note_alerted",
    "open_complaint",
    "open_complaints",
    "parse_reference",
    "pending_complaints",
    "pending_of",
    "reference",
    "reopen",
    "resolve",
    "respond",
    "take",
    "undismiss",
    "unfiled_complaints",
    "urgent_signals",
    "wait_for_customer",
]


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
    signals: Sequence[SeveritySignal] = (),
    parts: Sequence[str] = (),
) -> NewCase:
    """Open a case, with its owner and due times, and enter it into the satisfaction record.

    Args:
        session: the open transaction.
        customer: who complains.
        channel, address: the messaging app, and the chat on it, where they are answered.
        text: their words.
        company: whose desk gives owner and due times.
        now: aware UTC.
        urgent: whether it comes before others.
        signals: what in their words makes it severe.
        parts: of the service, the worst first; they give the cause that holds until staff say what it was.
    """
    cause = provisional_cause(parts, company.desk.causes)
    earlier = earlier_of_cause(session, customer_id=customer.id, cause=cause, now=now)
    stake = severity_of_case(signals, standing=customer.standing, repeated=bool(earlier))
    complaint = NewCase(
        id=next_number(session, Complaint, at_once=1),  # its number is its name
        customer_id=customer.id,
        channel=channel,
        address=address,
        text=text,
        opened_at=now,
        urgent=urgent,
        severity=stake.severity,
        reasons=list(stake.reasons),
        cause=cause,
    )
    with session.no_autoflush:  # what waits is written once, with the case
        give(session, complaint, customer, company=company, now=now, parts=parts)
    put(session, complaint)
    note(session, complaint, EventKind.OPENED, now=now, text=text)
    record_complaint_opened(session, customer=customer, complaint=complaint, now=now)
    return complaint


def add_words(
    session: Session,
    complaint: Complaint,
    *,
    text: str,
    company: Company,
    now: datetime,
    signals: Sequence[SeveritySignal] = (),
) -> None:
    """Add what the customer wrote on to the case's history; where we waited for it, the case goes on.

    Args:
        session: the open transaction.
        complaint: the case.
        text: their words.
        company: whose desk gives due times.
        now: aware UTC.
        signals: what in the words makes the case more severe.

    Raises:
        MoveError: the case is closed.
    """
    if complaint.state is ComplaintState.WAITING:
        customer_answered(session, complaint, company=company, now=now)
    check(session, complaint, Move.ADD_WORDS, now)  # leaves the case as it is, so the row needs no lock
    if complaint.state is ComplaintState.RESOLVED:  # they are there: their silence begins anew
        await_customer(complaint, company, now)
    elif signals:
        _make_more_severe(session, complaint, signals, company, now)
    note(session, complaint, EventKind.WORDS_ADDED, now=now, text=text)


def take(session: Session, complaint: Complaint, *, staff: Staff, now: datetime) -> None:
    """Make a member of staff the owner; taking one's own again changes nothing.

    Raises:
        TakenError: somebody else has it.
        MoveError: it waits for the customer, is resolved or closed.
    """
    lock(session, complaint)
    if complaint.state is ComplaintState.CLAIMED and complaint.owner_id is not None:
        if complaint.owner_id != staff.id:
            raise TakenError(complaint.id, session.get_one(Staff, complaint.owner_id).name)
        return
    if complaint.state is not ComplaintState.CLAIMED:  # else its owner was deleted: it is free again
        check(session, complaint, Move.TAKE, now)
    own(complaint, staff, now)
    complaint.state = ComplaintState.CLAIMED
    note(session, complaint, EventKind.TAKEN, now=now, staff=staff)


def respond(
    session: Session, complaint: Complaint, *, staff: Staff, text: str, company: Company, now: datetime
) -> None:
    """Note what a member of staff answered; who answers a complaint that nobody took becomes its owner."""
    state = begin(session, complaint, Move.RESPOND, now)
    if state is ComplaintState.OPEN:
        own(complaint, staff, now)
    if state in AT_WORK_ON:
        answer(session, complaint, company=company, now=now)
    note(session, complaint, EventKind.RESPONDED, now=now, staff=staff, text=text)


def wait_for_customer(
    session: Session, complaint: Complaint, *, staff: Staff, company: Company, now: datetime
) -> None:
    """Stop the clocks until the customer answers; after silence they are reminded (``feedback.silence``).

    Raises:
        MoveError: it waits already, is resolved or closed.
        UnansweredError: nobody has written to the customer since they last did: they wait for us.
    """
    lock(session, complaint)
    state, target = complaint.state, check(session, complaint, Move.WAIT, now)
    if not is_answered(session, complaint):
        raise UnansweredError(complaint.id)
    complaint.state = target
    if state is ComplaintState.OPEN or complaint.owner_id is None:
        own(complaint, staff, now)
    stop_clocks(complaint, now=now)
    await_customer(complaint, company, now)
    note(session, complaint, EventKind.WAITING, now=now, staff=staff)


def customer_answered(
    session: Session, complaint: Complaint, *, company: Company, now: datetime, staff: Staff | None = None
) -> None:
    """Let the clocks go on, for the customer answered what we waited for.

    Args:
        session: the open transaction.
        complaint: the case.
        company: whose desk gives due times.
        now: aware UTC.
        staff: who heard the answer; None where the customer wrote it here.

    Raises:
        MoveError: nobody waits for them.
    """
    begin(session, complaint, Move.ANSWER, now)
    standing, team = sides_of(session, complaint)
    resume_clocks(complaint, standing=standing, company=company, now=now, team=team)
    expect_nobody(complaint)
    note(session, complaint, EventKind.ANSWERED, now=now, staff=staff)


def note_alerted(complaint: AnyCase, *, key: str, now: datetime) -> None:
    """Count an alert that was queued for a complaint, under a dedupe key."""
    complaint.alerted_at, complaint.alert_key = now, key
    complaint.alert_count += 1


def _make_more_severe(
    session: Session, complaint: Complaint, signals: Sequence[SeveritySignal], company: Company, now: datetime
) -> None:
    lock(session, complaint)
    standing, team = sides_of(session, complaint)
    stake = severity_of_case(signals, standing=standing, repeated=False, before=complaint.reasons)
    note_stake(complaint, stake, standing=standing, company=company, now=now, team=team)
