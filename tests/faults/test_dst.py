"""Clocks are changed, forward and back: what we say first comes once, on its day, and never in the night."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.events.plans import EventPlan, add_event
from scheduler.events.reminders import plan_event_reminders
from scheduler.festivals.greetings import GREETING_HOUR, plan_festivals
from scheduler.programmes.planning import plan_visits
from store.engine import Database
from store.tables.outreach import EventGuest, Rsvp
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import COMPANY, make_customer

pytestmark = pytest.mark.faults

ZONES = (
    "Europe/London",
    "America/New_York",
    "America/Santiago",  # clocks go from 24 back to 23
    "Africa/Cairo",  # clocks go from 0 to 1
    "Asia/Beirut",
    "Australia/Lord_Howe",  # clocks move by half an hour
)
YEAR = 2027
CHANNELS = frozenset({"telegram", "webchat"})
BEAT = timedelta(hours=1)
BY_DAY = range(COMPANY.quiet_until_hour, COMPANY.quiet_from_hour)
once = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The moments of a year when clocks are changed in a zone."""
    place, start = ZoneInfo(zone), datetime(YEAR, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(minutes=30 * number) for number in range(365 * 48)]
    offsets = [moment.astimezone(place).utcoffset() for moment in moments]
    return tuple(
        moments[number] for number in range(1, len(moments)) if offsets[number] != offsets[number - 1]
    )


@st.composite
def around_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone, and a moment within a day and a half of a change there."""
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(changes(zone)))
    return zone, change + timedelta(minutes=draw(st.integers(-36 * 60, 36 * 60)))


def beats(first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments at which a planner runs."""
    now = first
    while now <= last:
        yield now
        now += BEAT


def walk(
    session: Session, plan: Callable[[datetime], int], first: datetime, last: datetime
) -> list[OutboxMessage]:
    """Run a planner over a stretch of time; returns what it queued."""
    for now in beats(first, last):
        plan(now)
    return list(session.scalars(select(OutboxMessage)))


@contextmanager
def forgotten(database: Database) -> Iterator[Session]:
    """Begin an example with nothing in the database, and leave nothing."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session
        session.expunge_all()
        session.rollback()


def test_every_zone_of_this_test_changes_its_clocks_twice() -> None:
    assert [len(changes(zone)) for zone in ZONES] == [2] * len(ZONES)


@once
@given(around_a_change())
def test_a_return_visit_comes_once_and_by_day(database: Database, where: tuple[str, datetime]) -> None:
    zone, due = where
    since = due - timedelta(days=COMPANY.visit_every_days)
    with forgotten(database) as session:
        make_customer(session, timezone=zone, last_contact_at=since, created_at=since)
        session.flush()
        visits = walk(
            session,
            lambda now: plan_visits(session, company=COMPANY, now=now, channels=CHANNELS),
            due - timedelta(hours=3),
            due + timedelta(days=1, hours=6),
        )
    (visit,) = visits
    assert visit.kind is MessageKind.VISIT
    assert due <= visit.not_before <= due + timedelta(hours=14)  # the longest night and a beat
    assert visit.not_before.astimezone(ZoneInfo(zone)).hour in BY_DAY
    assert visit.dedupe_key.endswith(str(due.astimezone(ZoneInfo(zone)).date()))


@once
@given(around_a_change())
def test_a_reminder_comes_once_before_the_event_and_by_day(
    database: Database, where: tuple[str, datetime]
) -> None:
    zone, starts_at = where
    with forgotten(database) as session:
        guest = make_customer(session, timezone=zone)
        said = starts_at - timedelta(days=5)
        plan = EventPlan("Tasting", starts_at, "the shop", 10, "all")
        event = add_event(session, plan, timezone=zone, staff_id=None, now=said)
        session.add(EventGuest(event_id=event.id, customer_id=guest.id, answer=Rsvp.GOING, answered_at=said))
        session.flush()
        (reminder,) = walk(
            session,
            lambda now: plan_event_reminders(session, company=COMPANY, now=now, channels=CHANNELS),
            starts_at - timedelta(days=2),
            starts_at,
        )
    assert starts_at - timedelta(days=1) <= reminder.not_before < starts_at
    assert reminder.not_before.astimezone(ZoneInfo(zone)).hour in BY_DAY


EASTERS = (
    ("GB", "Europe/London", date(2027, 3, 28), timedelta(hours=23)),
    ("AU", "Australia/Sydney", date(2026, 4, 5), timedelta(hours=25)),
)
"""Easter Sundays on which clocks are changed, and how long the day is."""


@pytest.mark.parametrize(("country", "zone", "day", "length"), EASTERS)
def test_a_greeting_comes_once_at_ten_on_a_day_of_another_length(
    country: str, zone: str, day: date, length: timedelta, database: Database
) -> None:
    place = ZoneInfo(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=place).astimezone(UTC)
    next_midnight = datetime(day.year, day.month, day.day + 1, tzinfo=place).astimezone(UTC)
    assert next_midnight - midnight == length
    with forgotten(database) as session:
        make_customer(session, country=country, timezone=zone)
        session.flush()
        company = replace(COMPANY, country=country)
        greetings = walk(
            session,
            lambda now: plan_festivals(session, company=company, now=now, channels=CHANNELS),
            midnight - timedelta(hours=3),
            next_midnight + timedelta(hours=3),
        )
    (easter,) = [row for row in greetings if "easter" in row.dedupe_key]
    assert easter.not_before == datetime(day.year, day.month, day.day, GREETING_HOUR, tzinfo=place)
    assert easter.expires_at == next_midnight
