"""Moments as staff write them, in two languages and in the company's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.natural_times import (
    MOST_AHEAD,
    DistantTimeError,
    PastTimeError,
    Place,
    UnreadableTimeError,
    read_moment,
)

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LONDON = Place("Europe/London", "en", "GB")
SHANGHAI = Place("Asia/Shanghai", "zh", "CN")

ENGLISH = {
    "2d Replacement arrives": ("2026-11-24 10:00", "Replacement arrives"),
    "4h": ("2026-11-22 14:00", ""),
    "1,5h call": ("2026-11-22 11:30", "call"),
    "in 3 hours: call": ("2026-11-22 13:00", "call"),
    "tomorrow 2 boxes": ("2026-11-23 18:00", "2 boxes"),
    "Friday 17:00 the courier": ("2026-11-27 17:00", "the courier"),
    "on Friday 5pm, the courier": ("2026-11-27 17:00", "the courier"),
    "Friday May comes by": ("2026-11-27 18:00", "May comes by"),
    "next Monday - refund": ("2026-11-23 18:00", "refund"),
    "31.12. refund": ("2026-12-31 18:00", "refund"),
    "31.12 17:00 refund": ("2026-12-31 17:00", "refund"),
    "1/12 refund": ("2026-12-01 18:00", "refund"),
    "5 Dec 2 boxes": ("2026-12-05 18:00", "2 boxes"),
    "December 24, 2026 tea": ("2026-12-24 18:00", "tea"),
    "2026-12-31 17:00 refund": ("2026-12-31 17:00", "refund"),
    "9am 2 boxes": ("2026-11-23 09:00", "2 boxes"),
    "tomorrow at noon we call": ("2026-11-23 12:00", "we call"),
    "3.5. in summer time": ("2027-05-03 18:00", "in summer time"),
}

CHINESE = {
    "明天下午三点 补发": ("2026-11-23 15:00", "补发"),
    "明天下午三点补发到货": ("2026-11-23 15:00", "补发到货"),
    "两天后 退款": ("2026-11-24 18:00", "退款"),
    "半小时后来电": ("2026-11-22 18:30", "来电"),
    "周五17:00 补发": ("2026-11-27 17:00", "补发"),
    "下周五 补发": ("2026-11-27 18:00", "补发"),
    "十二月三十一日下午五点半 补发": ("2026-12-31 17:30", "补发"),
    "12月31日补发": ("2026-12-31 18:00", "补发"),
    "明天上午,补发": ("2026-11-23 12:00", "补发"),
    "今晚九点一刻 来电": ("2026-11-22 21:15", "来电"),
    "2天 12月的账单": ("2026-11-24 18:00", "12月的账单"),
    "tomorrow 补发": ("2026-11-23 18:00", "补发"),
}


@pytest.mark.parametrize("text", ENGLISH)
def test_what_staff_write_in_english(text: str) -> None:
    assert _read(text, LONDON) == ENGLISH[text]


@pytest.mark.parametrize("text", CHINESE)
def test_what_staff_write_in_chinese(text: str) -> None:
    assert _read(text, SHANGHAI) == CHINESE[text]


def test_another_language_of_the_company_is_read_with_english() -> None:
    place = Place("Europe/Berlin", "de", "DE")

    assert _read("Freitag 17:00 Ersatz", place) == ("2026-11-27 17:00", "Ersatz")
    assert _read("24. Dezember Ersatz", place) == ("2026-12-24 18:00", "Ersatz")
    assert _read("tomorrow Ersatz", place) == ("2026-11-23 18:00", "Ersatz")


@pytest.mark.parametrize(("country", "month"), [("GB", 12), ("DE", 12), ("US", 1), ("CN", 1), ("", 12)])
def test_where_the_month_comes_first_follows_from_the_country(country: str, month: int) -> None:
    assert read_moment("1/12 x", Place("UTC", "en", country), now=SUNDAY).at.month == month


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "a day",
        "we call",
        "May",
        "32.12. x",
        "12/31 x",
        "Feb 30",
        "99:99",
        "-2d",
        "2 dogs",
        "٣d",
        "٣点",
        "tomorrow 25:00 x",
        "Friday 26:00 x",
        "tomorrow 13 pm",
        "明天25点 x",
    ],
)
def test_what_is_no_time_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(UnreadableTimeError):
        read_moment(text, LONDON, now=SUNDAY)


@pytest.mark.parametrize(
    "text", ["yesterday x", "昨天 x", "前天下午 x", "31.12.2020 x", "2026-11-22 09:59", "0d x", "0h"]
)
def test_a_time_that_is_over_is_refused(text: str) -> None:
    with pytest.raises(PastTimeError):
        read_moment(text, LONDON, now=SUNDAY)


@pytest.mark.parametrize("text", ["2028-01-01 x", "800d", "999999w x", "400 days x"])
def test_a_time_more_than_a_year_away_is_refused(text: str) -> None:
    with pytest.raises(DistantTimeError):
        read_moment(text, LONDON, now=SUNDAY)


def test_days_go_by_the_clock_on_the_wall_and_hours_by_the_clock_that_runs() -> None:
    before = datetime(2027, 3, 27, 11, 0, tzinfo=UTC)  # the night after, clocks are put forward
    berlin = Place("Europe/Berlin")

    assert read_moment("1d", berlin, now=before).at - before == timedelta(hours=23)
    assert read_moment("24h", berlin, now=before).at - before == timedelta(hours=24)


def test_an_hour_that_is_over_today_is_tomorrows_also_where_utc_is_a_day_ahead() -> None:
    evening = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    place = Place("America/New_York", "en", "US")

    assert read_moment("17:00", place, now=evening).at == datetime(2026, 11, 28, 22, 0, tzinfo=UTC)


def test_a_day_that_is_over_for_the_company_ends_at_midnight() -> None:
    evening = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)

    assert _read("today x", LONDON, evening) == ("2026-11-22 23:59", "x")


PIECES = st.sampled_from(
    [*" .:/-", *"0123456789", *"年月日号点半刻周上下午十", "Friday", "Dec", "am", "d", "tomorrow", "后天"]
)


@settings(deadline=None)
@given(text=st.text(max_size=40) | st.lists(PIECES, max_size=8).map("".join))
def test_whatever_is_written_is_read_or_refused_by_name(text: str) -> None:
    try:
        moment = read_moment(text, LONDON, now=SUNDAY)
    except (UnreadableTimeError, PastTimeError, DistantTimeError):
        return
    assert SUNDAY < moment.at <= SUNDAY + MOST_AHEAD
    assert text.rstrip().endswith(moment.rest)


def _read(text: str, place: Place, now: datetime = SUNDAY) -> tuple[str, str]:
    moment = read_moment(text, place, now=now)
    return f"{moment.at.astimezone(ZoneInfo(place.zone)):%Y-%m-%d %H:%M}", moment.rest
