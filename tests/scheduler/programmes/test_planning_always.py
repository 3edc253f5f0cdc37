"""Whatever a customer does, each visit and retry comes on the day that a slow, obvious reference says."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from scheduler.definitions.programme import WEEKDAYS, Programme, Trigger, Window, written
from scheduler.programmes.asking import AGAIN
from scheduler.programmes.next_dates import days_back
from store.engine import Database
from store.tables.complaints import ComplaintState
from store.tables.outreach import Purchase
from tests.factories import COMPANY, NOW
from tests.scheduler.programmes.house import House
from tests.scheduler.programmes.test_next_dates import first_open_minute
from tests.scheduler.test_return_visits import add_complaint

DAYS = 50


def reference(programme: Programme, begin: datetime, contacts: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Live through day after day, at noon; a contact comes an hour after noon."""
    since, stretch, asked, attempt = begin - timedelta(days=1), 1.0, None, 0
    retry = timedelta(days=programme.retry_after_days or 7)
    for day in range(DAYS):
        now = begin + timedelta(days=day)
        if now >= since + programme.period * stretch:
            yield day, "asked"
            since, asked, attempt = now, now, 0
        elif asked is not None and now >= asked + retry:
            if attempt or programme.retry_after_days is None:
                asked, stretch = None, min(stretch * programme.longer, programme.longest)
            else:
                yield day, "asked again"
                since, asked, attempt = now, now, 1
        if day in contacts:
            since, stretch, asked = now + timedelta(hours=1), 1.0, None


def lived(house: House, contacts: Sequence[int], customer_id: int) -> Iterator[tuple[int, str]]:
    """Let the planners live through the same days."""
    for day in range(DAYS):
        for message in house.plans():
            yield day, "asked again" if message.dedupe_key.endswith(AGAIN) else "asked"
        house.sends()
        house.plans(minutes=10)
        house.now += timedelta(minutes=50)
        if day in contacts:
            house.writes(customer_id)
        house.now += timedelta(hours=23)


def new_house(database: Database) -> House:
    """Begin anew with a database in which examples lived before."""
    with database.transaction() as session:
        for table in (
            "outbox",
            "visits",
            "visit_turns",
            "definitions",
            "purchases",
            "complaints",
            "customers",
        ):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own words
    return House(database, now=NOW)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contacts=st.lists(st.integers(0, DAYS - 1), max_size=5, unique=True),
    period=st.integers(5, 25),
    retry=st.sampled_from([None, 1, 2]),
    longer=st.sampled_from([1.0, 1.5, 2.0]),
)
def test_each_visit_comes_on_its_day(
    database: Database, contacts: list[int], period: int, retry: int | None, longer: float
) -> None:
    house = new_house(database)
    programme = Programme(
        name="all", period_days=period, retry_after_days=retry, longer=longer, task=False, holdout=0.0
    )
    house.defines("all", **written(programme))
    customer_id = house.silent(timedelta(days=1))
    assert list(lived(house, contacts, customer_id)) == list(reference(programme, NOW, contacts))


STEP = timedelta(hours=7)
STEPS = 70
ASKED = tuple[int, str, datetime]
"""In which step somebody is asked, by which programme, and when that leaves."""


@dataclass(frozen=True)
class Case:
    """Two programmes, one of which asks before the other, and what a customer does."""

    programmes: Sequence[Programme]
    zone: str
    contacts: Collection[int]
    occasions: Collection[int]


@dataclass
class Line:
    """The line of one programme, with one customer.

    Attributes:
        programme: whose it is.
        turn: when they are next looked at; None while they are not in it.
        moves: how often contact moved it.
        happened: when they bought, or a complaint of theirs was solved.
        over: when what happened before was dealt with.
    """

    programme: Programme
    turn: datetime | None = None
    moves: int = 0
    happened: datetime | None = None
    over: datetime | None = None

    def due(self, since: datetime, customer_id: int) -> datetime:
        """Reckon when a visit is due that counts from a moment."""
        back = days_back(customer_id, self.programme.name, self.programme.window.days)
        return since + timedelta(days=self.programme.period_days + back)

    def begins(self, now: datetime, customer_id: int) -> None:
        """Put them in line after something happened."""
        is_new = self.happened is not None and (self.over is None or self.over < self.happened)
        if self.turn is None and is_new and self.happened is not None and self.happened <= now:
            self.turn, self.moves = self.due(self.happened, customer_id), 0

    def is_up(self, by: datetime) -> bool:
        """Tell whether their turn comes until a moment."""
        return self.turn is not None and self.turn <= by

    def comes(self, now: datetime, since: datetime, customer_id: int, *, yields: bool) -> bool:
        """Look at them when their turn has come, and tell whether they are asked."""
        again, turn = self.due(since, customer_id), self.turn or now
        by_silence = self.programme.trigger is Trigger.SILENCE
        if by_silence and again > now:
            self.turn = again
        elif not by_silence and again > turn and self.moves < 2:
            self.turn, self.moves = again, self.moves + 1
        elif yields:
            self.turn = now + timedelta(days=1)
        else:
            self.turn, self.over = self.due(now, customer_id) if by_silence else None, now
            return by_silence or again <= turn  # else we have spoken with them since, more than once
        return False


