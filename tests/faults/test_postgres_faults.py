"""The PostgreSQL server crashes, cuts us off, locks us out or is full: nothing is lost or said twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from tests.e2e.stage import Stage, playing
from tests.faults.crowd import Crowd
from tests.patience import PATIENCE_S
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "a-password-of-the-database"
CUTS = 3
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
WHILE_IT_TAKES = """
    AND EXISTS (SELECT FROM pg_locks WHERE relation = 'inbox'::regclass AND mode = 'RowExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
"""Who holds such a lock is in a transaction that takes what people wrote."""

CRASHES = 3
FULL = 100
"""More connections than the server takes; ``max_connections`` is 100."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    own_postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One program for the module, on a database of its own."""
    with own_postgres_server.new_database() as uri:
        url = make_url(uri).set(password=PASSWORD).render_as_string(hide_password=False)
        folder = tmp_path_factory.mktemp("program")
        async with playing(folder, DATABASE_URL=url, LOG_LEVEL="DEBUG", STAFF_CHAT="web") as set_up:
            yield set_up


@pytest.fixture(scope="module")
def crowd(stage: Stage) -> Crowd:
    return Crowd(stage.botapi, stage.program, 20)


async def _still_holds(stage: Stage, crowd: Crowd) -> None:
    await crowd.is_served()
    crowd.check()
    assert PASSWORD not in stage.program.log
    assert "Traceback" not in stage.program.log
    await stage.program.is_well()
    assert (await stage.program.get("/readyz"))[0] == 200


async def test_connections_are_cut_while_people_write(stage: Stage, crowd: Crowd) -> None:
    async with crowd.writing():
        for _ in range(CUTS):
            await _cut_in_the_middle(stage)
        for _ in range(CUTS):
            await asyncio.sleep(crowd.chance.uniform(0.0, 0.3))
            _cut_all(stage)
    await _still_holds(stage, crowd)


async def test_the_server_crashes_while_people_write(
    own_postgres_server: PostgresServer, stage: Stage, crowd: Crowd
) -> None:
    async with crowd.writing():
        for _ in range(CRASHES):
            await asyncio.sleep(crowd.chance.uniform(0.1, 0.6))
            async with own_postgres_server.away():
                await asyncio.sleep(crowd.chance.uniform(0.0, 0.3))
    await stage.program.logs("the PostgreSQL server is away")
    await _still_holds(stage, crowd)


async def test_others_hold_every_connection(
    own_postgres_server: PostgresServer, stage: Stage, crowd: Crowd
) -> None:
    with _hog(own_postgres_server, stage):
        crowd.writes()
        line = await stage.program.logs("the PostgreSQL server has no connection left")
        assert "end what holds them, or raise its max_connections" in line
    await _still_holds(stage, crowd)


async def test_a_slow_transaction_of_somebody_holds_us_up(
    own_postgres_server: PostgresServer, stage: Stage, crowd: Crowd
) -> None:
    with psycopg.connect(stage.program.database_url) as other:
        other.execute("LOCK TABLE customers, outbox IN ACCESS EXCLUSIVE MODE")
        crowd.writes(60)  # more than there are threads, so that all of them wait
        await _waits_for_locks(own_postgres_server)
        assert (await stage.program.get("/chat"))[0] == 200
    await _still_holds(stage, crowd)


@pytest.mark.parametrize("back", [False, True])
async def test_it_is_stopped_while_the_server_is_away_or_just_back(
    back: bool,  # noqa: FBT001 - a parameter of the test
    own_postgres_server: PostgresServer,
    stage: Stage,
    crowd: Crowd,
) -> None:
    crowd.writes()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(own_postgres_server.away())
        await stage.program.logs("the PostgreSQL server is away")
        await asyncio.sleep(crowd.chance.uniform(0.0, 3.0))  # whatever it does in this time
        if back:
            await stack.aclose()
        assert await stage.program.stop() == 0
    await stage.program.start()
    await crowd.is_served()
    crowd.check(repeats=True)


@contextmanager
def _hog(server: PostgresServer, stage: Stage) -> Iterator[None]:
    """Take every connection that the server gives, ours too, while the block lasts."""
    with ExitStack() as stack:
        for _ in range(2 * FULL):
            try:
                taken = stack.enter_context(psycopg.connect(server.uri, autocommit=True))
            except psycopg.OperationalError:
                _cut_ours(taken, stage)
                continue
        yield


async def _cut_in_the_middle(stage: Stage) -> None:
    """Cut all connections of the program when it is about to commit what people wrote."""
    with psycopg.connect(stage.program.database_url, autocommit=True) as admin:
        async with asyncio.timeout(PATIENCE_S):
            while not admin.execute(CUT + WHILE_IT_TAKES).fetchall():  # noqa: ASYNC110 - another process writes
                await asyncio.sleep(0)


def _cut_all(stage: Stage) -> None:
    with psycopg.connect(stage.program.database_url, autocommit=True) as admin:
        admin.execute(CUT)


def _cut_ours(connection: psycopg.Connection, stage: Stage) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        [make_url(stage.program.database_url).database],
    )


async def _waits_for_locks(server: PostgresServer) -> None:
    """Wait until somebody waits for a lock."""
    with psycopg.connect(server.uri, autocommit=True) as admin:
        async with asyncio.timeout(PATIENCE_S):
            while not admin.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():  # noqa: ASYNC110 - another process waits
                await asyncio.sleep(0.02)
