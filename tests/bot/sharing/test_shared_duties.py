"""A duty has one holder; when it stops or dies another goes on, on a real PostgreSQL."""

import asyncio
import gc
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from procrastinate import PsycopgConnector

from bot.notices import LocalNotices, Notices
from bot.sharing import shared_duties, task_engine
from bot.sharing.duties import Duty
from bot.sharing.shared_duties import SharedDuties
from bot.sharing.task_engine import open_connector
from store.engine import Database
from store.errors import ConfigurationError
from store.migrate import migrate
from tests.patience import PATIENCE_S, until
from tests.postgres import PostgresServer

ALL_WAIT = 4
"""The heartbeat, the guard of a duty, the offer of another, and whoever asks for a job."""


@dataclass
class Post:
    """A duty that notes who holds it."""

    name: str = "send:test"
    holders: list[str] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    most: int = 0

    def duty(self, holder: str) -> Duty:
        async def work() -> None:
            self.holders.append(holder)
            self.most = max(self.most, len(self.holders))
            self.taken.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.holders.remove(holder)
                self.taken.clear()

        return Duty(self.name, work)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that waits wait for a short time."""
    for module, name, value in (
        (task_engine, "LOOK_EVERY_S", 0.05),
        (task_engine, "HEARTBEAT_S", 0.1),
        (task_engine, "RESTART_AFTER_S", 0.05),
        (shared_duties, "OFFER_EVERY_S", 0.05),
        (shared_duties, "SWEEP_EVERY_S", 0.1),
        (shared_duties, "ASK_EVERY_S", 0.05),
        (shared_duties, "BLINK_S", 0.05),
        (shared_duties, "BALANCE_EVERY_S", 0.1),
        (shared_duties, "GRACE_S", 1.0),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def shared(postgres_server: PostgresServer, soon: None) -> Iterator[Database]:
    """A database with the task engine in it."""
    with opened(postgres_server) as database:
        yield database


@contextmanager
def opened(server: PostgresServer) -> Iterator[Database]:
    """Make a database with the task engine in it."""
    with server.new_database() as url:
        database = Database(url)
        migrate(database)
        yield database
        database.close()


@asynccontextmanager
async def process(
    connector: PsycopgConnector, *duties: Duty, notices: Notices | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Let one process do what falls to it; it hears the others only where they have the same notices."""
    notices = notices or LocalNotices()
    task = asyncio.create_task(SharedDuties(connector, duties, notices).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def count(database: Database, what: str) -> int:
    with psycopg.connect(database.conninfo) as connection:
        row = connection.execute(f"SELECT count(*) FROM procrastinate_{what}").fetchone()  # noqa: S608 - ours
        assert row is not None
        return int(row[0])


class Frozen:
    """A process that can be stopped dead, as SIGSTOP or a cut network does, and go on later."""

    def __init__(self, connector: PsycopgConnector, *duties: Duty) -> None:
        notices = LocalNotices()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(SharedDuties(connector, duties, notices).run())
        self._thread: threading.Thread | None = None

    def go_on(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def freeze(self) -> None:
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def end(self) -> None:
        self.freeze()
        self._task.cancel()
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        self._loop.close()


async def test_one_at_a_time_and_the_next_goes_on(shared: Database) -> None:
    post = Post()
    async with asyncio.timeout(PATIENCE_S):
        async with process(open_connector(shared), post.duty("first")):
            await post.taken.wait()
            async with process(open_connector(shared), post.duty("second")):
                await until(lambda: count(shared, "workers") == 2 and count(shared, "jobs") == 2)
                assert post.holders == ["first"]
        async with process(open_connector(shared), post.duty("third")):
            await post.taken.wait()
            assert post.holders == ["third"]
    assert post.most == 1


@pytest.mark.parametrize("standstill_s", [0.5, 60.0], ids=["by its clock", "by asking"])
async def test_a_silent_process_is_replaced_and_learns_of_it(
    shared: Database, standstill_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_duties, "STALLED_AFTER_S", 1.0)
    monkeypatch.setattr(shared_duties, "STANDSTILL_S", standstill_s)
    post, other = Post(), Post()
    silent = Frozen(open_connector(shared), post.duty("silent"))
    silent.go_on()
    await until(post.taken.is_set)
    silent.freeze()
    async with process(open_connector(shared), other.duty("lively")):
        await until(other.taken.is_set)
        assert post.holders == ["silent"]  # it does not know yet
        silent.go_on()
        await until(lambda: post.holders == [])
        assert other.holders == ["lively"]
        await asyncio.to_thread(silent.end)
    assert (post.most, other.most) == (1, 1)


async def test_many_duties_and_processes(shared: Database) -> None:
    posts = [Post(f"send:{number}") for number in range(4)]
    async with asyncio.timeout(PATIENCE_S):
        async with process(open_connector(shared), *(post.duty("a") for post in posts)):
            async with process(open_connector(shared), *(post.duty("b") for post in posts)):
                for post in posts:
                    await post.taken.wait()
            await until(lambda: all(post.holders == ["a"] for post in posts))
    assert {post.most for post in posts} == {1}


async def test_who_comes_later_gets_a_share(shared: Database) -> None:
    posts = [Post(f"send:{number}") for number in range(6)]
    notices = LocalNotices()

    def process_of(holder: str) -> AbstractAsyncContextManager[asyncio.Task[None]]:
        return process(open_connector(shared), *(post.duty(holder) for post in posts), notices=notices)

    def shares() -> list[int]:
        return sorted(Counter(holder for post in posts for holder in post.holders).values())

    async with process_of("a"):
        await until(lambda: shares() == [6])
        async with process_of("b"), process_of("c"):
            await until(lambda: shares() == [2, 2, 2])
        await until(lambda: shares() == [6])
    assert {post.most for post in posts} == {1}


async def test_a_duty_that_fails_ends_its_process(shared: Database) -> None:
    async def work() -> None:
        raise ConfigurationError("the token is refused")

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ConfigurationError, match="token"):
            await SharedDuties(open_connector(shared), [Duty("receive:test", work)], LocalNotices()).run()


async def test_trouble_while_a_duty_is_given_up_ends_nothing(
    shared: Database, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[int] = []

    async def work() -> None:
        taken.append(len(taken))
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("what was sent could not be noted")

    unheard: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    caplog.set_level("INFO")
    async with process(open_connector(shared), Duty("send:test", work)) as running:
        await until(lambda: len(taken) == 1)
        with psycopg.connect(shared.conninfo, autocommit=True) as other:
            other.execute("DELETE FROM procrastinate_jobs WHERE status = 'doing'")
        await until(lambda: len(taken) > 1)
        assert not running.done()
    assert "has the duty send:test no more (OSError('what was sent could not be noted'))" in caplog.text
    gc.collect()  # only then it shows that nobody asked how a task had ended
    assert unheard == []


async def test_a_duty_has_time_to_put_things_in_order(shared: Database) -> None:
    """We tell it to end, and the task engine does so, too, while it is at that."""
    begun, in_order = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.3)
            in_order.set()

    async with process(open_connector(shared), Duty("send:test", work)):
        await until(begun.is_set)
    assert in_order.is_set()


async def test_a_database_that_goes_away_costs_nobody_a_duty(
    postgres_server: PostgresServer, shared: Database
) -> None:
    post = Post()
    async with process(open_connector(shared), post.duty("first")):
        await until(post.taken.is_set)
        for _ in range(3):
            with psycopg.connect(postgres_server.uri, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()",
                    [shared.url.database],
                )
        await until(lambda: count(shared, "jobs") == 2 and count(shared, "workers") >= 1)
        await until(lambda: post.holders == ["first"])
        assert post.most == 1


async def test_a_process_ends_though_the_database_is_away(
    own_postgres_server: PostgresServer, soon: None
) -> None:
    post = Post()
    with opened(own_postgres_server) as shared:
        async with process(open_connector(shared), post.duty("first")) as running:
            await until(post.taken.is_set)
            async with own_postgres_server.away():
                running.cancel()
                await asyncio.wait([running], timeout=PATIENCE_S)
                assert running.done()
        assert post.holders == []


async def test_it_ends_at_once_though_it_waits_for_a_job_meanwhile(
    own_postgres_server: PostgresServer, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine, which asks for the other duty then, tells a job to end only once it has its answer."""
    monkeypatch.setattr(shared_duties, "GRACE_S", 10 * PATIENCE_S)
    ours, others = Post(), Post("receive:test")
    with opened(own_postgres_server) as shared:
        connector = open_connector(shared)
        async with process(open_connector(shared), others.duty("other")):
            await until(others.taken.is_set)
            async with process(connector, ours.duty("first"), others.duty("first")) as running:
                await until(ours.taken.is_set)
                async with own_postgres_server.away():
                    await until(lambda: connector.pool.get_stats()["requests_waiting"] >= ALL_WAIT)
                    running.cancel()
                    await asyncio.wait([running], timeout=PATIENCE_S)
                    assert running.done()
                    assert others.holders == ["other"]
        assert ours.holders == []
