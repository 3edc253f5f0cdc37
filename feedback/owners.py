"""Cases that are with nobody who may have them, and whom they go to.

Nobody takes a case from who took it because a day's work is over; who is away is covered, and who has left
has nothing any more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.assignment import assign, colleagues
from feedback.assignment_rules import Colleague, may_have
from feedback.case_moves import lock, note
from feedback.complaint_rules import EventKind
from store.errors import NotFoundError
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff

PER_RUN = 200
"""Cases that are given away at once, so that the transaction stays short."""

TAKEN = frozenset({ComplaintState.CLAIMED, ComplaintState.WAITING})
LIVE = Complaint.state.in_([literal_column(f"'{one}'") for one in ("open", "claimed", "waiting", "resolved")])
"""Cases that need an owner; literals, because a partial index does not serve bound values."""


class Why(StrEnum):
    """Why a case went to another."""

    NOBODY = "nobody"
    LEFT = "left"
    AWAY = "away"
    OFF_DUTY = "off duty"
    HANDED_OVER = "handed over"


@dataclass(frozen=True, slots=True)
class Given:
    """A case that went to another.

    Attributes:
        complaint: which.
        customer: whose.
        before: who had it; None where nobody did.
        owner: who has it now.
        why: why it went.
    """

    complaint: Complaint
    customer: Customer
    before: Staff | None
    owner: Staff
    why: Why


def give_misplaced(
    session: Session, *, company: Company, now: datetime, limit: int = PER_RUN
) -> Sequence[Given]:
    """Give the cases that are with nobody who may have them to whoever should; does not commit.

    Returns:
        Those that went to another, the oldest first.
    """
    there = colleagues(session, company=company, now=now)
    if not there:
        return ()
    return [
        given
        for complaint, customer in _misplaced(session, there, company, limit)
        if (given := _give(session, complaint, customer, company=company, now=now)) is not None
    ]


def hand(
    session: Session, complaint: Complaint, customer: Customer, *, to: Staff, why: Why, now: datetime
) -> Given | None:
    """Make somebody accountable for a case; None where they are already. Does not commit.

    Raises:
        NotFoundError: its customer was erased meanwhile.
    """
    lock(session, complaint)
    if complaint.owner_id == to.id:
        return None
    before = None if complaint.owner_id is None else session.get(Staff, complaint.owner_id)
    complaint.owner_id = to.id
    note(session, complaint, EventKind.ASSIGNED, now=now, staff=to)
    return Given(complaint, customer, before, to, why)


def _misplaced(
    session: Session, there: Mapping[int, Colleague], company: Company, limit: int
) -> Sequence[tuple[Complaint, Customer]]:
    """Find the cases that are with nobody, or with somebody who may not have them."""
    everybody = set(session.scalars(select(Staff.id)))
    gone = everybody - there.keys()
    not_open, not_taken = (everybody - set(may_have(there, taken=taken)) for taken in (False, True))
    rows = session.execute(
        select(Complaint, Customer)
        .join(Customer, Customer.id == Complaint.customer_id)
        .where(
            LIVE,
            Complaint.channel.in_(sorted(company.channels)),
            or_(
                Complaint.owner_id.is_(None),
                _with(not_open, {ComplaintState.OPEN}),
                _with(not_taken, TAKEN),
                _with(gone, {ComplaintState.RESOLVED}),
            ),
        )
        .order_by(Complaint.id)
        .limit(limit)
    )
    return [(row.Complaint, row.Customer) for row in rows]


def _with(owners: Collection[int], states: Collection[ComplaintState]) -> ColumnElement[bool]:
    if not owners:
        return false()
    return and_(Complaint.owner_id.in_(sorted(owners)), Complaint.state.in_(sorted(states)))


def _give(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> Given | None:
    """Give one case to another, where it still is with somebody who may not have it."""
    seen = complaint.owner_id, complaint.state
    try:
        lock(session, complaint)
    except NotFoundError:
        return None
    if (complaint.owner_id, complaint.state) != seen:
        return None
    there = colleagues(session, company=company, now=now)
    before, why = complaint.owner_id, _why(there, complaint.owner_id)
    covered = before is not None and why is Why.AWAY
    owner = assign(
        session,
        customer=customer,
        company=company,
        now=now,
        first=(before,) if before is not None and covered and complaint.state in TAKEN else (),
        last=(before,) if before is not None and covered else (),
        severity=complaint.severity,
        skills=() if complaint.cause is None else (complaint.cause,),
    )
    return None if owner is None else hand(session, complaint, customer, to=owner, why=why, now=now)


def _why(there: Mapping[int, Colleague], owner_id: int | None) -> Why:
    if owner_id is None:
        return Why.NOBODY
    owner = there.get(owner_id)
    if owner is None:
        return Why.LEFT
    return Why.AWAY if owner.away else Why.OFF_DUTY
