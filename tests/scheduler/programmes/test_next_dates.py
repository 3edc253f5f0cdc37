"""When visits are due and leave, against a reference that looks at every minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.company import Company
from scheduler.definitions.programme import WEEKDAYS, Programme, Window
from scheduler.programmes.next_dates import (
    closes_at,
    days_back,
    due_after,
    in_time,
    least_in_time,
    opens_at,
)
from tests.factories import COMPANY

ZONES = (
    "Europe/London",
    "America/New_York",
    "America/Santiago",  # clocks go from 24 back to 23
    "Africa/Cairo",  # clocks go from 0 to 1
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kathmandu",  # a quarter of an hour off
    "Pacific/Apia",
    "UTC",
)
CHANGES = tuple(
    datetime(year, month, day, tzinfo=UTC)
    for year, month, day in (
        (2026, 3, 29),
        (2026, 10, 25),
        (2026, 3, 8),
        (2026, 11, 1),
        (2026, 4, 4),
        (2026, 9, 5),
        (2026, 4, 24),
        (2026, 10, 29),
        (2026, 10, 3),
        (2027, 12, 31),
        (2028, 2, 28),
    )
)
MINUTE = timedelta(minutes=1)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Draw moments around a change of clocks, a leap day, a new year; whole minutes."""
    return draw(st.sampled_from(CHANGES)) + draw(st.integers(-2880, 2880)) * MINUTE


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw windows."""
    from_hour = draw(st.integers(0, 23))
    return Window(
        weekdays=tuple(draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1))),
        from_hour=from_hour,
        until_hour=draw(st.integers(from_hour + 1, 24)),
    )


def is_open(moment: datetime, zone: str, window: Window, company: Company) -> bool:
    """Tell whether a visit may leave, by what the clock shows; quiet hours win over a window in them."""

    def is_quiet(hour: int) -> bool:
        begin, end = company.quiet_from_hour, company.quiet_until_hour
        return begin <= hour < end if begin <= end else hour >= begin or hour < end

    local = moment.astimezone(ZoneInfo(zone))
    never = all(is_quiet(hour) for hour in range(window.from_hour, window.until_hour))
    in_hours = never or window.from_hour <= local.hour < window.until_hour
    return WEEKDAYS[local.weekday()] in window.weekdays and in_hours and not is_quiet(local.hour)


def first_open_minute(now: datetime, zone: str, window: Window, company: Company) -> datetime:
    """Look at minute after minute."""
    moment = now
    while not is_open(moment, zone, window, company):
        moment += MINUTE
    return moment


@settings(max_examples=120, deadline=None)
@given(moments(), st.sampled_from(ZONES), windows(), st.integers(0, 23), st.integers(0, 23))
def test_a_visit_leaves_in_the_first_minute_that_is_open(
    now: datetime, zone: str, window: Window, quiet_from: int, quiet_until: int
) -> None:
    company = replace(COMPANY, quiet_from_hour=quiet_from, quiet_until_hour=quiet_until)
    found = opens_at(now, zone, window=window, company=company)
    assert found == first_open_minute(now, zone, window, company)


@settings(max_examples=60, deadline=None)
@given(moments(), st.sampled_from(ZONES), windows())
@example(datetime(2026, 4, 4, 12, tzinfo=UTC), "America/Santiago", Window(from_hour=11, until_hour=23))
@example(datetime(2026, 10, 25, tzinfo=UTC), "Europe/London", Window(from_hour=0, until_hour=1))
def test_it_is_stale_when_the_window_ends_that_day(now: datetime, zone: str, window: Window) -> None:
    company = replace(COMPANY, quiet_from_hour=0, quiet_until_hour=0)
    leaves = opens_at(now, zone, window=window, company=company)
    closes = closes_at(leaves, zone, window)
    if window.is_always:
        assert closes is None
        return
    assert closes is not None
    assert closes > leaves
    last = closes - MINUTE
    assert is_open(last, zone, window, company)
    day = (last - leaves) // MINUTE
    gap = [minute for minute in range(day) if not is_open(leaves + minute * MINUTE, zone, window, company)]
    assert gap == []


@settings(max_examples=150, deadline=None)
@given(
    since=moments(),
    period=st.integers(1, 400),
    days=st.integers(1, 14),
    stretch=st.sampled_from([1.0, 1.5, 2.25, 3.0]),
    customer_id=st.integers(1, 10_000_000),
)
def test_a_visit_is_due_a_period_after_the_last_contact(
    since: datetime, period: int, days: int, stretch: float, customer_id: int
) -> None:
    programme = Programme(name="p", period_days=period, window=Window(days=days), retry_after_days=None)
    due = due_after(since, programme, customer_id, stretch=stretch)
    assert due in [since + timedelta(days=period * stretch + back) for back in range(days)]
    assert due == due_after(since, programme, customer_id, stretch=stretch)
    later = due_after(since + MINUTE, programme, customer_id, stretch=stretch)
    assert later - due == MINUTE


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 30), st.text("abc", min_size=1))
def test_chance_spreads_evenly_over_the_days(days: int, name: str) -> None:
    counts = [0] * days
    for customer_id in range(1, 200 * days + 1):
        counts[days_back(customer_id, name, days)] += 1
    assert min(counts) > 120  # 200 is meant; six standard deviations off
    assert max(counts) < 290


@settings(max_examples=100, deadline=None)
@given(now=moments(), overdue=st.integers(-400, 400), customers=st.sampled_from([1, 200, 5000, 1_000_000]))
def test_who_was_never_in_line_is_never_too_late(now: datetime, overdue: int, customers: int) -> None:
    programme = Programme(name="p", period_days=90)
    due = now - timedelta(days=overdue)
    planned = in_time(due, programme, 7, customers=customers, now=now)
    assert planned == due or (overdue > programme.late_days and planned >= now)
    assert now - planned <= programme.lateness
    assert planned - now <= timedelta(days=90) or planned == due


def test_the_usual_window_has_only_quiet_hours() -> None:
    assert Window().is_always
    assert not Window(weekdays=("mon",)).is_always
    assert not Window(from_hour=1).is_always


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12))
def test_the_least_a_day_lets_nobody_come_too_late(due: list[int]) -> None:
    waits, days = list(due), 0
    while any(waits):
        days += 1
        room = least_in_time([sum(waits[: day + 1]) for day in range(len(waits))], 0)
        for day, number in enumerate(waits):
            taken = min(room, number)
            waits[day] -= taken
            room -= taken
        assert waits.pop(0) == 0
    assert days <= len(due)


def test_what_nobody_waits_for_raises_no_limit() -> None:
    assert least_in_time([0, 0], 900) == 0
    assert least_in_time([0, 7, 7], 3) == 5
