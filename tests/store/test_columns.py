"""Column types: what is written is read back the same, and SQLite's text stays what it was."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import DateTime, create_engine

from store.columns import EnumText, UtcDateTime
from store.tables.complaints import ComplaintState

SQLITE = create_engine("sqlite://").dialect


def there(processor: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    assert processor is not None
    return processor


MOMENTS = UtcDateTime().dialect_impl(SQLITE)
WRITE, READ = there(MOMENTS.bind_processor(SQLITE)), there(MOMENTS.result_processor(SQLITE, None))
STATES = there(EnumText(ComplaintState).dialect_impl(SQLITE).result_processor(SQLITE, None))
AS_SQLALCHEMY_WRITES = there(DateTime().dialect_impl(SQLITE).bind_processor(SQLITE))

zones = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
near_the_ends = timedelta(days=2)
moments = some.datetimes(
    datetime.min + near_the_ends,  # noqa: DTZ901 - the zones are given beside
    datetime.max - near_the_ends,  # noqa: DTZ901 - the zones are given beside
    timezones=zones,
)


@given(moments)
def test_a_moment_is_written_as_sqlalchemy_writes_it_and_read_back(moment: datetime) -> None:
    text = WRITE(moment)
    assert text == AS_SQLALCHEMY_WRITES(moment.astimezone(UTC))
    assert READ(text) == moment
    assert READ(text).tzinfo is UTC


def test_no_moment_and_no_member_stay_none() -> None:
    assert WRITE(None) is READ(None) is STATES(None) is None


@pytest.mark.parametrize("text", ["2026-11-21 12:00:00", "2026-11-21T12:00:00.000000", "2026-11-21 12:00"])
def test_text_that_another_program_wrote_is_read(text: str) -> None:
    assert READ(text) == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_text_that_is_no_member_is_refused_each_time() -> None:
    assert STATES("open") is ComplaintState.OPEN
    for _ in range(2):
        with pytest.raises(ValueError, match="flying"):
            STATES("flying")