def look_once(lines: Sequence[Line], now: datetime, since: datetime, customer_id: int) -> Iterator[Line]:
    """Look at one line after another, and give those whose programme asks."""
    for place, line in enumerate(lines):
        yields = any(one.is_up(now + timedelta(days=1)) for one in lines[:place])
        if line.is_up(now) and line.comes(now, since, customer_id, yields=yields):
            since = now
            yield line


def lines_live(case: Case, customer_id: int) -> Iterator[ASKED]:
    """Live through step after step, one look at one line after another; who asks first stands first."""
    lines = [Line(one) for one in sorted(case.programmes, key=lambda one: -one.priority)]
    since = NOW - timedelta(days=1)
    for line in lines:
        if line.programme.trigger is Trigger.SILENCE:
            line.turn = line.due(since, customer_id)
    for step in range(STEPS):
        now = NOW + step * STEP
        for line in lines:
            line.begins(now, customer_id)
        while any(line.is_up(now) for line in lines):
            for line in look_once(lines, now, since, customer_id):
                since = now
                yield (
                    step,
                    line.programme.name,
                    first_open_minute(now, case.zone, line.programme.window, COMPANY),
                )
        if step in case.occasions:
            for line in lines:
                line.happened = now + timedelta(hours=1)
        if step in case.contacts:
            since = now + timedelta(hours=2)


def lines_lived(
    house: House, customer_id: int, *, contacts: Collection[int], occasions: Collection[int]
) -> Iterator[ASKED]:
    """Let the planners live through the same steps."""
    for step in range(STEPS):
        house.now = NOW + step * STEP
        house.sends()
        for message in house.plans():
            yield step, message.dedupe_key.split(":")[2], message.not_before
        if step in occasions:
            happens(house, customer_id, house.now + timedelta(hours=1))
        if step in contacts:
            house.now += timedelta(hours=2)
            house.writes(customer_id)


def happens(house: House, customer_id: int, at: datetime) -> None:
    """Let a customer buy something, and a complaint of theirs be solved."""
    with house.database.transaction() as session:
        session.add(Purchase(customer_id=customer_id, reference=at.isoformat(), at=at))
        complaint = add_complaint(session, customer_id, ComplaintState.CONFIRMED)
        complaint.opened_at = complaint.resolved_at = complaint.closed_at = at


def case_of(seed: int) -> Case:
    """Make a case, each as likely as another."""
    chance = Random(seed)
    first, later = chance.choice(list(Trigger)), chance.choice([Trigger.PURCHASE, Trigger.RESOLVED])
    priorities = chance.sample([20, 80], 2)
    often, at_times = chance.choice([0.0, 0.03, 0.2]), chance.choice([0.02, 0.08])
    return Case(
        [
            programme_of(chance, name, trigger, priority)
            for name, trigger, priority in zip(["regular", "after"], [first, later], priorities, strict=True)
        ],
        chance.choice(["Europe/London", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia"]),
        {step for step in range(STEPS) if chance.random() < often},
        {step for step in range(STEPS) if chance.random() < at_times},
    )


def programme_of(chance: Random, name: str, trigger: Trigger, priority: int) -> Programme:
    """Make a programme with a window of some days and hours."""
    from_hour = chance.randrange(24)
    weekdays = tuple(chance.sample(WEEKDAYS, chance.randint(1, 7)))
    until_hour, days = chance.randint(from_hour + 1, 24), chance.randint(1, 3)
    return Programme(
        name=name,
        trigger=trigger,
        period_days=chance.randint(1, 6),
        window=Window(weekdays=weekdays, from_hour=from_hour, until_hour=until_hour, days=days),
        retry_after_days=None,
        longer=1.0,
        task=False,
        holdout=0.0,
        priority=priority,
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.integers(0, 2**32).map(case_of))
def test_of_several_programmes_each_visit_comes_in_its_window_after_what_it_counts_from(
    database: Database, case: Case
) -> None:
    house = new_house(database)
    for programme in case.programmes:
        house.defines(programme.name, **written(programme))
    customer_id = house.silent(timedelta(days=1), timezone=case.zone)
    asked = list(lines_lived(house, customer_id, contacts=case.contacts, occasions=case.occasions))
    assert asked == list(lines_live(case, customer_id))
