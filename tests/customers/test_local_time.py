"""Moments as people read them."""

from datetime import UTC, datetime

import pytest

from customers.local_time import moment_in
from customers.phrases import phrases

WHEN = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/London", "Sat, Nov 21, 16:00 (London time)"),
        ("Asia/Kolkata", "Sat, Nov 21, 21:30 (Kolkata time)"),
        ("Asia/Tokyo", "Sun, Nov 22, 01:00 (Tokyo time)"),
        ("America/Argentina/Buenos_Aires", "Sat, Nov 21, 13:00 (Buenos Aires time)"),
        ("UTC", "Sat, Nov 21, 16:00 (UTC)"),
        ("Etc/UTC", "Sat, Nov 21, 16:00 (UTC)"),
    ],
)
def test_a_moment_is_said_on_the_clock_of_the_reader(zone: str, words: str) -> None:
    assert moment_in(WHEN, zone, phrases("en")) == words


def test_a_moment_in_chinese() -> None:
    assert moment_in(WHEN, "Asia/Shanghai", phrases("zh")) == "11月22日周日 00:00（上海时间）"


def test_the_day_that_clocks_change() -> None:
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert moment_in(autumn, "Europe/London", phrases("en")) == "Sun, Oct 25, 01:30 (London time)"
