"""What all moves of a complaint are made of: its row is held, the move checked, what happened noted.

Nothing here commits.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from feedback.assignment import accountable_of, assign, is_there
from feedback.case_clocks import answered, begin_ladder, start_clocks
from feedback.case_queries import AT_WORK_ON, last_move
from feedback.complaint_rules import EventKind, Move, MoveError, next_state, reference
from store.errors import NotFoundError
from store.new_rows import AnyCase, NewEvent, put
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, Standing
from store.tables.staff import Staff


def lock(session: Session, complaint: Complaint) -> None:
    """Read the row again and keep others from changing it until this transaction ends.

    What else waits to be written goes on waiting: of a hundred messages it is written together. Only where
    this case itself has changes that wait are all written first, for reading it again would undo them.

    Raises:
        NotFoundError: its customer was erased meanwhile.
    """
    if session.is_modified(complaint):
        session.flush()
    with session.no_autoflush:
        locked = session.get(Complaint, complaint.id, with_for_update=True, populate_existing=True)
    if locked is None:
        raise NotFoundError(f"there is no complaint {reference(complaint.id)} any more")


def note(
    session: Session,
    complaint: AnyCase,
    what: EventKind,
    *,
    now: datetime,
    staff: Staff | None = None,
    text: str = "",
) -> None:
    """Add what happened to a case's history."""
    staff_id = None if staff is None else staff.id
    put(session, NewEvent(complaint.id, now, staff_id, str(what), text))


def begin(session: Session, complaint: Complaint, move: Move, now: datetime) -> ComplaintState:
    """Lock the row, check the move and make it; returns the state before."""
    lock(session, complaint)
    before, complaint.state = complaint.state, check(session, complaint, move, now)
    return before


def check(session: Session, complaint: Complaint, move: Move, now: datetime) -> ComplaintState:
    """Tell where a move leads; who brought the case where it cannot be made is named in the error."""
    try:
        target = next_state(
            complaint.id,
            move,
            complaint.state,
            closed_at=complaint.closed_at,
            ended_at=complaint.resolved_at,
            now=now,
        )
    except MoveError as error:
        by, at = last_move(session, complaint)
        raise MoveError(complaint.id, move, complaint.state, by=by, at=at) from error
    return target


def give(
    session: Session,
    complaint: AnyCase,
    customer: Customer,
    *,
    company: Company,
    now: datetime,
    parts: Collection[str] = (),
    to: Staff | None = None,
) -> None:
    """Make somebody accountable for a case that nobody has taken, and begin its clocks.

    It is ``to`` where they are named; else who had it keeps it, if they are there.
    """
    owner = accountable_of(session, complaint) if to is None else to
    if to is None and (owner is None or not is_there(session, owner, company=company, now=now)):
        owner = assign(
            session, customer=customer, company=company, now=now, skills=parts, severity=complaint.severity
        )
    complaint.owner_id = None if owner is None else owner.id
    team = None if owner is None else owner.team
    start_clocks(complaint, standing=customer.standing, company=company, now=now, team=team)


def own(complaint: Complaint, staff: Staff, now: datetime) -> None:
    """Make a member of staff the owner, by their own doing."""
    complaint.owner_id = staff.id
    complaint.claimed_at = now


def answer(session: Session, complaint: Complaint, *, company: Company, now: datetime) -> None:
    """Let the clocks know that the customer got an answer; a further one changes nothing."""
    standing, team = sides_of(session, complaint)
    answered(complaint, standing=standing, company=company, now=now, team=team)


def take_back_answer(
    session: Session, complaint: Complaint, *, answered_at: datetime, company: Company
) -> bool:
    """Let the clocks wait for the first answer again, for what counted as it did not go out.

    Args:
        session: the open transaction.
        complaint: the case.
        answered_at: when that was written.
        company: whose ladder it is.

    Returns:
        Whether it was the first answer, and the case still waits for one.
    """
    lock(session, complaint)
    if complaint.state not in AT_WORK_ON or complaint.first_response_at != answered_at:
        return False
    complaint.first_response_at = None
    standing, team = sides_of(session, complaint)
    begin_ladder(complaint, standing=standing, company=company, team=team)
    return True


def sides_of(session: Session, complaint: Complaint) -> tuple[Standing, str | None]:
    """Give what the clocks of a case go by: its customer's standing, and the team of its owner."""
    owner = None if complaint.owner_id is None else session.get(Staff, complaint.owner_id)
    customer = session.get_one(Customer, complaint.customer_id)
    return customer.standing, None if owner is None else owner.team


def await_customer(complaint: Complaint, company: Company, now: datetime) -> None:
    """Expect the customer's word; their silence is measured from here."""
    complaint.remind_at = now + timedelta(days=company.desk.silence_days)
    complaint.reminders = 0


def expect_nobody(complaint: Complaint) -> None:
    """Remind nobody of anything any more."""
    complaint.remind_at = None
    complaint.reminders = 0
