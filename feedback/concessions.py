"""Concessions: what a customer is given to make good, who gives it, and who allowed it.

Whoever decides holds the row of the case, so that two gifts at once are not both within one limit. Nothing
here commits.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import SOURCE_LANGUAGE
from customers.staff import active_staff, reachable_staff
from feedback.case_moves import lock as lock_case
from feedback.complaint_rules import EventKind
from feedback.concession_rules import (
    DecidedError,
    KindError,
    NobodyApprovesError,
    Person,
    approvers,
    check_decider,
    checked_reason,
    limit_of,
    state_of_new,
)
from feedback.money import in_words
from feedback.promise_rules import EndedCaseError
from store.errors import NotFoundError
from store.new_rows import NewEvent, put
from store.tables.complaints import ENDED, Complaint, ComplaintState
from store.tables.desk import Concession, ConcessionKind, ConcessionState
from store.tables.staff import Staff

_EVENTS = {
    ConcessionState.PROPOSED: EventKind.CONCESSION_PROPOSED,
    ConcessionState.GIVEN: EventKind.CONCESSION_GIVEN,
    ConcessionState.REFUSED: EventKind.CONCESSION_REFUSED,
}


def concede(
    session: Session,
    complaint: Complaint,
    *,
    staff: Staff,
    kind: ConcessionKind,
    amount: int,
    reason: str,
    company: Company,
    now: datetime,
) -> Concession:
    """Give something in a case, or propose it where it is above the giver's limit.

    Args:
        session: the open transaction.
        complaint: in which case.
        staff: who gives.
        kind: what.
        amount: what it costs, in the smallest units of the desk's currency; an apology costs nothing.
        reason: why; for staff alone.
        company: whose limits hold.
        now: aware UTC.

    Raises:
        ReasonError, KindError: no reason is given, or a long one; the company gives nothing of this kind.
        EndedCaseError: the case has ended.
        NobodyApprovesError: it is above the limit of everybody here.
    """
    line, desk = checked_reason(reason), company.desk
    if kind not in desk.concessions:
        raise KindError(f"nothing of the kind {kind} is given here")
    lock_case(session, complaint)
    if complaint.state in ENDED:
        raise EndedCaseError("nothing more is given in a case that has ended")
    made = Concession(
        customer_id=complaint.customer_id,
        complaint_id=complaint.id,
        kind=kind,
        amount=0 if kind is ConcessionKind.APOLOGY else amount,
        currency=desk.currency,
        reason=line,
        staff_id=staff.id,
        made_at=now,
    )
    _begin(session, made, staff, company)
    session.add(made)
    session.flush()
    _note(session, made, staff, now)
    return made


def _begin(session: Session, made: Concession, staff: Staff, company: Company) -> None:
    """Give what is within the limit of whoever gives it, and propose the rest.

    Raises:
        NobodyApprovesError: nobody could approve it.
    """
    made.state = state_of_new(
        made.amount,
        given_before=_given_alone(session, made),
        limit=limit_of(staff.role, company.desk.limits, made.currency),
    )
    if made.state is ConcessionState.GIVEN:
        made.decided_by_id, made.decided_at = staff.id, made.made_at
    elif not who_approves(session, made, company=company):
        raise NobodyApprovesError("that is above the limit of everybody here")


def decide(
    session: Session, made: Concession, *, staff: Staff, give: bool, company: Company, now: datetime
) -> None:
    """Approve or refuse what was proposed.

    Raises:
        DecidedError: somebody has decided before.
        EndedCaseError: it is approved, and its case was called no complaint meanwhile.
        NotAllowedError: they proposed it themselves, approve nothing, or it is above their own limit.
        NotFoundError: its customer was erased meanwhile.
    """
    session.flush()
    complaint = session.get(Complaint, made.complaint_id, with_for_update=True, populate_existing=True)
    proposed = session.get(Concession, made.id, with_for_update=True, populate_existing=True)
    if complaint is None or proposed is None:
        raise NotFoundError("this concession is gone: its customer was erased")
    if made.state is not ConcessionState.PROPOSED:
        raise DecidedError(made.state, made.decided_by_id)
    if give and complaint.state is ComplaintState.DISMISSED:
        raise EndedCaseError("nothing is given in a case that was no complaint")
    check_decider(
        Person(staff.id, staff.role),
        proposer_id=made.staff_id,
        amount=made.amount,
        limits=company.desk.limits,
        currency=made.currency,
    )
    made.state = ConcessionState.GIVEN if give else ConcessionState.REFUSED
    made.decided_by_id, made.decided_at = staff.id, now
    _note(session, made, staff, now)


def who_approves(session: Session, made: Concession, *, company: Company) -> Sequence[Staff]:
    """Give those who may approve a concession and hear of it, as far as any do; who came first first."""
    staff = {one.id: one for one in active_staff(session)}
    allowed = approvers(
        (Person(one.id, one.role) for one in staff.values()),
        proposer_id=made.staff_id,
        amount=made.amount,
        limits=company.desk.limits,
        currency=made.currency,
    )
    hear = {one.id for one in reachable_staff(session, channels=company.channels)}
    return [staff[number] for number in allowed if number in hear] or [staff[number] for number in allowed]


def find_concession(session: Session, concession_id: int) -> Concession | None:
    """Find a concession by its number; None where there is none, or it was erased with its customer."""
    return session.get(Concession, concession_id)


def _given_alone(session: Session, made: Concession) -> int:
    """Sum what its giver gave in the same case without anybody's leave."""
    alone = select(func.coalesce(func.sum(Concession.amount), 0)).where(
        Concession.complaint_id == made.complaint_id,
        Concession.staff_id == made.staff_id,
        Concession.decided_by_id == made.staff_id,
        Concession.state == ConcessionState.GIVEN,
        Concession.currency == made.currency,
    )
    return int(session.scalar(alone) or 0)


def _note(session: Session, made: Concession, staff: Staff, now: datetime) -> None:
    text = f"{made.kind} {in_words(made.amount, made.currency, SOURCE_LANGUAGE)}: {made.reason}"
    put(session, NewEvent(made.complaint_id, now, staff.id, str(_EVENTS[made.state]), text))
