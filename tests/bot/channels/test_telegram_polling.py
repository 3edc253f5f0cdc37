"""Long polling: nothing is confirmed early, nothing stops it for good."""

import asyncio
import logging
from typing import Any

import pytest

from bot.channels.telegram.patience import Patience
from store.errors import ConfigurationError
from tests.bot.channels.conftest import Line
from tests.botapi import BotApi
from tests.contract.telegram_harness import running

UNREADABLE = {"message": {"text": "neither chat nor date"}}


async def test_the_start_removes_a_webhook_and_keeps_what_waits(line: Line, api: BotApi) -> None:
    api.updates.webhook = {"url": "http://127.0.0.1:9/old"}
    api.user("Ana").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()
    removal = next(call for call in api.calls if call.method == "deleteWebhook")
    assert removal.payload.get("drop_pending_updates", "false") == "false"


async def test_it_asks_for_what_it_understands_and_waits_long(line: Line, api: BotApi) -> None:
    async with line.open() as telegram, running(telegram):
        api.user("Ana").says("hello")
        await line.inbox.takes()
        await api.updates.wait_until_confirmed()
    poll = next(call for call in api.calls if call.method == "getUpdates")
    assert poll.payload["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert poll.payload["timeout"] == "25"


async def test_an_update_that_cannot_be_read_stops_no_other(line: Line, api: BotApi) -> None:
    ana = api.user("Ana")
    ana.says("before")
    number = api.updates.push(**UNREADABLE)
    ana.says("after")
    async with line.open() as telegram, running(telegram):
        assert [incoming.text for incoming in await line.inbox.takes(2)] == ["before", "after"]
        await api.updates.wait_until_confirmed()
    ((update_id, error, payload),) = line.unreadable
    assert update_id == str(number)
    assert error
    assert payload == {"update_id": number, **UNREADABLE}


async def test_what_is_kept_of_an_unreadable_update_can_be_stored(line: Line, api: BotApi) -> None:
    api.updates.push(message={"text": "a\x00b\ud83d", "odd\x00key": ["\udfff", 7, None]})
    async with line.open() as telegram, running(telegram):
        await api.updates.wait_until_confirmed()
    ((_, _, payload),) = line.unreadable
    assert payload["message"] == {"text": "ab\ufffd", "oddkey": ["\ufffd", 7, None]}


async def test_an_unreadable_update_that_cannot_be_kept_is_not_confirmed(line: Line, api: BotApi) -> None:
    failures = 2
    kept = asyncio.Event()

    async def keep(*_what: Any) -> None:
        nonlocal failures
        assert api.updates.pending
        if failures:
            failures -= 1
            raise OSError("the disk is full for the test")
        kept.set()

    api.updates.push(**UNREADABLE)
    async with line.open(unreadable=keep) as telegram, running(telegram):
        await asyncio.wait_for(kept.wait(), 10)
        await api.updates.wait_until_confirmed()


async def test_an_update_of_an_unknown_kind_is_confirmed_and_no_more(line: Line, api: BotApi) -> None:
    api.updates.push(telepathy={"thought": "tea"})
    async with line.open() as telegram, running(telegram):
        await api.updates.wait_until_confirmed()
    assert not line.unreadable
    assert not line.inbox.asked


async def test_a_hundred_and_more_come_in_order(line: Line, api: BotApi) -> None:
    ana = api.user("Ana")
    for number in range(250):
        ana.says(str(number))
    async with line.open() as telegram, running(telegram):
        taken = await line.inbox.takes(250)
    assert [incoming.text for incoming in taken] == [str(number) for number in range(250)]


async def test_while_telegram_is_down_the_waits_grow_and_then_all_is_well(line: Line, api: BotApi) -> None:
    api.fails("getUpdates", times=8, status=502)
    api.user("Ana").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()
    assert line.waits.seconds == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_a_wait_that_telegram_asks_for_is_kept(line: Line, api: BotApi) -> None:
    api.fails("getUpdates", status=429, parameters={"retry_after": 33})
    api.user("Ana").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()
    assert line.waits.seconds == [33]


@pytest.mark.parametrize(
    "fault",
    [{"drop": "before"}, {"drop": "after"}, {"body": "<html>"}, {"body": "null"}, {"body": '{"result": 7}'}],
    ids=str,
)
async def test_a_spoilt_answer_loses_nothing(line: Line, api: BotApi, fault: dict[str, Any]) -> None:
    api.user("Ana").says("hello")
    api.fails("getUpdates", **fault)
    async with line.open() as telegram, running(telegram):
        assert [incoming.text for incoming in await line.inbox.takes()] == ["hello"]


async def test_another_poller_is_reported_with_what_to_do(
    line: Line, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails("getUpdates", status=409)
    api.user("Ana").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()
    assert "another program uses the same bot" in caplog.text


async def test_a_token_that_is_revoked_ends_it(line: Line, api: BotApi) -> None:
    api.fails("getUpdates", skip=1, status=401)
    api.user("Ana").says("hello")
    async with line.open() as telegram:
        with pytest.raises(ConfigurationError, match="RAPPORT_TELEGRAM_TOKEN"):
            await telegram.receive()


async def test_a_lost_road_is_no_revoked_token(line: Line, api: BotApi) -> None:
    api.fails("getUpdates", status=404)
    api.user("Ana").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()


async def test_a_batch_in_hand_at_the_stop_stays_unconfirmed(line: Line, api: BotApi) -> None:
    line.inbox.open.clear()
    api.user("Ana").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.asks()
    assert len(api.updates.pending) == 1
    assert set(line.offsets()) == {0}
    line.inbox.open.set()
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()
        await api.updates.wait_until_confirmed()


async def test_a_tap_stops_spinning_after_it_was_handled(line: Line, api: BotApi) -> None:
    line.inbox.open.clear()
    tap_id = api.user("Ana").taps_data("solved:7:yes", message=None)
    api.user("Bo").says("hello")
    async with line.open() as telegram, running(telegram):
        await line.inbox.asks()
        assert not api.world.taps[tap_id]
        line.inbox.open.set()
        await api.wait_for("answerCallbackQuery")
    assert api.world.taps[tap_id]


async def test_a_tap_that_cannot_be_answered_stops_nothing(line: Line, api: BotApi) -> None:
    api.fails("answerCallbackQuery", times=2, status=400)
    ana = api.user("Ana")
    async with line.open() as telegram, running(telegram):
        ana.taps_data("x", message=None)
        await api.wait_for("answerCallbackQuery")
        ana.says("hello")
        await line.inbox.takes()


async def test_answering_a_tap_holds_up_nothing(line: Line, api: BotApi) -> None:
    api.fails("answerCallbackQuery", hold=asyncio.Event())
    ana = api.user("Ana")
    ana.taps_data("x", message=None)
    async with line.open() as telegram, running(telegram):
        await api.updates.wait_until_confirmed()
        ana.says("hello")
        await line.inbox.takes()


async def test_jitter_spreads_the_waits(line: Line, api: BotApi) -> None:
    api.fails("getUpdates", times=3, status=502)
    api.user("Ana").says("hello")
    async with (
        line.open(patience=Patience(sleep=line.waits, jitter=lambda: 0.0)) as telegram,
        running(telegram),
    ):
        await line.inbox.takes()
    assert line.waits.seconds == [0.5, 1, 2]


async def test_what_is_wrong_in_between_can_be_asked(line: Line, api: BotApi) -> None:
    held = asyncio.Event()

    async def hold(seconds: float) -> None:
        line.waits.seconds.append(seconds)
        asked.set()
        await held.wait()

    asked = asyncio.Event()
    api.fails("getUpdates", status=502)
    api.user("Ana").says("hello")
    async with line.open(patience=Patience(sleep=hold)) as telegram, running(telegram):
        await asyncio.wait_for(asked.wait(), 10)
        assert telegram.trouble == "fetching updates failed (NetworkError)"
        held.set()
        await line.inbox.takes()
        assert telegram.trouble is None


async def test_the_library_does_not_log_what_customers_write(
    line: Line, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.user("Ana").says("my very own secret")
    async with line.open() as telegram, running(telegram):
        await line.inbox.takes()
        await api.updates.wait_until_confirmed()
    assert "my very own secret" not in caplog.text
