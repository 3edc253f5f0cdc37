"""Takes the pictures of the chat in ``docs/outreach.md``: ``python -m tests.browser.pictures [FOLDER]``.

The real program, on a clock that is moved, its real pages, and a Chromium; nothing is drawn. Look at each
picture before it goes into the docs.
"""

import asyncio
import re
import struct
import sys
import tempfile
import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

import numpy as np
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import select

from bot.tickets import DOOR
from store.tables.customers import Customer
from tests.browser.conftest import ARGUMENTS
from tests.browser.found import find_chromium
from tests.factories import make_customer
from tests.faults.bent import Bend
from tests.patience import PATIENCE_S
from tests.program import Program, kept_running

HERE = Path(__file__).parent.parent.parent / "docs" / "images"
SETTINGS = {"COMPANY_NAME": "Lantern Tea", "TIMEZONE": "Europe/London", "COUNTRY": "GB"}
SOON = {"bot.beats.CLOCK_WATCHED_EVERY_S": 0.2}

PLANNED = datetime(2027, 1, 20, 10, 30, tzinfo=UTC)
START = datetime(2027, 2, 6, 15, 0, tzinfo=UTC)
SILENT = PLANNED + timedelta(days=90, hours=1)
PHONE, DESK = (390, 780), (560, 900)
EVENT = "/newevent Spring Festival tea | 2027-02-06 15:00 | Harbour Hall | 40 | all"


PIXELS = """async picture => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
  let text = '';
  for (let at = 0; at < pixels.length; at += 8192)
    text += String.fromCharCode(...pixels.subarray(at, at + 8192));
  return [image.width, image.height, btoa(text)];
}"""
"""Reads a picture in the browser, which can do that."""


class Studio:
    """The program, its clock, and the browser windows of those who are in the pictures."""

    def __init__(self, program: Program, bend: Bend, browser: Browser, folder: Path) -> None:
        """Say what is photographed, and where the pictures go."""
        self.program, self.bend, self.browser, self.folder = program, bend, browser, folder

    async def it_is(self, moment: datetime) -> None:
        """Move the program's clock."""
        seconds = ceil((moment - datetime.now(UTC)).total_seconds() - self.bend.leap_s)
        self.bend.leaps(seconds)
        await self.program.logs(f"the clock was moved by {seconds:+.0f} s: every beat runs now")

    async def opens(self, address: str, *, size: tuple[int, int] = PHONE, language: str = "en-GB") -> Page:
        """Open a page in a window of its own."""
        window = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            timezone_id="Europe/London",
            color_scheme="light",
        )
        page = await window.new_page()
        await page.clock.set_fixed_time(datetime.now(UTC) + timedelta(seconds=self.bend.leap_s))
        await page.goto(address)
        return page

    async def takes(self, page: Page, name: str, *, height: int | None = None) -> None:
        """Take a picture of a page as it stands: nothing is pointed at, and nothing is being written."""
        await page.mouse.move(0, 0)
        await page.evaluate("document.activeElement.blur()")
        if height is not None:
            width = await page.evaluate("innerWidth")
            await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(600)
        path = self.folder / name
        path.write_bytes(await _in_few_colours(self.browser, await page.screenshot()))
        sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes\n")


async def _in_few_colours(browser: Browser, picture: bytes) -> bytes:
    """Write a picture with a palette: the colours that are there most; others become the nearest of those."""
    blank = await browser.new_page()
    width, height, pixels = await blank.evaluate(PIXELS, b64encode(picture).decode())
    await blank.close()
    raw = np.frombuffer(b64decode(pixels), dtype=np.uint8).reshape(-1, 4)[:, :3]
    colours, places, counts = np.unique(raw, axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-counts)[:256]].astype(np.int32)
    nearest = [int(np.square(palette - colour).sum(axis=1).argmin()) for colour in colours]
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # each begins with its filter: none
    lines[:, 1:] = np.asarray(nearest, dtype=np.uint8)[places.reshape(height, width)]
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


async def says(page: Page, text: str, answer: str) -> None:
    """Write something, and wait for an answer with some words."""
    await page.fill("#text", text)
    await page.press("#text", "Enter")
    await hears(page, answer)


async def taps(page: Page, label: str, answer: str) -> None:
    """Tap the newest button with a label, and wait for an answer with some words."""
    await page.get_by_role("button", name=label, exact=True).last.click()
    await hears(page, answer)


