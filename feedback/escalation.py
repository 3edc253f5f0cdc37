"""The ladder of a case: its stages are taken as they fall due, each once, and noted in its history.

Which stage is next, and when, stands in the row (``steps``, ``next_step_at``), and who takes one holds the
row locked: so each happens once, whichever process looks, and however often the program was begun anew.
Nothing here commits.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.desk import Rung
from customers.duty import is_away, is_on_duty
from feedback.assignment_rules import Colleague, standing_in
from feedback.case_clocks import Climb, Goal, begin_ladder, current_stage, due_of, take_stage
from feedback.case_severity import raised
from feedback.complaint_rules import EventKind
from store.new_rows import NewEvent, put
from store.occasions import claim_occasion, is_claimed
from store.tables.complaints import CaseSeverity, Complaint, ComplaintEvent, ComplaintState
from store.tables.customers import Customer, Standing
from store.tables.staff import Role, Staff

BATCH = 25
"""Cases in one transaction; a customer who writes meanwhile waits for no more."""

OLD_CASES = "ladders of old cases"
FORGOTTEN_AFTER = timedelta(days=30)
"""Nobody is told of the lateness of a case that was opened so long before there were ladders."""

RUNNING = (ComplaintState.OPEN, ComplaintState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Climbed:
    """What happened in one case.

    Attributes:
        stages: those that were taken, in order; none where it was put off.
        severity: what the case became, where it was raised.
    """

    stages: tuple[Climb, ...] = ()
    severity: CaseSeverity | None = None

    @property
    def warning(self) -> Climb | None:
        """The stage that warned the customer."""
        return next((climb for climb in self.stages if climb.stage.warns), None)

    @property
    def highest(self) -> Climb | None:
        """The last stage of which somebody of the staff hears."""
        return next((climb for climb in reversed(self.stages) if climb.stage.tells is not None), None)


def due_cases(
    session: Session, *, channels: Collection[str], now: datetime, limit: int = BATCH
) -> Sequence[tuple[Complaint, Customer]]:
    """Find the cases of which a stage has fallen due, the longest due first, and hold each with its customer.

    States are not asked for: the index of states would be taken, and that finds too many. A case that
    somebody else holds, or whose customer is writing, is left to the next time.

    Args:
        session: the open transaction.
        channels: those that are switched on; whoever complained on another cannot be answered.
        now: aware UTC.
        limit: how many at most.
    """
    rows = session.execute(
        select(Complaint, Customer)
        .join(Customer, Customer.id == Complaint.customer_id)
        .where(Complaint.next_step_at <= now, Complaint.channel.in_(channels))
        .order_by(Complaint.next_step_at, Complaint.id)
        .limit(limit)
        .with_for_update(of=[Complaint, Customer], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(complaint, customer) for complaint, customer in rows]


def is_anything_due(session: Session, *, channels: Collection[str], now: datetime) -> bool:
    """Tell whether a stage of any case has fallen due, or ladders of old cases are still to be begun."""
    due = select(Complaint.id).where(Complaint.next_step_at <= now, Complaint.channel.in_(channels)).limit(1)
    return session.scalar(due) is not None or not is_claimed(session, OLD_CASES)


def begin_ladders(session: Session, *, company: Company, now: datetime, limit: int = BATCH) -> int:
    """Begin the ladder of each open case that is older than ladders, once for ever; does not commit.

    Returns:
        How many were begun.
    """
    if is_claimed(session, OLD_CASES):
        return 0
    rows = session.execute(
        select(Complaint, Customer.standing, Staff.team)
        .join(Customer, Customer.id == Complaint.customer_id)
        .outerjoin(Staff, Staff.id == Complaint.owner_id)
        .where(
            Complaint.state.in_(RUNNING),
            Complaint.next_step_at.is_(None),
            Complaint.steps == 0,
            Complaint.opened_at > now - FORGOTTEN_AFTER,
            Complaint.channel.in_(company.channels),
        )
        .order_by(Complaint.id)
        .limit(limit)
        .with_for_update(of=Complaint, key_share=True, skip_locked=True)
    ).all()
    for complaint, standing, team in rows:
        begin_ladder(complaint, standing=standing, company=company, team=team)
    if not rows:
        claim_occasion(session, OLD_CASES, now=now)
    return len(rows)


def climb(
    session: Session,
    complaint: Complaint,
    *,
    standing: Standing,
    company: Company,
    may_warn_at: datetime,
    now: datetime,
    team: str | None = None,
) -> Climbed:
    """Take all stages of a case that have fallen due, and note them; the row is locked.

    Args:
        session: the open transaction.
        complaint: from ``due_cases``.
        standing: the customer's.
        company: whose ladder it is.
        may_warn_at: when it is polite to write to the customer, ``now`` or later; waited for where that is
            before what they wait for is due.
        now: aware UTC.
        team: of its owner.
    """
    taken: list[Climb] = []
    severity: CaseSeverity | None = None
    if complaint.state not in RUNNING:
        complaint.next_step_at = None
    while complaint.next_step_at is not None and complaint.next_step_at <= now:
        stage = current_stage(complaint, company)
        if stage is None:  # the ladder has become shorter since
            complaint.next_step_at = None
            break
        if stage.warns and now < may_warn_at < due_of(complaint):
            complaint.next_step_at = may_warn_at
            break
        done = take_stage(complaint, standing=standing, company=company, now=now, team=team)
        taken.append(done)
        if stage.raises:  # what the customer was told stays
            stake = raised(complaint.severity, complaint.reasons)
            severity = stake.severity if stake.severity is not complaint.severity else severity
            complaint.severity, complaint.reasons = stake.severity, list(stake.reasons)
        _note(session, complaint, done, now)
    if severity is not None:
        put(session, NewEvent(complaint.id, now, None, str(EventKind.RAISED), str(severity)))
    return Climbed(tuple(taken), severity)


def note_told(session: Session, complaint: Complaint, warning: Climb, *, now: datetime) -> None:
    """Note that the customer is told of a new time; where they cannot be told, nobody notes it."""
    text = f"{warning.goal} {warning.next_due.isoformat()}"
    put(session, NewEvent(complaint.id, now, None, str(EventKind.DELAYED), text))


def was_told(session: Session, complaint: Complaint, goal: Goal) -> bool:
    """Tell whether the customer was told of a new time for a goal, since the case was last opened."""
    begun = (str(EventKind.OPENED), str(EventKind.REOPENED))
    newest = session.scalar(
        select(ComplaintEvent.what)
        .where(
            ComplaintEvent.complaint_id == complaint.id,
            or_(
                ComplaintEvent.what.in_(begun),
                and_(
                    ComplaintEvent.what == str(EventKind.DELAYED),
                    ComplaintEvent.text.startswith(f"{goal} ", autoescape=True),
                ),
            ),
        )
        .order_by(ComplaintEvent.id.desc())
        .limit(1)
    )
    return newest == EventKind.DELAYED


def who_hears(staff: Sequence[Staff], rung: Rung, *, owner_id: int | None, now: datetime) -> Sequence[Staff]:
    """Tell who hears at a rung of the ladder; where there is nobody, who hears at the next one up or down.

    Args:
        staff: all who work here.
        rung: who is meant to.
        owner_id: who is accountable for the case; their team's leads come before others.
        now: aware UTC; who is on duty comes before who is not.

    Returns:
        For an owner who is away whoever covers them; nobody, where nobody is in charge of anything.
    """
    owner = next((one for one in staff if one.id == owner_id), None)
    for seek in _FROM[rung]:
        found = seek(staff, owner, now)
        if found:
            return [one for one in found if is_on_duty(one, now)] or found
    return ()


def _who_is_there_for_it(staff: Sequence[Staff], owner: Staff | None, now: datetime) -> Sequence[Staff]:
    """Give the owner or whoever covers them; who is only off duty hears, too, who is away does not."""
    if owner is None:
        return ()
    known = {one.id: one for one in staff}
    seen = {
        one.id: Colleague(one.id, one.role, on_duty=is_on_duty(one, now), cover_id=one.cover_id)
        for one in staff
    }
    there = standing_in(seen, owner.id)
    if there is not None:
        return (known[there],)
    return () if is_away(owner, now) else (owner,)


def _the_owner(_staff: Sequence[Staff], owner: Staff | None, _now: datetime) -> Sequence[Staff]:
    return () if owner is None else (owner,)


def _leads(staff: Sequence[Staff], owner: Staff | None, _now: datetime) -> Sequence[Staff]:
    leads = [one for one in staff if one.role is Role.LEAD]
    own = [one for one in leads if owner is not None and owner.team is not None and one.team == owner.team]
    return own or leads


def _managers(staff: Sequence[Staff], _owner: Staff | None, _now: datetime) -> Sequence[Staff]:
    return [one for one in staff if one.role is Role.MANAGER]


def _admins(staff: Sequence[Staff], _owner: Staff | None, _now: datetime) -> Sequence[Staff]:
    return [one for one in staff if one.role is Role.ADMIN]


_Seek = Callable[[Sequence[Staff], Staff | None, datetime], Sequence[Staff]]
_FROM: Mapping[Rung, tuple[_Seek, ...]] = {
    Rung.OWNER: (_who_is_there_for_it, _leads, _managers, _admins, _the_owner),
    Rung.LEAD: (_leads, _managers, _admins),
    Rung.MANAGER: (_managers, _admins, _leads),
}


def _note(session: Session, complaint: Complaint, climb: Climb, now: datetime) -> None:
    """Note a stage: whom it told, and what was missed."""
    stage, events = climb.stage, []
    if stage.is_breach:
        events.append((EventKind.BREACHED, f"{climb.goal} {climb.due.isoformat()}"))
    if stage.tells is not None:
        events.append((EventKind.ESCALATED, str(stage.tells)))
    for what, text in events:
        put(session, NewEvent(complaint.id, now, None, str(what), text))
