"""Each beat is run once, however many processes keep it, and after the clock was moved, too."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from procrastinate import periodic

from bot.beats import Beat
from bot.sharing import task_engine
from bot.sharing.shared_beats import SharedBeats, cron_of
from bot.sharing.task_engine import open_connector
from customers.erasure import scrub_farewells
from store.engine import Database
from store.migrate import migrate
from tests.patience import PATIENCE_S
from tests.postgres import PostgresServer


@pytest.fixture
def shared(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with the task engine in it, at which workers look often."""
    monkeypatch.setattr(task_engine, "LOOK_EVERY_S", 0.05)
    with postgres_server.new_database() as url:
        database = Database(url)
        migrate(database)
        yield database
        database.close()


@dataclass
class Drum:
    """Counts the beats that were run, by the second in which they were."""

    beats: Counter[int] = field(default_factory=Counter)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    until: int = 3

    async def run(self, _beat: Beat) -> None:
        self.beats[int(time.time())] += 1
        if self.beats.total() >= self.until:
            self.heard.set()


@asynccontextmanager
async def keeping(database: Database, drum: Drum) -> AsyncIterator[SharedBeats]:
    beats = SharedBeats(lambda: open_connector(database), [Beat("test", 1, scrub_farewells)], drum.run)
    task = asyncio.create_task(beats.run())
    try:
        yield beats
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_beat_is_run_once_over_many_processes(shared: Database) -> None:
    drum = Drum(until=4)
    began = time.time()
    async with keeping(shared, drum), keeping(shared, drum), keeping(shared, drum):
        await asyncio.wait_for(drum.heard.wait(), PATIENCE_S)
    # The first may make up for the second before the start.
    assert drum.beats.total() <= time.time() - began + 2


async def test_a_clock_that_is_put_back_stops_no_beat(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drum = Drum(until=1)
    async with keeping(shared, drum) as beats:
        await asyncio.wait_for(drum.heard.wait(), PATIENCE_S)
        monkeypatch.setattr(periodic, "time", Shifted(-3600.0))
        beats.restart()
        drum.until = drum.beats.total() + 2
        drum.heard.clear()
        await asyncio.wait_for(drum.heard.wait(), PATIENCE_S)


@dataclass
class Shifted:
    """Stands where the module ``time`` stands, with a wall clock that was moved."""

    by_s: float

    def time(self) -> float:
        return time.time() + self.by_s


@pytest.mark.parametrize(
    ("every_s", "line"),
    [
        (2, "* * * * * */2"),
        (15, "* * * * * */15"),
        (60, "*/1 * * * *"),
        (300, "*/5 * * * *"),
        (3600, "0 */1 * * *"),
    ],
)
def test_intervals_as_a_calendar_keeps_them(every_s: float, line: str) -> None:
    assert cron_of(every_s) == line


@pytest.mark.parametrize("every_s", [0, 0.5, 7, 90, 7000])
def test_intervals_that_no_calendar_keeps(every_s: float) -> None:
    with pytest.raises(ValueError, match="calendar"):
        cron_of(every_s)
