"""What nobody should send, and what strangers try."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.channels.webchat.connection import UNKNOWN_VISITOR
from handlers.incoming import MAX_TEXT
from store.engine import Database
from tests.bot.channels.webchat_house import House, browsing, standing
from tests.patience import PATIENCE_S

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


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
async def test_any_text_comes_through_unchanged(house: House, text: str) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says(text)
        assert (await ana.item())["text"] == f"You said: {text}"
        history = await ana.hello()
        assert [shown["text"] for shown in history["items"]] == [text, f"You said: {text}"]


@pytest.mark.parametrize(("text", "kept"), [("a\x00b", "ab"), ("a\ud800b", "a\ufffdb")])
async def test_what_no_database_can_store_is_replaced(house: House, text: str, kept: str) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says(text)
        assert (await ana.item())["text"] == f"You said: {kept}"


@pytest.mark.parametrize("text", ["", "   \n\t", "\x00"])
async def test_nothing_is_refused_with_a_sentence(house: House, text: str) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        assert "nothing in that message" in await ana.refused(type="say", uuid=ana.uuid(), text=text)
        await ana.says("still here")
    assert len(house.taken) == 1


async def test_too_long_is_refused_in_the_language_of_the_page(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello(language="zh-CN")
        assert "100,000" in await ana.refused(type="say", uuid=ana.uuid(), text="x" * (MAX_TEXT + 1))
        english = await ana.refused(type="say", uuid=ana.uuid(), text="")
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
        message = await forger.socket.receive(timeout=PATIENCE_S)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, UNKNOWN_VISITOR)


async def test_a_customers_cookie_opens_no_staff_socket(house: House) -> None:
    customer = await _cookie_of_customer(house)
    for cookies in ("none=1", f"rapport_staff={customer}"):
        async with browsing(house, page="/staff", cookies=cookies) as forger:
            assert (await forger.socket.receive(timeout=PATIENCE_S)).data == UNKNOWN_VISITOR


async def _cookie_of_customer(house: House) -> str:
    async with aiohttp.ClientSession() as session, session.get(house.url + "/chat") as response:
        return response.cookies["rapport_customer"].value
