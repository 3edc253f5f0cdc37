"""Visits are written down, once for an occasion, and what follows is done: message, task, reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import LeftOut
from scheduler.best_hours import best_moment, find_best_hours
from scheduler.definitions.programme import Programme
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from scheduler.programmes.asking import AGAIN, Asked, visit_draft, visit_key
from scheduler.programmes.deciding import Ask, Decision, Hold, Miss, Missed
from scheduler.programmes.people import Person, find_accountable
from scheduler.tasks import NewTask, give_tasks
from scheduler.trials.assignment import HELD_OUT
from scheduler.trials.members import WRITTEN_TO, TrialKind, split, trial_name
from store.flushed import flushed
from store.inserts import insert_into
from store.many_rows import ManyRows
from store.numbering import next_number
from store.one_of import is_one_of
from store.outbox import enqueue
from store.suppressions import Suppressed, note_suppressed, occasion_of
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Task, TaskKind, Visit, VisitState

TASK_WITHIN = timedelta(days=2)
"""Within which a person gets in touch instead of us."""

NAMES = ", "
"""Between the programmes that a task names."""

SENT_IS_SEEN_AFTER = timedelta(minutes=1)
"""How soon after the moment at which it may leave it is looked at whether a visit left, so that the next
words of who was asked for words are known to answer it."""

HELD = frozenset(str(one) for one in LeftOut) | {str(Missed.CONTACT_BUSY)}
"""What is noted as suppressed; whom chance held out, or who wrote, nothing was kept from."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit whose moment has come.

    Attributes:
        person: whose.
        programme: name of the programme.
        due_on: the date, where they are, on which it fell due; it names the occasion.
        decision: what becomes of it.
        visit_id: its number, where it was written down before.
        arm: of the programme's trial.
        again: whether it is asked once more.
    """

    person: Person
    programme: str
    due_on: date
    decision: Decision
    visit_id: int | None = None
    arm: str | None = None
    again: bool = False

    @property
    def customer_id(self) -> int:
        """Whose it is."""
        return self.person.who.customer_id

    @property
    def key(self) -> str:
        """Names the occasion."""
        return visit_key(self.customer_id, self.programme, self.due_on) + AGAIN * self.again


def draw_arms(
    session: Session, planned: Sequence[Planned], programme: Programme, *, company: Company, now: datetime
) -> Sequence[Planned]:
    """Let chance hold out its part of those who would be asked, and ask the others at their hour.

    Does not commit.
    """
    arms = None
    if programme.holdout != 0 or programme.variants:
        arms = split(
            session,
            [one.customer_id for one in planned if isinstance(one.decision, Ask)],
            trial=trial_name(TrialKind.VISITS, programme.name),
            company=company,
            now=now,
            variants=programme.variants or (WRITTEN_TO,),
            holdout=programme.holdout,
            occasion=str(local_date(now, company.timezone).year),
        )
    drawn = planned if arms is None else [_with_arm(one, arms.get(one.customer_id)) for one in planned]
    return _at_best_hours(session, drawn, company=company)


def _at_best_hours(session: Session, planned: Sequence[Planned], *, company: Company) -> Sequence[Planned]:
    """Let each visit leave at the hour at which its customer usually writes, where its window has it."""
    people = [one.person.who for one in planned if isinstance(one.decision, Ask)]
    hours = find_best_hours(session, people, company=company)
    return [
        _at_hour(one, hours[one.customer_id], company) if one.customer_id in hours else one for one in planned
    ]


def _at_hour(one: Planned, hour: int, company: Company) -> Planned:
    if not isinstance(one.decision, Ask):
        return one
    since, latest = one.decision.leaves, one.decision.expires
    zone = zone_of(one.person.who, company)
    leaves = best_moment(since, hour, zone, latest=latest, company=company)
    return replace(one, decision=replace(one.decision, leaves=leaves))


def _with_arm(one: Planned, arm: str | None) -> Planned:
    decision = Miss(Missed.HELD_OUT) if arm == HELD_OUT else one.decision
    return replace(one, decision=decision, arm=arm)


def open_visits(
    session: Session, planned: Sequence[Planned], programme: Programme, *, now: datetime
) -> Sequence[Planned]:
    """Write down visits that fell due, once for an occasion; does not commit.

    Returns:
        Those that are new, with their numbers.
    """
    numbered = [replace(one, visit_id=next_number(session, Visit, at_once=len(planned))) for one in planned]
    rows = [_row(one, programme, now) for one in numbered]
    if _insert_new(session.get_bind().dialect.name).run(session.connection(), rows) == len(rows):
        return numbered
    written = select(Visit.id).where(Visit.id.in_([one.visit_id for one in numbered]))
    new = frozenset(session.scalars(written))
    return [one for one in numbered if one.visit_id in new]


_COLUMNS = (
    "id",
    "customer_id",
    "programme",
    "due_on",
    "created_at",
    "contact_id",
    "standing",
    "arm",
    "answers",
    "attempt",
    "state",
    "reason",
    "made_at",
    "next_step_at",
)


@cache
def _insert_new(dialect: str) -> ManyRows:
    new = insert_into(Visit, dialect=dialect)
    occasion = ["customer_id", "programme", "due_on"]
    return ManyRows(new.on_conflict_do_nothing(index_elements=occasion), _COLUMNS)


def _row(one: Planned, programme: Programme, now: datetime) -> tuple[Any, ...]:
    """Give a row's values, in the order of its columns."""
    person = one.person
    return (
        one.visit_id,
        one.customer_id,
        programme.name,
        one.due_on,
        now,
        person.contact_id,
        person.standing,
        one.arm,
        {},
        0,
        *standing_of_visit(one.decision).values(),
    )


