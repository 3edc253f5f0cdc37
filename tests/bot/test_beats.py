"""The beat: planners run, a failing one is logged and comes again, delivery is woken."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import beats as beats_module
from bot.beats import Beat, Beats, beats_of
from feedback import understanding
from store.engine import Database
from store.tables.customers import Customer
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.test_return_visits import LONG_AGO
from tests.talk import Talk


@dataclass
class Planned:
    """A planner that plays back what each run queues, and fails where that is an error."""

    results: list[int | Exception]
    runs: int = 0
    times: list[datetime] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def __call__(self, _session: Session, /, *, now: datetime) -> int:
        self.runs += 1
        self.times.append(now)
        result = self.results[self.runs - 1] if self.runs <= len(self.results) else 0
        if self.runs >= len(self.results):
            self.loop.call_soon_threadsafe(self.done.set)
        if isinstance(result, Exception):
            raise result
        return result


def make_beats(database: Database, *beats: Beat, wake: Callable[[], None] = lambda: None) -> Beats:
    return Beats(database, COMPANY, wake=wake, clock=lambda: NOW, beats=beats)


async def test_a_beat_runs_soon_and_again_and_is_given_the_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beats_module, "FIRST_AFTER_S", 0.0)
    planned = Planned([0, 0, 0])
    async with make_beats(database, Beat("test", 0.02, planned)):
        await asyncio.wait_for(planned.done.wait(), 10)
    assert planned.times[0] == NOW


async def test_a_clock_that_is_put_back_stops_no_beat(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(beats_module, "FIRST_AFTER_S", 3600.0)  # as after the clock was put back an hour
    monkeypatch.setattr(beats_module, "CLOCK_WATCHED_EVERY_S", 0.01)
    put_back_s = 0.0
    monkeypatch.setattr(beats_module, "time", SimpleNamespace(time=lambda: 0.0, monotonic=lambda: put_back_s))
    planned = Planned([0])
    async with make_beats(database, Beat("test", 3600, planned)):
        put_back_s = 3600.0
        await asyncio.wait_for(planned.done.wait(), 10)
    assert "the clock was moved by -3600 s" in caplog.text


@pytest.mark.parametrize("is_shared", [False, True])
async def test_a_beat_is_nudged_and_runs_at_once_whoever_keeps_it(
    database: Database, monkeypatch: pytest.MonkeyPatch, *, is_shared: bool
) -> None:
    monkeypatch.setattr(beats_module, "FIRST_AFTER_S", 3600.0)
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    under_way, most, runs = 0, 0, 0

    def plan(_session: Session, /, *, now: datetime) -> int:
        nonlocal under_way, most, runs
        runs, under_way = runs + 1, under_way + 1
        most = max(most, under_way)
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(10)
        under_way -= 1
        return 0

    beats = make_beats(database, Beat("hourly", 3600, plan), Beat("other", 3600, Planned([])))
    if is_shared:
        beats.hand_over()
    async with beats:
        beats.nudge({"hourly"})
        await asyncio.wait_for(begun.wait(), 10)
        for _ in range(3):
            beats.nudge({"hourly"})
        go_on.set()
        nudged = [task for task in asyncio.all_tasks() if task.get_name() == "beat hourly: nudged"]
        await asyncio.wait_for(asyncio.gather(*nudged), 10)
    assert (runs, most) == (2, 1)


async def test_a_beat_that_is_under_way_as_the_clock_is_moved_runs_once_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beats_module, "FIRST_AFTER_S", 0.0)
    begun, moved = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    runs: list[datetime] = []

    def plan(_session: Session, /, *, now: datetime) -> int:
        runs.append(now)
        loop.call_soon_threadsafe(begun.set)
        assert moved.wait(10)
        return 0

    async with make_beats(database, Beat("hourly", 3600, plan)) as beats:
        await asyncio.wait_for(begun.wait(), 10)
        begun.clear()
        beats.restart()
        await asyncio.sleep(0)
        moved.set()
        await asyncio.wait_for(begun.wait(), 10)
    assert len(runs) == 2


async def test_a_failing_beat_is_logged_and_the_next_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(beats_module, "FIRST_AFTER_S", 0.0)
    failing, fine = Planned([ValueError("no"), 0]), Planned([0, 0])
    with caplog.at_level(logging.ERROR, logger="bot.beats"):
        async with make_beats(database, Beat("bad", 0.02, failing), Beat("good", 0.02, fine)):
            await asyncio.wait_for(asyncio.gather(failing.done.wait(), fine.done.wait()), 10)
    assert "the beat bad failed" in caplog.text


async def test_delivery_is_woken_where_something_was_queued(database: Database) -> None:
    woken: list[bool] = []
    beats = make_beats(database, wake=lambda: woken.append(True))
    await beats.run(Beat("idle", 1, Planned([0])))
    assert woken == []
    await beats.run(Beat("busy", 1, Planned([3])))
    assert woken == [True]


async def test_a_draining_beat_runs_until_nothing_is_left(database: Database) -> None:
    planned = Planned([10, 10, 4, 0])
    await make_beats(database).run(Beat("large", 1, planned, drains=True))
    assert planned.runs == 4


async def test_what_a_failing_planner_wrote_is_undone(database: Database) -> None:
    def half_done(session: Session, *, now: datetime) -> int:
        make_customer(session, last_contact_at=now)
        raise RuntimeError("in the middle")

    await make_beats(database).run(Beat("half", 1, half_done))
    with database.reading() as session:
        assert session.execute(select(Customer.id)).all() == []


async def test_after_the_end_nothing_runs_any_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beats_module, "FIRST_AFTER_S", 0.0)
    planned = Planned([0])
    beats = make_beats(database, Beat("test", 0.01, planned))
    async with beats:
        await asyncio.wait_for(planned.done.wait(), 10)
    assert not beats._scheduler.running


async def test_only_beats_that_say_so_read_customers_words(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    talk.says("My teapot arrived broken, this is terrible!")
    monkeypatch.setattr(understanding, "_reading", _not_loaded)
    moments = [talk.now + timedelta(hours=hours) for hours in (0, 1, 5, 24, 80, 200)]

    async def run(*, reads_words: bool) -> None:
        for now in moments:
            beats = Beats(talk.database, COMPANY, wake=lambda: None, clock=partial(_given, now))
            for beat in beats_of(COMPANY, COMPANY.channels):
                if beat.reads_words is reads_words:
                    await beats.run(beat)

    await run(reads_words=False)
    assert "not_loaded" not in caplog.text
    await run(reads_words=True)
    assert "not_loaded" in caplog.text


def _not_loaded() -> None:
    raise AssertionError("words are understood where messages are handled")


def _given(now: datetime) -> datetime:
    return now


async def test_the_programs_own_beats_find_what_is_due(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session, last_contact_at=LONG_AGO)
    christmas = datetime(2026, 12, 25, 11, tzinfo=UTC)
    beats = Beats(database, COMPANY, wake=lambda: None, clock=lambda: christmas)
    for beat in beats_of(COMPANY, COMPANY.channels):
        await beats.run(beat)
    with database.reading() as session:
        kinds = set(session.scalars(select(OutboxMessage.kind)))
    assert kinds == {MessageKind.VISIT, MessageKind.GREETING}
