"""HTTP to Telegram: what goes over the wire, and errors that never tell the token."""

import asyncio
import traceback
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.telegram.http import AiohttpRequest, NotSentError
from tests.botapi import BotApi

SECRET = "AAtest-token_of-the-bot-api-server"


@pytest.fixture
async def request_(api: BotApi) -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(token=api.token) as request:
        yield request


@pytest.fixture
def bot(api: BotApi, request_: AiohttpRequest) -> Bot:
    return Bot(
        api.token, base_url=f"{api.url}/bot", request=request_, get_updates_request=AiohttpRequest(token="")
    )


def _told(error: BaseException) -> str:
    """Everything that anybody could print of an error, and of those it comes from."""
    links = [error]
    while following := links[-1].__cause__ or links[-1].__context__:
        links.append(following)
    return "".join(traceback.format_exception(error)) + "".join(f"{link!r} {link}" for link in links)


async def test_texts_go_over_the_wire_as_they_are(bot: Bot, api: BotApi) -> None:
    ana = api.user("Ana")
    await bot.send_message(ana.id, "a+b & c=d %20 茶\n🫖")
    assert (await ana.hears()).text == "a+b & c=d %20 茶\n🫖"


async def test_files_go_over_the_wire_as_they_are(bot: Bot, api: BotApi) -> None:
    ana = api.user("Ana")
    file = InputFile("a\r\nb 茶".encode(), filename='my "data" 茶.txt')
    await bot.send_document(ana.id, file, caption="yours & ours")
    shown = await ana.hears()
    assert shown.text == "yours & ours"
    assert shown.document is not None
    assert shown.document[1] == "a\r\nb 茶"
    assert "茶.txt" in shown.document[0]


async def test_a_slow_answer_times_out(bot: Bot, api: BotApi) -> None:
    api.fails("getMe", hold=asyncio.Event())
    with pytest.raises(TimedOut) as raised:
        await bot.get_me(read_timeout=0.05)
    assert SECRET not in _told(raised.value)


async def test_where_nobody_listens_the_request_was_not_sent(bot: Bot, api: BotApi) -> None:
    await api.stop()
    with pytest.raises(NotSentError) as raised:
        await bot.get_me()
    assert f"127.0.0.1:{api.port}" in raised.value.message
    assert SECRET not in _told(raised.value)


async def test_a_name_that_nobody_has_is_not_sent(api: BotApi, request_: AiohttpRequest) -> None:
    with pytest.raises(NotSentError) as raised:
        await request_.post(f"http://no-such-host.invalid/bot{api.token}/getMe")
    assert SECRET not in _told(raised.value)


@pytest.mark.parametrize("url", ["not a url", "http://[half/bot", "ftp://127.0.0.1/bot"])
async def test_an_address_that_is_none_is_not_sent(api: BotApi, request_: AiohttpRequest, url: str) -> None:
    with pytest.raises(NotSentError) as raised:
        await request_.post(f"{url}{api.token}/getMe")
    assert SECRET not in _told(raised.value)


async def test_a_broken_connection_tells_no_url(bot: Bot, api: BotApi) -> None:
    api.fails("getMe", drop="before")
    with pytest.raises(NetworkError) as raised:
        await bot.get_me()
    assert not isinstance(raised.value, NotSentError)
    assert SECRET not in _told(raised.value)


@pytest.mark.parametrize("status", [200, 302, 404, 500])
async def test_an_answer_that_repeats_the_url_does_not_tell_the_token(
    bot: Bot, api: BotApi, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(0)
    api.fails("getMe", status=status, body=f"<p>The URL /bot{api.token}/getMe was not found here.</p>")
    with pytest.raises(TelegramError) as raised:
        await bot.get_me()
    assert SECRET not in _told(raised.value)
    assert SECRET not in "".join(record.getMessage() for record in caplog.records if record.levelno > 10)


async def test_a_request_that_is_not_open_says_so(api: BotApi) -> None:
    with pytest.raises(NotSentError):
        await AiohttpRequest(token=api.token).post(f"{api.url}/bot{api.token}/getMe")


async def test_the_proxy_of_the_environment_is_used(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", api.url)
    monkeypatch.setenv("no_proxy", "")
    async with AiohttpRequest(token=api.token) as request:
        me = await request.post(f"http://no-such-host.invalid/bot{api.token}/getMe")
    assert isinstance(me, dict)
    assert me["is_bot"]


async def test_what_the_environment_excepts_goes_straight(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://no-such-proxy.invalid:8080")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with AiohttpRequest(token=api.token) as request:
        assert await request.post(f"{api.url}/bot{api.token}/getMe")
