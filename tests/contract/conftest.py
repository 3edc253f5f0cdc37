"""The channels that the contract suite runs over; a new channel is a line more."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.contract.harness import ChannelHarness
from tests.contract.telegram_harness import telegram_harness
from tests.contract.webchat_harness import webchat_harness

HARNESSES: dict[str, Callable[[], AbstractAsyncContextManager[ChannelHarness]]] = {
    "telegram-polling": lambda: telegram_harness("polling"),
    "telegram-webhook": lambda: telegram_harness("webhook"),
    "webchat": webchat_harness,
}


@pytest.fixture(params=HARNESSES)
async def harness(request: pytest.FixtureRequest) -> AsyncIterator[ChannelHarness]:
    """Each channel in turn, running, with a person at the other end."""
    async with HARNESSES[request.param]() as running:
        yield running
