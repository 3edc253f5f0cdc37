"""A Bot API server, and a connection to it that waits for nothing between tries."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram.connection import Telegram, open_telegram
from bot.channels.telegram.patience import Patience
from tests.botapi import BotApi
from tests.contract.harness import Inbox


@dataclass
class Waits:
    """Stands where ``asyncio.sleep`` stands, and writes down how long it was to wait."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Line:
    """What a test needs of one line to Telegram.

    Attributes:
        api: the server at the other end.
        inbox: what comes in.
        unreadable: the updates that could not be read: id, error and payload.
        waits: how long was waited between tries.
    """

    api: BotApi
    inbox: Inbox
    unreadable: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    waits: Waits = field(default_factory=Waits)

    def open(self, **settings: Any) -> AbstractAsyncContextManager[Telegram]:
        """Open the connection; ``settings`` as for ``open_telegram``."""
        usual: dict[str, Any] = {
            "token": self.api.token,
            "api_url": self.api.url,
            "take": self.inbox.take,
            "unreadable": self._keep,
            "clock": lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
            "patience": Patience(sleep=self.waits, jitter=lambda: 1.0),
        }
        return open_telegram(**(usual | settings))

    async def _keep(self, channel: str, update_id: str, error: str, payload: Mapping[str, Any]) -> None:
        assert channel == "telegram"
        self.unreadable.append((update_id, error, payload))

    def offsets(self) -> Sequence[int]:
        """What each request for updates confirmed."""
        return [int(call.payload["offset"]) for call in self.api.calls if call.method == "getUpdates"]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """A running Bot API server."""
    async with BotApi() as server:
        yield server


@pytest.fixture
def line(api: BotApi) -> Line:
    """A line to it."""
    inbox = Inbox()
    inbox.open.set()
    return Line(api, inbox)