async def hears(page: Page, words: str) -> None:
    """Wait until the company has said something with some words."""
    await expect(page.locator(".message.company", has_text=words).last).to_be_visible()


def _take_in_customers(program: Program) -> None:
    database = program.database()
    with database.transaction() as session:
        for name, language in (("Jonas", "en"), ("小明", "zh"), ("Priya", "en")):
            sender = f"w-{name}"
            make_customer(session, channel="webchat", sender=sender, display_name=name, language=language)
    database.close()


def _name_them(program: Program) -> None:
    """Give those who wrote on the page the names that another app would have told."""
    database = program.database()
    with database.transaction() as session:
        nameless = select(Customer).where(Customer.display_name == "").order_by(Customer.id)
        for customer, name in zip(session.scalars(nameless), ("Ana Silva", "李明"), strict=True):
            customer.display_name = name
    database.close()


async def _campaign(studio: Studio, mei: Page) -> None:
    await says(mei, "/campaign", "What should customers read?")
    await says(
        mei, "Hello {first_name|friend}! The first oolong of the year is here.", "Version A is there in"
    )
    await says(mei, "zh: {first_name|朋友}您好！今年的第一批乌龙茶到了。", "Version A is there in")
    await taps(mei, "Go on", "A picture above it?")
    await taps(mei, "Skip", "Buttons under it?")
    await says(mei, "Keep me one | Done, it waits for you.", "The same buttons in")
    await says(mei, "给我留一份 | 好的，已为您留好。", "Who gets it?")
    await says(mei, "all", "That is everybody")
    await taps(mei, "Yes, everybody", "When?")
    await says(mei, "tomorrow 10:00 local", "will read it (中文)")
    await expect(mei.get_by_role("button", name="Test to me")).to_be_visible()
    await studio.takes(mei, "campaign-preview.png", height=886)
    await mei.get_by_role("button", name="Cancel", exact=True).last.click()
    await hears(mei, "Cancelled; nothing was sent.")


async def _event(studio: Studio, mei: Page, ana: Page) -> str:
    await says(mei, EVENT, "This is what customers will get, as if it went to ")
    await taps(mei, "Send invitations", "is done")
    await taps(ana, "Going", "Your ticket")
    await studio.takes(ana, "event-chat.png", height=1028)
    shown = await ana.locator(".message.company", has_text="Your ticket").last.inner_text()
    found = re.search(r"([A-Z0-9]{4})-([A-Z0-9]{4})", shown)
    if found is None:
        raise RuntimeError(f"no code is in {shown!r}")
    return "".join(found.groups())


async def _door(studio: Studio, mei: Page, code: str) -> None:
    await studio.it_is(START - timedelta(minutes=20))
    await mei.set_viewport_size({"width": PHONE[0], "height": 520})
    await mei.goto(f"{studio.program.url}{DOOR}{code}")
    await studio.takes(mei, "check-in.png")


async def _visit(studio: Studio, li: Page) -> None:
    await studio.it_is(SILENT)
    await li.clock.set_fixed_time(SILENT)
    await hears(li, "好久没有联系了")
    await taps(li, "4", "很高兴听到这个消息")
    await studio.takes(li, "visit-zh.png", height=460)


async def _play(studio: Studio) -> None:
    mei = await studio.opens(studio.program.staff_link, size=DESK)
    await studio.it_is(PLANNED)
    await mei.clock.set_fixed_time(PLANNED)
    await mei.reload()
    _take_in_customers(studio.program)
    await _campaign(studio, mei)
    ana = await studio.opens(f"{studio.program.url}/chat")
    li = await studio.opens(f"{studio.program.url}/chat", language="zh-CN")
    await says(ana, "Hello", "What can I do for you?")
    await says(li, "/festivals", "在这些节日我们会给您送祝福")
    await studio.takes(li, "festivals-zh.png", height=556)
    _name_them(studio.program)
    code = await _event(studio, mei, ana)
    await _door(studio, mei, code)
    await _visit(studio, li)


async def main(folder: Path) -> None:
    """Play it, and take the pictures into a folder."""
    path = await asyncio.to_thread(find_chromium)
    expect.set_options(timeout=PATIENCE_S * 1000)
    with tempfile.TemporaryDirectory() as scratch:
        bend = Bend(Path(scratch) / "clock", SOON)
        async with (
            kept_running(bend.program(Path(scratch), SETTINGS)) as program,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
            await _play(Studio(program, bend, browser, folder))
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE))
