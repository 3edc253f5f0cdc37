"""The talk between a page and the channel, over real WebSockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.incoming import IncomingKind
from scheduler.delivery.channel import Outgoing
from store.engine import Database
from store.outbox import Draft
from store.tables.queues import MessageKind
from tests.bot.channels.webchat_house import Browser, House, browsing, standing
from tests.patience import PATIENCE_S


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as house:
        yield house


async def test_what_is_said_is_acknowledged_and_answered(house: House) -> None:
    async with browsing(house) as ana:
        assert (await ana.hello())["items"] == []
        taken = await ana.says("hello")
        assert (await ana.item())["text"] == "You said: hello"
        assert taken["id"] == f"m-{taken['uuid']}"
    [update] = house.taken
    assert update.sender.id == update.address
    assert update.address.startswith("w-")
    assert update.private
    assert (update.sender.language, update.sender.timezone) == ("en-GB", "Europe/London")


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
            assert (await browser.item())["text"] == "You said: me"
    assert len({update.update_id for update in house.taken}) == 2


async def test_a_tap_a_correction_and_a_reply(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        taken = await ana.says("choose")
        question = await ana.item()
        assert question["buttons"] == [
            [{"label": "Good", "data": "rate:f1:5"}, {"label": "Bad", "data": "rate:f1:1"}]
        ]
        await ana.send(type="tap", uuid=ana.uuid(), id=question["id"], data="rate:f1:5")
        assert (await ana.item())["text"] == "You chose rate:f1:5"
        await ana.send(type="edit", uuid=ana.uuid(), id=taken["id"], text="decide")
        assert (await ana.item())["text"] == "You corrected that to decide"
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
        echo, ready = await ana.item(), await ana.item()
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


async def test_a_second_tab_sees_what_the_first_one_says(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        async with ana.session.ws_connect(f"{house.url}/chat/ws", headers={"Origin": house.url}) as socket:
            tab = Browser(house, ana.session, socket)
            await tab.hello()
            await ana.says("hi")
            assert {(await tab.item())["text"], (await tab.item())["text"]} == {"hi", "You said: hi"}


async def test_a_stopping_server_says_goodbye_and_a_reader_that_never_reads_blocks_nobody(
    house: House,
) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says("hi")
        address = house.taken[0].address
        for number in range(700):
            await asyncio.wait_for(house.webchat.send(_outgoing(number, address, "x" * 20_000)), PATIENCE_S)
        await house.stop()
    await house.start()


def _outgoing(number: int, address: str, text: str) -> Outgoing:
    return Outgoing(id=10_000 + number, address=address, text=text)


async def test_what_could_not_be_taken_is_sent_again_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        with monkeypatch.context() as broken:
            broken.setattr(house, "taken", None)  # the intake breaks
            await ana.send(type="say", uuid=ana.uuid(), text="hello")
            refusal = await ana.next("refused")
            assert refusal["retryAfter"] > 0
        await ana.says("hello")
        assert (await ana.item())["text"] == "You said: hello"
