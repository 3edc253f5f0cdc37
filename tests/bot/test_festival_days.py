"""Calendars of festivals are read in a process of their own, once, and planners here need nothing more."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot import festival_days
from bot.aside import AsideError
from bot.beats import Beats, beats_of
from bot.festival_days import FestivalDays
from scheduler import festival_calendar
from scheduler.festival_calendar import festivals_of, not_read_ahead
from scheduler.festivals.habits import occasions_of
from store.engine import Database
from tests.factories import COMPANY, make_customer

CHRISTMAS = datetime(2026, 12, 25, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing be known of any calendar, before and afterwards."""
    monkeypatch.setattr(festival_calendar, "_read_ahead", {})
    for known in (festivals_of, occasions_of):
        known.cache_clear()
    yield
    for known in (festivals_of, occasions_of):
        known.cache_clear()


@pytest.fixture
def known(database: Database) -> Database:
    """A database with a customer."""
    with database.transaction() as session:
        make_customer(session, country="DE", language="de")
    return database


def _not_here(country: str, year: int) -> None:
    raise AssertionError(f"the calendar of {country} in {year} is read in this process")


async def test_planners_read_no_calendar_here(
    known: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    there = [one.name for one in festivals_of("DE", 2026)]
    festivals_of.cache_clear()
    monkeypatch.setattr(festival_calendar, "_calendar", _not_here)
    days = FestivalDays(COMPANY)
    beats = Beats(known, COMPANY, wake=lambda: None, clock=lambda: CHRISTMAS, festival_days=days)

    with caplog.at_level(logging.INFO):
        for beat in beats_of(COMPANY, COMPANY.channels):
            await beats.run(beat)

    assert "the beat festivals did 1" in caplog.text
    assert "is read in this process" not in caplog.text
    assert [one.name for one in festivals_of("DE", 2026)] == there


async def test_where_there_is_nobody_nothing_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(festival_days, "do_aside", _no_room)
    await FestivalDays(COMPANY).read_ahead(database, now=CHRISTMAS)
    assert not_read_ahead([("DE", 2026)]) == [("DE", 2026)]


async def _no_room(*_work: object) -> None:
    raise AsideError("no process can be started (Cannot allocate memory)")


async def test_where_no_process_can_be_started_planners_read_them_here(
    known: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(festival_days, "do_aside", _no_room)
    days = FestivalDays(COMPANY)
    beats = Beats(known, COMPANY, wake=lambda: None, clock=lambda: CHRISTMAS, festival_days=days)

    with caplog.at_level(logging.INFO):
        for beat in beats_of(COMPANY, COMPANY.channels):
            await beats.run(beat)

    assert "calendars of festivals are read in this process: no process can be started" in caplog.text
    assert "the beat festivals did 1" in caplog.text
