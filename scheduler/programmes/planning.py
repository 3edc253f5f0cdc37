"""Return visits: asking customers how things are, once a period, programme by programme.

Each programme has a line of turns, by one index; there is no job per customer, and who writes keeps their
place until its turn comes. One visit resets all programmes, and the one of the highest priority asks first.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
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
)
from scheduler.segments.conditions import condition_of
from store.errors import InputError
from store.tables.customers import Customer

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
    programmes = [one for one in running if _can_be_read(session, one, company=company, now=now)]
    names = frozenset(programme.name for programme in running)
    done = keep_turns(session, programmes, names, company=company, now=now)
    room, above = PER_RUN, list[str]()
    for programme in programmes:
        dealt = take_turns(session, programme, above, company=company, now=now, channels=channels, room=room)
        room, done = room - dealt, done + dealt
        above.append(programme.name)
    return done + take_steps(
        session, programmes, names, company=company, now=now, channels=channels, most=PER_RUN
    )


def _can_be_read(session: Session, programme: Programme, *, company: Company, now: datetime) -> bool:
    """Tell whether the segment of a programme can be read; where it cannot, it rests and the others go on."""
    try:
        condition_of(session, programme.segment, company=company, now=now)
    except InputError as error:
        log.warning("the visit programme %s rests, for its segment cannot be read: %s", programme.name, error)
        return False
    return True


def take_turns(
    session: Session,
    programme: Programme,
    above: Collection[str],
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
    room: int,
) -> int:
    """Deal with those whose turn it is in a programme; does not commit.

    Args:
        session: the open transaction.
        programme: whose line it is.
        above: names of the programmes that ask before it.
        company: who we are.
        now: aware UTC.
        channels: names of the messaging apps that are switched on.
        room: how many customers at most.

    Returns:
        How many.
    """
    left = _left_today(session, programme, now) if room > 0 else 0
    turns = find_due(session, programme, now=now, limit=room) if left else ()
    if not turns:
        return 0
    ids = [turn.customer_id for turn in turns]
    people = find_people(session, ids, programme=programme, company=company, channels=channels, now=now)
    sooner = find_sooner(session, ids, above, until=now + YIELDS_FOR)
    contacts = {person.contact_id for person in people.values() if person.contact_id is not None}
    busy = Counter(count_of_contacts(session, contacts, now=now))
    present = [turn for turn in turns if turn.customer_id in people]
    dealt = look(present, people, programme, company=company, now=now, left=left, sooner=sooner, busy=busy)
    _carry_out(session, dealt, programme, company=company, now=now)
    return len(dealt)


def look(
    turns: Sequence[Turn],
    people: Mapping[int, Person],
    programme: Programme,
    *,
    company: Company,
    now: datetime,
    left: int,
    sooner: Collection[int] = (),
    busy: Counter[int],
) -> Dealt:
    """Decide what becomes of each turn; pure, but that it counts in ``busy`` what it plans.

    Args:
        turns: the longest due first.
        people: each one's customer.
        programme: whose line it is.
        company: who we are.
        now: aware UTC.
        left: how many may still be asked today; the others keep their turn.
        sooner: customers whom a programme of higher priority asks within a day.
        busy: how many visits each designated contact has had in 24 hours.
    """
    dealt = Dealt()
    for row in turns:
        person = people[row.customer_id]
        turn = as_known(row, person)
        if not person.meant and programme.trigger is not Trigger.SILENCE:
            dealt.ended.append(turn.customer_id)
            continue
        again = comes_again(turn, person, programme, is_sooner=turn.customer_id in sooner, now=now)
        if again is not None:
            dealt.moved.append(again)
            continue
        planned = _plan(turn, person, programme, company=company, now=now, busy=busy)
        if isinstance(planned.decision, Ask):
            if not left:
                continue
            left -= 1
            if person.contact_id is not None:
                busy[person.contact_id] += 1
        dealt.planned.append((turn, planned))
    return dealt


def as_known(turn: Turn, person: Person) -> Turn:
    """Let the period be the usual one again for who has been in touch since they were visited last. Pure."""
    if turn.stretch > 1 and person.last_contact_at == person.since:
        return replace(turn, tries=0, stretch=1.0)
    return turn


def comes_again(
    turn: Turn, person: Person, programme: Programme, *, is_sooner: bool, now: datetime
) -> Turn | None:
    """Tell when a turn comes again that came too early; None where the visit is due. Pure."""
    customer_id = turn.customer_id
    if not person.meant:
        return replace(turn, due_at=now + min(programme.period, LOOKED_AT_AGAIN))
    if programme.trigger is Trigger.SILENCE:
        due = due_after(person.since, programme, customer_id, stretch=turn.stretch)
        if due > now:
            soonest = due_after(now, programme, customer_id)  # should they write meanwhile
            return replace(turn, due_at=min(due, soonest))
    elif _was_in_touch(turn, person, programme) and turn.tries < MOST_MOVES:
        return replace(turn, due_at=due_after(person.since, programme, customer_id), tries=turn.tries + 1)
    return replace(turn, due_at=now + YIELDS_FOR) if is_sooner else None


def _was_in_touch(turn: Turn, person: Person, programme: Programme) -> bool:
    """Tell whether there was contact since what a turn counts from."""
    return due_after(person.since, programme, turn.customer_id) > turn.due_at


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
        reckoned = due_after(person.since, programme, turn.customer_id, stretch=turn.stretch)
        fell_due = max(fell_due, reckoned)
    due_on = local_date(fell_due, zone)
    if programme.trigger is not Trigger.SILENCE and _was_in_touch(turn, person, programme):
        return Planned(person, due_on, Miss(Missed.IN_TOUCH))
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
    return Planned(person, due_on, decision)


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
            Turn(turn.customer_id, due_after(now, programme, turn.customer_id), turn.tries, turn.stretch)
            for turn, _ in dealt.planned
        ]
        move_turns(session, programme, [*dealt.moved, *next_turns])
    else:
        move_turns(session, programme, dealt.moved)
        end_turns(session, programme, [*dealt.ended, *(turn.customer_id for turn, _ in dealt.planned)])


def _left_today(session: Session, programme: Programme, now: datetime) -> int:
    """Tell how many visits may still be queued in these 24 hours.

    How many customers there are, the highest number tells well enough, and at once. Who waits is counted only
    where the usual number is used up.
    """
    customers, made = (
        session.scalar(select(func.max(Customer.id))) or 0,
        count_today(session, programme, now=now),
    )
    left = daily_limit(customers, programme.period_days) - made
    if left <= 0:
        left = least_in_time(count_waiting(session, programme, now=now), made) - made
    return max(0, left)
