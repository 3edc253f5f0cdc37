"""Birthdays that customers told, and the days on which they came to us: a greeting once a year, on their day.

A birthday is a month and a day; who was born on 29 February is greeted on the 28th in common years, and so is
who came to us on it. Nobody has a row or a job: birthdays and the days of coming each have an index, and each
pass reads of it only the days that it is somewhere on earth.
"""

from collections import Counter
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, exists, false, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import select_everybody, why_left_out
from scheduler.definitions.festival import (
    BIRTHDAY,
    PERSONAL,
    FestivalPlan,
    day_in,
    month_day,
)
from scheduler.festival_calendar import Occasion, numbered
from scheduler.festivals.plans import Greeting, find_usable
from scheduler.festivals.sending import (
    Ground,
    Window,
    occasion_key,
    queue_greeting,
    trial_round,
    window_on,
)
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from scheduler.trials.members import ROUND, TrialKind, trial_name
from store.tables.customers import Customer, FestivalChoice, Purpose
from store.tables.outreach import Suppression, TrialMember
from store.tables.queues import OutboxMessage

LEAP_DAY, DAY_BEFORE = "02-29", "02-28"
DAYS_ON_EARTH = (-1, 0, 1)
"""It is one of these dates somewhere, seen from the date in UTC."""

PER_RUN = 500
"""Customers dealt with in one run, so that the transaction stays short."""

Celebrant = tuple[Row[Any], Greeting, Window]


