"""Birthdays that customers told, and the days on which they came to us: a greeting once a year, on their day.

A birthday is a month and a day; who was born on 29 February is greeted on the 28th in common years, and so is
who came to us on it. Nobody has a row or a job: birthdays and the days of coming each have an index, and each
pass reads of it only the days that it is somewhere on earth.
"""

from collections import Counter
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby, islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import kept_reason, select_everybody, since_when
from scheduler.definitions.festival import (
    BIRTHDAY,
    PERSONAL,
    FestivalPlan,
    day_in,
    month_day,
)
from scheduler.festival_calendar import Occasion, numbered
from scheduler.festivals.missed import Look, note_looked, off_since
from scheduler.festivals.plans import Greeting, find_usable
from scheduler.festivals.sending import (
    Ground,
    Window,
    closes_at,
    note_missed,
    occasion_key,
    queue_greeting,
    trial_round,
    window_on,
)
from scheduler.left_out import Reason, reasons_for
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from scheduler.trials.members import ROUND, TrialKind, trial_name
from store.tables.customers import Customer, FestivalChoice, Purpose
from store.tables.outreach import Suppression, TrialMember
from store.tables.queues import OutboxMessage

LEAP_DAY, DAY_BEFORE = "02-29", "02-28"
DAYS_ON_EARTH = (-1, 0, 1)
"""It is one of these dates somewhere, seen from the date in UTC."""

BIRTHDAYS, WHOSE = "birthdays", "whose"
"""Parameters of the statement that finds whose day it is."""

PER_RUN = 500
"""Customers dealt with in one run, so that the transaction stays short."""

Celebrant = tuple[Row[Any], Greeting, Window | None]
"""Somebody whose day it is, for what they are greeted, and when; None where that was missed."""


