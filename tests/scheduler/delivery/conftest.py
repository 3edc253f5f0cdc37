"""A lane on a moved clock."""

from collections.abc import AsyncIterator

import pytest

from store.tables import Base
from tests.scheduler.delivery.fakes import FakeChannel, InlineDatabase, MovedTime, Scene


@pytest.fixture
async def scene(sqlite_url: str) -> AsyncIterator[Scene]:
    """A lane to a messaging app, not yet running; it is stopped at the end."""
    database, time = InlineDatabase(sqlite_url), MovedTime()
    Base.metadata.create_all(database.engine)
    made = Scene(database, time, FakeChannel(time))
    yield made
    await made.stops()
    database.close()
