"""Moments as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.local_time import date_and_time_in, date_in_words, hours_in, moment_in
from customers.phrases import phrases

WHEN = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/London", "Sat, 21 Nov, 16:00 (London time)"),
        ("Asia/Kolkata", "Sat, 21 Nov, 21:30 (Kolkata time)"),
        ("Asia/Tokyo", "Sun, 22 Nov, 01:00 (Tokyo time)"),
        ("America/Argentina/Buenos_Aires", "Sat, 21 Nov, 13:00 (Buenos Aires time)"),
        ("UTC", "Sat, 21 Nov, 16:00 (UTC)"),
        ("Etc/UTC", "Sat, 21 Nov, 16:00 (UTC)"),
    ],
)
def test_a_moment_is_said_on_the_clock_of_the_reader(zone: str, words: str) -> None:
    assert moment_in(WHEN, zone, phrases("en")) == words


def test_a_moment_in_chinese() -> None:
    assert moment_in(WHEN, "Asia/Shanghai", phrases("zh")) == "11月22日周日 00:00（上海时间）"


def test_the_day_that_clocks_change() -> None:
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert moment_in(autumn, "Europe/London", phrases("en")) == "Sun, 25 Oct, 01:30 (London time)"


@pytest.mark.parametrize(
    ("language", "country", "words"),
    [
        ("en", "GB", "Sat, 21 Nov 2026, 16:00 (London time)"),
        ("en", "US", "Sat, Nov 21, 2026, 16:00 (London time)"),
        ("en", None, "Sat, 21 Nov 2026, 16:00 (London time)"),
        ("zh", "CN", "2026年11月21日周六 16:00（伦敦时间）"),
        ("zh", "GB", "2026年11月21日周六 16:00（伦敦时间）"),
    ],
)
def test_dates_are_written_as_in_the_readers_country(language: str, country: str | None, words: str) -> None:
    assert date_and_time_in(WHEN, "Europe/London", phrases(language, country)) == words


def test_the_same_day_is_not_said_twice() -> None:
    say = phrases("en", "GB")
    assert hours_in(WHEN, WHEN + timedelta(hours=2), "UTC", say) == "Sat, 21 Nov 2026, 16:00–18:00 (UTC)"
    until_morning = hours_in(WHEN, WHEN + timedelta(hours=10), "UTC", say)
    assert until_morning == "Sat, 21 Nov 2026, 16:00 until Sun, 22 Nov 2026, 02:00 (UTC)"
    across = hours_in(
        datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC), "Europe/London", say
    )
    assert across == "Sun, 25 Oct 2026, 00:00 (London time) until Sun, 25 Oct 2026, 03:00 (London time)"
    assert date_in_words(date(2026, 12, 25), say) == "25 Dec 2026"
