"""Cases that are with nobody who may have them, and whom they go to.

Nobody takes a case from who took it because a day's work is over; who is away is covered, and who has left
has nothing any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import ColumnElement, and_, literal_column, select
from sqlalchemy.orm import Session

from customers.company import Company
from feedback.assignment import assign, colleagues
from feedback.assignment_rules import Colleague, may_have, who_hear
from feedback.case_moves import note
from feedback.complaint_rules import EventKind
from feedback.low_marks import not_for
from store.tables.complaints import LIVE, Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff

PER_RUN = 200
"""Cases that are given away at once, so that the transaction stays short."""

TAKEN = frozenset({ComplaintState.CLAIMED, ComplaintState.WAITING})
IS_LIVE = Complaint.state.in_([literal_column(repr(str(state))) for state in LIVE])
"""The condition for cases that need an owner."""


class Why(StrEnum):
    """Why a case went to another."""

    NOBODY = "nobody"
    LEFT = "left"
    AWAY = "away"
    OFF_DUTY = "off duty"
    NOT_JOINED = "not joined"
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


def give_misplaced(session: Session, *, company: Company, now: datetime) -> Sequence[Given]:
    """Find the cases that are with nobody who may have them, and give them to others; does not commit.

    Returns:
        Those that went to another, ``PER_RUN`` at most.
    """
    return give_cases(session, see_misplaced(session, company=company, now=now), company=company, now=now)


def see_misplaced(session: Session, *, company: Company, now: datetime) -> Sequence[int]:
    """Find the cases that are with nobody, or with somebody who may not have them; only reads.

    Returns:
        Their numbers, ``PER_RUN`` at most.
    """
    there = colleagues(session, company=company, now=now)
    if not there:
        return ()
    everybody = set(session.scalars(select(Staff.id)))
    can_be_answered = Complaint.channel.in_(sorted(company.channels))
    conditions: list[ColumnElement[bool]] = [and_(Complaint.owner_id.is_(None), can_be_answered)]
    for states, keepers in (
        ({ComplaintState.OPEN}, may_have(there, taken=False)),
        (TAKEN, may_have(there, taken=True)),
    ):
        if others := sorted(everybody - set(keepers)):
            stands_so = Complaint.state.in_(sorted(states))
            conditions.append(and_(Complaint.owner_id.in_(others), stands_so, can_be_answered))
    if left := sorted(everybody - there.keys()):  # they keep nothing, also where nobody can be answered
        conditions.append(Complaint.owner_id.in_(left))
    found: set[int] = set()
    for condition in conditions:  # one by one: each is found by the index of live cases
        mine = select(Complaint.id).where(IS_LIVE, condition)
        found.update(session.scalars(mine.limit(PER_RUN)))
    return sorted(found)[:PER_RUN]


def give_cases(
    session: Session, numbers: Sequence[int], *, company: Company, now: datetime
) -> Sequence[Given]:
    """Give those of some cases to others that are still with nobody who may have them; does not commit.

    Returns:
        Those that went to another, the oldest first.
    """
    if not numbers:
        return ()
    given = [
        _give(session, complaint, customer, company=company, now=now)
        for complaint, customer in held_cases(session, Complaint.id.in_(numbers))
    ]
    return [one for one in given if one is not None]


def held_cases(session: Session, *where: ColumnElement[bool]) -> Sequence[tuple[Complaint, Customer]]:
    """Give cases with their customers, as they stand now; others cannot change them until the end."""
    session.flush()
    rows = session.execute(
        select(Complaint, Customer)
        .join(Customer, Customer.id == Complaint.customer_id)
        .where(*where)
        .order_by(Complaint.id)
        .with_for_update(of=Complaint)
        .execution_options(populate_existing=True)
    )
    return [(row.Complaint, row.Customer) for row in rows]


def pass_on(
    session: Session, complaint: Complaint, customer: Customer, *, to: Staff, why: Why, now: datetime
) -> Given | None:
    """Make somebody accountable for a case that is held; None where they are already. Does not commit."""
    if complaint.owner_id == to.id:
        return None
    before = None if complaint.owner_id is None else session.get(Staff, complaint.owner_id)
    complaint.owner_id = to.id
    note(session, complaint, EventKind.ASSIGNED, now=now, staff=to)
    return Given(complaint, customer, before, to, why)


def _give(
    session: Session, complaint: Complaint, customer: Customer, *, company: Company, now: datetime
) -> Given | None:
    """Give one case to another, where it still is with somebody who may not have it."""
    there = colleagues(session, company=company, now=now)
    if not _is_misplaced(complaint, there):
        return None
    before, why = complaint.owner_id, _why(there, complaint.owner_id)
    covered = before is not None and why is Why.AWAY
    to = partial(
        assign,
        session,
        customer=customer,
        company=company,
        now=now,
        first=(before,) if before is not None and covered and complaint.state in TAKEN else (),
        last=(before,) if before is not None and covered else (),
        severity=complaint.severity,
        skills=() if complaint.cause is None else (complaint.cause,),
    )
    owner = to(not_to=not_for(session, complaint)) or to()
    return None if owner is None else pass_on(session, complaint, customer, to=owner, why=why, now=now)


def _is_misplaced(complaint: Complaint, there: Mapping[int, Colleague]) -> bool:
    if complaint.state not in LIVE:
        return False
    if complaint.state is ComplaintState.RESOLVED:
        return complaint.owner_id not in there
    return complaint.owner_id not in may_have(there, taken=complaint.state in TAKEN)


def _why(there: Mapping[int, Colleague], owner_id: int | None) -> Why:
    if owner_id is None:
        return Why.NOBODY
    owner = there.get(owner_id)
    if owner is None:
        return Why.LEFT
    if owner.away:
        return Why.AWAY
    return Why.OFF_DUTY if owner in who_hear(there) else Why.NOT_JOINED
