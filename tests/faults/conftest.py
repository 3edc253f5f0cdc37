"""The stage of the stories, on which things go wrong."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.stage import Stage, playing
from tests.faults.bent import Bend
from tests.postgres import PostgresServer


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The program, polling a Bot API server that can be told to fail; for one test."""
    async with playing(tmp_path) as set_up:
        yield set_up


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The same for a whole module: for faults that are over when their test is."""
    async with playing(tmp_path_factory.mktemp("program")) as set_up:
        yield set_up


@pytest.fixture
def bend(tmp_path: Path) -> Bend:
    """What moves the clock of a program that is started bent."""
    return Bend(tmp_path / "clock")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """The URL of an empty database, on each kind in turn."""
    if request.param == "sqlite":
        yield sqlite_url
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database() as url:
        yield url
