"""The room that staff share."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import update

from bot.channels.webchat.connection import NO_LONGER_STAFF
from store.engine import Database
from store.tables.staff import Staff
from tests.bot.channels.webchat_house import House, browsing, standing
from tests.patience import PATIENCE_S


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as house:
        yield house


async def test_staff_share_a_room_and_see_who_wrote(house: House) -> None:
    links = [(await house.staff_link(name)).removeprefix(house.url) for name in ("Mei", "Tom")]
    async with browsing(house, page=links[0]) as mei, browsing(house, page=links[1]) as tom:
        await mei.hello()
        await tom.hello()
        await mei.says("I take this one")
        seen = await tom.item()
        assert (seen["from"], seen["name"], seen["text"]) == ("other", "Mei", "I take this one")
        own = (await mei.hello())["items"]
        assert own[0]["from"] == "me"
        await house.says("A complaint", address="staff", key="alert")
        assert (await mei.item())["text"] == (await tom.item())["text"] == "A complaint"
    [update] = house.taken
    assert (update.address, update.private, update.sender.name) == ("staff", False, "Mei")


async def test_who_leaves_the_staff_loses_the_room_at_once(house: House, database: Database) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        await mei.hello()
        with database.transaction() as session:
            session.execute(update(Staff).values(active=False))
        await house.says("A secret", address="staff", key="secret")
        message = await mei.socket.receive(timeout=PATIENCE_S)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, NO_LONGER_STAFF)
        async with mei.session.get(house.url + "/staff") as response:
            assert response.status == 403
        async with mei.session.ws_connect(f"{house.url}/staff/ws", headers={"Origin": house.url}) as again:
            assert (await again.receive(timeout=PATIENCE_S)).data == NO_LONGER_STAFF


async def test_who_left_the_staff_says_nothing_more(house: House, database: Database) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        await mei.hello()
        with database.transaction() as session:
            session.execute(update(Staff).values(active=False))
        await mei.send(type="say", uuid=mei.uuid(), text="hello?")
        assert (await mei.socket.receive(timeout=PATIENCE_S)).data == NO_LONGER_STAFF
    assert house.taken == []
