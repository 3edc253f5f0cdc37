"""Business time against a slow, obvious reference: minute by minute, over ten years with holidays and DST."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from customers.desk import Hours
from feedback.business_time import Calendar, between, calendar_of, earlier, later
from store.errors import ConfigurationError

MINUTE = timedelta(minutes=1)
NONE = timedelta(0)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
PLACES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "America/Santiago")
COUNTRIES = (None, "GB-ENG", "US", "DE-BY", "CN")

OFFICE = ((time(9), time(13)), (time(14), time(18)))
FIVE_DAYS = Hours(week=(OFFICE,) * 5 + ((),) * 2, timezone="Europe/Berlin", country="DE-BY")
NIGHTS = Hours(week=(((time(22), time(6)),),) * 7, timezone="America/New_York", country="US")


@cache
def free_days(country: str) -> frozenset[date]:
    place, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(place, subdiv=part or None, years=range(2025, 2037)))


def is_worked(hours: Hours, place: ZoneInfo, minute: datetime) -> bool:
    """Look at the clock on the wall, as whoever works there would."""
    wall = minute.astimezone(place).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        if hours.country is not None and day in free_days(hours.country):
            continue
        spans = hours.week[day.weekday()] if any(hours.week) else ((time(), time()),)
        for opens, closes in spans:
            begin, end = datetime.combine(day, opens), datetime.combine(day, closes)
            if end <= begin:
                end += timedelta(days=1)
            if begin <= wall < end:
                return True
    return False


def minutes_from(start: datetime, step: timedelta = MINUTE) -> Iterator[datetime]:
    minute = start
    while True:
        yield minute
        minute += step


def slowly_later(hours: Hours, start: datetime, minutes: int) -> datetime:
    place, left = ZoneInfo(str(hours.timezone)), minutes
    for minute in minutes_from(start):
        if left == 0:
            return minute
        left -= is_worked(hours, place, minute)
    raise AssertionError("minutes do not end")


def slowly_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    place, total = ZoneInfo(str(hours.timezone)), 0
    for minute in minutes_from(start):
        if minute >= end:
            return total * MINUTE
        total += is_worked(hours, place, minute)
    raise AssertionError("minutes do not end")


def calendar(hours: Hours) -> Calendar:
    return calendar_of(hours, "UTC")


clocks = st.times().map(lambda clock: time(clock.hour, clock.minute))
spans = st.tuples(clocks, clocks)
weeks = st.lists(st.lists(spans, max_size=2).map(tuple), min_size=7, max_size=7).map(tuple)
any_hours = st.builds(
    Hours,
    week=weeks.filter(any) | st.just(FIVE_DAYS.week) | st.just(Hours().week),
    timezone=st.sampled_from(PLACES),
    country=st.sampled_from(COUNTRIES),
)
moments = st.integers(0, (LAST - FIRST) // MINUTE).map(lambda minute: FIRST + minute * MINUTE)


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Hours of a place, and a moment in the days around one of its changes of the clock."""
    hours = draw(any_hours)
    place = ZoneInfo(str(hours.timezone))
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days)]
    changes = [
        day
        for day in days
        if day.astimezone(place).utcoffset() != (day + timedelta(days=1)).astimezone(place).utcoffset()
    ]
    day = draw(st.sampled_from(changes or days))
    return hours, day + draw(st.integers(-1440, 1440)) * MINUTE


@settings(max_examples=40, deadline=None)
@given(hours=any_hours, start=moments, minutes=st.integers(1, 1440))
@example(hours=FIVE_DAYS, start=datetime(2026, 12, 24, 15, tzinfo=UTC), minutes=600)
@example(hours=NIGHTS, start=datetime(2027, 3, 14, 3, tzinfo=UTC), minutes=600)
@example(hours=NIGHTS, start=datetime(2027, 11, 7, 3, tzinfo=UTC), minutes=600)
def test_later_is_what_the_wall_clock_says(hours: Hours, start: datetime, minutes: int) -> None:
    found = later(calendar(hours), start, minutes * MINUTE)
    assume(found - start < timedelta(days=20))

    assert found == slowly_later(hours, start, minutes)


@settings(max_examples=80, deadline=None)
@given(place_and_start=near_a_change(), minutes=st.integers(0, 3 * 1440))
def test_between_is_what_the_wall_clock_says_where_clocks_are_changed(
    place_and_start: tuple[Hours, datetime], minutes: int
) -> None:
    hours, start = place_and_start
    end = start + minutes * MINUTE

    assert between(calendar(hours), start, end) == slowly_between(hours, start, end)


