"""Quiet hours and time zones: never at night, by the clock on the customer's wall."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.company import Company
from scheduler.delivery.clearance import Facts, Go, Later, clear
from scheduler.manners import MOST_PEOPLE, is_zone, next_allowed, zone_of
from store.tables.customers import Customer, Purpose
from store.tables.queues import MessageKind
from tests.factories import COMPANY

ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # clocks move by half an hour
    "America/Havana",  # clocks go from 1 back to 0
    "Africa/Cairo",  # clocks go from 0 to 1
    "Asia/Beirut",
    "America/Santiago",  # clocks go from 24 back to 23
    "Pacific/Apia",  # skipped 30 December 2011
)


def slow_next_allowed(now: datetime, zone: str, quiet_from_hour: int, quiet_until_hour: int) -> datetime:
    """Look at the clock on the wall every minute."""
    quiet = set()
    hour = quiet_from_hour
    while hour != quiet_until_hour:
        quiet.add(hour)
        hour = (hour + 1) % 24
    moment, step = now, timedelta(minutes=1)
    while moment.astimezone(ZoneInfo(zone)).hour in quiet:
        moment = moment.replace(second=0, microsecond=0) + step
    return moment


@cache
def changes(zone: str) -> list[datetime]:
    """Days, 2011 to 2027, on which clocks were changed in a zone."""
    place, start = ZoneInfo(zone), datetime(2011, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=number) for number in range(17 * 365)]
    return [
        later
        for earlier, later in itertools.pairwise(days)
        if earlier.astimezone(place).utcoffset() != later.astimezone(place).utcoffset()
    ]


@st.composite
def places_and_moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a moment there, often on a day when clocks are changed."""
    zone = draw(st.sampled_from(ZONES))
    days = changes(zone) or [datetime(2026, 7, 1, tzinfo=UTC)]
    around: datetime = draw(st.sampled_from(days))
    return zone, around + timedelta(seconds=draw(st.integers(-200_000, 100_000)))


hours = st.integers(0, 23)


@settings(max_examples=400, deadline=None)
@given(places_and_moments(), hours, hours)
@example(("Pacific/Apia", datetime(2011, 12, 30, 9, 30, tzinfo=UTC)), 21, 9)
@example(("Pacific/Apia", datetime(2011, 12, 30, 9, 30, tzinfo=UTC)), 9, 8)
@example(("Europe/London", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)), 22, 1)
def test_agrees_with_looking_at_the_clock_every_minute(
    where: tuple[str, datetime], quiet_from: int, quiet_until: int
) -> None:
    zone, now = where
    found = next_allowed(now, zone, quiet_from_hour=quiet_from, quiet_until_hour=quiet_until)
    assert found == slow_next_allowed(now, zone, quiet_from, quiet_until)


@settings(max_examples=100, deadline=None)
@given(places_and_moments(), hours, hours)
def test_asking_again_changes_nothing(where: tuple[str, datetime], quiet_from: int, quiet_until: int) -> None:
    zone, now = where
    found = next_allowed(now, zone, quiet_from_hour=quiet_from, quiet_until_hour=quiet_until)
    assert found >= now
    assert next_allowed(found, zone, quiet_from_hour=quiet_from, quiet_until_hour=quiet_until) == found


@cache
def changes_ahead(zone: str) -> list[datetime]:
    """Days, 2026 to 2036, on which clocks are changed in a zone."""
    place, start = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=number) for number in range(3650)]
    offsets = [day.astimezone(place).utcoffset() for day in days]
    return [
        day for day, (one, other) in zip(days[1:], itertools.pairwise(offsets), strict=True) if one != other
    ]


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(sorted(available_timezones())),
    day=st.integers(0, 3649),
    minute=st.integers(0, 2 * 1440),
    near_change=st.booleans(),
    quiet=st.tuples(hours, hours),
)
def test_in_ten_years_and_all_zones_nothing_leaves_in_a_quiet_minute(
    *, zone: str, day: int, minute: int, near_change: bool, quiet: tuple[int, int]
) -> None:
    """What clearance lets go leaves in an open minute; what it puts off, in the first one that comes."""
    known = changes_ahead(zone) if near_change else []
    base = known[day % len(known)] if known else datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    now = base - timedelta(days=1) + timedelta(minutes=minute)
    company = replace(COMPANY, quiet_from_hour=quiet[0], quiet_until_hour=quiet[1])
    offer = Facts(MessageKind.CAMPAIGN, Purpose.OFFERS, zone=zone, expires_at=now + timedelta(days=4))

    decision = clear(offer, company=company, now=now)

    expected = slow_next_allowed(now, zone, *quiet)
    assert decision == (Go() if expected == now else Later(expected, "quiet hours"))


def test_by_day_it_is_now() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert next_allowed(noon, "Europe/London", quiet_from_hour=21, quiet_until_hour=9) is noon


def test_at_night_it_is_the_next_morning_there() -> None:
    night = datetime(2026, 7, 1, 16, tzinfo=UTC)  # midnight in Shanghai
    found = next_allowed(night, "Asia/Shanghai", quiet_from_hour=21, quiet_until_hour=9)
    assert found == datetime(2026, 7, 2, 1, tzinfo=UTC)


def test_an_unknown_zone_counts_as_utc() -> None:
    night = datetime(2026, 7, 1, 23, tzinfo=UTC)
    found = next_allowed(night, "Mars/Olympus", quiet_from_hour=21, quiet_until_hour=9)
    assert found == datetime(2026, 7, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timezone", "country", "expected"),
    [
        ("Asia/Tokyo", "GB", "Asia/Tokyo"),
        (None, "JP", "Asia/Tokyo"),
        (None, "jp", "Asia/Tokyo"),
        (None, "US", "America/New_York"),
        (None, "GB", "Europe/London"),
        (None, None, "Europe/London"),
        (None, "XX", "Europe/London"),
        ("Nowhere/City", "JP", "Asia/Tokyo"),
        ("Nowhere/City", None, "Europe/London"),
        ("", "", "Europe/London"),
        ("../../etc/passwd", None, "Europe/London"),
        ("/etc/passwd", None, "Europe/London"),
        ("Europe", None, "Europe/London"),
        ("a\x00b", None, "Europe/London"),
    ],
)
def test_the_zone_is_the_best_that_is_known(timezone: str | None, country: str | None, expected: str) -> None:
    assert zone_of(Customer(timezone=timezone, country=country), COMPANY) == expected


def test_of_several_zones_in_a_country_the_companys_is_taken() -> None:
    company = Company("Tea", "America/Denver", "US", "en", COMPANY.staff_chat)
    assert zone_of(Customer(timezone=None, country="US"), company) == "America/Denver"
    assert zone_of(Customer(timezone=None, country="CA"), company) == "America/Toronto"


def test_a_company_zone_that_is_wrong_breaks_nothing() -> None:
    company = Company("Tea", "Wrong/Zone", "GB", "en", COMPANY.staff_chat)
    assert zone_of(SimpleNamespace(timezone=None, country=None), company) == "UTC"


@pytest.mark.parametrize("country", sorted(MOST_PEOPLE))
def test_every_zone_of_the_table_exists(country: str) -> None:
    assert is_zone(MOST_PEOPLE[country])
