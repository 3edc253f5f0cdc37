"""One headless Chromium for all browser tests; where there is none they are skipped by name."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from store.engine import Database
from tests.bot.channels.webchat_house import House, standing
from tests.browser.found import find_chromium
from tests.patience import PATIENCE_S

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OpenPage = Callable[..., Awaitable[Page]]
LONGEST_PAUSE_MS = 15_000
"""Between two tries of a page to connect (``WAITS_S`` in link.js)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder; skip it where no browser is installed and none is required."""
    here = Path(__file__).parent
    missing = os.environ.get("REQUIRE_BROWSER") != "1" and find_chromium() is None
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if missing:
                item.add_marker(pytest.mark.skip(reason="no Chromium is installed"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser of the whole run."""
    path = await asyncio.to_thread(find_chromium)
    expect.set_options(timeout=PATIENCE_S * 1000)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        await running.close()


async def is_back(page: Page) -> None:
    """Let a page's pauses between its tries to connect go by, until it is connected again."""
    await page.clock.install()
    async with asyncio.timeout(PATIENCE_S):
        while await page.locator("#state").inner_text() != "Online":
            await page.clock.fast_forward(LONGEST_PAUSE_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """The web chat with an echo behind it."""
    async with standing(database, tmp_path) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens pages, each in a browser of its own as far as cookies go; an error on a page fails the test."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_(url: str, **context: Any) -> Page:
            window = await browser.new_context(**context)
            stack.push_async_callback(window.close)
            page = await window.new_page()
            page.set_default_timeout(PATIENCE_S * 1000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("dialog", lambda dialog: errors.append(f"a dialog opened: {dialog.message}"))
            await page.goto(url)
            return page

        yield open_
    assert errors == []
