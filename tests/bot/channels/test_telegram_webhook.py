"""The webhook: only Telegram may knock, and it hears 200 only after the commit."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.channels.telegram import webhook
from bot.channels.telegram.webhook import LARGEST_BODY, PATH, SECRET_HEADER
from store.errors import ConfigurationError
from tests.bot.channels.conftest import Line
from tests.botapi import BotApi
from tests.contract.harness import let_others_act
from tests.contract.telegram_harness import SECRET, Door, running, webhook_door

UPDATE = {
    "update_id": 5,
    "message": {
        "message_id": 9,
        "from": {"id": 77, "is_bot": False, "first_name": "Ana"},
        "chat": {"id": 77, "type": "private", "first_name": "Ana"},
        "date": 1_790_000_000,
        "text": "The tea was cold.",
    },
}


@pytest.fixture
async def door(line: Line) -> AsyncIterator[Door]:
    """The webhook of a connection that has met Telegram, but is not registered there."""
    async with webhook_door() as door:
        settings = {"mode": "webhook", "public_url": door.url, "webhook_secret": SECRET}
        async with line.open(**settings) as telegram:
            door.handler = telegram.webhook_handler
            yield door


async def _post(door: Door, body: bytes | str | io.BytesIO, **headers: str) -> int:
    shown = {SECRET_HEADER: SECRET} | headers
    async with (
        aiohttp.ClientSession() as session,
        session.post(door.url + PATH, data=body, headers=shown) as answer,
    ):
        return answer.status


async def test_an_update_is_taken(line: Line, door: Door) -> None:
    assert await _post(door, json.dumps(UPDATE)) == 200
    assert [incoming.text for incoming in line.inbox.taken] == ["The tea was cold."]


@pytest.mark.parametrize("shown", ["", "wrong", SECRET + "x", SECRET[:-1], "gehëim"])
async def test_without_the_secret_nobody_is_heard(line: Line, door: Door, shown: str) -> None:
    assert await _post(door, json.dumps(UPDATE), **{SECRET_HEADER: shown}) == 403
    assert not line.inbox.asked


async def test_without_the_header_nobody_is_heard(line: Line, door: Door) -> None:
    async with aiohttp.ClientSession() as session, session.post(door.url + PATH, json=UPDATE) as answer:
        assert answer.status == 403
    assert not line.inbox.asked


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"update_id": "5"}',
        b'{"update_id": true}',
        b'{"update_id": 5.5}',
        b"[" * 100_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)
async def test_what_is_no_update_is_refused(line: Line, door: Door, body: bytes) -> None:
    assert await _post(door, body) == 400
    assert await _post(door, json.dumps(UPDATE)) == 200
    assert len(line.inbox.taken) == 1


async def test_a_flood_is_refused(line: Line, door: Door) -> None:
    assert await _post(door, io.BytesIO(b" " * (LARGEST_BODY + 1))) == 413
    assert await _post(door, json.dumps(UPDATE)) == 200


async def test_what_is_packed_wrongly_is_refused(line: Line, door: Door) -> None:
    assert await _post(door, b"not gzip", **{"Content-Encoding": "gzip"}) == 400
    assert not line.inbox.asked


async def test_what_was_not_taken_is_asked_for_again(line: Line, door: Door) -> None:
    line.inbox.failures = 1
    assert await _post(door, json.dumps(UPDATE)) == 503
    assert await _post(door, json.dumps(UPDATE)) == 200
    assert len(line.inbox.taken) == 1


async def test_the_answer_waits_for_the_commit(line: Line, door: Door) -> None:
    line.inbox.open.clear()
    post = asyncio.create_task(_post(door, json.dumps(UPDATE)))
    await line.inbox.asks()
    await let_others_act()
    assert not post.done()
    line.inbox.open.set()
    assert await post == 200


async def test_of_too_many_at_once_the_last_are_asked_for_again(
    line: Line, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "MOST_WAITING", 1)
    line.inbox.open.clear()
    post = asyncio.create_task(_post(door, json.dumps(UPDATE)))
    await line.inbox.asks()
    assert await _post(door, json.dumps(UPDATE | {"update_id": 6})) == 503
    line.inbox.open.set()
    assert await post == 200
    assert await _post(door, json.dumps(UPDATE | {"update_id": 6})) == 200
    assert [incoming.update_id for incoming in line.inbox.taken] == ["5", "6"]


@pytest.mark.parametrize(
    "content", [{"message": 7}, {"message": {"text": "no chat"}}, {"callback_query": []}]
)
async def test_an_update_that_cannot_be_read_is_kept_and_not_sent_again(
    line: Line, door: Door, content: dict[str, Any]
) -> None:
    assert await _post(door, json.dumps({"update_id": 6, **content})) == 200
    ((update_id, _, payload),) = line.unreadable
    assert (update_id, payload) == ("6", {"update_id": 6, **content})


@pytest.mark.parametrize("content", [{}, {"telepathy": {"thought": "tea"}}])
async def test_an_update_of_an_unknown_kind_is_let_pass(
    line: Line, door: Door, content: dict[str, Any]
) -> None:
    assert await _post(door, json.dumps({"update_id": 6, **content})) == 200
    assert not line.unreadable
    assert not line.inbox.asked


async def test_before_we_know_our_own_name_telegram_is_asked_to_wait(line: Line, api: BotApi) -> None:
    api.fails("getMe", status=502)
    async with webhook_door() as door:
        settings = {"mode": "webhook", "public_url": door.url, "webhook_secret": SECRET}
        async with line.open(**settings) as telegram:
            door.handler = telegram.webhook_handler
            assert await _post(door, json.dumps(UPDATE)) == 503


async def test_the_webhook_is_registered_with_its_secret(line: Line, api: BotApi) -> None:
    settings = {"mode": "webhook", "public_url": "https://tea.example/", "webhook_secret": SECRET}
    async with line.open(**settings) as telegram, running(telegram):
        call = await api.wait_for("setWebhook")
    assert call.payload["url"] == "https://tea.example/telegram/webhook"
    assert call.payload["secret_token"] == SECRET
    assert call.payload["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert "drop_pending_updates" not in call.payload


async def test_a_webhook_that_telegram_refuses_ends_the_run(line: Line, api: BotApi) -> None:
    api.fails("setWebhook", status=400, description="Bad Request: bad webhook: HTTPS url must be provided")
    settings = {"mode": "webhook", "public_url": "http://tea.example", "webhook_secret": SECRET}
    async with line.open(**settings) as telegram:
        with pytest.raises(ConfigurationError, match="RAPPORT_PUBLIC_URL") as raised:
            await telegram.receive()
    assert SECRET not in str(raised.value)


async def test_registering_goes_on_until_it_succeeds(line: Line, api: BotApi) -> None:
    api.fails("setWebhook", times=2, status=502)
    async with webhook_door() as door:
        settings = {"mode": "webhook", "public_url": door.url, "webhook_secret": SECRET}
        async with line.open(**settings) as telegram, running(telegram):
            door.handler = telegram.webhook_handler
            api.user("Ana").says("hello")
            assert [incoming.text for incoming in await line.inbox.takes()] == ["hello"]
    assert line.waits.seconds == [1, 2]
