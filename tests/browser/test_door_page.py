"""The page behind a ticket in a real browser: one tap of staff checks the guest in."""

from playwright.async_api import expect

from bot.tickets import DOOR
from scheduler.events.door import give_ticket
from scheduler.events.guests import find_guest
from store.engine import Database
from tests.bot.channels.webchat_house import House
from tests.browser.conftest import OpenPage
from tests.scheduler.events.ground import START, announce, answer


def a_ticket(database: Database) -> str:
    event_id, (ana,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, ana)
        guest = find_guest(session, event_id, ana)
        assert guest is not None
        return give_ticket(session, guest)


async def test_one_tap_checks_a_guest_in(house: House, open_page: OpenPage) -> None:
    house.now = START
    page = await open_page(await house.staff_link())
    await expect(page.locator("#state")).to_have_text("Online")
    await page.goto(f"{house.url}{DOOR}{a_ticket(house.database)}")
    await expect(page.get_by_role("status")).to_contain_text("On the list. 0 of 1 are here.")
    await page.get_by_role("button", name="Check in").click()
    await expect(page.get_by_role("status")).to_contain_text("✓ Checked in")
    await expect(page.get_by_role("button")).to_have_count(0)
