"""The webhook's door: who may come in with what, and that nothing at it stops the next message."""

import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import select

from store.tables.conversations import Message
from store.tables.queues import InboxUpdate
from tests.botapi.people import User
from tests.e2e.stage import Stage, playing
from tests.program import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "what-Telegram-shows"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One program for the module, to which the Bot API server posts."""
    port = str(free_port())
    webhook = {
        "TELEGRAM_MODE": "webhook",
        "HTTP_PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    async with playing(tmp_path_factory.mktemp("program"), **webhook) as set_up:
        await set_up.botapi.wait_for("setWebhook")
        yield set_up


async def _knock(
    stage: Stage, body: bytes, *, secret: str | None = SECRET, method: str = "POST", **headers: str
) -> int:
    shown = {"Content-Type": "application/json", **headers, **({} if secret is None else {HEADER: secret})}
    url = f"{stage.program.settings['PUBLIC_URL']}/telegram/webhook"
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, url, data=io.BytesIO(body), headers=shown) as answer,
    ):
        assert SECRET not in await answer.text()
        return answer.status


def _update(person: User, text: str, number: int) -> bytes:
    message = {"message_id": number, "from": person.about, "chat": person.chat.about, "date": 1_800_000_000}
    return json.dumps({"update_id": number, "message": {**message, "text": text}}).encode()


async def test_what_telegram_posts_is_answered(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    await stage.still_answers(ana)
    await stage.all_handled()


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET.lower(), SECRET + " x", "geheim-ü"])
async def test_without_the_right_secret_nothing_comes_in(stage: Stage, secret: str | None) -> None:
    eve = stage.botapi.user("Eve")
    assert await _knock(stage, _update(eve, "let me in", 1), secret=secret) == 403
    await stage.still_answers(eve)
    assert len(stage.sent(eve)) == 1


MALFORMED = {
    "nothing": b"",
    "half an object": b'{"update_id": 2, "mess',
    "no JSON": b"update_id=2",
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "an object without a number": b"{}",
    "a number that is a text": b'{"update_id": "2"}',
    "a number that is true": b'{"update_id": true}',
    "no UTF-8": b'{"update_id": 2, "message": "\xff\xfe"}',
    "endless nesting": b'{"update_id": ' + b"[" * 100_000,
    "an endless number": b'{"update_id": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_no_update_is_refused(stage: Stage, body: bytes) -> None:
    assert await _knock(stage, body) == 400
    await stage.still_answers(stage.botapi.user("Ana"))


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_posts_come_in(stage: Stage, method: str) -> None:
    assert await _knock(stage, b"", method=method) == 405
    await stage.still_answers(stage.botapi.user("Ana"))


async def test_a_huge_body_is_refused(stage: Stage) -> None:
    try:
        status = await _knock(stage, b'{"update_id": 3, "padding": "' + b"x" * (5 << 20) + b'"}')
    except aiohttp.ClientConnectionError:
        status = 413  # the door was shut while the rest was still on its way
    assert status == 413
    await stage.still_answers(stage.botapi.user("Ana"))


async def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(stage: Stage) -> None:
    bomb = gzip.compress(b'{"update_id": 3, "padding": "' + b"x" * (50 << 20) + b'"}')
    assert await _knock(stage, bomb, **{"Content-Encoding": "gzip"}) in {400, 413}
    await stage.still_answers(stage.botapi.user("Ana"))


async def test_a_packed_body_that_is_broken_is_refused(stage: Stage) -> None:
    assert await _knock(stage, b"no gzip at all", **{"Content-Encoding": "gzip"}) == 400
    await stage.still_answers(stage.botapi.user("Ana"))


PASSED_OVER: dict[str, dict[str, Any]] = {
    "of a kind that nobody knows yet": {"update_id": 41, "telepathy": {"thought": "tea"}},
    "of no kind": {"update_id": 42},
    "of a channel": {"update_id": 43, "channel_post": {"message_id": 1, "text": "news"}},
    "with a huge number": {"update_id": 10**30, "poll": {}},
}


@pytest.mark.parametrize("update", PASSED_OVER.values(), ids=PASSED_OVER.keys())
async def test_an_unknown_update_is_passed_over(stage: Stage, update: dict[str, Any]) -> None:
    assert await _knock(stage, json.dumps(update).encode()) == 200
    await stage.still_answers(stage.botapi.user("Ana"))


async def test_a_broken_update_is_set_aside_with_its_error(stage: Stage) -> None:
    assert await _knock(stage, b'{"update_id": 51, "message": {"strange": "\\ud800\\u0000"}}') == 200
    (kept,) = stage.column(select(InboxUpdate).where(InboxUpdate.update_id == "51"))
    assert kept.error
    assert kept.payload["message"] == {"strange": "�"}
    await stage.still_answers(stage.botapi.user("Ana"))


async def test_an_update_that_comes_twice_has_one_effect(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    update = _update(ana, "Your jasmine tea is wonderful, thank you!", 61)
    assert await asyncio.gather(*(_knock(stage, update) for _ in range(5))) == [200] * 5
    await ana.hears("makes our day")
    assert await _knock(stage, update) == 200
    await stage.still_answers(ana)
    assert len(stage.sent(ana)) == 2
    assert len(stage.column(select(Message.id).where(Message.sender == str(ana.id)))) == 2
