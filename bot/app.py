"""The composition root: what is started, in what order, and stopped in reverse."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.announcement import announcement
from bot.beats import Beats, Chore
from bot.channels.telegram.connection import Telegram, open_telegram
from bot.channels.webchat.channel import WebChat
from bot.config import Settings
from bot.intake import Intake, utc_now
from bot.readiness import check_revision, open_database
from bot.web.listening import answering, bound_port
from bot.web.server import build_application
from scheduler.delivery.channel import Channel
from scheduler.delivery.lane import Lane
from store.engine import Database
from store.errors import TemporaryError
from store.keys import program_key

log = logging.getLogger(__name__)

COOKIE_KEY = "webchat cookies"
UPLOADS_SWEPT_EVERY_S = 3600.0


@dataclass(slots=True)
class Supervisor:
    """Runs tasks for as long as a block lasts; the end of any of them by an error ends the program."""

    ended: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @asynccontextmanager
    async def running(self, name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        """Run a task while the block lasts, and cancel it afterwards."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._note_end)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def stop(self) -> None:
        """Let the program end in good order."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self.ended.done():
            return
        error = task.exception()
        if error is not None:
            self.ended.set_exception(error)


class Lanes(dict[str, Lane]):
    """The lanes by channel."""

    def wake(self, channels: frozenset[str] | None = None) -> None:
        """Tell lanes (all of them, where none is named) that rows may be due."""
        for name, lane in self.items():
            if channels is None or name in channels:
                lane.wake()


async def serve(settings: Settings, *, announce: Callable[[str], object]) -> None:
    """Run the whole program until it is told to stop (SIGINT, SIGTERM) or a part of it fails.

    Args:
        settings: all settings.
        announce: prints a line to the operator.

    Raises:
        ConfigurationError: a setting or the machine must be changed first.
    """
    company = settings.company
    supervisor = Supervisor()
    lanes = Lanes()
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(bound_port(settings.http_host, settings.http_port))
        database = open_database(settings)
        stack.callback(database.close)
        intake = Intake(database, company, on_commit=lanes.wake)
        webchat = await _open_webchat(settings, database, intake)
        telegram = await _open_telegram(stack, settings, intake)
        channels: list[Channel] = [webchat] if telegram is None else [webchat, telegram.channel]
        for channel in channels:
            lane = lanes[channel.name] = Lane(database, channel, company)
            await stack.enter_async_context(supervisor.running(f"lane {channel.name}", lane.run()))
        await stack.enter_async_context(supervisor.running("intake", intake.run()))
        pages = _pages(settings, webchat, telegram, database, intake)
        await stack.enter_async_context(answering(pages, listener))
        if telegram is not None:
            await stack.enter_async_context(supervisor.running("telegram", telegram.run()))
        chores = [Chore("uploads", UPLOADS_SWEPT_EVERY_S, webchat.sweep_uploads)]
        await stack.enter_async_context(Beats(database, company, wake=lanes.wake, chores=chores))
        for line in await database.run(announcement, settings, now=utc_now()):
            announce(line)
        _stop_on_signals(supervisor)
        await supervisor.ended
        log.info("stopping: finishing what is in hand")


async def _open_telegram(stack: AsyncExitStack, settings: Settings, intake: Intake) -> Telegram | None:
    if settings.telegram_token is None:
        return None
    secret = settings.telegram_webhook_secret
    return await stack.enter_async_context(
        open_telegram(
            token=settings.telegram_token.get_secret_value(),
            api_url=settings.telegram_api_url,
            mode=settings.telegram_mode,
            public_url=settings.public_url,
            webhook_secret=None if secret is None else secret.get_secret_value(),
            take=intake.take,
            unreadable=intake.keep_unreadable,
            staff_chat=settings.telegram_staff_chat,
        )
    )


async def _open_webchat(settings: Settings, database: Database, intake: Intake) -> WebChat:
    return WebChat(
        database=database,
        take=intake.take,
        company=settings.company,
        secret=await database.run(program_key, COOKIE_KEY),
        uploads=settings.data_dir / "uploads",
        clock=utc_now,
    )


def _pages(
    settings: Settings, webchat: WebChat, telegram: Telegram | None, database: Database, intake: Intake
) -> web.Application:
    return build_application(
        webchat=webchat,
        takes_messages=lambda: intake.working,
        public_url=settings.public_url,
        ready_checks=_ready_checks(database, telegram),
        telegram_webhook=None if telegram is None else telegram.webhook_handler,
    )


def _ready_checks(database: Database, telegram: Telegram | None) -> dict[str, Callable[[], Awaitable[None]]]:
    """Say what must work before traffic is sent here; a check that fails raises."""

    async def check_database() -> None:
        await asyncio.to_thread(check_revision, database)

    async def check_telegram() -> None:
        if telegram is not None and telegram.trouble:
            raise TemporaryError(telegram.trouble)

    checks: dict[str, Callable[[], Awaitable[None]]] = {"database": check_database}
    return checks if telegram is None else checks | {"telegram": check_telegram}


def _stop_on_signals(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
