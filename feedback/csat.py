"""CSAT: how well the customer thinks that a case was handled, asked once for a case and not too often.

It is asked only where the customer confirmed that the case is solved, never after their silence. A low mark
opens it again, with somebody who leads, and with neither who settled it nor who has it. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from customers.desk import Desk, Rung
from customers.duty import is_on_duty
from customers.staff import reachable_staff
from feedback.assignment import assign
from feedback.case_ends import reopen
from feedback.case_moves import note
from feedback.complaint_rules import EventKind, MoveError
from feedback.escalation import who_hears
from feedback.low_marks import who_settled
from feedback.owners import Why, pass_on
from feedback.record import record_rating
from store.customer_changes import change_customer
from store.new_rows import NewEvent, put
from store.tables.complaints import LIVE, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff

MOST_STARS = 5


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What a low mark did with a case.

    Attributes:
        before: who had it; None where nobody did.
        to: who has it now; None where nobody else could get it.
        is_reopened: whether it was opened again.
    """

    before: Staff | None
    to: Staff | None
    is_reopened: bool


def may_ask(complaint: Complaint, customer: Customer, *, desk: Desk, now: datetime) -> bool:
    """Tell whether to ask how well a case was handled: once for each case, and not soon after another."""
    if complaint.state is not ComplaintState.CONFIRMED or complaint.csat_asked_at is not None:
        return False
    asked = customer.rating_asked_at
    return asked is None or now - asked >= timedelta(days=desk.csat_every_days)


def note_asked(session: Session, complaint: Complaint, customer: Customer, *, now: datetime) -> None:
    """Note that the customer is asked now; does not commit."""
    complaint.csat_asked_at = now
    change_customer(session, customer, rating_asked_at=now)


def may_rate(complaint: Complaint) -> bool:
    """Tell whether a mark for a case is taken: where we asked, or the customer has called it solved."""
    return complaint.csat_asked_at is not None or complaint.state is ComplaintState.CONFIRMED


def rate_case(
    session: Session, complaint: Complaint, customer: Customer, *, stars: int, now: datetime
) -> bool:
    """Enter what the customer gives for how a case was handled; a later mark takes the place of an earlier.

    Args:
        session: the open transaction.
        complaint: the case, of this customer.
        customer: who rates.
        stars: 1–5.
        now: aware UTC.

    Returns:
        Whether anything changed; the same mark again does not.

    Raises:
        InputError: ``stars`` is not between 1 and 5.
    """
    session.flush()
    session.refresh(complaint, with_for_update=True)  # of two taps at once the second sees the first
    if complaint.csat == stars:
        return False
    record_rating(session, customer=customer, stars=stars, now=now, complaint_id=complaint.id)
    complaint.csat = stars
    put(session, NewEvent(complaint.id, now, None, str(EventKind.RATED), str(stars)))
    return True


def hand_on(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> HandedOn:
    """Give a case that got a low mark to somebody who leads; where it had ended, it is opened again.

    One that was called no complaint, or that ended too long ago to be opened again, stays as it is.

    Args:
        session: the open transaction, in which the mark was entered.
        complaint: the case.
        customer: whose it is.
        company: whose desk gives its due times.
        now: aware UTC.
    """
    before = None if complaint.owner_id is None else session.get(Staff, complaint.owner_id)
    if complaint.state is ComplaintState.DISMISSED:
        return HandedOn(before, None, is_reopened=False)
    to = who_listens(session, complaint, customer, company=company, now=now)
    try:
        reopen(session, complaint, text="", company=company, now=now, to=to)
    except MoveError:
        if complaint.state not in LIVE:
            return HandedOn(before, None, is_reopened=False)
        if to is not None:
            pass_on(session, complaint, customer, to=to, why=Why.HANDED_OVER, now=now)
        return HandedOn(before, to, is_reopened=False)
    if to is not None:
        note(session, complaint, EventKind.ASSIGNED, now=now, staff=to)
    return HandedOn(before, to, is_reopened=True)


def who_listens(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> Staff | None:
    """Tell who goes on with a customer who gave a low mark: a lead, else a manager, else a colleague.

    They are on duty, as far as anybody is; else the case would go to yet another at once.

    Returns:
        None, where nobody works here but the owner and who settled it.
    """
    owner = None if complaint.owner_id is None else session.get(Staff, complaint.owner_id)
    not_to = {*who_settled(session, complaint), *(() if owner is None else (owner.id,))}
    others = [
        one
        for one in reachable_staff(session, channels=company.channels)
        if one.id not in not_to and is_on_duty(one, now)
    ]
    # With the owner among them, the leads of their team come first.
    for of_whom in ([*others, *([] if owner is None else [owner])], others):
        heard = who_hears(of_whom, Rung.LEAD, owner_id=complaint.owner_id, now=now)
        found = next((one for one in heard if one.id not in not_to), None)
        if found is not None:
            return found
    return assign(
        session, customer=customer, company=company, now=now, not_to=not_to, severity=complaint.severity
    )
