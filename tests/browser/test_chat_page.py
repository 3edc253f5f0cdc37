"""The customers' page in a real browser."""

import re

import pytest
from playwright.async_api import Page, expect

from bot.channels.webchat.mirror import TOPIC
from bot.notices import MISSED
from scheduler.delivery.channel import Outgoing
from store.outbox import Button, Draft, enqueue, find_by_key, mark_sent
from store.tables.queues import MessageKind
from tests.bot.channels.webchat_house import House
from tests.browser.conftest import OpenPage, is_back

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"


async def visit(house: House, open_page: OpenPage, query: str = "", **context: object) -> Page:
    """Open the chat and wait for the welcome."""
    page = await open_page(f"{house.url}/chat{query}", **context)
    await expect(page.locator(".message.company").first).to_be_visible()
    return page


async def write(page: Page, text: str) -> None:
    """Write a message and press Enter."""
    await page.fill("#text", text)
    await page.press("#text", "Enter")


async def test_a_first_visit_is_welcomed_and_tells_its_source(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page, "?source=poster7")
    await expect(page.locator(".message.company .text")).to_have_text("You said: /start poster7")
    await expect(page.locator(".note")).to_have_text("You joined the chat")
    await page.reload()
    await expect(page.locator(".message.company")).to_have_count(1)
    assert [update.text for update in house.taken] == ["/start poster7"]
    assert page.url == f"{house.url}/chat"


async def test_a_message_is_answered_and_stays_after_a_reload(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "Is the tea shop open today?")
    await expect(page.locator(".message.company .text").last).to_have_text(
        "You said: Is the tea shop open today?"
    )
    await expect(page.locator(".message.me .status")).to_have_text("sent")
    await page.reload()
    await expect(page.locator(".message.me .text")).to_have_text("Is the tea shop open today?")
    await expect(page.locator(".message.company")).to_have_count(2)


async def test_a_tapped_button_shows_what_was_chosen(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "let me choose")
    await page.get_by_role("button", name="Good").click()
    await expect(page.locator(".message.company .text").last).to_have_text("You chose rate:f1:5")
    await expect(page.locator(".choice.chosen")).to_contain_text("Good")
    await page.reload()
    await expect(page.locator(".choice.chosen")).to_contain_text("Good")


async def test_a_button_may_lead_to_the_web_and_nowhere_else(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "hello")
    await expect(page.locator(".message.company .text").last).to_have_text("You said: hello")
    links = (Button("Menu", "", "https://example.com/menu"), Button("Bad", "", "javascript:alert(1)"))
    await house.says("New oolong!", address=house.taken[0].address, key="new", buttons=(links,))
    menu, bad = page.get_by_role("link", name="Menu"), page.get_by_role("link", name="Bad")
    await expect(menu).to_have_attribute("href", "https://example.com/menu")
    await expect(menu).to_have_attribute("rel", "noopener noreferrer")
    await expect(bad).to_have_attribute("href", "#")


async def test_nothing_is_lost_or_doubled_while_the_server_is_away(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "before")
    await expect(page.locator(".message.company")).to_have_count(2)
    await expect(page.locator(".status.pending")).to_have_count(0)  # our answer may come before «taken»
    await house.stop()
    await expect(page.locator("#state")).to_contain_text(re.compile("No connection|Connecting"))
    await write(page, "while you were away")
    await write(page, "and one more")
    await expect(page.locator(".status.pending")).to_have_count(2)
    await house.start()
    await is_back(page)
    await expect(page.locator(".message.company")).to_have_count(4)
    await page.reload()
    await expect(page.locator(".message.company")).to_have_count(4)
    await expect(page.locator(".message.me .text")).to_have_text(
        ["before", "while you were away", "and one more"]
    )


async def test_what_was_answered_but_never_confirmed_is_settled_by_the_history(
    house: House, open_page: OpenPage
) -> None:
    page = await visit(house, open_page)
    house.confirming = False
    await write(page, "hello")
    await expect(page.locator(".message.company")).to_have_count(2)
    await expect(page.locator(".status.pending")).to_have_count(1)
    await house.stop()
    house.confirming = True
    await house.start()
    await is_back(page)
    await expect(page.locator(".status.pending")).to_have_count(0)
    await expect(page.locator(".message.me .text")).to_have_text(["hello"])
    await page.reload()
    await expect(page.locator(".message.company")).to_have_count(2)
    assert [update.text for update in house.taken] == ["/start", "hello"]


