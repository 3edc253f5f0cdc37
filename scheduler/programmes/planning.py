"""Return visits: asking customers how things are, once a period, programme by programme.

Each programme has a line of turns, by one index; there is no job per customer, and who writes keeps their
place until its turn comes. One visit resets all programmes, and the one of the highest priority asks first.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import EVERYBODY
from scheduler.definitions.programme import Programme, Trigger, programmes_of
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from scheduler.programmes.booking import (
    Planned,
    count_of_contacts,
    count_today,
    draw_arms,
    follow_up,
    open_visits,
)
from scheduler.programmes.deciding import Ask, Miss, Missed, decide
from scheduler.programmes.glance import glance_at
from scheduler.programmes.next_dates import daily_limit, due_after, least_in_time
from scheduler.programmes.people import Person, find_people
from scheduler.programmes.steps import take_steps
from scheduler.programmes.turn_rows import (
    Turn,
    count_waiting,
    end_turns,
    find_due,
    find_sooner,
    keep_turns,
    move_turns,
    pass_over,
)
from scheduler.segments.conditions import condition_of
from store.errors import InputError

log = logging.getLogger(__name__)

PER_RUN = 500
"""Customers dealt with in one run, so that the transaction stays short."""

LOOKED_AT_AGAIN = timedelta(days=7)
"""How soon at the latest it is seen that somebody has come into a segment."""

YIELDS_FOR = timedelta(days=1)
"""Whose turn comes within it in a programme of higher priority is asked by that one."""

MOST_MOVES = 2
"""How often a visit after a purchase or a complaint is moved because the customer was in touch."""


@dataclass(slots=True)
class Dealt:
    """What becomes of the turns of one run.

    Attributes:
        moved: turns that come again, with nothing to note.
        planned: visits that fell due, by the turn that brought each.
        ended: customers who are in the line of a purchase or a complaint no longer.
    """

    moved: list[Turn] = field(default_factory=list)
    planned: list[tuple[Turn, Planned]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """Tell how many customers were dealt with."""
        return len(self.moved) + len(self.planned) + len(self.ended)


def plan_visits(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Deal with some customers whose return visit is due, and with visits that wait; does not commit.

    Run it again while it deals with anything. Safe to run twice, late, or on several machines.

    Returns:
        How many customers' turn it was, asked or not, how many visits went on, and how many places in line
        were made or changed.

    Raises:
        InputError: a programme that is kept breaks a rule.
    """
    running = programmes_of(session, company=company)
    names = [programme.name for programme in running]
    seen = glance_at(session, names)
    meant = _read_segments(session, running, company=company, now=now)
    programmes = [programme for programme in running if programme.name in meant]
    kept = keep_turns(session, programmes, meant, seen=seen, now=now)
    room, above = PER_RUN, list[str]()
    for programme in programmes:
        if kept or _is_due(seen.lines[programme.name].first_due, now):
            planner = Planner(session, programme, meant[programme.name], company, now, channels)
            room -= take_turns(planner, above, customers=seen.customers, room=room)
        above.append(programme.name)
    done = kept + PER_RUN - room
    if _is_due(seen.next_step_at, now):
        done += take_steps(
            session, programmes, names, company=company, now=now, channels=channels, most=PER_RUN
        )
    return done


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _read_segments(
    session: Session, programmes: Sequence[Programme], *, company: Company, now: datetime
) -> Mapping[str, ColumnElement[bool]]:
    """Give the condition of each programme's segment; one that cannot be read rests, and the others go on."""
    read: dict[str, ColumnElement[bool]] = {}
    for programme in programmes:
        try:
            meant = condition_of(session, programme.segment, company=company, now=now)
        except InputError as error:
            name = programme.name
            log.warning("the visit programme %s rests, for its segment cannot be read: %s", name, error)
        else:
            read[programme.name] = meant
    return read


@dataclass(frozen=True, slots=True)
class Planner:
    """What planning the visits of one programme stands on.

    Attributes:
        session: the open transaction.
        programme: whose line it is.
        meant: the condition of its segment.
        company: who we are.
        now: aware UTC.
        channels: names of the messaging apps that are switched on.
    """

    session: Session
    programme: Programme
    meant: ColumnElement[bool]
    company: Company
    now: datetime
    channels: Collection[str]


def take_turns(planner: Planner, above: Collection[str], *, customers: int, room: int) -> int:
    """Deal with those whose turn it is in a programme; does not commit.

    Most come up too early, or have left the segment: nothing is read of them but their turns.

    Args:
        planner: what planning stands on.
        above: names of the programmes that ask before it.
        customers: how many there are.
        room: how many customers to deal with at most.

    Returns:
        How many.
    """
    session, programme, now = planner.session, planner.programme, planner.now
    passed = 0
    if programme.trigger is Trigger.SILENCE and programme.segment != EVERYBODY:
        again = now + min(programme.period, LOOKED_AT_AGAIN)
        passed = pass_over(session, programme, planner.meant, now=now, again=again)
    left = _left_today(session, programme, customers, now) if room > 0 else 0
    turns = find_due(session, programme, planner.meant, now=now, limit=room) if left else ()
    dealt = Dealt()
    due = sort_out(turns, dealt, programme, now=now)
    sooner = find_sooner(session, [turn.customer_id for turn in due], above, until=now + YIELDS_FOR)
    for turn in due:
        if turn.customer_id in sooner:
            dealt.moved.append(replace(turn, due_at=now + YIELDS_FOR))
    look(planner, [turn for turn in due if turn.customer_id not in sooner], dealt, left=left)
    _carry_out(session, dealt, programme, company=planner.company, now=now)
    return passed + len(dealt)