def see_personal_days(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[int]:
    """See whose birthday it is, or who came to us on this day, and has had no turn yet; only reads.

    Returns:
        Numbers of customers, ``PER_RUN`` at most; see again while there are any.
    """
    ground = Ground(session, company, now, channels, find_usable(session, company=company, now=now))
    with closing(_celebrants(ground)) as found:
        return list(dict.fromkeys(row[0] for row, _, _ in islice(found, PER_RUN)))


def plan_personal_days(
    session: Session, seen: Sequence[int], *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue greetings to ``PER_RUN`` of those who were seen, and note who gets none; does not commit.

    Safe to run twice, late, or on two machines.

    Returns:
        How many greetings' turn it was.
    """
    if not seen:
        return 0
    ground = Ground(session, company, now, channels, find_usable(session, company=company, now=now))
    found = list(_celebrants(ground, Customer.id.in_(seen[:PER_RUN])))
    by_greeting: dict[tuple[str, str], list[tuple[Row[Any], Window]]] = {}
    greetings: dict[tuple[str, str], Greeting] = {}
    for row, one, window in found:
        key = (one.occasion.name, one.way.name)
        greetings[key] = one
        by_greeting.setdefault(key, []).append((row, window))
    for key, rows in by_greeting.items():
        queue_greeting(ground, greetings[key], rows)
    return len(found)


def greet_personal_days(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """See and greet at once, for whoever has the database alone; does not commit."""
    seen = see_personal_days(session, company=company, now=now, channels=channels)
    return plan_personal_days(session, seen, company=company, now=now, channels=channels)


def _celebrants(ground: Ground, *whose: ColumnElement[bool]) -> Generator[Celebrant, None, None]:
    """Find whose day it is, where they are, or comes so soon that its greeting may leave; once for each."""
    today = ground.now.astimezone(UTC).date()
    for festival in PERSONAL:
        ways = ground.plans.ways(festival)
        longest = max((way.lead_days for way in ways), default=None)
        if longest is not None:
            for days in range(DAYS_ON_EARTH[0], DAYS_ON_EARTH[-1] + longest + 1):
                yield from _celebrants_on(ground, festival, today + timedelta(days=days), *whose)


def _celebrants_on(
    ground: Ground, festival: str, day: date, *whose: ColumnElement[bool]
) -> Generator[Celebrant, None, None]:
    """Find those with a day of their own who had no turn on it, and whose greeting leaves or is late.

    They are read as they are asked for: many may have come to us on one day, or be of no plan.
    """
    company, now = ground.company, ground.now
    occasion = Occasion(festival, day, numbered(festival, day.year, 1))
    ways = ground.plans.ways(festival)
    flags = [condition.label(f"meant_{place}") for place, condition in _flags(ground, ways).items()]
    reason = why_left_out(Purpose.GREETINGS, company=company, now=now).label("reason")
    statement = (
        select_everybody(ground.channels)
        .add_columns(reason, Customer.birthday, Customer.created_at, *flags)
        .where(_has_day(ground.session, festival, day), *_had_no_turn(festival, occasion, ways), *whose)
        .execution_options(yield_per=PER_RUN)
    )
    with ground.session.execute(statement) as rows:
        for row in rows:
            zone = zone_of(row, company)
            today = local_date(now, zone)
            way = _way_for(row, ways, (row.country or company.country).upper())
            is_theirs = _day_of(row, festival, day.year, zone) == day
            if way is None or not is_theirs or not day - way.lead <= today <= day:
                continue
            window = window_on(today, way.hour, zone, company, now)
            if window is not None:
                yield row, Greeting(occasion, way), window


def _flags(ground: Ground, ways: Sequence[FestivalPlan]) -> dict[int, ColumnElement[bool]]:
    """Give the condition of each plan that is not for everybody, by its place."""
    segments = ground.plans.segments
    return {place: segments[way.name] for place, way in enumerate(ways) if way.name in segments}


def _way_for(row: Row[Any], ways: Sequence[FestivalPlan], country: str) -> FestivalPlan | None:
    """Give the first plan that means a customer."""
    for place, way in enumerate(ways):
        if way.holds_in(country) and getattr(row, f"meant_{place}", True):
            return way
    return None


def _day_of(row: Row[Any], festival: str, year: int, zone: str) -> date | None:
    """Give a customer's own day in a year."""
    if festival == BIRTHDAY:
        found = month_day(row.birthday or "")
        return None if found is None else day_in(year, *found)
    came = local_date(row.created_at, zone)
    return day_in(year, came.month, came.day) if came.year < year else None


def _has_day(session: Session, festival: str, day: date) -> ColumnElement[bool]:
    """Give the condition, served by an index, that picks those whose day it may be."""
    if festival == BIRTHDAY:
        return Customer.birthday.in_(_written(day))
    ranges = [
        and_(Customer.created_at >= first, Customer.created_at < last) for first, last in _came(session, day)
    ]
    return or_(false(), *ranges)


def _written(day: date) -> Sequence[str]:
    """Give the birthdays that are celebrated on a day."""
    text = f"{day:%m-%d}"
    return (text, LEAP_DAY) if text == DAY_BEFORE and day_in(day.year, 2, 29).day == day.day else (text,)


def _came(session: Session, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches of earlier years in which somebody, anywhere, came to us on this day of the year."""
    earliest = session.scalar(select(func.min(Customer.created_at)))
    for year in range(day.year if earliest is None else earliest.year - 1, day.year):
        same = [day_in(year, *(month_day(text) or (day.month, day.day))) for text in _written(day)]
        begins = datetime.combine(min(same), time(), UTC) - timedelta(hours=14)
        yield begins, datetime.combine(max(same), time(), UTC) + timedelta(days=1, hours=12)


def _had_no_turn(
    festival: str, occasion: Occasion, ways: Sequence[FestivalPlan]
) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions under which somebody was neither greeted nor left out on an occasion."""
    key = literal("festival:") + cast(Customer.id, String) + literal(f":{occasion.name}")
    trials = [f"{trial_name(TrialKind.FESTIVAL, way.name)}{ROUND}{trial_round(occasion)}" for way in ways]
    refused = exists().where(
        FestivalChoice.customer_id == Customer.id,
        FestivalChoice.festival == festival,
        FestivalChoice.wanted.is_(False),
    )
    return (
        not_(exists().where(OutboxMessage.dedupe_key == key)),
        not_(
            exists().where(
                Suppression.customer_id == Customer.id, Suppression.occasion == occasion_key(occasion)
            )
        ),
        not_(exists().where(TrialMember.trial.in_(trials), TrialMember.customer_id == Customer.id)),
        not_(refused),
    )


def count_birthdays(session: Session) -> Counter[str]:
    """Count birthdays by the day of the year."""
    rows = session.execute(
        select(Customer.birthday, func.count())
        .where(Customer.birthday.is_not(None))
        .group_by(Customer.birthday)
    )
    return Counter({str(row[0]): row[1] for row in rows})


def count_on(session: Session, festival: str, day: date, birthdays: Counter[str]) -> int:
    """Count about how many have their birthday on a day, or came to us on it.

    Who came to us near midnight may count on two days: only their own clock says on which it was.
    """
    if festival == BIRTHDAY:
        return sum(birthdays[text] for text in _written(day))
    middle = timedelta(hours=13)
    return sum(
        session.scalar(
            select(func.count())
            .select_from(Customer)
            .where(Customer.created_at >= first + middle, Customer.created_at < last - middle)
        )
        or 0
        for first, last in _came(session, day)
    )
