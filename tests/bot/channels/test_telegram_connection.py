"""Opening the line to Telegram: a wrong token ends the start, a broken road does not; no token is told."""

import asyncio
import logging
import traceback
from contextlib import suppress

import pytest

from bot.channels.telegram import connection
from scheduler.delivery.channel import Outgoing, UnreachableError
from store.errors import ConfigurationError, RapportError, TemporaryError
from tests.bot.channels.conftest import Line
from tests.botapi import BotApi
from tests.contract.harness import let_others_act
from tests.contract.telegram_harness import running

WRONG = "987654321:AAwrong-token"


async def test_a_wrong_token_ends_the_start(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ConfigurationError, match="RAPPORT_TELEGRAM_TOKEN") as raised:
        async with line.open(token=WRONG):
            pass
    assert WRONG not in "".join(traceback.format_exception(raised.value))
    assert WRONG not in caplog.text


async def test_an_unreachable_telegram_does_not_end_the_start(line: Line, api: BotApi) -> None:
    await api.stop()
    async with line.open() as telegram:
        assert telegram.trouble == "Telegram was not reached yet"
        restarted = BotApi(token=api.token, port=api.port)
        async with restarted, running(telegram):
            restarted.user("Ana").says("hello")
            assert [incoming.text for incoming in await line.inbox.takes()] == ["hello"]
            assert telegram.trouble is None


async def test_a_wrong_token_that_shows_only_later_ends_the_run(line: Line, api: BotApi) -> None:
    await api.stop()
    async with line.open(token=WRONG) as telegram, BotApi(token=api.token, port=api.port):
        with pytest.raises(ConfigurationError, match="RAPPORT_TELEGRAM_TOKEN"):
            await telegram.receive()


async def test_opening_changes_nothing(line: Line, api: BotApi) -> None:
    async with line.open() as telegram:
        await telegram.check()
    assert {call.method for call in api.calls} == {"getMe", "getWebhookInfo"}


@pytest.mark.parametrize("missing", ["public_url", "webhook_secret"])
async def test_the_webhook_needs_its_settings(line: Line, missing: str) -> None:
    settings = {"public_url": "https://tea.example", "webhook_secret": "s"} | {missing: None}
    with pytest.raises(ConfigurationError, match="RAPPORT_PUBLIC_URL"):
        async with line.open(mode="webhook", **settings):
            pass


async def test_the_checkup_finds_all_well(line: Line, api: BotApi) -> None:
    async with line.open() as telegram:
        checkup = await telegram.check()
    assert checkup.username == "lantern_tea_bot"
    assert checkup.faults == ()


async def test_the_checkup_tells_what_is_wrong(line: Line, api: BotApi) -> None:
    api.updates.webhook = {
        "url": "https://elsewhere.example/hook",
        "last_error_message": "Wrong response: 500",
    }
    async with line.open() as telegram:
        assert len((await telegram.check()).faults) == 2
    async with line.open(mode="webhook", public_url="https://tea.example", webhook_secret="s") as telegram:
        faults = (await telegram.check()).faults
    assert "https://tea.example/telegram/webhook" in faults[0]


async def test_a_checkup_that_cannot_be_made_says_why(line: Line, api: BotApi) -> None:
    async with line.open() as telegram:
        api.fails("getMe", status=502)
        with pytest.raises(TemporaryError, match="Bad Gateway"):
            await telegram.check()
        api.fails("getMe", status=401)
        with pytest.raises(ConfigurationError, match="RAPPORT_TELEGRAM_TOKEN"):
            await telegram.check()


async def test_the_menu_is_shown_in_every_language(line: Line, api: BotApi) -> None:
    async with line.open() as telegram, running(telegram):
        await api.wait_for(
            lambda call: call.method == "setMyCommands" and call.payload.get("language_code") == "zh"
        )
    menus = {language: commands for (_, language), commands in api.world.commands.items()}
    names = [command["command"] for command in menus[""]]
    assert " ".join(names) == (
        "start help feedback complaint status events festivals birthday language stop consent resume "
        "mydata forget"
    )
    assert [command["command"] for command in menus["zh"]] == names


