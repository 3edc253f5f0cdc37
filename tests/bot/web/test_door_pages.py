"""The page behind a ticket over real HTTP: guests see what to show, and staff alone check them in."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.tickets import DOOR, draw_ticket
from scheduler.events.door import give_ticket
from scheduler.events.guests import find_guest
from store.engine import Database
from store.tables.customers import Customer
from store.tables.outreach import EventGuest
from tests.bot.channels.webchat_house import House, standing
from tests.scheduler.events.ground import START, announce, answer

NAME = "Ana <b>Gil</b>"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as opened:
        opened.now = START
        yield opened


@pytest.fixture
def code(database: Database) -> str:
    event_id, (ana,) = announce(database, 1, companions=2)
    with database.transaction() as session:
        session.get_one(Customer, ana).display_name = NAME
        answer(session, event_id, ana, companions=1)
        guest = find_guest(session, event_id, ana)
        assert guest is not None
        return give_ticket(session, guest)


def checked_in(database: Database) -> list[object]:
    with database.reading() as session:
        return [at for at in session.scalars(select(EventGuest.checked_in_at)) if at is not None]


async def test_a_guest_sees_what_to_show_and_no_name(house: House, code: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{house.url}{DOOR}{code}") as page:
        text = await page.text()
        assert page.status == 200
        assert f"{code[:4]}-{code[4:]}" in text
        assert "Show this at the door." in text
        assert "Gil" not in text
        assert "<form" not in text


async def test_staff_check_a_guest_in_by_one_button(house: House, code: str, database: Database) -> None:
    address = f"{house.url}{DOOR}{code.lower()}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await http.get(await house.staff_link())
        async with http.get(address) as page:
            text = await page.text()
            assert "Ana &lt;b&gt;Gil&lt;/b&gt;: 2 people" in text
            assert "On the list. 0 of 2 are here." in text
            assert "form-action 'self'" in page.headers["Content-Security-Policy"]
        async with http.post(address, data={"do": "checkin"}) as refused:
            assert refused.status == 403  # no page of ours sent it
        headers = {"Origin": house.url}
        async with http.post(address, data={"do": "checkin"}, headers=headers) as page:
            text = await page.text()
            assert "✓ Checked in" in text
            assert "2 of 2 are here." in text
            assert "<form" not in text
    assert len(checked_in(database)) == 1


async def test_nobody_else_checks_anybody_in(house: House, code: str, database: Database) -> None:
    headers = {"Origin": house.url}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{house.url}{DOOR}{code}", data={"do": "letin"}, headers=headers) as page,
    ):
        assert page.status == 403
    assert checked_in(database) == []


@pytest.mark.parametrize("written", ["ZZZZZZZZ", "%00", "x" * 2000, "..%2f..%2fetc", "🍵"])
async def test_what_is_no_ticket_is_not_found(house: House, written: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{house.url}{DOOR}{written}") as page:
        assert page.status == 404
        assert "Please look at the code on the ticket once more." in await page.text()


@pytest.mark.parametrize(
    ("bot_name", "leads_to"),
    [("LanternTeaBot", "https://t.me/LanternTeaBot?start=ref_a-b_c"), (None, "/chat?source=ref_a-b_c")],
)
async def test_a_friends_link_leads_to_the_chat(house: House, bot_name: str | None, leads_to: str) -> None:
    house.bot_name = bot_name
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{house.url}/friends/a-b_c", allow_redirects=False) as page,
    ):
        assert (page.status, page.headers["Location"]) == (302, leads_to)


def test_a_ticket_is_a_picture() -> None:
    assert draw_ticket("https://bot.example.com/staff/door/ABCD2345").startswith(b"\x89PNG\r\n\x1a\n")