def see_personal_days(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[int]:
    """See whose birthday it is, or who came to us on this day, and has had no turn yet; only reads.

    So are those whose day was over before anybody looked.

    Returns:
        Numbers of customers, ``PER_RUN`` at most; see again while there are any.
    """
    ground = _ground(session, company, now, channels)
    with closing(_celebrants(ground)) as found:
        return list(dict.fromkeys(row[0] for row, _, _ in islice(found, PER_RUN)))


def plan_personal_days(
    session: Session, seen: Sequence[int], *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue greetings to ``PER_RUN`` of those who were seen, and note who gets none and why; does not commit.

    Safe to run twice, late, or on two machines.

    Returns:
        How many greetings' turn it was.
    """
    if not seen:
        note_looked(session, Look.PERSONAL, now=now)
        return 0
    ground = _ground(session, company, now, channels)
    found = list(_celebrants(ground, seen[:PER_RUN]))
    by_greeting: dict[tuple[str, str], list[Celebrant]] = {}
    for row, one, window in found:
        by_greeting.setdefault((one.occasion.name, one.way.name), []).append((row, one, window))
    for of_one in by_greeting.values():
        _, one, _ = of_one[0]
        queue_greeting(ground, one, [(row, window) for row, _, window in of_one if window is not None])
        note_missed(ground, one, [row for row, _, window in of_one if window is None])
    return len(found)


def greet_personal_days(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """See and greet at once, for whoever has the database alone; does not commit."""
    seen = see_personal_days(session, company=company, now=now, channels=channels)
    return plan_personal_days(session, seen, company=company, now=now, channels=channels)


def _ground(session: Session, company: Company, now: datetime, channels: Collection[str]) -> Ground:
    plans = find_usable(session, company=company, now=now)
    return Ground(session, company, now, channels, plans, off_since(session, Look.PERSONAL, now=now))


def _celebrants(ground: Ground, whose: Sequence[int] | None = None) -> Generator[Celebrant, None, None]:
    """Find whose day it is, where they are, or comes so soon that its greeting may leave; once for each.

    Those whose day was missed come first. Where some are named (``whose``), nobody else is looked at.
    """
    today = ground.now.astimezone(UTC).date()
    first = today if ground.off_since is None else ground.off_since.astimezone(UTC).date()
    for festival in PERSONAL:
        ways = ground.plans.ways(festival)
        longest = max((way.lead_days for way in ways), default=None)
        if longest is not None:
            ahead = range((first - today).days + DAYS_ON_EARTH[0], DAYS_ON_EARTH[-1] + longest + 1)
            days = [today + timedelta(days=number) for number in ahead]
            for _, of_a_year in groupby(days, key=lambda day: day.year):
                yield from _celebrants_on(ground, festival, list(of_a_year), whose)


def _celebrants_on(
    ground: Ground, festival: str, days: Sequence[date], whose: Sequence[int] | None
) -> Generator[Celebrant, None, None]:
    """Find those with a day of their own who had no turn on it, and whose greeting leaves or is late.

    They are read as they are asked for: many may have come to us on one day, or be of no plan.

    Args:
        ground: what planning stands on.
        festival: which day of their own.
        days: on which it may be; they follow one another in one year.
        whose: who is looked at; None is everybody.
    """
    company, now, year = ground.company, ground.now, days[0].year
    name, ways = numbered(festival, year, 1), ground.plans.ways(festival)
    reasons = tuple(reasons_for(Purpose.GREETINGS, company.outreach))
    asked = _days_of(ground.session, festival, days) | ({} if whose is None else {WHOSE: whose})
    statement = _select_celebrants(tuple(sorted(ground.channels)), reasons, frozenset(asked))
    flags = _flags(ground, ways)
    if flags:
        statement = statement.add_columns(*(one.label(_flag_of(place)) for place, one in flags.items()))
    asked |= {**since_when(company, now), **_turn(festival, name, ways)}
    with ground.session.connection().execute(statement, asked) as rows:
        for row in rows:
            zone = zone_of(row, company)
            today = local_date(now, zone)
            way = _way_for(row, ways, (row.country or company.country).upper(), flags)
            day = _day_of(row, festival, year, zone)
            if way is None or day is None or day not in days:
                continue
            one = Greeting(Occasion(festival, day, name), way)
            if ground.closed_unseen(day, zone):
                if row.created_at < closes_at(day, zone, company):
                    yield row, one, None
            elif day - way.lead <= today <= day:
                window = window_on(today, way.hour, zone, company, now)
                if window is not None:
                    yield row, one, window


@cache
def _select_celebrants(
    channels: tuple[str, ...], reasons: tuple[Reason, ...], asked: Collection[str]
) -> Select[*tuple[Any, ...]]:
    """Build the statement once: it takes longer than to run it for a few customers.

    Its parameters are those of ``since_when``, ``_turn`` and ``_days_of``, and whom it is about; ``asked``
    names these last.
    """
    return (
        select_everybody(channels)
        .add_columns(
            kept_reason(Purpose.GREETINGS, reasons).label("reason"), Customer.birthday, Customer.created_at
        )
        .where(_has_day(asked), *_had_no_turn(), *_is_named(asked))
        .execution_options(yield_per=PER_RUN)
    )


def _flags(ground: Ground, ways: Sequence[FestivalPlan]) -> dict[int, ColumnElement[bool]]:
    """Give the condition of each plan that is not for everybody, by its place."""
    segments = ground.plans.segments
    return {place: segments[way.name] for place, way in enumerate(ways) if way.name in segments}


def _flag_of(place: int) -> str:
    return f"meant_{place}"


def _way_for(
    row: Row[Any], ways: Sequence[FestivalPlan], country: str, flags: Collection[int]
) -> FestivalPlan | None:
    """Give the first plan that means a customer; for whom some are, columns of the row tell (``_flags``)."""
    for place, way in enumerate(ways):
        if way.holds_in(country) and (place not in flags or getattr(row, _flag_of(place))):
            return way
    return None


def _day_of(row: Row[Any], festival: str, year: int, zone: str) -> date | None:
    """Give a customer's own day in a year."""
    if festival == BIRTHDAY:
        found = month_day(row.birthday or "")
        return None if found is None else day_in(year, *found)
    came = local_date(row.created_at, zone)
    return day_in(year, came.month, came.day) if came.year < year else None


def _has_day(asked: Collection[str]) -> ColumnElement[bool]:
    """Give the condition, served by an index, that picks those whose day it may be (``_days_of``)."""
    if BIRTHDAYS in asked:
        return Customer.birthday.in_(bindparam(BIRTHDAYS, expanding=True))
    came, stretches = Customer.created_at, range(sum(name.startswith("from_") for name in asked))
    ranges = [and_(came >= bindparam(f"from_{n}"), came < bindparam(f"until_{n}")) for n in stretches]
    return or_(false(), *ranges)


def _is_named(asked: Collection[str]) -> Sequence[ColumnElement[bool]]:
    return [Customer.id.in_(bindparam(WHOSE, expanding=True))] if WHOSE in asked else []


def _days_of(session: Session, festival: str, days: Sequence[date]) -> dict[str, object]:
    """Give the parameters of ``_has_day`` for some days."""
    if festival == BIRTHDAY:
        return {BIRTHDAYS: [text for day in days for text in _written(day)]}
    named: dict[str, object] = {}
    for n, (begins, ends) in enumerate(_came(session, days)):
        named |= {f"from_{n}": begins, f"until_{n}": ends}
    return named


def _written(day: date) -> Sequence[str]:
    """Give the birthdays that are celebrated on a day."""
    text = f"{day:%m-%d}"
    return (text, LEAP_DAY) if text == DAY_BEFORE and day_in(day.year, 2, 29).day == day.day else (text,)


def _came(session: Session, days: Sequence[date]) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches of earlier years in which somebody, anywhere, came to us on these days."""
    earliest = session.connection().scalar(_EARLIEST)
    this_year = days[0].year
    for year in range(this_year if earliest is None else earliest.year - 1, this_year):
        same = [
            day_in(year, *(month_day(text) or (day.month, day.day))) for day in days for text in _written(day)
        ]
        begins = datetime.combine(min(same), time(), UTC) - timedelta(hours=14)
        yield begins, datetime.combine(max(same), time(), UTC) + timedelta(days=1, hours=12)


_EARLIEST = select(func.min(Customer.created_at))


def _had_no_turn() -> tuple[ColumnElement[bool], ...]:
    """Give the conditions under which somebody was neither greeted nor left out (``_turn``)."""
    key = literal("festival:") + cast(Customer.id, String) + bindparam("after_number", type_=String())
    refused = exists().where(
        FestivalChoice.customer_id == Customer.id,
        FestivalChoice.festival == bindparam("festival"),
        FestivalChoice.wanted.is_(False),
    )
    noted = exists().where(Suppression.customer_id == Customer.id, Suppression.occasion == bindparam("noted"))
    takes_part = exists().where(
        TrialMember.trial.in_(bindparam("trials", expanding=True)), TrialMember.customer_id == Customer.id
    )
    greeted = exists().where(OutboxMessage.dedupe_key == key)
    return (not_(greeted), not_(noted), not_(takes_part), not_(refused))


def _turn(festival: str, name: str, ways: Sequence[FestivalPlan]) -> Mapping[str, object]:
    """Give the parameters of ``_had_no_turn`` for a festival's occasion of a year, by its name."""
    round_ = trial_round(name)
    return {
        "after_number": f":{name}",
        "festival": festival,
        "noted": occasion_key(name),
        "trials": [f"{trial_name(TrialKind.FESTIVAL, way.name)}{ROUND}{round_}" for way in ways],
    }


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
        for first, last in _came(session, [day])
    )