async def test_a_menu_that_telegram_does_not_take_stops_nothing(line: Line, api: BotApi) -> None:
    api.fails("setMyCommands", status=400)
    async with line.open() as telegram, running(telegram):
        await api.wait_for("setMyCommands")
        api.user("Ana").says("hello")
        await line.inbox.takes()
    assert line.waits.seconds == []


async def test_the_token_is_told_nowhere(line: Line, api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.user("Ana").taps_data("x", message=None)
    for method in ("getUpdates", "answerCallbackQuery", "setMyCommands", "deleteWebhook"):
        api.fails(method, drop="before")
        api.fails(method, status=404, body=f"no /bot{api.token}/{method} here")
    told = []
    async with line.open() as telegram, running(telegram):
        await api.updates.wait_until_confirmed()
        for fault in ({"drop": "before"}, {"status": 500, "body": f"/bot{api.token}/"}, {"status": 401}):
            api.fails("getMe", **fault)
            with suppress(RapportError):
                try:
                    await telegram.check()
                except RapportError as error:
                    told.append("".join(traceback.format_exception(error)))
                    raise
        await api.stop()
        await asyncio.sleep(0)
    assert len(told) == 3
    assert api.token not in caplog.text + "".join(told)
    assert api.token.partition(":")[2] not in caplog.text + "".join(told)


async def test_a_staff_chat_that_is_reached_is_no_fault(line: Line, api: BotApi) -> None:
    staff = api.group()
    async with line.open(staff_chat=str(staff.id)) as telegram:
        assert telegram.trouble is None
        assert (await telegram.check()).faults == ()
    assert staff.window.all() == []


@pytest.mark.parametrize("refusal", ["", "Forbidden: bot was kicked from the supergroup chat"])
async def test_a_staff_chat_out_of_reach_is_told_until_it_is_reached(
    line: Line, api: BotApi, refusal: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with line.open(staff_chat="-1009") as telegram:
        if refusal:
            api.group(group_id=-1009).chat.refuses = refusal
        (fault,) = (await telegram.check()).faults
        assert "RAPPORT_STAFF_CHAT" in fault
        assert "add the bot to the group" in fault
        assert telegram.trouble == fault
        assert fault in caplog.text
        api.group(group_id=-1009)
        await telegram.channel.send(Outgoing(1, "-1009", "alert"))
        assert telegram.trouble is None


async def test_a_message_to_staff_that_goes_nowhere_is_told(line: Line, api: BotApi) -> None:
    staff = api.group()
    async with line.open(staff_chat=str(staff.id)) as telegram:
        staff.chat.refuses = "Forbidden: bot was kicked from the supergroup chat"
        with pytest.raises(UnreachableError):
            await telegram.channel.send(Outgoing(1, str(staff.id), "alert"))
        assert "RAPPORT_STAFF_CHAT" in str(telegram.trouble)


async def test_while_staff_are_out_of_reach_we_look_again(
    line: Line, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STAFF_LOOK_S", 0.0)
    async with line.open(staff_chat="-1009") as telegram, running(telegram):
        assert telegram.trouble is not None
        api.group(group_id=-1009)
        await api.wait_for(lambda call: call.method == "sendChatAction" and call.taken)
        await let_others_act()
        assert telegram.trouble is None


async def test_a_staff_chat_that_cannot_be_looked_at_yet_stops_nothing(line: Line, api: BotApi) -> None:
    api.fails("sendChatAction", status=502)
    async with line.open(staff_chat=str(api.group().id)) as telegram, running(telegram):
        assert telegram.trouble is None
        api.user("Ana").says("hello")
        await line.inbox.takes()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_after_a_restart_a_staff_group_that_moved_is_known_before_staff_are_heard(
    line: Line, api: BotApi, mode: str
) -> None:
    staff, mei = api.group(kind="group"), api.user("Mei")
    moved = api.moves(staff)
    mei.says("/open", group=moved)
    (waits,) = api.updates.pending.values()
    settings = {} if mode == "polling" else {"public_url": "https://tea.example", "webhook_secret": "s"}
    async with line.open(staff_chat=str(staff.id), mode=mode, **settings) as telegram:
        await telegram.webhook_handler.receive([waits])
        (incoming,) = await line.inbox.takes()
    assert (incoming.address, incoming.message_id) == (str(staff.id), f"{moved.id}/501")
