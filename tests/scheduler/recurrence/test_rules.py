"""How often something comes again: read as people write it, and across clock changes as RFC 5545 says."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.phrases import phrases
from scheduler.recurrence.rules import LOOKED_AHEAD, Recurrence, RuleError, next_run, read_recurrence, time_of
from scheduler.recurrence.text import how_often
from scheduler.wall_clock import last_in_the_world, moment_at, on_their_clock, shown_at
from store.errors import InputError

EN = phrases("en")
NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)  # a Sunday
LONDON = "Europe/London"


def read(text: str, *, zone: str = LONDON, now: datetime = NOW) -> Recurrence | None:
    return read_recurrence(text, EN, zone=zone, now=now)


def runs(text: str, count: int = 3, *, zone: str = LONDON, now: datetime = NOW) -> list[str]:
    """The next runs by the clock of the zone."""
    recurrence = read(text, zone=zone, now=now)
    assert recurrence is not None
    found: list[str] = []
    at = now
    while len(found) < count:
        moment = next_run(recurrence.rule, after=at, zone=zone, last_day=recurrence.last_day)
        if moment is None:
            break
        at = moment
        found.append(f"{shown_at(moment, zone):%a %Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("every day at 9:00", "Mon 2026-11-23 09:00", "Tue 2026-11-24 09:00"),
        ("Daily 9pm", "Sun 2026-11-22 21:00", "Mon 2026-11-23 21:00"),
        ("每天下午3点半", "Sun 2026-11-22 15:30", "Mon 2026-11-23 15:30"),
        ("weekly Mon 9:00", "Mon 2026-11-23 09:00", "Mon 2026-11-30 09:00"),
        ("every 2 weeks on Mon and Thu at 9:30", "Mon 2026-11-23 09:30", "Thu 2026-11-26 09:30"),
        ("every other week on Friday 17:00", "Fri 2026-11-27 17:00", "Fri 2026-12-11 17:00"),
        ("每两周周五 17:00", "Fri 2026-11-27 17:00", "Fri 2026-12-11 17:00"),
        ("每周一、周四 9点", "Mon 2026-11-23 09:00", "Thu 2026-11-26 09:00"),
        ("每个工作日 9:00", "Mon 2026-11-23 09:00", "Tue 2026-11-24 09:00"),
        ("every month on the 1st at 10:00", "Tue 2026-12-01 10:00", "Fri 2027-01-01 10:00"),
        ("每月1号10点", "Tue 2026-12-01 10:00", "Fri 2027-01-01 10:00"),
        ("every month on the first Monday at 10:00", "Mon 2026-12-07 10:00", "Mon 2027-01-04 10:00"),
        ("每月最后一天 10:00", "Mon 2026-11-30 10:00", "Thu 2026-12-31 10:00"),
        ("every 3 months on the 1st at 10:00", "Tue 2026-12-01 10:00", "Mon 2027-03-01 10:00"),
        ("every year on 1 March at 10:00", "Mon 2027-03-01 10:00", "Wed 2028-03-01 10:00"),
        ("FREQ=WEEKLY;BYDAY=TU;BYHOUR=8;BYMINUTE=15", "Tue 2026-11-24 08:15", "Tue 2026-12-01 08:15"),
    ],
)
def test_it_is_read_as_people_write_it(text: str, first: str, second: str) -> None:
    assert runs(text, 2) == [first, second]


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    assert runs("monthly 31 10:00", 4)[:3] == [
        "Mon 2026-11-30 10:00",
        "Thu 2026-12-31 10:00",
        "Sun 2027-01-31 10:00",
    ]
    assert runs("yearly 02-29 10:00", 2) == ["Sun 2027-02-28 10:00", "Tue 2028-02-29 10:00"]


def test_it_ends_with_its_last_day() -> None:
    assert runs("every day at 9:00 until 2026-11-24", 9) == ["Mon 2026-11-23 09:00", "Tue 2026-11-24 09:00"]
    assert runs("每天9:00到2026年11月23日", 9) == ["Mon 2026-11-23 09:00"]
    assert runs("FREQ=DAILY;BYHOUR=9;UNTIL=20261123T235959Z", 9) == ["Mon 2026-11-23 09:00"]
    recurrence = read("every day at 9:00 until 2026-11-24")
    assert recurrence is not None
    assert recurrence.last_day == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["tomorrow 10:00", "2027-03-01 10:00", "now", "", "10:00"])
def test_what_comes_once_is_no_recurrence(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "every day",
        "every blue moon at 9",
        "every day at 25:00",
        "every day at 9:00 until 2026-02-30",
        "every day at 9:00 until 2026-11-21",
        "monthly 32 10:00",
        "FREQ=HOURLY;BYHOUR=3",
        "FREQ=DAILY;BYHOUR=9,10",
        "FREQ=DAILY;BYHOUR=9;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=9;COUNT=3",
        "RRULE:",
    ],
)
def test_what_cannot_be_read_or_never_comes_is_told(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


PARTS = st.lists(
    st.sampled_from(
        ["every", "week", "on", "mon", "3", "at", "9:00", "每", "月", "1", "日", "until", "2027-01-01"]
    )
)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40).map(lambda text: f"FREQ={text}") | PARTS.map(" ".join) | st.text(max_size=40))
def test_no_text_is_more_than_a_mistake(text: str) -> None:
    try:
        found = read(text)
    except InputError:
        return
    if found is not None:
        assert next_run(found.rule, after=NOW, zone=LONDON, last_day=found.last_day) is not None


def test_across_a_clock_change_it_comes_at_the_same_time_of_the_clock() -> None:
    before = datetime(2027, 3, 26, 12, tzinfo=UTC)  # London's clocks go forward on the 28th
    assert runs("every day at 9:00", 3, now=before) == [
        "Sat 2027-03-27 09:00",
        "Sun 2027-03-28 09:00",
        "Mon 2027-03-29 09:00",
    ]


def test_a_time_that_is_skipped_comes_later_and_one_that_comes_twice_comes_once() -> None:
    before = datetime(2027, 3, 26, 12, tzinfo=UTC)
    assert runs("every day at 1:30", 3, now=before)[1:] == ["Sun 2027-03-28 02:30", "Mon 2027-03-29 01:30"]
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert runs("every day at 1:30", 2, now=autumn) == ["Sun 2026-10-25 01:30", "Mon 2026-10-26 01:30"]


ZONES = st.sampled_from(
    [LONDON, "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue", "Australia/Lord_Howe"]
)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 6 * 366 * 24 * 60).map(lambda minutes: shown_at(NOW + timedelta(minutes=minutes), "UTC")),
    ZONES,
    st.integers(-40, 40),
)
def test_everybody_gets_it_when_their_clock_shows_the_time(wall: datetime, zone: str, hours: int) -> None:
    now, late = wall.replace(tzinfo=UTC) + timedelta(hours=hours), timedelta(hours=1)
    moment = on_their_clock(wall, zone, now=now, late=late)
    assert moment >= now - late
    assert moment <= max(last_in_the_world(wall), now + timedelta(days=1, hours=2))
    shown = shown_at(moment, zone)
    is_skipped = moment_at(shown.replace(hour=wall.hour, minute=wall.minute), zone) == moment
    assert shown.time() == wall.time() or is_skipped
    if moment_at(wall, zone) >= now - late:
        assert moment == wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_the_time_of_the_day_is_kept() -> None:
    recurrence = read("every day at 9:05")
    assert recurrence is not None
    assert f"{time_of(recurrence.rule):%H:%M}" == "09:05"


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MONTHLY;BYDAY=1MO,9MO;BYHOUR=9",
        "FREQ=MONTHLY;BYDAY=99MO;BYHOUR=9",
        "FREQ=YEARLY;BYMONTH=12;BYDAY=53MO;BYHOUR=9",
        "FREQ=WEEKLY;BYDAY=2MO;BYHOUR=9",
        "FREQ=YEARLY;BYMONTH=14;BYDAY=1MO;BYHOUR=9",
        "FREQ=MONTHLY;BYMONTHDAY=0;BYHOUR=9",
        "every 500 days at 9:00",
        "每500天9:00",
        "each 401 weeks on mon at 9:00",
        "every 0 weeks on mon at 9:00",
        "every ss at 9:00",
    ],
)
def test_what_dateutil_or_we_would_take_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


@pytest.mark.parametrize("text", ["every Tuesday", "every month on the 1st", "weekdays", "每周一", "每月1日"])
def test_an_hour_that_is_missing_is_asked_for(text: str) -> None:
    with pytest.raises(InputError, match="The hour is missing"):
        read(text)
    assert read(f"{text} at 9:00") is not None


def test_places_that_a_month_or_year_has_are_taken() -> None:
    assert runs("FREQ=MONTHLY;BYDAY=-5FR,+5MO;BYHOUR=9", 2) == [
        "Mon 2026-11-30 09:00",
        "Fri 2027-01-01 09:00",
    ]
    assert runs("FREQ=YEARLY;BYDAY=53MO;BYHOUR=9", 1) == ["Mon 2029-12-31 09:00"]
    assert runs("every 400 days at 9:00", 2)[1] == "Tue 2027-12-28 09:00"


@pytest.mark.parametrize("rule", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "DAILY;INTERVAL=7"])
def test_that_a_day_never_comes_is_found_at_once(rule: str) -> None:
    with pytest.raises(InputError, match="never comes"):
        read(f"FREQ={rule};BYMONTH=2;BYMONTHDAY=30;BYHOUR=3")


RULES = st.sampled_from(
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYWEEKNO=53,1;BYDAY=MO",
        "FREQ=YEARLY;BYYEARDAY=366,-1",
        "FREQ=YEARLY;BYDAY=53MO",
    ]
)


@settings(max_examples=60, deadline=None)
@given(RULES, st.integers(0, 70_000), st.integers(0, 4000))
def test_runs_are_those_that_dateutil_gives(rule: str, day: int, days: int) -> None:
    begin = datetime(2000, 1, 1, 10)  # noqa: DTZ001 - a wall's
    begin += timedelta(days=day)
    kept = f"DTSTART:{begin:%Y%m%dT%H%M%S}\nRRULE:{rule}"
    after = begin + timedelta(days=days)
    expected = [wall for wall in islice(rrulestr(kept).xafter(after), 5) if wall <= after + LOOKED_AHEAD]
    at, found = after.replace(tzinfo=UTC), list[datetime]()
    while len(found) < len(expected):
        at = next_run(kept, after=at, zone="UTC", last_day=None) or datetime.max.replace(tzinfo=UTC)
        found.append(at.replace(tzinfo=None))
    assert found == expected


def test_a_rule_that_was_kept_and_cannot_be_worked_out_is_a_mistake() -> None:
    kept = "DTSTART:20261207T090000\nRRULE:FREQ=MONTHLY;BYDAY=1MO,9MO"
    with pytest.raises(RuleError):
        next_run(kept, after=datetime(2026, 12, 8, tzinfo=UTC), zone=LONDON, last_day=None)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("every day at 9:00", "Every day at 09:00.", "每天 09:00。"),
        ("每10天9:00", "Every 10 days at 09:00.", "每 10 天一次，09:00。"),
        ("weekdays 9:00", "Every working day at 09:00.", "每个工作日 09:00。"),
        ("every tues at 9:00", "Every week on Tuesday at 09:00.", "每个星期二 09:00。"),
        ("每两周周五 17:00", "Every 2 weeks on Friday at 17:00.", "每 2 周的星期五 17:00。"),
        ("monthly 1 10:00", "Every month on day 1 at 10:00.", "每月1日 10:00。"),
        ("每月最后一天 10:00", "Every month on the last day at 10:00.", "每月最后一天 10:00。"),
        (
            "every month on the first Monday at 10:00",
            "Every month on the first Monday at 10:00.",
            "每月第一个星期一 10:00。",
        ),
        ("every year on 1 March at 10:00", "Every year on 1 March at 10:00.", "每年3月1日 10:00。"),
        (
            "FREQ=MONTHLY;BYDAY=1MO,2TU;BYHOUR=9",
            "By the rule FREQ=MONTHLY;BYDAY=1MO,2TU at 09:00.",
            "按规则 FREQ=MONTHLY;BYDAY=1MO,2TU，09:00。",
        ),
    ],
)
def test_it_is_said_in_words(text: str, english: str, chinese: str) -> None:
    recurrence = read(text)
    assert recurrence is not None
    assert how_often(recurrence.rule, EN) == english
    assert how_often(recurrence.rule, phrases("zh")) == chinese
