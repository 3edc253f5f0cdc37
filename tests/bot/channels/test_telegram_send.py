"""What sending by Telegram asks of it, and what its refusals become."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from scheduler.delivery.channel import Outgoing, RefusedError, UnreachableError
from store.errors import PermanentError, TemporaryError
from store.outbox import Button, Document
from tests.bot.channels.conftest import Line
from tests.botapi import BotApi
from tests.botapi.people import User

LONG = "The pot was cold. " * 500


@pytest.fixture
async def channel(line: Line) -> AsyncIterator[TelegramChannel]:
    async with line.open() as telegram:
        yield telegram.channel


@pytest.fixture
def ana(api: BotApi) -> User:
    return api.user("Ana")


def _to(person: User, text: str = "hello", **more: Any) -> Outgoing:
    return Outgoing(1, str(person.id), text, **more)


async def test_text_is_never_markup_and_shows_no_preview(
    channel: TelegramChannel, api: BotApi, ana: User
) -> None:
    name = await channel.send(_to(ana, "<b>https://example.org</b>"))
    await channel.edit(name, _to(ana, "*https://example.org*"))
    for call in api.calls[-2:]:
        assert "parse_mode" not in call.payload
        assert call.payload["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("description", "error"),
    [
        ("Forbidden: bot was blocked by the user", UnreachableError),
        ("Forbidden: user is deactivated", UnreachableError),
        ("Forbidden: bot was kicked from the supergroup chat", UnreachableError),
        ("Bad Request: chat not found", UnreachableError),
        ("Bad Request: user not found", UnreachableError),
        ("Bad Request: PEER_ID_INVALID", UnreachableError),
        ("Bad Request: not enough rights to send text messages to the chat", UnreachableError),
        ("Bad Request: message is too long", RefusedError),
        ("Bad Request: BUTTON_DATA_INVALID", RefusedError),
    ],
)
async def test_what_is_useless_to_repeat(
    channel: TelegramChannel, api: BotApi, ana: User, description: str, error: type[Exception]
) -> None:
    api.fails(
        "sendMessage", status=403 if description.startswith("Forbidden") else 400, description=description
    )
    with pytest.raises(PermanentError) as raised:
        await channel.send(_to(ana))
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("fault", "maybe_delivered"),
    [
        ({"status": 500}, True),
        ({"status": 502}, True),
        ({"status": 503, "body": "<html>no</html>"}, True),
        ({"status": 401}, False),
        ({"status": 409}, False),
        ({"body": "<html>a hotel's welcome page</html>"}, True),
        ({"body": "[]"}, True),
        ({"body": '{"ok": true, "result": 7}'}, True),
        ({"drop": "before"}, True),
        ({"drop": "after"}, True),
    ],
    ids=str,
)
async def test_what_may_pass(
    channel: TelegramChannel, api: BotApi, ana: User, fault: dict[str, Any], *, maybe_delivered: bool
) -> None:
    api.fails("sendMessage", **fault)
    with pytest.raises(TemporaryError) as raised:
        await channel.send(_to(ana))
    assert raised.value.maybe_delivered is maybe_delivered
    assert raised.value.retry_after_s is None


async def test_where_nobody_listens_nothing_was_delivered(line: Line, ana: User) -> None:
    async with line.open() as telegram:
        await line.api.stop()
        with pytest.raises(TemporaryError) as raised:
            await telegram.channel.send(_to(ana))
    assert raised.value.maybe_delivered is False


async def test_a_wait_that_telegram_asks_for_is_passed_on(
    channel: TelegramChannel, api: BotApi, ana: User
) -> None:
    api.fails("sendMessage", status=429, parameters={"retry_after": 17})
    with pytest.raises(TemporaryError) as raised:
        await channel.send(_to(ana))
    assert raised.value.retry_after_s == 17
    assert raised.value.maybe_delivered is False


async def test_a_message_in_parts_goes_on_where_it_stopped(
    channel: TelegramChannel, api: BotApi, ana: User
) -> None:
    message = _to(ana, LONG)
    api.fails("sendMessage", skip=1, status=429, parameters={"retry_after": 1})
    with pytest.raises(TemporaryError):
        await channel.send(message)
    assert len(ana.window.all()) == 1
    await channel.send(message)
    assert "".join(shown.text for shown in ana.window.all()) == LONG
    await channel.send(message)
    assert "".join(shown.text for shown in ana.window.all()) == LONG * 2


async def test_after_a_move_nothing_is_mistaken_for_what_stood_in_the_old_group(
    channel: TelegramChannel, api: BotApi
) -> None:
    group = api.group("Staff", kind="group")
    before = await channel.send(Outgoing(1, str(group.id), "the alert of Ana"))
    moved = api.moves(group)
    moved.chat.message_ids = itertools.count(int(before))
    after = await channel.send(Outgoing(2, str(group.id), "the alert of Bo", reply_to=before))
    assert after != before
    assert moved.window.all()[0].message_id == int(before)  # Telegram gives both the same number
    assert moved.window.all()[0].reply_to is None
    with pytest.raises(RefusedError):
        await channel.edit(before, Outgoing(3, str(group.id), "Ana is taken"))
    await channel.edit(after, Outgoing(4, str(group.id), "Bo is taken"))
    assert [(await moved.sees_edit()).text] == ["Bo is taken"]
    await channel.send(Outgoing(5, str(group.id), "Bo writes on", reply_to=after))
    assert moved.window.all()[-1].reply_to == int(before)


async def test_a_group_that_moved_is_followed(channel: TelegramChannel, api: BotApi) -> None:
    group = api.group("Staff", kind="group")
    moved = api.moves(group)
    message = Outgoing(1, str(group.id), "alert", ((Button("Take it", "take:7"),),))
    name = await channel.send(message)
    await channel.edit(name, Outgoing(2, str(group.id), "taken"))
    assert [shown.text for shown in moved.window.all()] == ["alert"]
    assert (await moved.sees_edit()).text == "taken"
    assert api.count("sendMessage") == 2  # refused once, then sent to the new id
    assert api.count("editMessageText") == 1  # and remembered


async def test_only_what_speaks_first_is_paid_for(line: Line, api: BotApi, ana: User) -> None:
    file = Document("a.txt", "text/plain", "a")
    async with line.open(paid_broadcasts=True) as telegram:
        await telegram.channel.send(_to(ana, "an answer"))
        await telegram.channel.send(_to(ana, "an offer", speaks_first=True))
        await telegram.channel.send(_to(ana, "an offer", speaks_first=True, document=file))
    paid = ["allow_paid_broadcast" in call.payload for call in api.calls if call.method.startswith("send")]
    assert paid == [False, True, True]


async def test_nothing_is_paid_for_where_it_was_not_turned_on(
    channel: TelegramChannel, api: BotApi, ana: User
) -> None:
    await channel.send(_to(ana, "an offer", speaks_first=True))
    assert "allow_paid_broadcast" not in api.calls[-1].payload


@pytest.mark.parametrize("result", ["true", "{}", '{"message_id": "5"}', "[]"])
async def test_an_answer_that_names_no_message_leaves_it_open(
    channel: TelegramChannel, api: BotApi, ana: User, result: str
) -> None:
    api.fails("sendMessage", body=f'{{"ok": true, "result": {result}}}')
    with pytest.raises(TemporaryError) as raised:
        await channel.send(_to(ana))
    assert raised.value.maybe_delivered


async def test_a_look_tells_that_telegram_does_not_answer(channel: TelegramChannel, api: BotApi) -> None:
    api.fails("getMe", status=502)
    with pytest.raises(TemporaryError):
        await channel.look()
