"""A lane on a moved clock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scheduler.delivery.fakes import FakeChannel, InlineDatabase, MovedTime, Scene
from tests.tables import new_sqlite


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A lane to a messaging app, not yet running; it is stopped at the end."""
    database, time = InlineDatabase(new_sqlite(tmp_path / "rapport.db")), MovedTime()
    made = Scene(database, time, FakeChannel(time))
    yield made
    await made.stops()
    database.close()
