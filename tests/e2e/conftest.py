"""The stage of the stories, set anew for each module, or for each test where it must be fresh."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.botapi.server import BotApi
from tests.e2e.stage import AS_DOCUMENTED, Stage, playing


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One program for a whole module, whose tests run on the module's event loop."""
    async with playing(tmp_path_factory.mktemp("program")) as set_up:
        yield set_up


@pytest.fixture
async def fresh_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A program of the test's own."""
    async with playing(tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def paced_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The same, where a chat is told no more than Telegram allows: as most companies run it."""
    async with playing(tmp_path, **AS_DOCUMENTED) as set_up:
        yield set_up


@pytest.fixture
async def botapi() -> AsyncIterator[BotApi]:
    """A Bot API server of our own."""
    async with BotApi() as server:
        yield server