def standing_of_visit(decision: Decision) -> dict[str, Any]:
    """Give the columns that say where a visit stands after a decision, always in the same order."""
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
            to = Asked(one.person.who, one.person.contact, programme, company, one.arm)
            leaves, expires = one.decision.leaves, one.decision.expires
            drafts.append(visit_draft(to, visit_id=one.visit_id, key=one.key, leaves=leaves, expires=expires))
    enqueue(session, drafts, now=now)
    note_visited(session, [one.customer_id for one in asked], now=now)
    missed = [one for one in planned if isinstance(one.decision, Miss)]
    note_missed(session, missed, now=now)


def note_missed(session: Session, missed: Sequence[Planned], *, now: datetime) -> None:
    """Note why visits were not made; where a complaint is open, a person gets a task. Does not commit.

    For the visits of several programmes that is one task, which names them all.
    """
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
    if complaining:
        _give_tasks(session, complaining, now=now)


def _give_tasks(session: Session, complaining: Sequence[Planned], *, now: datetime) -> None:
    who = [one.customer_id for one in complaining]
    owners, given = find_accountable(session, who, now=now), _find_given(session, who, now=now)
    tasks = []
    for one in complaining:
        if one.customer_id in given and _stands_for(*given[one.customer_id], one.programme):
            continue
        tasks.append(
            NewTask(
                customer_id=one.customer_id,
                kind=TaskKind.COMPLAINT_OPEN,
                occasion=one.key,
                due_at=now + TASK_WITHIN,
                staff_id=one.person.contact_id or owners.get(one.customer_id),
                visit_id=one.visit_id,
            )
        )
    give_tasks(session, tasks, now=now)


def _find_given(
    session: Session, customers: Collection[int], *, now: datetime
) -> Mapping[int, tuple[Task, Visit]]:
    """Find the tasks for open complaints that wait and were given lately, by customer, with their visits."""
    given = (
        select(Task, Visit)
        .join(Visit, Visit.id == Task.visit_id)
        .where(
            Task.customer_id.in_(customers),
            Task.kind == TaskKind.COMPLAINT_OPEN,
            Task.done_at.is_(None),
            Task.created_at > now - TASK_WITHIN,
        )
        .order_by(Task.id.desc())  # of several the first counts
    )
    return {task.customer_id: (task, visit) for task, visit in session.execute(given)}


def _stands_for(task: Task, first: Visit, programme: str) -> bool:
    """Let the task that waits for another programme's visit to the same customer name this one, too.

    Returns:
        Whether it stands for both now: it does not for another visit of its own programme.
    """
    if first.programme == programme:
        return False
    named = task.text.split(NAMES) if task.text else [first.programme]
    if programme not in named:
        task.text = NAMES.join([*named, programme])
    return True


def note_visited(session: Session, customers: Collection[int], *, now: datetime) -> None:
    """Note that customers are asked now: from here on all periods count. Does not commit."""
    if customers:
        session.connection().execute(_VISITED, {"customers": list(customers), "asked_at": now})


_VISITED = (
    update(Customer).where(is_one_of(Customer.id, "customers")).values(visited_at=bindparam("asked_at"))
)


def count_today(session: Session, programme: Programme, *, now: datetime) -> int:
    """Count the visits that a programme made in the last 24 hours."""
    lately = {"since": now - timedelta(days=1), "programme": programme.name}
    return session.connection().execute(_MADE_SINCE, lately).scalar() or 0


_MADE_SINCE = select(func.count()).where(
    Visit.created_at > bindparam("since"),
    Visit.programme == bindparam("programme"),
    Visit.made_at.is_not(None),
)


def count_of_contacts(session: Session, contacts: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Count, for each designated contact, the visits to their customers in 24 hours, in all programmes."""
    if not contacts:
        return {}
    asked = {"contacts": list(contacts), "since": now - timedelta(days=1)}
    rows = flushed(session).execute(_OF_CONTACTS, asked)
    return {contact_id: number for contact_id, number in rows if contact_id is not None}


_OF_CONTACTS = (
    select(Visit.contact_id, func.count())
    .where(is_one_of(Visit.contact_id, "contacts"), Visit.made_at > bindparam("since"))
    .group_by(Visit.contact_id)
)
