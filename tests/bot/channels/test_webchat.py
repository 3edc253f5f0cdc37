"""The talk between a page and the channel, over real WebSockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from bot.channels.webchat_connection import NO_LONGER_STAFF, UNKNOWN_VISITOR
from handlers.incoming import MAX_TEXT, IncomingKind
from scheduler.delivery.channel import Outgoing
from store.engine import Database
from store.outbox import Draft
from store.tables.queues import MessageKind
from store.tables.staff import Staff
from tests.bot.channels.webchat_house import Browser, House, browsing, standing

NASTY = [
    "😀🎉🇬🇧👩‍👩‍👧",
    "مرحبا، الشاي رائع",
    "z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍a̴̵̜̰͔ͫ͗͢",
    "<b>&amp;</b> <img src=x onerror=alert(1)>",
    "*bold* _under_ [link](http://x) `code` \\ ~ > # + - = | { } . !",
    "line one\nline two\r\n\tthree",
    "{name} %s {0} $company",
    "x" * 4096,
    "茶" * 4096,
    "y" * MAX_TEXT,
    "😀" * MAX_TEXT,
]


ODD_ATTACHMENTS = [
    f'{{"type": "say", "uuid": "00000000-0000-4000-8000-00000000aaaa", "attachments": [{attachment}]}}'
    for attachment in (
        '{"token": "../../../etc/passwd", "name": "x"}',
        '{"latitude": 91, "longitude": 0}',
        '{"latitude": NaN, "longitude": 0}',
        '{"latitude": true, "longitude": 0}',
    )
]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as house:
        yield house


async def refused(browser: Browser, **frame: object) -> str:
    await browser.send(**frame)
    return str((await browser.next("refused"))["text"])


async def item(browser: Browser) -> dict[str, Any]:
    shown: dict[str, Any] = (await browser.next("message"))["item"]
    return shown


async def test_what_is_said_is_acknowledged_and_answered(house: House) -> None:
    async with browsing(house) as ana:
        assert (await ana.hello())["items"] == []
        taken = await ana.says("hello")
        assert (await item(ana))["text"] == "You said: hello"
        assert taken["id"] == f"m-{taken['uuid']}"
    [update] = house.taken
    assert update.sender.id == update.address
    assert update.address.startswith("w-")
    assert update.private
    assert (update.sender.language, update.sender.timezone) == ("en-GB", "Europe/London")


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
async def test_any_text_comes_through_unchanged(house: House, text: str) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says(text)
        assert (await item(ana))["text"] == f"You said: {text}"
        history = await ana.hello()
        assert [shown["text"] for shown in history["items"]] == [text, f"You said: {text}"]


@pytest.mark.parametrize(("text", "kept"), [("a\x00b", "ab"), ("a\ud800b", "a\ufffdb")])
async def test_what_no_database_can_store_is_replaced(house: House, text: str, kept: str) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says(text)
        assert (await item(ana))["text"] == f"You said: {kept}"


@pytest.mark.parametrize("text", ["", "   \n\t", "\x00"])
async def test_nothing_is_refused_with_a_sentence(house: House, text: str) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        assert "nothing in that message" in await refused(ana, type="say", uuid=ana.uuid(), text=text)
        await ana.says("still here")
    assert len(house.taken) == 1


async def test_too_long_is_refused_in_the_language_of_the_page(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello(language="zh-CN")
        assert "100,000" in await refused(ana, type="say", uuid=ana.uuid(), text="x" * (MAX_TEXT + 1))
        english = await refused(ana, type="say", uuid=ana.uuid(), text="")
        assert "nothing" not in english
        await ana.says("still here")


@pytest.mark.parametrize(
    "raw",
    [
        *ODD_ATTACHMENTS,
        "",
        "not json",
        "[]",
        "null",
        "7",
        '"say"',
        "{}",
        '{"type": "explode"}',
        '{"type": ["say"]}',
        '{"type": null}',
        '{"type": "say"}',
        '{"type": "say", "uuid": 5, "text": "x"}',
        '{"type": "say", "uuid": "../../etc", "text": "x"}',
        '{"type": "say", "uuid": "00000000-0000-4000-8000-00000000aaaa", "text": 5}',
        '{"type": "say", "uuid": "00000000-0000-4000-8000-00000000aaaa", "text": "x", "reply_to": {}}',
        '{"type": "say", "uuid": "00000000-0000-4000-8000-00000000aaaa", "text": "x", "attachments": 1}',
        '{"type": "say", "uuid": "00000000-0000-4000-8000-00000000aaaa", "text": "x", "attachments": [{}]}',
        '{"type": "tap", "uuid": "00000000-0000-4000-8000-00000000aaaa", "id": "1"}',
        '{"type": "tap", "uuid": "00000000-0000-4000-8000-00000000aaaa", "id": "1", "data": ""}',
        '{"type": "tap", "uuid": "00000000-0000-4000-8000-00000000aaaa", "id": "1", "data": "'
        + "x" * 65
        + '"}',
        '{"type": "tap", "uuid": "00000000-0000-4000-8000-00000000aaaa", "id": 1, "data": "x"}',
        '{"type": "edit", "uuid": "00000000-0000-4000-8000-00000000aaaa", "id": "1", "text": ""}',
        '{"type": "earlier", "before": "1 OR 1=1"}',
        '{"type": "earlier", "before": "1.' + "9" * 30 + '"}',
        "[" * 100_000,
        '{"type": "say", "uuid": "00000000-0000-4000-8000-00000000aaaa", "n": ' + "9" * 5_000 + "}",
    ],
)
async def test_a_bad_frame_is_refused_and_nothing_ends(house: House, raw: str) -> None:
    async with browsing(house) as ana:
        await ana.socket.send_str(raw)
        assert (await ana.next("refused"))["text"]
        await ana.says("still here")
    assert [update.text for update in house.taken] == ["still here"]


async def test_a_binary_frame_is_refused(house: House) -> None:
    async with browsing(house) as ana:
        await ana.socket.send_bytes(b"\x00\xff")
        assert (await ana.next("refused"))["text"]
        await ana.says("still here")


@pytest.mark.parametrize(
    ("language", "timezone"),
    [("x" * 99, "Mars/Olympus"), ("<b>", "../../etc/passwd"), ("", ""), ("en", "\x00")],
)
async def test_an_odd_introduction_is_dropped(house: House, language: str, timezone: str) -> None:
    async with browsing(house) as ana:
        await ana.hello(language=language, timezone=timezone)
        await ana.says("hi")
    sender = house.taken[0].sender
    assert sender.language in {None, "en"}
    assert sender.timezone is None


async def test_sending_again_after_a_reconnect_has_one_effect(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        uuid = ana.uuid()
        await ana.says("once", uuid=uuid)
        async with ana.session.ws_connect(f"{house.url}/chat/ws", headers={"Origin": house.url}) as socket:
            again = Browser(house, ana.session, socket)
            await again.hello()
            await again.says("once", uuid=uuid)
            history = await again.hello()
    first, second = house.taken
    assert first.update_id == second.update_id
    assert [shown["text"] for shown in history["items"]] == ["once", "You said: once"]


async def test_two_people_may_use_the_same_uuid(house: House) -> None:
    async with browsing(house) as ana, browsing(house) as ben:
        for browser in (ana, ben):
            await browser.hello()
            await browser.says("me", uuid="00000000-0000-4000-8000-00000000aaaa")
            assert (await item(browser))["text"] == "You said: me"
    assert len({update.update_id for update in house.taken}) == 2


async def test_a_tap_a_correction_and_a_reply(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        taken = await ana.says("choose")
        question = await item(ana)
        assert question["buttons"] == [
            [{"label": "Good", "data": "rate:f1:5"}, {"label": "Bad", "data": "rate:f1:1"}]
        ]
        await ana.send(type="tap", uuid=ana.uuid(), id=question["id"], data="rate:f1:5")
        assert (await item(ana))["text"] == "You chose rate:f1:5"
        await ana.send(type="edit", uuid=ana.uuid(), id=taken["id"], text="decide")
        assert (await item(ana))["text"] == "You corrected that to decide"
        await ana.says("because", reply_to=question["id"])
        history = (await ana.hello())["items"]
    assert (history[0]["text"], history[0]["edited"]) == ("decide", True)
    assert next(shown for shown in history if shown["text"] == "because")["replyTo"] == question["id"]
    tap = house.taken[1]
    assert (tap.kind, tap.button, tap.message_id) == (IncomingKind.BUTTON, "rate:f1:5", question["id"])


async def test_what_we_send_and_correct_reaches_every_page_of_the_chat_and_the_history(house: House) -> None:
    async with browsing(house) as ana, browsing(house) as ben:
        await ana.hello()
        await ana.says("hi")
        await ben.hello()
        address = house.taken[0].address
        await house.says(
            "Your tea is ready", address=address, key="tea", reply_to=f"echo:{house.taken[0].update_id}"
        )
        await house.says("Your tea is cold", address=address, key="cold", edits="tea")
        echo, ready = await item(ana), await item(ana)
        edit = await ana.next("edit")
        assert (ready["text"], ready["replyTo"]) == ("Your tea is ready", echo["id"])
        assert (edit["id"], edit["text"]) == (ready["id"], "Your tea is cold")
        shown = (await ana.hello())["items"]
        assert [entry["text"] for entry in shown] == ["hi", "You said: hi", "Your tea is cold"]
        assert (await ben.hello())["items"] == []


async def test_a_message_waits_for_who_is_away(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says("hi")
        address = house.taken[0].address
        cookie = next(iter(ana.session.cookie_jar))
    await house.says("Come back", address=address, key="back")
    async with browsing(house, cookies=f"{cookie.key}={cookie.value}") as again:
        assert (await again.hello())["items"][-1]["text"] == "Come back"


async def test_history_comes_in_pages_without_gap_or_repeat(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says("hi")
        address = house.taken[0].address
        drafts = [
            Draft(MessageKind.ANSWER, "webchat", address, f"number {number}", dedupe_key=f"n{number}")
            for number in range(250)
        ]
        await house.queue(*drafts[:100])
        await house.queue(*drafts[100:200])
        await house.queue(*drafts[200:])
        page = await ana.hello()
        texts = [shown["text"] for shown in page["items"]]
        assert len(texts) == 100
        while page["earlier"]:
            await ana.send(type="earlier", before=page["earlier"])
            page = await ana.next("history")
            texts = [shown["text"] for shown in page["items"]] + texts
    assert texts == ["hi", "You said: hi", *(f"number {number}" for number in range(250))]


async def test_a_flood_is_slowed_and_loses_nothing(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        for _ in range(29):
            await ana.says("hi")
        uuid = ana.uuid()
        await ana.send(type="say", uuid=uuid, text="too fast")
        refusal = await ana.next("refused")
        assert refusal["uuid"] == uuid
        assert refusal["retryAfter"] == 1.0
        house.seconds += 1
        await ana.says("too fast", uuid=uuid)
    assert len(house.taken) == 30


async def test_a_page_of_another_site_is_turned_away(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        for origin in ("https://evil.example", "null", "", f"{house.url}.evil.example"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await session.ws_connect(f"{house.url}/chat/ws", headers={"Origin": origin})
            assert refusal.value.status == 403


@pytest.mark.parametrize(
    "cookies",
    ["rapport_customer=w-guess", "rapport_customer=w-guess.AAAA", "other=1", "rapport_customer=%00"],
)
async def test_a_forged_cookie_is_a_stranger(house: House, cookies: str) -> None:
    async with browsing(house, cookies=cookies) as forger:
        message = await forger.socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, UNKNOWN_VISITOR)


async def test_a_customers_cookie_opens_no_staff_socket(house: House) -> None:
    customer = await _cookie_of_customer(house)
    for cookies in ("none=1", f"rapport_staff={customer}"):
        async with browsing(house, page="/staff", cookies=cookies) as forger:
            assert (await forger.socket.receive(timeout=5)).data == UNKNOWN_VISITOR


async def _cookie_of_customer(house: House) -> str:
    async with aiohttp.ClientSession() as session, session.get(house.url + "/chat") as response:
        return response.cookies["rapport_customer"].value


async def test_staff_share_a_room_and_see_who_wrote(house: House) -> None:
    links = [(await house.staff_link(name)).removeprefix(house.url) for name in ("Mei", "Tom")]
    async with browsing(house, page=links[0]) as mei, browsing(house, page=links[1]) as tom:
        await mei.hello()
        await tom.hello()
        await mei.says("I take this one")
        seen = await item(tom)
        assert (seen["from"], seen["name"], seen["text"]) == ("other", "Mei", "I take this one")
        own = (await mei.hello())["items"]
        assert own[0]["from"] == "me"
        await house.says("A complaint", address="staff", key="alert")
        assert (await item(mei))["text"] == (await item(tom))["text"] == "A complaint"
    [update] = house.taken
    assert (update.address, update.private, update.sender.name) == ("staff", False, "Mei")


async def test_who_leaves_the_staff_loses_the_room_at_once(house: House, database: Database) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        await mei.hello()
        with database.transaction() as session:
            session.execute(update(Staff).values(active=False))
        await house.says("A secret", address="staff", key="secret")
        message = await mei.socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, NO_LONGER_STAFF)
        async with mei.session.get(house.url + "/staff") as response:
            assert response.status == 403
        async with mei.session.ws_connect(f"{house.url}/staff/ws", headers={"Origin": house.url}) as again:
            assert (await again.receive(timeout=5)).data == NO_LONGER_STAFF


async def test_who_left_the_staff_says_nothing_more(house: House, database: Database) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        await mei.hello()
        with database.transaction() as session:
            session.execute(update(Staff).values(active=False))
        await mei.send(type="say", uuid=mei.uuid(), text="hello?")
        assert (await mei.socket.receive(timeout=5)).data == NO_LONGER_STAFF
    assert house.taken == []


async def test_a_file_goes_along_and_comes_back_to_its_owner_and_staff_alone(house: House) -> None:
    staff_link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house) as ana, browsing(house) as ben, browsing(house, page=staff_link) as mei:
        await ana.hello()
        token = await _upload(ana, b"\x89PNG\r\n\x1a\n....")
        await ana.says(
            "", attachments=[{"token": token, "name": "cup.png"}, {"latitude": 51.5, "longitude": -0.12}]
        )
        photo, place = house.taken[0].attachments
        assert (photo.kind, photo.name, place.reference) == ("photo", "cup.png", "51.500000,-0.120000")
        shown = (await ana.hello())["items"][0]["attachments"]
        assert shown[0] == {"kind": "photo", "name": "cup.png", "path": f"/chat/files/{token}"}
        assert await _status(ben, f"/chat/files/{token}") == 404
        assert await _status(ben, f"/staff/files/{photo.reference}") == 403
        assert await _status(mei, f"/staff/files/{photo.reference}") == 200
        assert await _status(mei, f"/staff/files/{photo.reference}x") == 404
        async with ana.session.get(f"{house.url}/chat/files/{token}") as response:
            assert response.headers["Content-Disposition"] == "attachment"
            assert response.headers["Content-Type"] == "image/png"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        await ben.hello()
        assert "attach it again" in await refused(
            ben, type="say", uuid=ben.uuid(), attachments=[{"token": token, "name": "stolen"}]
        )


async def test_a_page_pretending_to_be_a_picture_is_a_plain_download(house: House) -> None:
    async with browsing(house) as ana:
        token = await _upload(ana, b"<html><script>alert(1)</script>")
        async with ana.session.get(f"{house.url}/chat/files/{token}") as response:
            assert response.headers["Content-Type"] == "application/octet-stream"


async def test_a_file_that_is_too_large_is_refused(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1_000_000

    async with browsing(house) as ana:
        url, headers = f"{house.url}/chat/files", {"Origin": house.url}
        async with ana.session.post(url, data=endless(), headers=headers) as response:
            assert response.status == 413
        async with ana.session.post(url, data=b"x", headers={"Origin": "https://evil.example"}) as response:
            assert response.status == 403
    assert [path for path in (house.folder / "uploads").rglob("*") if path.is_file()] == []


async def _upload(browser: Browser, content: bytes) -> str:
    url = f"{browser.house.url}/chat/files"
    async with browser.session.post(url, data=content, headers={"Origin": browser.house.url}) as response:
        assert response.status == 201
        return str((await response.json())["token"])


async def _status(browser: Browser, path: str) -> int:
    async with browser.session.get(browser.house.url + path) as response:
        return response.status


async def test_a_document_is_downloaded_by_its_reader_alone(house: House) -> None:
    async with browsing(house) as ana, browsing(house) as ben:
        await ana.hello()
        await ana.says("my document")
        sent = await item(ana)
        assert sent["document"] == "your data.json"
        path = f"/chat/documents/{sent['id']}"
        async with ana.session.get(house.url + path) as response:
            assert await response.json(content_type=None) == {"name": "Ana"}
            assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''your%20data.json"
        assert await _status(ben, path) == 404
        assert await _status(ana, "/chat/documents/x") == 404


async def test_a_second_tab_sees_what_the_first_one_says(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        async with ana.session.ws_connect(f"{house.url}/chat/ws", headers={"Origin": house.url}) as socket:
            tab = Browser(house, ana.session, socket)
            await tab.hello()
            await ana.says("hi")
            assert {(await item(tab))["text"], (await item(tab))["text"]} == {"hi", "You said: hi"}


async def test_a_stopping_server_says_goodbye_and_a_reader_that_never_reads_blocks_nobody(
    house: House,
) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says("hi")
        address = house.taken[0].address
        for number in range(700):
            await asyncio.wait_for(house.webchat.send(_outgoing(number, address, "x" * 20_000)), timeout=5)
        await house.stop()
    await house.start()


def _outgoing(number: int, address: str, text: str) -> Outgoing:
    return Outgoing(id=10_000 + number, address=address, text=text)
