"""What one process tells the others: in one program, and over PostgreSQL."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import uvloop

from bot.notices import MISSED, Notices
from bot.postgres_notices import MAX_BYTES, MAX_WAITING, PostgresNotices
from bot.sharing.noticeboard import open_notices
from store.engine import Database
from tests.patience import PATIENCE_S
from tests.postgres import PostgresServer


@dataclass
class Ear:
    """Keeps what it hears of a topic."""

    notices: Notices
    topic: str = "lanes"
    heard: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.notices.subscribe(self.topic, self._hear)

    def _hear(self, payload: str) -> None:
        self.heard.append(payload)
        self._changed.set()

    async def until(self, condition: Callable[[list[str]], bool]) -> None:
        """Wait until what was heard meets a condition."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition(self.heard):
                self._changed.clear()
                await self._changed.wait()

    async def hears(self, payload: str) -> None:
        """Wait for a payload."""
        await self.until(lambda heard: payload in heard)


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_server.new_database() as url:
        database = Database(url)
        yield database
        database.close()


@dataclass
class Processes:
    """Notices of one PostgreSQL database, opened as often as there would be processes."""

    database: Database
    stack: AsyncExitStack

    async def begin(self) -> Ear:
        """Open one more and wait until it listens."""
        ear = Ear(await self.stack.enter_async_context(open_notices(self.database)))
        await ear.hears(MISSED)
        ear.heard.clear()
        return ear

    def execute(self, statement: str) -> list[Any]:
        """Run a statement beside them."""
        with self.database.engine.connect() as connection:
            return list(connection.exec_driver_sql(statement))

    def cut(self) -> int:
        """End every connection of the notices, as a restart of the server does; returns how many."""
        return len(
            self.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'rapport notices' AND datname = current_database()"
            )
        )


@pytest.fixture
async def processes(postgres: Database) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        yield Processes(postgres, stack)


async def test_a_lone_program_hears_itself(database: Database) -> None:
    async with open_notices(database) as notices:
        lanes, pages = Ear(notices), Ear(notices, "webchat")
        await notices.publish("lanes", "telegram")
        assert (lanes.heard, pages.heard) == (["telegram"], [])


