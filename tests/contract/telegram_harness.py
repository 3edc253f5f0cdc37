"""Telegram under the contract suite: over real HTTP to the Bot API server of the tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.channels.files import Files
from bot.channels.telegram.connection import Mode, Telegram, open_telegram
from bot.channels.telegram.patience import Patience
from bot.channels.telegram.webhook import PATH
from scheduler.delivery.channel import Channel
from tests.botapi import BotApi
from tests.botapi.people import User
from tests.contract.harness import ELSEWHERE, Inbox, Seen, fetch_elsewhere

SECRET = "webhook-secret-of-the-tests"


@dataclass(slots=True)
class TelegramHarness:
    """A person on Telegram."""

    channel: Channel
    inbox: Inbox
    api: BotApi
    person: User
    can_edit: bool = True
    can_leave: bool = True
    can_break: bool = True
    nowhere: tuple[str, ...] = ("424242", "nobody at all", "")
    _last_message: int = 0

    @property
    def address(self) -> str:
        return str(self.person.id)

    async def says(self, text: str, *, reply_to: str | None = None) -> None:
        self._last_message = self.person.says(text, reply_to=None if reply_to is None else int(reply_to))

    async def edits(self, text: str) -> None:
        self.person.edits(self._last_message, text)

    async def taps(self, label: str) -> None:
        self.person.taps(label)

    async def repeats(self) -> None:
        self.api.updates.push_raw(self.api.updates.latest)

    async def leaves(self) -> None:
        self.person.chat.refuses = "Forbidden: bot was blocked by the user"

    async def breaks(self) -> None:
        self.api.fails("sendMessage", status=502)

    async def screen(self) -> list[Seen]:
        ours = self.api.world.bot["id"]
        files = {call.result["message_id"]: call for call in self.api.calls if call.method == "sendDocument"}
        return [
            Seen(
                text=message.get("text", message.get("caption", "")),
                labels=tuple(
                    button["text"]
                    for row in message.get("reply_markup", {}).get("inline_keyboard", [])
                    for button in row
                ),
                reply_to=_reply_to(message),
                document=_document(files[number].payload) if number in files else None,
                media=tuple(
                    self.api.world.files[about["file_id"]]
                    for about in (*message.get("photo", ()), *filter(None, [message.get("voice")]))
                ),
            )
            for number, message in self.person.chat.messages.items()
            if message["from"]["id"] == ours
        ]

    async def is_confirmed(self) -> bool:
        return not self.api.updates.pending

    async def wait_until_confirmed(self) -> None:
        await self.api.updates.wait_until_confirmed()


def _reply_to(message: Mapping[str, Any]) -> str | None:
    replied = message.get("reply_to_message")
    return None if replied is None else str(replied["message_id"])


def _document(payload: Mapping[str, Any]) -> tuple[str, str]:
    return payload["document"]["name"], payload["document"]["content"]


@asynccontextmanager
async def telegram_harness(mode: Mode) -> AsyncIterator[TelegramHarness]:
    """Run Telegram's channel against a Bot API server, receiving by polling or by webhook."""
    inbox = Inbox()
    inbox.open.set()
    async with BotApi() as api, webhook_door() as door:
        telegram_opened = open_telegram(
            token=api.token,
            api_url=api.url,
            take=inbox.take,
            unreadable=_nothing_is_unreadable,
            mode=mode,
            public_url=door.url,
            webhook_secret=SECRET,
            patience=Patience(sleep=no_sleep),
        )
        async with telegram_opened as telegram, running(telegram):
            telegram.share_files(Files({ELSEWHERE: fetch_elsewhere}))
            door.handler = telegram.webhook_handler
            yield TelegramHarness(telegram.channel, inbox, api, api.user("Ana"))


@asynccontextmanager
async def running(telegram: Telegram) -> AsyncIterator[None]:
    """Let a connection receive while the block runs, as the only process."""
    tasks = [asyncio.create_task(telegram.attend()), asyncio.create_task(telegram.receive())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def no_sleep(_seconds: float) -> None:
    """Wait for nothing but the other tasks' turn."""
    await asyncio.sleep(0)


@dataclass(slots=True)
class Door:
    """A web server with nothing but the webhook."""

    url: str = ""
    handler: Any = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Let the handler answer."""
        response: web.StreamResponse = await self.handler(request)
        return response


@asynccontextmanager
async def webhook_door() -> AsyncIterator[Door]:
    """Listen for webhook posts on a free port."""
    door = Door()
    app = web.Application()
    app.router.add_post(PATH, door.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield door
    finally:
        await runner.cleanup()


async def _nothing_is_unreadable(*what: object) -> None:
    raise AssertionError(f"unreadable: {what}")
