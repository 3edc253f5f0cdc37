"""The running program beside a Bot API server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.botapi.server import BotApi
from tests.program import Program, running

STAFF_GROUP = -1_001_234_567_890


@pytest.fixture
async def botapi() -> AsyncIterator[BotApi]:
    """A Bot API server of our own."""
    async with BotApi() as server:
        yield server


@pytest.fixture
async def program(tmp_path: Path, botapi: BotApi) -> AsyncIterator[Program]:
    """The whole program, polling that server, with its staff chat in a Telegram group."""
    async with running(
        tmp_path,
        TELEGRAM_TOKEN=botapi.token,
        TELEGRAM_API_URL=botapi.url,
        STAFF_CHAT=f"telegram:{STAFF_GROUP}",
        COMPANY_NAME="Lantern Tea",
        TIMEZONE="Europe/London",
        COUNTRY="GB",
    ) as started:
        yield started
