"""Pages that are open in different processes of one PostgreSQL database: each sees what the others show."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import delete, event
from sqlalchemy.exc import OperationalError

from bot.channels.webchat.connection import NO_LONGER_STAFF
from bot.channels.webchat.mirror import MAX_WAITING, TOPIC
from bot.notices import MISSED, LocalNotices
from bot.sharing.noticeboard import open_notices
from store.engine import Database
from store.outbox import Button
from store.tables.conversations import Message
from store.tables.queues import OutboxMessage
from store.tables.staff import Staff
from tests.bot.channels.webchat_house import Browser, House, browsing, standing
from tests.patience import PATIENCE_S
from tests.postgres import PostgresServer


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_server.new_database(tables=True) as url:
        database = Database(url)
        yield database
        database.close()


@dataclass
class Street:
    """Houses of one database.

    Attributes:
        a, b: two processes.
    """

    database: Database
    a: House
    b: House


@pytest.fixture
async def street(postgres: Database, tmp_path: Path) -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        listening = [asyncio.Event(), asyncio.Event()]
        houses = []
        for heard in listening:
            notice = await stack.enter_async_context(open_notices(postgres))
            notice.subscribe(TOPIC, lambda _payload, heard=heard: heard.set())  # type: ignore[misc]  # bound now
            houses.append(await stack.enter_async_context(standing(postgres, tmp_path, notice)))
        async with asyncio.timeout(PATIENCE_S):
            for heard in listening:
                await heard.wait()
        yield Street(postgres, houses[0], houses[1])


@asynccontextmanager
async def also_open(browser: Browser, house: House, side: str = "/chat") -> AsyncIterator[Browser]:
    """Open one more page of the same visitor, in another process."""
    headers = {"Origin": house.url}
    async with browser.session.ws_connect(f"{house.url}{side}/ws", headers=headers) as socket:
        page = Browser(house, browser.session, socket, number=1000)
        await page.hello()
        yield page


async def items(page: Browser, number: int) -> list[dict[str, Any]]:
    """Give the next messages that are shown, in the order in which the page puts them."""
    return sorted([await page.item() for _ in range(number)], key=lambda item: str(item["at"]))


async def test_all_pages_of_a_customer_show_the_same(street: Street) -> None:
    async with browsing(street.a) as one, also_open(one, street.b) as other:
        await one.hello()
        await one.says("hello from here")
        heard, answer = await items(other, 2)
        assert (heard["from"], heard["text"]) == ("me", "hello from here")
        assert (answer["from"], answer["text"]) == ("company", "You said: hello from here")
        assert answer == await one.item()
        await other.says("and from there")
        assert [item["text"] for item in await items(one, 2)] == [
            "and from there",
            "You said: and from there",
        ]
        # What was shown at once is what the history says.
        history = {item["id"]: item for item in (await other.hello())["items"]}
        assert len(history) == 4
        assert history[heard["id"]] == heard
        assert history[answer["id"]]["text"] == answer["text"]


async def test_corrections_attachments_and_choices_are_shown_elsewhere(street: Street) -> None:
    async with browsing(street.a) as one, also_open(one, street.b) as other:
        await one.hello()
        files, headers = f"{street.a.url}/chat/files", {"Origin": street.a.url}
        async with one.session.post(files, data=b"\x89PNG\r\n\x1a\n", headers=headers) as response:
            token = (await response.json())["token"]
        taken = await one.says("choose", attachments=[{"token": token, "name": "broken.png"}])
        heard, choices = await items(other, 2)
        assert [attachment["name"] for attachment in heard["attachments"]] == ["broken.png"]
        async with other.session.get(street.b.url + heard["attachments"][0]["path"]) as response:
            assert response.status == 200
        assert [button["label"] for button in choices["buttons"][0]] == ["Good", "Bad"]
        await one.send(type="edit", uuid=one.uuid(), id=taken["id"], text="chosen")
        change = await other.next("edit")
        assert (change["id"], change["text"], change["edited"]) == (taken["id"], "chosen", True)


async def test_what_we_change_changes_everywhere(street: Street) -> None:
    async with browsing(street.a) as one, also_open(one, street.b) as other:
        await one.hello()
        await one.says("hello")
        address = street.a.taken[0].address
        await street.a.says("Rate us", address=address, key="ask", buttons=((Button("5", "rate:f1:5"),),))
        await street.a.says("Thank you", address=address, key="thanks", edits="ask")
        shown = [await page.next("edit") for page in (one, other)]
        assert shown[0] == shown[1]
        assert (shown[0]["text"], shown[0]["buttons"]) == ("Thank you", [])


async def test_staff_share_their_room_over_processes(street: Street) -> None:
    links = [(await street.a.staff_link(name)).removeprefix(street.a.url) for name in ("Mei", "Tom")]
    async with browsing(street.a, page=links[0]) as mei, browsing(street.b, page=links[1]) as tom:
        await mei.hello()
        await tom.hello()
        await street.b.says("A complaint", address="staff", key="alert")
        await mei.item()
        assert (await tom.item())["text"] == "A complaint"
        await mei.says("I take this one")
        seen = await tom.item()
        assert (seen["from"], seen["name"], seen["text"]) == ("other", "Mei", "I take this one")


async def test_who_left_the_staff_sees_nothing_in_any_process(street: Street) -> None:
    link = (await street.a.staff_link()).removeprefix(street.a.url)
    async with browsing(street.b, page=link) as mei:
        await mei.hello()
        with street.database.transaction() as session:
            session.execute(Staff.__table__.update().values(active=False))  # type: ignore[attr-defined]  # a table
        await street.a.says("A secret", address="staff", key="secret")
        message = await mei.socket.receive(timeout=PATIENCE_S)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, NO_LONGER_STAFF)


async def test_after_a_gap_open_pages_are_shown_what_they_missed(street: Street) -> None:
    async with browsing(street.b) as page:
        await page.hello()
        await page.says("hello")
        await page.item()
        address = street.b.taken[0].address
        notices, street.a.webchat._mirror._notices = street.a.webchat._mirror._notices, LocalNotices()
        await street.a.says("told to nobody", address=address, key="lost")
        street.a.webchat._mirror._notices = notices
        with street.database.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'rapport notices' AND datname = current_database()"
            ).all()
        history = await page.next("history")
        assert history["latest"]
        assert [item["text"] for item in history["items"]] == ["hello", "You said: hello", "told to nobody"]


async def test_too_many_hints_become_one_look(street: Street) -> None:
    async with browsing(street.b) as page:
        await page.hello()
        await page.says("hello")
        address = street.b.taken[0].address
        for number in range(MAX_WAITING + 1):
            street.b.webchat._mirror.hear(_hint("heard", address, f"m-{number}"))
        assert len((await page.next("history"))["items"]) == 2


async def test_what_was_erased_meanwhile_is_not_shown(street: Street) -> None:
    async with browsing(street.a) as one, also_open(one, street.b) as other:
        await one.hello()
        await one.says("forget this")
        await other.item()
        await other.item()
        address = street.a.taken[0].address
        with street.database.transaction() as session:
            session.execute(delete(Message))
            session.execute(delete(OutboxMessage))
        for hint in (
            _hint("heard", address, "m-1"),
            _hint("sent", address, "1"),
            _hint("changed", address, "1"),
        ):
            street.b.webchat._mirror.hear(hint)
        await street.a.says("the next", address=address, key="next")
        assert (await other.item())["text"] == "the next"


async def test_nobody_sees_another_chat_s_rows(street: Street) -> None:
    async with browsing(street.a) as ana, browsing(street.b) as ben:
        for page in (ana, ben):
            await page.hello()
            await page.says("mine")
            await page.item()
        anas, bens = street.a.taken[0].address, street.b.taken[0].address
        with street.database.reading() as session:
            ids = [str(row.id) for row in session.query(OutboxMessage).filter_by(address=anas)]
        for hint in [_hint("sent", bens, id_) for id_ in ids] + [_hint("heard", bens, "m-7")]:
            street.b.webchat._mirror.hear(hint)
        await street.a.says("for you", address=bens, key="ben")
        assert (await ben.item())["text"] == "for you"


@pytest.mark.parametrize("hint", ["no json", "[]", '["a", "danced", "b", "c", "d"]', "[1, 2, 3, 4, 5]", "7"])
async def test_what_another_version_tells_is_passed_over(
    street: Street, hint: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        street.b.webchat._mirror.hear(hint)
    assert caplog.text.count("does not understand") == 1


async def test_while_the_database_is_away_nothing_is_forgotten(
    street: Street, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING, "bot.channels.webchat.mirror")
    monkeypatch.setattr("bot.channels.webchat.mirror.RETRY_S", 0.0)
    failures = iter(range(3))

    def fail(*_arguments: object) -> None:
        if next(failures, None) is not None:
            raise OperationalError("SELECT", {}, Exception("gone"))

    async with browsing(street.b) as page:
        await page.hello()
        await page.says("hello")
        await page.item()
        event.listen(street.database.engine, "before_cursor_execute", fail)
        street.b.webchat._mirror.hear(MISSED)
        assert len((await page.next("history"))["items"]) == 2
        event.remove(street.database.engine, "before_cursor_execute", fail)
    assert caplog.text.count("cannot be read") == 3


async def test_who_is_alone_shows_each_thing_once(database: Database, tmp_path: Path) -> None:
    async with standing(database, tmp_path, LocalNotices()) as house, browsing(house) as one:
        await one.hello()
        async with also_open(one, house) as other:
            await one.says("once")
            assert [item["text"] for item in await items(other, 2)] == ["once", "You said: once"]
            await house.says("last", address=house.taken[0].address, key="last")
            assert (await other.item())["text"] == "last"


def _hint(what: str, address: str, id_: str) -> str:
    fields: list[Any] = ["elsewhere", what, address, id_, "2026-11-21T12:00:00+00:00"]
    return json.dumps(fields)
