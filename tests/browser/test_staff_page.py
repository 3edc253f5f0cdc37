"""The team's page in a real browser."""

import re
from typing import Any

from playwright.async_api import expect

from store.outbox import Button, Draft
from store.tables.queues import MessageKind
from tests.bot.channels.webchat_house import House
from tests.browser.conftest import OpenPage

ALERT = Draft(
    MessageKind.ALERT,
    "webchat",
    "staff",
    "Complaint C-1042\nAna: the bag was torn",
    buttons=((Button("Take it", "take:42"),),),
    dedupe_key="alert",
)


async def test_a_link_lets_one_person_in_once(house: House, open_page: OpenPage) -> None:
    link = await house.staff_link()
    page = await open_page(link)
    await expect(page.locator("#state")).to_have_text("Online")
    assert page.url == f"{house.url}/staff"
    await page.goto(link)
    await expect(page.locator("#state")).to_have_text("Online")
    stranger = await open_page(link)
    await expect(stranger.locator("h1")).to_have_text("This page is for our team")
    await expect(stranger.locator("code")).to_contain_text("rapport staff add")


async def test_an_alert_reaches_two_windows_and_is_answered_by_a_reply(
    house: House, open_page: OpenPage
) -> None:
    mei = await open_page(await house.staff_link("Mei"))
    tom = await open_page(await house.staff_link("Tom"))
    for page in (mei, tom):
        await expect(page.locator("#state")).to_have_text("Online")
    await house.queue(ALERT)
    for page in (mei, tom):
        await expect(page.locator(".alert-card")).to_contain_text("the bag was torn")
    await mei.get_by_role("button", name="Take it").click()
    await mei.locator(".alert-card").hover()
    await mei.get_by_role("button", name="Reply: Complaint C-1042").click()
    await mei.fill("#text", "We send a new bag")
    await mei.press("#text", "Enter")
    await expect(tom.locator(".message.other .text")).to_have_text("We send a new bag")
    await expect(tom.locator(".message.other .author")).to_have_text("Mei")
    tap, reply = house.taken
    assert (tap.button, tap.address, tap.sender.name) == ("take:42", "staff", "Mei")
    assert reply.reply_to == tap.message_id


async def test_an_alert_is_noticed_while_nobody_looks(house: House, open_page: OpenPage) -> None:
    page = await open_page(await house.staff_link())
    await expect(page.locator("#state")).to_have_text("Online")
    await page.evaluate("document.hasFocus = () => false")
    await house.queue(ALERT)
    await expect(page).to_have_title("(1) Team chat of Lantern Tea")
    await page.evaluate("dispatchEvent(new Event('focus'))")
    await expect(page).to_have_title("Team chat of Lantern Tea")
    sound = page.get_by_role("button", name="Turn sound on")
    await expect(sound).to_have_attribute("aria-pressed", "false")


CASE = "C-1042 · Ana · new customer\n“The bag was torn”\n\nAnswer due: soon"


async def test_an_alert_stays_a_card_as_wide_as_its_buttons(house: House, open_page: OpenPage) -> None:
    page = await open_page(await house.staff_link())
    await expect(page.locator("#state")).to_have_text("Online")
    buttons = ((Button("Take it", "take:42"), Button("Resolved", "resolve:42")),)
    about: dict[str, Any] = {"kind": MessageKind.ALERT, "channel": "webchat", "address": "staff"}
    await house.queue(Draft(text=CASE, buttons=buttons, dedupe_key="alert", **about))
    card = page.locator(".alert-card")
    await expect(card).to_have_class(re.compile("untaken"))
    bubble, row = await card.locator(".bubble").bounding_box(), await card.locator(".rows").bounding_box()
    assert bubble is not None
    assert row is not None
    assert (bubble["x"], bubble["width"]) == (row["x"], row["width"])

    taken: dict[str, Any] = {"text": f"{CASE}\nMei has it.", "edits": "alert", "dedupe_key": "taken"}
    await house.queue(Draft(buttons=(buttons[0][1:],), **about, **taken))
    await expect(card).to_have_class(re.compile("in-hand"))
    await house.queue(Draft(text="C-1042 · Ana: Hurry!", reply_to="alert", dedupe_key="more", **about))
    follow_up = page.locator(".message.company", has_text="Hurry!")
    await expect(follow_up.locator(".quote")).to_have_text("“The bag was torn” Answer due: soon Mei has it.")
    await expect(page.locator(".alert-card")).to_have_count(1)