async def test_publishing_raises_nothing_whoever_hears(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(_payload: str) -> None:
        raise RuntimeError("stumbled")

    async with open_notices(database) as notices:
        notices.subscribe("lanes", stumble)
        after = Ear(notices)
        await notices.publish("lanes", "telegram")
        assert after.heard == ["telegram"]
    assert "could not be heard" in caplog.text


async def test_every_process_hears_once(processes: Processes) -> None:
    one, two, three = [await processes.begin() for _ in range(3)]
    await one.notices.publish("lanes", "first 你好 \x00 \ud800")
    await one.notices.publish("other", "not for lanes")
    await one.notices.publish("lanes", "last")
    for ear in (two, three):
        await ear.hears("last")
    # What came back to the publisher came before this answer.
    await two.notices.publish("lanes", "answer")
    await one.hears("answer")
    await three.hears("answer")
    said = ["first 你好 \x00 \ud800", "last", "answer"]
    assert one.heard == two.heard == three.heard == said


async def test_what_is_too_long_only_says_that_there_is_something(processes: Processes) -> None:
    one, two = await processes.begin(), await processes.begin()
    longest = "x" * (MAX_BYTES - len('["00000000", "lanes", ""]'))
    await one.notices.publish("lanes", longest)
    await one.notices.publish("lanes", longest + "x")
    await two.until(lambda heard: len(heard) == 2)
    assert two.heard == [longest, MISSED]


async def test_other_users_of_the_channel_are_passed_over(processes: Processes) -> None:
    ear = await processes.begin()
    with processes.database.engine.begin() as connection:
        for strange in ("no json", "[1]", "{}", '[null, ["lanes"], 7]', '["a", "lanes", 7]'):
            connection.exec_driver_sql("SELECT pg_notify('rapport', %s)", (strange,))
    await (await processes.begin()).notices.publish("lanes", "still here")
    await ear.hears("still here")
    assert ear.heard == ["still here"]


async def test_who_lost_the_line_is_told_and_hears_again(
    processes: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.postgres_notices")
    one, two = await processes.begin(), await processes.begin()
    await one.notices.publish("lanes", "before")
    await two.hears("before")
    caplog.clear()
    assert processes.cut() >= 3  # two that listen, one that told
    for ear in (one, two):
        await ear.hears(MISSED)
    await one.notices.publish("lanes", "after")
    await two.hears("after")
    told = [record.getMessage() for record in caplog.records]
    assert sum("cannot hear" in line for line in told) == 2
    assert sum("can hear the others again" in line for line in told) == 2
    assert not any("tell" in line for line in told)


async def test_the_last_words_leave_before_the_end(processes: Processes) -> None:
    ear = await processes.begin()
    async with open_notices(processes.database) as leaving:
        await leaving.publish("lanes", "goodbye")
    await ear.hears("goodbye")


async def test_a_database_that_is_away_is_told_once_and_takes_what_waited(
    postgres: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.postgres_notices")
    away = True
    tries = 0
    many_tries = asyncio.Event()
    url = postgres.url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def connect() -> psycopg.AsyncConnection[Any]:
        nonlocal tries
        tries += 1
        if tries > 6:
            many_tries.set()
        if away:
            raise psycopg.OperationalError("no route to the database\nsecret details")
        return await psycopg.AsyncConnection.connect(url, autocommit=True)

    notices = PostgresNotices(connect, jitter=lambda: -0.5)  # it waits for no time at all between two tries
    async with open_notices(postgres) as other, asyncio.TaskGroup() as group:
        tasks = [group.create_task(notices.listen()), group.create_task(notices.send())]
        ear = Ear(other)
        await ear.hears(MISSED)
        ear.heard.clear()
        for _ in range(3):
            await notices.publish("lanes", "telegram")
        async with asyncio.timeout(PATIENCE_S):
            await many_tries.wait()
        away = False
        await ear.hears("telegram")
        assert ear.heard == ["telegram"]
        for task in tasks:
            task.cancel()
    told = [record.getMessage() for record in caplog.records if "no route" in record.getMessage()]
    assert sorted("cannot hear" in line for line in told) == [False, True]
    assert "secret details" not in caplog.text


async def test_hints_that_wait_are_bounded(postgres: Database) -> None:
    async def never() -> psycopg.AsyncConnection[Any]:
        raise psycopg.OperationalError("away")

    notices = PostgresNotices(never)
    here = Ear(notices)
    for number in range(3 * MAX_WAITING):
        await notices.publish("lanes", str(number))
        await notices.publish("webchat", "the same")
    assert len(here.heard) == 3 * MAX_WAITING
    assert len(notices._waiting) <= MAX_WAITING
    assert {("lanes", MISSED), ("webchat", MISSED)} <= set(notices._waiting)


async def test_no_password_in_the_log(postgres: Database, caplog: pytest.LogCaptureFixture) -> None:
    url = postgres.url.set(username="nobody", password="a secret of ours", host="127.0.0.1", port=1, query={})
    nowhere = Database(url.render_as_string(hide_password=False))
    told = asyncio.Event()

    def see(_record: logging.LogRecord) -> bool:
        told.set()
        return True

    caplog.handler.addFilter(see)
    async with open_notices(nowhere), asyncio.timeout(PATIENCE_S):
        await told.wait()
    caplog.handler.removeFilter(see)
    nowhere.close()
    assert "cannot hear" in caplog.text
    assert "a secret of ours" not in caplog.text


def test_it_runs_on_uvloop(postgres: Database) -> None:
    async def talk() -> None:
        async with AsyncExitStack() as stack:
            processes = Processes(postgres, stack)
            one, two = await processes.begin(), await processes.begin()
            await one.notices.publish("lanes", "telegram")
            await two.hears("telegram")
            processes.cut()
            await two.hears(MISSED)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(talk())