@settings(max_examples=60, deadline=None)
@given(hours=any_hours, start=moments, minutes=st.integers(0, 10 * 1440))
def test_between_is_what_the_wall_clock_says(hours: Hours, start: datetime, minutes: int) -> None:
    end = start + minutes * MINUTE

    assert between(calendar(hours), start, end) == slowly_between(hours, start, end)


@pytest.mark.parametrize("hours", [FIVE_DAYS, NIGHTS, Hours(timezone="Asia/Shanghai", country="CN")])
def test_ten_years_are_what_the_wall_clock_says(hours: Hours) -> None:
    place, quarter = ZoneInfo(str(hours.timezone)), timedelta(minutes=15)
    by_year: dict[int, timedelta] = {}
    for moment in minutes_from(FIRST, quarter):  # all these hours, and all changes, lie on quarters
        if moment >= LAST:
            break
        by_year[moment.year] = by_year.get(moment.year, NONE) + quarter * is_worked(hours, place, moment)

    assert by_year == {
        year: between(calendar(hours), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
        for year in range(2026, 2036)
    }


@settings(deadline=None)
@given(hours=any_hours, start=moments, duration=st.timedeltas(NONE, timedelta(hours=400)))
def test_later_and_earlier_undo_each_other_in_business_time(
    hours: Hours, start: datetime, duration: timedelta
) -> None:
    known = calendar(hours)
    end = later(known, start, duration)
    begin = earlier(known, end, duration)

    assert between(known, start, end) == duration
    assert between(known, begin, end) == duration
    assert start <= begin <= end


@settings(deadline=None)
@given(hours=any_hours, start=moments, one=st.timedeltas(NONE, timedelta(days=9)), other=st.timedeltas(NONE))
def test_time_adds_up(hours: Hours, start: datetime, one: timedelta, other: timedelta) -> None:
    known, more = calendar(hours), other % timedelta(days=9)
    middle, end = start + one, start + one + more

    assert between(known, start, middle) + between(known, middle, end) == between(known, start, end)
    assert later(known, later(known, start, one), more) == later(known, start, one + more) or not more


@given(start=moments, duration=st.timedeltas(NONE, timedelta(days=400)))
def test_around_the_clock_all_time_counts(start: datetime, duration: timedelta) -> None:
    always = calendar(Hours())

    assert later(always, start, duration) == start + duration
    assert earlier(always, start, duration) == start - duration
    assert between(always, start, start + duration) == duration


def test_what_ends_with_the_day_is_due_on_that_day() -> None:
    friday = datetime(2026, 11, 20, 8, tzinfo=UTC)

    assert later(calendar(FIVE_DAYS), friday, timedelta(hours=8)) == datetime(2026, 11, 20, 17, tzinfo=UTC)


def test_a_weekend_and_a_holiday_are_passed_over() -> None:
    before_christmas = datetime(2026, 12, 24, 16, tzinfo=UTC)  # Thursday, 17:00 there

    due = later(calendar(FIVE_DAYS), before_christmas, timedelta(hours=2))

    assert due == datetime(2026, 12, 28, 9, tzinfo=UTC)


def test_a_holiday_of_one_part_of_a_country_is_free_only_there() -> None:
    epiphany = datetime(2027, 1, 6, 0, tzinfo=UTC), datetime(2027, 1, 7, 0, tzinfo=UTC)
    in_berlin = Hours(week=FIVE_DAYS.week, timezone="Europe/Berlin", country="DE-BE")

    assert between(calendar(FIVE_DAYS), *epiphany) == NONE
    assert between(calendar(in_berlin), *epiphany) == timedelta(hours=8)


def test_nothing_passes_backwards() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)

    assert between(calendar(FIVE_DAYS), noon, noon - timedelta(days=3)) == NONE
    assert later(calendar(FIVE_DAYS), noon, -timedelta(hours=3)) == noon


def test_hours_in_which_nobody_ever_works_let_no_case_wait_for_ever() -> None:
    days_off = ((),) * 6 + (((time(9), time(10)),),)
    only_sundays = Hours(week=days_off, timezone="Europe/Oslo", country="NO")
    sunday = datetime(2026, 11, 22, 8, tzinfo=UTC)

    assert later(calendar(only_sundays), sunday, timedelta(hours=30)) > sunday
    assert earlier(calendar(only_sundays), sunday, timedelta(hours=30)) < sunday


def test_a_place_without_a_calendar_is_named() -> None:
    nowhere = Hours(week=FIVE_DAYS.week, country="XX")

    with pytest.raises(ConfigurationError, match="'XX'"):
        later(calendar(nowhere), FIRST, MINUTE)
