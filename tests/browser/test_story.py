"""The main job in two browser windows, with the whole program between them and no account anywhere."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage, is_back
from tests.program import Program, running

COMPLAINT = "My parcel never arrived and nobody answers the phone. I am very disappointed."


@pytest_asyncio.fixture(loop_scope="session")
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    """The whole program, as ``make run`` starts it."""
    async with running(
        tmp_path, COMPANY_NAME="Lantern Tea", TIMEZONE="Europe/London", COUNTRY="GB"
    ) as started:
        yield started


async def hears(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the company says something on a page."""
    await expect(page.locator(".message.company", has_text=text).last).to_be_visible()


async def writes(page: Page, text: str) -> None:
    """Write a message and press Enter."""
    await page.fill("#text", text)
    await page.press("#text", "Enter")


async def test_a_complaint_from_the_first_word_to_the_last(program: Program, open_page: OpenPage) -> None:
    ana, mei = await open_page(f"{program.url}/chat?source=poster7"), await open_page(program.staff_link)
    await hears(ana, "Lantern Tea")
    await writes(ana, COMPLAINT)
    await hears(ana, re.compile(r"C-\d+"))
    alert = mei.locator(".message.company", has_text=COMPLAINT).first
    await expect(alert).to_be_visible()

    await alert.get_by_role("button", name="Take it").click()
    await expect(alert).to_contain_text("Desk")
    await alert.hover()
    await alert.get_by_role("button", name=re.compile("^Reply: ")).click()
    await writes(mei, "So sorry, it leaves again today.")
    await hears(ana, "So sorry, it leaves again today.")
    await writes(ana, "Thank you, I will wait for it")
    await hears(mei, "I will wait for it")

    await alert.get_by_role("button", name="Resolved").click()
    await mei.get_by_role("button", name="Delivery").last.click()
    await mei.get_by_role("button", name="Replaced").last.click()
    await hears(ana, "Is it?")
    await ana.locator(".choice").first.click()
    await hears(ana, "How well did we handle it")
    await ana.locator(".message.company", has_text="How well").locator(".choice").last.click()
    await hears(ana, "Thank you")

    await program.stop()
    await program.start()
    await is_back(ana)
    await ana.reload()
    await expect(ana.locator(".message.me .text").first).to_have_text(COMPLAINT)
    await expect(mei.locator("#state")).to_have_text("Online")  # by itself, after a while
