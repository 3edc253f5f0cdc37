"""The entry for a guest's calendar, read back, in places where clocks are changed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from scheduler.events.calendar_entry import calendar_file
from store.tables.outreach import Event
from tests.factories import COMPANY, NOW

ZONES = (
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


def make_event(**fields: Any) -> Event:
    values = {
        "id": 7,
        "title": "Tea; evening, 茶会",
        "place": "Harbour Hall\\Room 3",
        "starts_at": datetime(2027, 3, 28, 18, 30, tzinfo=UTC),
        "timezone": "Europe/London",
        "created_at": NOW,
        "revision": 0,
    }
    return Event(**(values | fields))


def read(event: Event) -> Any:
    return Calendar.from_ical(calendar_file(event, company=COMPANY).text)


def test_it_says_all_that_a_calendar_needs() -> None:
    document = calendar_file(make_event(), company=COMPANY)
    assert (document.name, document.media_type) == ("event.ics", "text/calendar")
    assert all(len(line.encode()) <= 75 for line in document.text.split("\r\n"))
    calendar = Calendar.from_ical(document.text)
    (entry,) = calendar.events
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert (entry["summary"], entry["location"]) == ("Tea; evening, 茶会", "Harbour Hall\\Room 3")
    assert (entry["status"], entry["sequence"]) == ("CONFIRMED", 0)
    assert entry["organizer"].params["CN"] == "Lantern Tea"
    assert "dtend" not in entry


def test_later_ones_correct_it_and_a_last_one_takes_it_back() -> None:
    first = read(make_event()).events[0]
    changed = read(make_event(revision=3, changed_at=NOW + timedelta(days=1))).events[0]
    cancelled = read(make_event(revision=4, changed_at=NOW, cancelled_at=NOW))
    assert first["uid"] == changed["uid"] == cancelled.events[0]["uid"]
    assert (changed["sequence"], changed["dtstamp"].dt) == (3, NOW + timedelta(days=1))
    assert (cancelled["method"], cancelled.events[0]["status"]) == ("CANCEL", "CANCELLED")
    assert read(make_event(id=8)).events[0]["uid"] != first["uid"]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 10 * 365 * 24 * 60),
    lasts_m=st.integers(1, 3 * 24 * 60),
)
def test_times_are_those_of_the_place_by_zoneinfo_and_by_the_rules_that_go_along(
    zone: str, minutes: int, lasts_m: int
) -> None:
    starts_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends_at = starts_at + timedelta(minutes=lasts_m)
    calendar = read(make_event(starts_at=starts_at, ends_at=ends_at, timezone=zone))
    rules = {str(rules["tzid"]): rules.to_tz() for rules in calendar.timezones}
    for name, moment in (("dtstart", starts_at), ("dtend", ends_at)):
        check_moment(calendar.events[0][name], moment, zone, rules)


def check_moment(written: Any, moment: datetime, zone: str, rules: Mapping[str, tzinfo]) -> None:
    shown = moment.astimezone(ZoneInfo(zone))
    if shown.fold:
        assert "TZID" not in written.params
        assert written.dt == moment
    else:
        assert written.params["TZID"] == zone
        assert written.dt.replace(tzinfo=None) == shown.replace(tzinfo=None)
        assert written.dt.replace(tzinfo=rules[zone], fold=0).astimezone(UTC) == moment


def test_the_second_of_an_hour_that_comes_twice_is_not_taken_for_the_first() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for moment in (first, first + timedelta(hours=1)):  # half past one in London, twice
        entry = read(make_event(starts_at=moment)).events[0]
        assert entry["dtstart"].dt.astimezone(UTC) == moment


def test_where_the_place_is_on_utc_no_rules_are_needed() -> None:
    calendar = read(make_event(timezone="UTC"))
    assert calendar.timezones == []
    assert calendar.events[0]["dtstart"].dt == datetime(2027, 3, 28, 18, 30, tzinfo=UTC)
