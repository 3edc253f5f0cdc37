"""Visits that are under way: whether they left, whether they were answered, and what follows silence.

What comes next for a visit stands in its row (``next_step_at``). That a customer wrote is seen here, when the
step comes, so that nothing is written when they write.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.programme import SCALES, Programme
from scheduler.delivery.clearance import EXPIRES_AT_NIGHT, TOO_LATE, TOO_MANY
from scheduler.left_out import REASONS, LeftOut
from scheduler.local_clock import moment_on
from scheduler.manners import zone_of
from scheduler.programmes.answers import LOW_MARK, said_anything
from scheduler.programmes.asking import AGAIN, Asked, about_visit, unnamed_key, visit_draft, visit_key
from scheduler.programmes.awaiting import Queued, await_words
from scheduler.programmes.booking import (
    TASK_WITHIN,
    Planned,
    count_of_contacts,
    draw_arms,
    follow_up,
    note_missed,
    note_visited,
    standing_of_visit,
)
from scheduler.programmes.deciding import PUT_OFF_FOR, Ask, Hold, Miss, Missed, decide
from scheduler.programmes.people import Person, find_people
from scheduler.programmes.turn_rows import note_silence
from scheduler.programmes.visit_rows import find_waiting, write_visits
from scheduler.tasks import NewTask, give_tasks
from store.one_of import is_one_of
from store.outbox import Draft, enqueue
from store.tables.customers import Standing
from store.tables.outreach import TaskKind, Visit, VisitState
from store.tables.queues import OutboxMessage, OutboxState

WAITS_FOR_ANSWER = timedelta(days=7)
"""After it a visit that is not asked once more counts as not answered."""

LOOKED_AT_EVERY = timedelta(minutes=5)
"""How often it is looked at whether a visit that waits has left."""

WAITING = frozenset({OutboxState.QUEUED, OutboxState.PAUSED, OutboxState.SENDING})
LEFT = frozenset({OutboxState.SENT, OutboxState.UNCERTAIN})

WROTE_FIRST = "the customer wrote first"
"""Why a message that waited was withdrawn."""

WHY = {reason.words: str(reason.left_out) for reason in REASONS} | {
    WROTE_FIRST: str(Missed.IN_TOUCH),
    TOO_MANY: str(LeftOut.TOO_MANY),
    TOO_LATE: str(LeftOut.TOO_LATE),
    EXPIRES_AT_NIGHT: str(LeftOut.TOO_LATE),
}
"""What is noted with a message that did not leave, as the reason of its visit."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What all steps of a run have in common.

    Attributes:
        session: the open transaction.
        programme: whose visits these are.
        company: who we are.
        now: aware UTC.
        messages: what was queued last for visits, by what they are about.
        busy: how many visits each designated contact has had in 24 hours.
        asked: customers who are asked in this run; what was read of them before does not show it.
        silent: customers who did not answer, the second time either.
        drafts: what they are asked once more.
        missed: what was not asked, or not once more.
        tasks: for staff.
    """

    session: Session
    programme: Programme
    company: Company
    now: datetime
    messages: Mapping[str, Queued]
    busy: Counter[int]
    asked: set[int] = field(default_factory=set)
    silent: list[int] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    missed: list[Planned] = field(default_factory=list)
    tasks: list[NewTask] = field(default_factory=list)


def take_steps(
    session: Session,
    programmes: Sequence[Programme],
    names: Collection[str],
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
    most: int,
) -> int:
    """Take the next step of visits under way, the one that waits longest first; does not commit.

    Args:
        session: the open transaction.
        programmes: whose visits go on.
        names: of all programmes that there are; the visits of others end.
        company: who we are.
        now: aware UTC.
        channels: names of the messaging apps that are switched on.
        most: how many visits at most.

    Returns:
        How many visits went on.
    """
    visits = find_waiting(session, now=now, most=most)
    if not visits:
        return 0
    running = frozenset(programme.name for programme in programmes)
    for visit in visits:
        if visit.programme not in names:
            _end(visit)
        elif visit.programme not in running:
            visit.next_step_at = now + PUT_OFF_FOR
    for programme in programmes:
        theirs = [visit for visit in visits if visit.programme == programme.name]
        if theirs:
            _take(session, programme, theirs, company=company, now=now, channels=channels)
    write_visits(session, visits)
    return len(visits)


def _take(
    session: Session,
    programme: Programme,
    visits: Sequence[Visit],
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
) -> None:
    ids = [visit.customer_id for visit in visits]
    people = find_people(session, ids, company=company, channels=channels, now=now)
    contacts = {person.contact_id for person in people.values() if person.contact_id is not None}
    messages = _find_queued(session, visits)
    busy = Counter(count_of_contacts(session, contacts, now=now))
    ground = Ground(session, programme, company, now, messages, busy)
    for visit in visits:
        person = people.get(visit.customer_id)
        if person is None:
            visit.next_step_at = now + LOOKED_AT_EVERY  # another planner holds the customer
        else:
            _step_of(visit)(ground, visit, person)
    _carry_out(ground)


def _carry_out(ground: Ground) -> None:
    """Write down what follows from all steps; does not commit."""
    session, now = ground.session, ground.now
    note_silence(session, ground.programme, ground.silent)
    enqueue(session, ground.drafts, now=now)
    note_visited(session, ground.asked, now=now)
    note_missed(session, ground.missed, now=now)
    give_tasks(session, ground.tasks, now=now)


def _may_have_left(visit: Visit) -> bool:
    return visit.state is VisitState.DUE and visit.reason is None


def _was_asked_again(visit: Visit) -> bool:
    return visit.state is VisitState.MADE and visit.attempt > 0


def _find_queued(session: Session, visits: Sequence[Visit]) -> Mapping[str, Queued]:
    """Find what was queued last for visits, by what it is about.

    Until programmes were named in keys, those that fell due on one day shared one: whose message it was,
    it says itself.
    """
    first = [visit for visit in visits if _may_have_left(visit)]
    keys = {_key(visit) for visit in first}
    keys |= {unnamed_key(visit.customer_id, visit.due_on) for visit in first}
    keys |= {_key(visit) + AGAIN for visit in visits if _was_asked_again(visit)}
    if not keys:
        return {}
    rows = session.connection().execute(_QUEUED, {"keys": sorted(keys)})
    return {queued.about: queued for row in rows if (queued := Queued(*row)).about is not None}


_QUEUED = select(
    OutboxMessage.about,
    OutboxMessage.state,
    OutboxMessage.reason,
    OutboxMessage.not_before,
    OutboxMessage.sent_at,
    OutboxMessage.customer_id,
    OutboxMessage.channel,
    OutboxMessage.address,
).where(is_one_of(OutboxMessage.dedupe_key, "keys"))


def _key(visit: Visit) -> str:
    return visit_key(visit.customer_id, visit.programme, visit.due_on)


def _step_of(visit: Visit) -> Callable[[Ground, Visit, Person], None]:
    if visit.state is VisitState.DUE:
        return _see_whether_it_left if _may_have_left(visit) else _look_again
    return _see_whether_it_was_answered if visit.state is VisitState.MADE else _close


def _end(visit: Visit) -> None:
    """Let a visit be whose programme does not run any more."""
    visit.next_step_at = None
    if visit.state is VisitState.DUE and visit.reason is not None:
        visit.state, visit.reason = VisitState.MISSED, Missed.ENDED
    elif visit.state in (VisitState.DUE, VisitState.MADE):
        visit.state = VisitState.UNANSWERED


def _close(ground: Ground, visit: Visit, person: Person) -> None:
    """Let a visit be; who gave a low mark, and no word after it, somebody asks what went wrong."""
    visit.next_step_at = None
    rated_low = visit.state is VisitState.ANSWERED and visit.rating is not None and visit.rating <= LOW_MARK
    is_left_alone = person.reason in (LeftOut.STOPPED, LeftOut.COMPLAINT)
    if rated_low and not is_left_alone and not said_anything(ground.session, visit):
        _give_task(ground, visit, person, TaskKind.OTHER, f"{_key(visit)}:low")


def _look_again(ground: Ground, visit: Visit, person: Person) -> None:
    """Decide anew about a visit that something held back; does not commit."""
    session, programme, now = ground.session, ground.programme, ground.now
    if person.since >= visit.created_at or visit.customer_id in ground.asked:  # they wrote, or were asked
        visit.state, visit.reason, visit.next_step_at = VisitState.MISSED, Missed.IN_TOUCH, None
        return
    zone = zone_of(person.who, ground.company)
    decision = decide(
        person.reason,
        late=now - min(visit.created_at, moment_on(visit.due_on, 24, zone)),
        has_room=_has_room(ground, person),
        zone=zone,
        programme=programme,
        company=ground.company,
        now=now,
    )
    planned: Sequence[Planned] = [Planned(person, programme.name, visit.due_on, decision, visit.id)]
    planned = draw_arms(session, planned, programme, company=ground.company, now=now)
    if isinstance(planned[0].decision, Ask):
        ground.asked.add(visit.customer_id)
        if person.contact_id is not None:
            ground.busy[person.contact_id] += 1
    _write(visit, standing_of_visit(planned[0].decision) | {"arm": planned[0].arm})
    follow_up(session, planned, programme, company=ground.company, now=now)


def _see_whether_it_left(ground: Ground, visit: Visit, person: Person) -> None:
    message = ground.messages.get(about_visit(visit.id))
    if message is not None and message.state in WAITING:
        visit.next_step_at = max(ground.now, message.not_before) + LOOKED_AT_EVERY
    elif message is not None and message.state in LEFT:
        _note_made(ground, visit, person, message)
    else:
        missed = Miss(_why_it_did_not_leave(message))
        _write(visit, standing_of_visit(missed))
        _note_missed(ground, visit, person, missed)


def _why_it_did_not_leave(message: Queued | None) -> str:
    return WHY.get((message and message.reason) or "", str(Missed.NOT_SENT))


def _note_missed(ground: Ground, visit: Visit, person: Person, missed: Miss) -> None:
    is_retry = visit.made_at is not None
    ground.missed.append(Planned(person, visit.programme, visit.due_on, missed, visit.id, again=is_retry))


def _note_made(ground: Ground, visit: Visit, person: Person, message: Queued) -> None:
    visit.state, visit.made_at = VisitState.MADE, message.sent_at or ground.now
    visit.next_step_at = visit.made_at + _patience(ground.programme)
    step = ground.programme.steps[0]
    if step.kind not in SCALES and person.last_contact_at <= visit.made_at:
        await_words(ground.session, message, visit_id=visit.id, key=step.key, now=ground.now)


def _patience(programme: Programme) -> timedelta:
    days = programme.retry_after_days
    return WAITS_FOR_ANSWER if days is None else timedelta(days=days)


def _see_whether_it_was_answered(ground: Ground, visit: Visit, person: Person) -> None:
    """Let words count as an answer; ask once more where there are none, and let it be after that."""
    made_at = visit.made_at or visit.created_at
    if person.last_contact_at > made_at:
        visit.state, visit.answered_at = VisitState.ANSWERED, person.last_contact_at
        visit.next_step_at = None
    elif visit.attempt == 0 and (person.since > made_at or visit.customer_id in ground.asked):
        visit.state, visit.next_step_at = VisitState.UNANSWERED, None  # a newer visit stands in its place
    elif visit.attempt == 0 and ground.programme.retry_after_days is not None:
        _ask_once_more(ground, visit, person, made_at)
    elif visit.attempt == 0:
        _give_up(ground, visit, person)
    else:
        _see_whether_it_was_asked_again(ground, visit, person)


def _see_whether_it_was_asked_again(ground: Ground, visit: Visit, person: Person) -> None:
    """Take silence for the customer's only where the second question reached them."""
    message = ground.messages.get(about_visit(visit.id))
    if message is None or message.state in LEFT:
        _give_up(ground, visit, person)
    elif message.state in WAITING:
        visit.next_step_at = max(ground.now, message.not_before) + LOOKED_AT_EVERY
    else:
        _let_be(ground, visit, person, Miss(_why_it_did_not_leave(message)))


