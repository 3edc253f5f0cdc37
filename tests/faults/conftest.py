"""The stage of the stories, on which things go wrong."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.stage import Stage, playing
from tests.faults.bent import Bend


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
