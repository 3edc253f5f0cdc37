"""A beat's next time: on its interval, later than now, and found at once however much was missed."""

from datetime import UTC, datetime, timedelta

from apscheduler.job import Job
from hypothesis import given
from hypothesis import strategies as st

from bot.every import Every

FIRST = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(st.integers(1, 7200), st.integers(-10, 200_000))
def test_the_next_time_is_the_first_of_the_interval_that_is_not_over(every_s: int, late_s: int) -> None:
    now = FIRST + timedelta(seconds=late_s)
    following = Every(seconds=every_s, timezone="UTC").get_next_fire_time(FIRST, now)
    slow = FIRST + timedelta(seconds=every_s)
    while slow <= now:
        slow += timedelta(seconds=every_s)
    assert following == slow


def test_years_that_were_missed_are_made_up_by_one() -> None:
    job = object.__new__(Job)
    job.trigger, job.next_run_time = Every(seconds=2, timezone="UTC"), FIRST
    assert job._get_run_times(FIRST + timedelta(days=36_500)) == [FIRST]
