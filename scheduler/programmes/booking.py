"""Visits are written down, once for an occasion, and what follows is done: message, task, reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import LeftOut
from scheduler.best_hours import find_best_moments
from scheduler.definitions.programme import Programme
from scheduler.local_clock import local_date
from scheduler.programmes.asking import Asked, visit_draft, visit_key
from scheduler.programmes.deciding import Ask, Decision, Hold, Miss, Missed
from scheduler.programmes.people import Person, find_accountable
from scheduler.tasks import give_task
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.members import TrialKind, split, trial_name
from store.inserts import insert_into
from store.outbox import enqueue
from store.suppressions import Suppressed, note_suppressed, occasion_of
from store.tables.customers import Customer, Purpose
from store.tables.outreach import TaskKind, Visit, VisitState

TASK_WITHIN = timedelta(days=2)
"""Within which a person gets in touch instead of us."""

SENT_IS_SEEN_AFTER = timedelta(minutes=5)
"""How soon after the moment at which it may leave it is looked at whether a visit left."""

HELD = frozenset(str(one) for one in LeftOut) | {str(Missed.CONTACT_BUSY)}
"""What is noted as suppressed; whom chance held out, or who wrote, nothing was kept from."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit whose moment has come.

    Attributes:
        person: whose.
        due_on: the date, where they are, on which it fell due; it names the occasion.
        decision: what becomes of it.
        visit_id: its number, where it was written down before.
        arm: of the programme's trial.
    """

    person: Person
    due_on: date
    decision: Decision
    visit_id: int | None = None
    arm: str | None = None

    @property
    def customer_id(self) -> int:
        """Whose it is."""
        return self.person.who.customer_id

    @property
    def key(self) -> str:
        """Names the occasion."""
        return visit_key(self.customer_id, self.due_on)


def draw_arms(
    session: Session, planned: Sequence[Planned], programme: Programme, *, company: Company, now: datetime
) -> Sequence[Planned]:
    """Let chance hold out its part of those who would be asked, and ask the others at their hour.

    Does not commit.
    """
    asked = [one.customer_id for one in planned if isinstance(one.decision, Ask)]
    year = local_date(now, company.timezone).year
    arms = split(
        session,
        asked,
        trial=trial_name(TrialKind.VISITS, programme.name),
        company=company,
        now=now,
        holdout=programme.holdout,
        occasion=str(year),
    )
    drawn = [_with_arm(one, arms.get(one.customer_id)) for one in planned]
    return _at_best_hours(session, drawn, company=company)


def _at_best_hours(session: Session, planned: Sequence[Planned], *, company: Company) -> Sequence[Planned]:
    """Let each visit leave at the hour at which its customer usually writes, where its window has it."""
    windows = [
        (one.person.who, one.decision.leaves, one.decision.expires)
        for one in planned
        if isinstance(one.decision, Ask)
    ]
    moments = find_best_moments(session, windows, company=company)
    return [
        replace(one, decision=replace(one.decision, leaves=moments[one.customer_id]))
        if isinstance(one.decision, Ask)
        else one
        for one in planned
    ]


def _with_arm(one: Planned, arm: str | None) -> Planned:
    decision = Miss(Missed.HELD_OUT) if arm == HELD_OUT else one.decision
    return Planned(one.person, one.due_on, decision, one.visit_id, arm)


def open_visits(
    session: Session, planned: Sequence[Planned], programme: Programme, *, now: datetime
) -> Sequence[Planned]:
    """Write down visits that fell due, once for an occasion; does not commit.

    Returns:
        Those that are new, with their numbers.
    """
    if not planned:
        return []
    by_customer = {one.customer_id: one for one in planned}
    new = insert_into(Visit, dialect=session.get_bind().dialect.name)
    written = session.execute(
        new.on_conflict_do_nothing(index_elements=["customer_id", "programme", "due_on"]).returning(
            Visit.id, Visit.customer_id
        ),
        [_row(one, programme, now) for one in planned],
    )
    opened = []
    for visit_id, customer_id in written:
        one = by_customer[customer_id]
        opened.append(Planned(one.person, one.due_on, one.decision, visit_id, one.arm))
    return opened


def _row(one: Planned, programme: Programme, now: datetime) -> dict[str, Any]:
    person = one.person
    return {
        "customer_id": one.customer_id,
        "programme": programme.name,
        "due_on": one.due_on,
        "created_at": now,
        "contact_id": person.contact_id,
        "standing": person.standing,
        "answers": {},
        "attempt": 0,
        "arm": one.arm,
    } | standing_of_visit(one.decision)


def standing_of_visit(decision: Decision) -> dict[str, Any]:
    """Give the columns that say where a visit stands after a decision."""
    match decision:
        case Ask(leaves):
            return {
                "state": VisitState.DUE,
                "reason": None,
                "made_at": leaves,
                "next_step_at": leaves + SENT_IS_SEEN_AFTER,
            }
        case Hold(reason, until):
            return {"state": VisitState.DUE, "reason": reason, "made_at": None, "next_step_at": until}
        case Miss(reason):
            return {"state": VisitState.MISSED, "reason": reason, "made_at": None, "next_step_at": None}


def follow_up(
    session: Session, planned: Sequence[Planned], programme: Programme, *, company: Company, now: datetime
) -> None:
    """Do what follows from visits that are written down; does not commit.

    Who is asked gets the message, and counts as visited; of whom a complaint is open, somebody gets a task;
    what was held back for too long is noted with its reason.
    """
    asked = [one for one in planned if isinstance(one.decision, Ask)]
    drafts = []
    for one in asked:
        if isinstance(one.decision, Ask) and one.visit_id is not None:
            to = Asked(one.person.who, one.person.contact, programme, company)
            leaves, expires = one.decision.leaves, one.decision.expires
            drafts.append(visit_draft(to, visit_id=one.visit_id, key=one.key, leaves=leaves, expires=expires))
    enqueue(session, drafts, now=now)
    note_visited(session, [one.customer_id for one in asked], now=now)
    _let_older_rest(session, asked)
    missed = [one for one in planned if isinstance(one.decision, Miss)]
    note_missed(session, missed, now=now)


def note_missed(session: Session, missed: Sequence[Planned], *, now: datetime) -> None:
    """Note why visits were not made; where a complaint is open, a person gets a task. Does not commit."""
    reasons = {one: one.decision.reason for one in missed if isinstance(one.decision, Miss)}
    note_suppressed(
        session,
        [
            Suppressed(one.customer_id, occasion_of(one.key, one.customer_id), Purpose.VISITS, reason)
            for one, reason in reasons.items()
            if reason in HELD
        ],
        now=now,
    )
    complaining = [one for one, reason in reasons.items() if reason == LeftOut.COMPLAINT]
    owners = (
        find_accountable(session, [one.customer_id for one in complaining], now=now) if complaining else {}
    )
    for one in complaining:
        give_task(
            session,
            customer_id=one.customer_id,
            kind=TaskKind.COMPLAINT_OPEN,
            occasion=one.key,
            text="",
            staff_id=one.person.contact_id or owners.get(one.customer_id),
            due_at=now + TASK_WITHIN,
            now=now,
            visit_id=one.visit_id,
        )


def note_visited(session: Session, customers: Collection[int], *, now: datetime) -> None:
    """Note that customers are asked now: from here on all periods count. Does not commit."""
    if customers:
        session.execute(
            update(Customer)
            .where(Customer.id.in_(customers))
            .values(visited_at=now)
            .execution_options(synchronize_session=False)
        )


def _let_older_rest(session: Session, asked: Sequence[Planned]) -> None:
    """End what was asked before and not answered: a new visit stands in the place of its retry."""
    if asked:
        session.execute(
            update(Visit)
            .where(
                Visit.customer_id.in_([one.customer_id for one in asked]),
                Visit.id.not_in([one.visit_id for one in asked]),
                Visit.state == VisitState.MADE,
                Visit.next_step_at.is_not(None),
            )
            .values(state=VisitState.UNANSWERED, next_step_at=None)
            .execution_options(synchronize_session=False)
        )


def count_today(session: Session, programme: Programme, *, now: datetime) -> int:
    """Count the visits that a programme made in the last 24 hours."""
    lately = select(func.count()).where(
        Visit.created_at > now - timedelta(days=1),
        Visit.programme == programme.name,
        Visit.state != VisitState.MISSED,
    )
    return session.scalar(lately) or 0


def count_of_contacts(session: Session, contacts: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Count, for each designated contact, the visits to their customers in 24 hours, in all programmes."""
    if not contacts:
        return {}
    rows = session.execute(
        select(Visit.contact_id, func.count())
        .where(Visit.contact_id.in_(contacts), Visit.made_at > now - timedelta(days=1))
        .group_by(Visit.contact_id)
    )
    return {contact_id: number for contact_id, number in rows if contact_id is not None}
