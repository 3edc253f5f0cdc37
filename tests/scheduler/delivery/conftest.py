"""A lane on a moved clock."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.scheduler.delivery.fakes import FakeChannel, InlineDatabase, MovedTime, Scene
from tests.tables import new_sqlite


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A lane to a messaging app, not yet running; it is stopped at the end."""
    async with _scene(new_sqlite(tmp_path / "rapport.db")) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_scene(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer
) -> AsyncIterator[Scene]:
    """The same, on each kind of database in turn."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = new_sqlite(tmp_path / "rapport.db")
        else:
            url = stack.enter_context(postgres_server.new_database(tables=True))
        async with _scene(url) as made:
            yield made


@asynccontextmanager
async def _scene(url: str) -> AsyncIterator[Scene]:
    database, time = InlineDatabase(url), MovedTime()
    made = Scene(database, time, FakeChannel(time))
    yield made
    await made.stops()
    database.close()
