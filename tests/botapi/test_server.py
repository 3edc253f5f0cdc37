"""The test server keeps Telegram's rules, as far as our tests lean on them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.botapi import BotApi


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


async def _call(api: BotApi, method: str, **payload: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.url}/bot{api.token}/{method}", json=payload) as answer,
    ):
        body = await answer.json()
        return answer.status, body.get("result", body.get("description"))


async def test_updates_are_given_until_they_are_confirmed(api: BotApi) -> None:
    ana = api.user("Ana")
    ana.says("one")
    ana.says("two")
    _, first = await _call(api, "getUpdates")
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert first == (await _call(api, "getUpdates"))[1]
    _, rest = await _call(api, "getUpdates", offset=first[0]["update_id"] + 1)
    assert rest == first[1:]
    assert (await _call(api, "getUpdates", offset=rest[0]["update_id"] + 1))[1] == []
    assert not api.updates.pending


async def test_a_long_poll_ends_when_something_happens(api: BotApi) -> None:
    poll = asyncio.create_task(_call(api, "getUpdates", timeout=30))
    await asyncio.sleep(0)
    api.user("Ana").says("hello")
    _, (update,) = await asyncio.wait_for(poll, 10)
    assert update["message"]["text"] == "hello"


async def test_a_second_poll_ends_the_first(api: BotApi) -> None:
    first = asyncio.create_task(_call(api, "getUpdates", timeout=30))
    while not api.updates.polls:  # noqa: ASYNC110 - one turn of the loop, not a wait
        await asyncio.sleep(0)
    assert (await _call(api, "getUpdates"))[0] == 200
    assert (await first)[0] == 409


async def test_a_webhook_excludes_polling(api: BotApi) -> None:
    await _call(api, "setWebhook", url="http://127.0.0.1:9/hook")
    assert (await _call(api, "getUpdates"))[0] == 409
    await _call(api, "deleteWebhook")
    assert (await _call(api, "getUpdates"))[0] == 200


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"chat_id": 1, "text": "x"}, "chat not found"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "🫖" * 2049}, "message is too long"),
        ({"text": "x", "reply_parameters": {"message_id": 1}}, "message to be replied not found"),
        (
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "y", "callback_data": "é" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
    ],
)
async def test_what_telegram_refuses_is_refused(api: BotApi, payload: dict[str, Any], words: str) -> None:
    status, answer = await _call(api, "sendMessage", **({"chat_id": api.user("Ana").id} | payload))
    assert status == 400
    assert words in answer


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.botapi", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        told = dict(pair.split("=") for pair in (await process.stdout.readline()).decode().split())
        url, token = told["RAPPORT_TELEGRAM_API_URL"], told["RAPPORT_TELEGRAM_TOKEN"]
        async with aiohttp.ClientSession(base_url=url) as session:
            await session.post("/control/fails", json={"method": "getMe", "status": 502})
            await session.post("/control/says", json={"user": 7, "text": "hello"})
            assert (await session.post(f"/bot{token}/getMe")).status == 502
            updates = await (await session.post(f"/bot{token}/getUpdates")).json()
            assert updates["result"][0]["message"]["text"] == "hello"
            calls = await (await session.get("/control/calls")).json()
            assert [(call["method"], call["status"]) for call in calls] == [
                ("getMe", 502),
                ("getUpdates", 200),
            ]
    finally:
        process.terminate()
        await process.wait()