async def test_what_another_process_could_not_tell_is_shown_once(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "hello")
    await expect(page.locator(".message.company")).to_have_count(2)
    shown = await page.locator(".message .text").all_inner_texts()
    address = house.taken[0].address
    missed = Draft(MessageKind.ANSWER, "webchat", address, "said elsewhere", dedupe_key="elsewhere")
    await house.database.run(enqueue, [missed], now=house.tick())
    row = await house.database.read(find_by_key, "elsewhere")
    assert row is not None
    await house.database.run(mark_sent, row.id, external_id=str(row.id), now=house.tick())
    for _ in range(2):
        await house.notices.publish(TOPIC, MISSED)
        await expect(page.locator(".message.company")).to_have_count(3)
    await house.webchat.send(Outgoing(row.id, address, "said elsewhere"))
    await write(page, "bye")
    await expect(page.locator(".message.company")).to_have_count(4)
    after = await page.locator(".message .text").all_inner_texts()
    assert after[: len(shown) + 1] == [*shown, "said elsewhere"]


async def test_what_waits_survives_closing_the_page(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await house.stop()
    await write(page, "kept")
    await expect(page.locator(".status.pending")).to_have_count(1)
    window = page.context
    await page.close()
    await house.start()
    again = await window.new_page()
    await again.goto(f"{house.url}/chat")
    await expect(again.locator(".message.company .text").last).to_have_text("You said: kept")
    assert [update.text for update in house.taken].count("kept") == 1


AGED = """days => {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("rapport.outbox"))) {
    const kept = JSON.parse(localStorage.getItem(key));
    const aged = kept.map((act) => ({ ...act, keptAt: act.keptAt - days * 86400000 }));
    localStorage.setItem(key, JSON.stringify(aged));
  }
}"""
"""Lets what waits in the browser be older; the server forgets what it has taken after 14 days."""


async def test_what_waited_for_too_long_is_sent_only_when_asked(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await house.stop()
    await write(page, "from last week")
    await expect(page.locator(".status.pending")).to_have_count(1)
    await page.evaluate(AGED, 8)
    window = page.context
    await page.close()
    await house.start()
    again = await window.new_page()
    await again.goto(f"{house.url}/chat")
    await expect(again.locator(".message.me.failed .status")).to_have_text("not sent")
    await write(again, "hello again")
    await expect(again.locator(".message.company .text").last).to_have_text("You said: hello again")
    assert "from last week" not in [update.text for update in house.taken]
    await again.get_by_role("button", name="Try again: from last week").click()
    await expect(again.locator(".message.company .text").last).to_have_text("You said: from last week")
    await again.reload()
    await expect(again.locator(".message.company")).to_have_count(3)
    await expect(again.locator(".message.failed")).to_have_count(0)
    assert [update.text for update in house.taken].count("from last week") == 1


async def test_everything_can_be_done_by_keyboard(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    keys = page.keyboard
    await expect(page.locator("#text")).to_be_focused()
    await keys.type("let me choose")
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="Good")).to_be_visible()
    await page.locator("#log").focus()
    for _ in range(20):
        await keys.press("Tab")
        if await page.evaluate("document.activeElement.textContent") == "Good":
            break
    await keys.press("Enter")
    await expect(page.locator(".message.company .text").last).to_have_text("You chose rate:f1:5")
    await page.locator("#text").focus()
    await keys.type("/he")
    await expect(page.get_by_role("menuitem")).to_have_count(1)
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(page.locator(".message.company .text").last).to_have_text("You said: /help")
    await page.locator("#text").focus()
    await keys.press("ArrowUp")
    await expect(page.locator("#context")).to_be_hidden()  # a command was obeyed already
    await keys.type("two cups")
    await keys.press("Enter")
    await expect(page.locator(".message.me .status").last).to_have_text("sent")
    await keys.press("ArrowUp")
    await expect(page.locator("#context-head")).to_have_text("Editing your message")
    await keys.press("Escape")
    await expect(page.locator("#context")).to_be_hidden()


async def test_a_message_is_corrected_and_another_replied_to(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "two cups of tee")
    await expect(page.locator(".message.me .status")).to_have_text("sent")
    await page.press("#text", "ArrowUp")
    await page.fill("#text", "two cups of tea")
    await page.press("#text", "Enter")
    await expect(page.locator(".message.company .text").last).to_have_text(
        "You corrected that to two cups of tea"
    )
    await expect(page.locator(".message.me .text")).to_have_text("two cups of tea")
    await page.locator(".message.company").last.hover()
    await page.locator(".message.company").last.get_by_role("button", name="Reply").click()
    await write(page, "thank you")
    await expect(page.locator(".message.me .quote")).to_have_text("You corrected that to two cups of tea")
    await page.reload()
    await expect(page.locator(".message.me .quote")).to_have_text("You corrected that to two cups of tea")


@pytest.mark.parametrize("text", [EVIL, "z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍a̴̵̜̰͔", "شكرا جزيلا", "**b** _i_ $x {y}"])
async def test_text_stays_text(house: House, open_page: OpenPage, text: str) -> None:
    page = await visit(house, open_page)
    await write(page, text)
    await expect(page.locator(".message.me .text")).to_have_text(text)
    await expect(page.locator(".message.company .text").last).to_have_text(f"You said: {text}")
    assert await page.locator("#messages img, #messages script").count() == 0


async def test_a_phone_needs_no_sideways_scrolling(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page, viewport={"width": 360, "height": 640})
    await write(page, "let me choose " + "w" * 500)
    await expect(page.get_by_role("button", name="Good")).to_be_visible()
    for zoom in ("100%", "200%"):
        await page.evaluate("size => { document.documentElement.style.fontSize = size }", zoom)
        width = "Math.max(document.documentElement.scrollWidth, document.getElementById('log').scrollWidth)"
        assert await page.evaluate(width) <= 360
        await expect(page.locator("#send")).to_be_in_viewport()


async def test_a_screen_reader_finds_its_way(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "polite")
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    for name in ("Send", "Commands", "Attach"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("Online")
    assert await page.get_attribute("html", "lang") == "en"


async def test_the_page_speaks_the_browsers_language(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page, locale="zh-CN", timezone_id="Asia/Shanghai")
    await expect(page.locator("#state")).to_have_text("在线")
    assert await page.get_attribute("#text", "placeholder") == "说点什么…"
    sender = house.taken[0].sender
    assert (sender.language, sender.timezone) == ("zh-CN", "Asia/Shanghai")


async def test_a_file_and_a_place_go_along(house: House, open_page: OpenPage) -> None:
    page = await visit(
        house,
        open_page,
        permissions=["geolocation"],
        geolocation={"latitude": 51.5007, "longitude": -0.1246},
    )
    await page.set_input_files(
        "#file", {"name": "torn bag.txt", "mimeType": "text/plain", "buffer": b"a torn bag"}
    )
    await expect(page.locator(".chip")).to_contain_text("torn bag.txt")
    await page.click("#attach-button")
    await page.get_by_role("menuitem", name="My location").click()
    await expect(page.locator(".chip")).to_have_count(2)
    await page.click("#send")
    await expect(page.locator(".message.me .status")).to_have_text("sent")
    assert [attachment.kind for attachment in house.taken[-1].attachments] == ["document", "location"]
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download torn bag.txt").click()
    saved = await (await download.value).path()
    assert saved.read_bytes() == b"a torn bag"


async def test_a_document_from_us_is_downloaded(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await write(page, "my document")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download your data.json").click()
    assert (await download.value).suggested_filename == "your data.json"


async def test_what_is_too_long_is_not_sent_and_not_lost(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await page.fill("#text", "x" * 100_001)
    await page.press("#text", "Enter")
    await expect(page.get_by_role("alert")).to_contain_text("longer than 100,000 characters")
    assert len(await page.input_value("#text")) == 100_001


async def test_earlier_messages_are_shown_on_demand(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    address = house.taken[0].address
    for number in range(110):
        await house.says(f"number {number}", address=address, key=f"n{number}")
    await page.reload()
    await expect(page.locator(".message.company")).to_have_count(100)
    await page.get_by_role("button", name="Show earlier messages").click()
    await expect(page.locator(".message.company")).to_have_count(111)
    await expect(page.get_by_role("button", name="Show earlier messages")).to_be_hidden()


async def test_a_command_that_we_name_can_be_tapped(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    await house.says("Ask /status or see https://example.org/help", address=house.taken[0].address, key="ask")
    await expect(page.get_by_role("button", name="/status", exact=True)).to_be_visible()
    await expect(page.locator(".text a")).to_have_attribute("href", "https://example.org/help")
    await page.get_by_role("button", name="/status", exact=True).click()
    await expect(page.locator(".message.company .text").last).to_have_text("You said: /status")
    await expect(page.locator(".message.me .command")).to_have_count(0)


async def test_a_command_takes_the_number_along_that_ends_it(house: House, open_page: OpenPage) -> None:
    page = await visit(house, open_page)
    words = "See /status 3\nor /status 4, not /status 5 now; else /status 6 – perhaps; /forget 7, /status 8.5"
    await house.says(words, address=house.taken[0].address, key="numbers")
    commands = page.locator(".message").last.locator(".command")
    await expect(commands).to_have_text(
        ["/status 3", "/status 4", "/status", "/status 6", "/forget", "/status"]
    )
    await page.get_by_role("button", name="/status 4", exact=True).click()
    await expect(page.locator(".message.company .text").last).to_have_text("You said: /status 4")