def sort_out(turns: Sequence[Turn], dealt: Dealt, programme: Programme, *, now: datetime) -> list[Turn]:
    """Note in ``dealt`` which turns end, or come again because they came too early; give the others."""
    due = []
    for row in turns:
        turn = as_known(row)
        if not turn.meant and programme.trigger is not Trigger.SILENCE:
            dealt.ended.append(turn.customer_id)
        elif (again := comes_again(turn, programme, now=now)) is not None:
            dealt.moved.append(again)
        else:
            due.append(turn)
    return due


def look(planner: Planner, due: Sequence[Turn], dealt: Dealt, *, left: int) -> None:
    """Look at those who are due, and note in ``dealt`` what becomes of each; only reads and holds them.

    Args:
        planner: what planning stands on.
        due: the longest due first.
        dealt: what became of others.
        left: how many may still be asked today; the others keep their turn.
    """
    if not due:
        return
    session, company, now = planner.session, planner.company, planner.now
    ids = [turn.customer_id for turn in due]
    people = find_people(session, ids, company=company, channels=planner.channels, now=now)
    contacts = {person.contact_id for person in people.values() if person.contact_id is not None}
    busy = Counter(count_of_contacts(session, contacts, now=now))
    for turn in due:
        person = people.get(turn.customer_id)
        if person is None or person.since != turn.since:
            continue  # another planner holds them, or they wrote at this moment: their turn comes again
        planned = _plan(turn, person, planner.programme, company=company, now=now, busy=busy)
        if isinstance(planned.decision, Ask):
            if not left:
                continue
            left -= 1
            if person.contact_id is not None:
                busy[person.contact_id] += 1
        dealt.planned.append((turn, planned))


def as_known(turn: Turn) -> Turn:
    """Let the period be the usual one again for who has been in touch since they were visited last. Pure."""
    if turn.stretch > 1 and turn.last_contact_at == turn.since:
        return replace(turn, tries=0, stretch=1.0)
    return turn


def comes_again(turn: Turn, programme: Programme, *, now: datetime) -> Turn | None:
    """Tell when a turn comes again that came too early; None where the visit is due. Pure."""
    customer_id = turn.customer_id
    if not turn.meant:
        return replace(turn, due_at=now + min(programme.period, LOOKED_AT_AGAIN))
    if programme.trigger is Trigger.SILENCE:
        due = due_after(turn.since, programme, customer_id, stretch=turn.stretch)
        if due > now:
            soonest = due_after(now, programme, customer_id)  # should they write meanwhile
            return replace(turn, due_at=min(due, soonest))
    elif _was_in_touch(turn, programme) and turn.tries < MOST_MOVES:
        return replace(turn, due_at=due_after(turn.since, programme, customer_id), tries=turn.tries + 1)
    return None


def _was_in_touch(turn: Turn, programme: Programme) -> bool:
    """Tell whether there was contact since what a turn counts from."""
    return due_after(turn.since, programme, turn.customer_id) > turn.due_at


def _plan(
    turn: Turn,
    person: Person,
    programme: Programme,
    *,
    company: Company,
    now: datetime,
    busy: Counter[int],
) -> Planned:
    zone, fell_due = zone_of(person.who, company), turn.due_at
    if programme.trigger is Trigger.SILENCE:
        reckoned = due_after(turn.since, programme, turn.customer_id, stretch=turn.stretch)
        fell_due = max(fell_due, reckoned)
    due_on = local_date(fell_due, zone)
    if programme.trigger is not Trigger.SILENCE and _was_in_touch(turn, programme):
        return Planned(person, programme.name, due_on, Miss(Missed.IN_TOUCH))
    has_room = person.contact_id is None or busy[person.contact_id] < programme.most_a_day
    decision = decide(
        person.reason,
        late=now - fell_due,
        has_room=has_room,
        zone=zone,
        programme=programme,
        company=company,
        now=now,
    )
    return Planned(person, programme.name, due_on, decision)


def _carry_out(
    session: Session, dealt: Dealt, programme: Programme, *, company: Company, now: datetime
) -> None:
    """Write down what was decided; does not commit."""
    arranged = draw_arms(
        session, [planned for _, planned in dealt.planned], programme, company=company, now=now
    )
    follow_up(
        session, open_visits(session, arranged, programme, now=now), programme, company=company, now=now
    )
    if programme.trigger is Trigger.SILENCE:
        next_turns = [
            replace(turn, due_at=due_after(now, programme, turn.customer_id)) for turn, _ in dealt.planned
        ]
        move_turns(session, programme, [*dealt.moved, *next_turns])
    else:
        move_turns(session, programme, dealt.moved)
        end_turns(session, programme, [*dealt.ended, *(turn.customer_id for turn, _ in dealt.planned)])


def _left_today(session: Session, programme: Programme, customers: int, now: datetime) -> int:
    """Tell how many visits may still be queued in these 24 hours.

    Who waits is counted only where the usual number is used up.
    """
    made = count_today(session, programme, now=now)
    left = daily_limit(customers, programme.period_days) - made
    if left <= 0:
        left = least_in_time(count_waiting(session, programme, now=now), made) - made
    return max(0, left)