def _ask_once_more(ground: Ground, visit: Visit, person: Person, made_at: datetime) -> None:
    programme, company = ground.programme, ground.company
    decision = decide(
        person.reason,
        late=ground.now - made_at - _patience(programme),
        has_room=True,  # it is the same visit
        zone=zone_of(person.who, company),
        programme=programme,
        company=company,
        now=ground.now,
    )
    match decision:
        case Ask(leaves, expires):
            draft = visit_draft(
                Asked(person.who, person.contact, programme, company),
                visit_id=visit.id,
                key=_key(visit) + AGAIN,
                leaves=leaves,
                expires=expires,
                again=True,
            )
            ground.drafts.append(draft)
            ground.asked.add(visit.customer_id)
            visit.attempt, visit.next_step_at = 1, leaves + _patience(programme)
        case Hold(_, until):
            visit.next_step_at = until
        case Miss() as missed:
            _let_be(ground, visit, person, missed)


def _let_be(ground: Ground, visit: Visit, person: Person, missed: Miss) -> None:
    """End a visit that was not asked once more: that was ours, and nobody's silence."""
    visit.state, visit.next_step_at = VisitState.UNANSWERED, None
    _note_missed(ground, visit, person, missed)


def _give_up(ground: Ground, visit: Visit, person: Person) -> None:
    """Note that nobody answered: a person may try, and the next visit comes later.

    The task is for those whom somebody looks after, and for key customers: a large base has more silent
    customers than staff have hours.
    """
    visit.state, visit.next_step_at = VisitState.UNANSWERED, None
    ground.silent.append(visit.customer_id)
    looked_after = person.contact_id is not None or person.standing == Standing.KEY
    if ground.programme.task and looked_after and person.reason != LeftOut.STOPPED:
        _give_task(ground, visit, person, TaskKind.NO_ANSWER, _key(visit))


def _give_task(ground: Ground, visit: Visit, person: Person, kind: TaskKind, occasion: str) -> None:
    ground.tasks.append(
        NewTask(
            customer_id=visit.customer_id,
            kind=kind,
            occasion=occasion,
            due_at=ground.now + TASK_WITHIN,
            staff_id=person.contact_id,
            visit_id=visit.id,
        )
    )


def _has_room(ground: Ground, person: Person) -> bool:
    contact = person.contact_id
    return contact is None or ground.busy[contact] < ground.programme.most_a_day


def _write(visit: Visit, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(visit, name, value)
