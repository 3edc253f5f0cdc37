"""PostgreSQL dies while a COMMIT of ours is under way, so that we cannot know whether it was made."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from store.tables.queues import InboxUpdate
from tests.e2e.stage import Stage, playing
from tests.faults.crowd import Crowd
from tests.patience import PATIENCE_S, until
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="module")]

COMMITTING = """
    SELECT 1 FROM pg_stat_activity a JOIN pg_locks l USING (pid)
    WHERE a.datname = current_database() AND a.state = 'active' AND a.query ILIKE 'commit%'
      AND l.relation = 'inbox'::regclass AND l.mode = 'RowExclusiveLock'
"""
"""A backend that commits what it wrote to the inbox; it keeps its locks until the commit is told."""


A_WHILE_S = 3.0
"""For so long commits take long at most, until one of the inbox does."""

HELD = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
"""A backend whose commit is made and not told."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What lets a COMMIT take long.

    Attributes:
        settings: of the server.
        made: whether the commit is on the disk by then; None where it may or may not be.
    """

    settings: tuple[tuple[str, str], ...]
    made: bool | None


MADE = Hold((("synchronous_standby_names", "nobody"),), made=True)
"""Made and kept, but told to us only when a standby has it, too; there is none."""

NOT_YET = Hold((("commit_delay", "100000"), ("commit_siblings", "0")), made=None)
"""It waits a tenth of a second before anything of it is written to the disk."""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of our own, for its settings are changed; it forces its writes, which one of them is about."""
    with PostgresServer.running(syncs=True) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One program for the module."""
    with server.new_database() as url:
        async with playing(tmp_path_factory.mktemp("program"), DATABASE_URL=url, STAFF_CHAT="web") as set_up:
            yield set_up


@pytest.fixture(scope="module")
def crowd(stage: Stage) -> Crowd:
    return Crowd(stage.botapi, stage.program, 20)


@pytest.mark.parametrize("hold", [MADE, NOT_YET], ids=["made but not told", "not yet written"])
async def test_the_server_dies_in_a_commit(
    server: PostgresServer, stage: Stage, crowd: Crowd, hold: Hold
) -> None:
    crowd.writes()
    await crowd.is_served()
    for _ in range(2):
        handled = _handled(stage)
        try:
            await _dies_in_a_commit(server, stage, crowd, hold)
            if hold.made is not None:
                assert (_handled(stage) > handled) is hold.made
        finally:
            _signal(stage, signal.SIGCONT)
        await crowd.is_served()
        crowd.check()
        assert "Traceback" not in stage.program.log
        await stage.program.is_well()


async def _dies_in_a_commit(server: PostgresServer, stage: Stage, crowd: Crowd, hold: Hold) -> None:
    """Let it die; it runs again as always, but the program stands still and does not know yet."""
    with psycopg.connect(stage.program.database_url, autocommit=True) as admin:
        try:
            async with crowd.writing(), asyncio.timeout(PATIENCE_S):
                while not await _is_caught(admin, hold):
                    pass
            _signal(stage, signal.SIGSTOP)
        finally:
            admin.execute("ALTER SYSTEM RESET ALL")  # holds from the next start
            server.stops_at_once()
    await asyncio.to_thread(server.starts_again)


async def _is_caught(admin: psycopg.Connection, hold: Hold) -> bool:
    """Let commits take long until one of the inbox does.

    Another may be caught first, for which that of the inbox waits. It is let go then.
    """
    for name, value in hold.settings:
        admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    admin.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + A_WHILE_S
    while time.monotonic() < deadline:
        if admin.execute(COMMITTING).fetchone():
            return True
        await asyncio.sleep(0)
    admin.execute("ALTER SYSTEM RESET ALL")
    admin.execute("SELECT pg_reload_conf()")
    # Set again before the server has seen it, it would let nobody go.
    await until(lambda: admin.execute(HELD).fetchone() is None)
    return False


def _handled(stage: Stage) -> int:
    return int(stage.column(select(func.count()).select_from(InboxUpdate))[0])


def _signal(stage: Stage, number: signal.Signals) -> None:
    for pid in stage.program.pids:
        os.kill(pid, number)
