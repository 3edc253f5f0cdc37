"""The composition root: what is started, in what order, and stopped in reverse."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

from aiohttp import web

from bot.announcement import announcement
from bot.asked_for import Prompting
from bot.beats import Beats, Chore
from bot.channels.files import Files
from bot.channels.telegram.connection import Telegram, open_telegram
from bot.channels.webchat.channel import WebChat
from bot.config import Settings
from bot.event_loop import give_way_sooner, spare_the_collector
from bot.festival_days import FestivalDays
from bot.intake import Intake, utc_now
from bot.lanes import Lanes
from bot.notices import Notices
from bot.other_core import Hands, open_handling
from bot.pictures import share_pictures
from bot.readiness import health_check, own_database
from bot.second_looks import SecondLooks
from bot.sharing.duties import Duty
from bot.sharing.noticeboard import open_notices
from bot.sharing.work import doing_duties, keeping_beats
from bot.supervision import Supervisor
from bot.tickets import share_tickets
from bot.web.door_pages import DoorPages
from bot.web.listening import answering, bound_port
from bot.web.server import build_application
from customers.company import Company
from customers.phrases import load_phrases
from feedback.second_look.model import why_not
from handlers.staff.undelivered import tell_undelivered
from scheduler.delivery.channel import Channel
from scheduler.delivery.lane import Lane
from store.engine import Database
from store.errors import TemporaryError
from store.keys import program_key

log = logging.getLogger(__name__)

COOKIE_KEY = "webchat cookies"
UPLOADS_SWEPT_EVERY_S = 3600.0


async def serve(settings: Settings, *, announce: Callable[[str], object], pages: bool = True) -> None:
    """Run the whole program until it is told to stop (SIGINT, SIGTERM) or a part of it fails.

    Args:
        settings: all settings.
        announce: prints a line to the operator.
        pages: whether to answer HTTP; a worker without shares only the other work.

    Raises:
        ConfigurationError: a setting or the machine must be changed first.
    """
    company = settings.company
    supervisor = Supervisor()
    _stop_on_signals(supervisor)  # before anything is sent: what is under way at the end must be noted
    async with AsyncExitStack() as stack:
        database = stack.enter_context(own_database(settings))
        listener = stack.enter_context(bound_port(settings.http_host, settings.http_port)) if pages else None
        notices = await stack.enter_async_context(open_notices(database))
        lanes = Lanes(company.channels, partial(_open_lane, settings, database), notices)
        hands = await stack.enter_async_context(open_handling(settings, database))
        prompting = Prompting(hands.handle)
        intake = Intake(database, prompting.handle_and_prompt, on_commit=lanes.wake)
        await stack.enter_async_context(supervisor.running("intake", intake.run()))
        files = Files()
        share_pictures(database, files)
        share_tickets(files, company.pages_url)
        webchat = await _open_webchat(settings, database, intake, notices, files)
        telegram = await _open_telegram(stack, settings, intake, files)
        _load_for_long()
        if not database.is_sqlite:
            give_way_sooner()
        duties = _duties(lanes, webchat, telegram, hands) + _second_look(settings, database, hands, lanes)
        await stack.enter_async_context(doing_duties(database, duties, notices, supervisor))
        if telegram is not None:
            await stack.enter_async_context(supervisor.running("telegram", telegram.attend()))
        if listener is not None:
            await stack.enter_async_context(supervisor.running("webchat", webchat.run()))
            application = _pages(settings, webchat, telegram, database, intake)
            await stack.enter_async_context(answering(application, listener))
        beats = _beats(database, company, lanes, hands, webchat)
        await stack.enter_async_context(keeping_beats(database, beats, supervisor))
        prompting.nudge = beats.nudge
        for line in await database.run(announcement, settings, now=utc_now(), pages=pages):
            announce(line)
        await supervisor.ended
        log.info("stopping: finishing what is in hand")
    log.info("stopped")


def _load_for_long() -> None:
    """Do what takes a third of a second before anything is sent, which would leave late."""
    load_phrases()
    spare_the_collector()


def _open_lane(settings: Settings, database: Database, channel: Channel) -> Lane:
    company = settings.company
    told = partial(tell_undelivered, company=company)
    return Lane(database, channel, company, rules=settings.lane_rules(channel.name), told=told)


def _duties(lanes: Lanes, webchat: WebChat, telegram: Telegram | None, hands: Hands) -> list[Duty]:
    """List what one process does at a time; no app is asked for messages that nobody can handle yet."""
    duties = [Duty("send:webchat", partial(lanes.send, webchat))]
    if telegram is not None:
        duties.append(Duty("send:telegram", partial(lanes.send, telegram.channel)))
        duties.append(Duty("receive:telegram", partial(_receive_when_ready, telegram, hands)))
    return duties


async def _receive_when_ready(telegram: Telegram, hands: Hands) -> None:
    await hands.ready()
    await telegram.receive()


def _beats(database: Database, company: Company, lanes: Lanes, hands: Hands, webchat: WebChat) -> Beats:
    return Beats(
        database,
        company,
        wake=lanes.wake,
        chores=[Chore("uploads", UPLOADS_SWEPT_EVERY_S, webchat.sweep_uploads)],
        plan_cases=hands.plan_cases,
        festival_days=FestivalDays(company),
    )


def _second_look(settings: Settings, database: Database, hands: Hands, lanes: Lanes) -> list[Duty]:
    """List the reading of messages a second time, where that is wanted and can be done."""
    if settings.second_look == "off":
        return []
    if settings.company.second_look:
        return [Duty("second look", SecondLooks(database, hands.apply, lanes.wake).run)]
    log.warning("messages get the first look alone: %s", why_not())
    return []


async def _open_telegram(
    stack: AsyncExitStack, settings: Settings, intake: Intake, files: Files
) -> Telegram | None:
    if settings.telegram_token is None:
        return None
    secret = settings.telegram_webhook_secret
    telegram = await stack.enter_async_context(
        open_telegram(
            token=settings.telegram_token.get_secret_value(),
            api_url=settings.telegram_api_url,
            mode=settings.telegram_mode,
            public_url=settings.public_url,
            webhook_secret=None if secret is None else secret.get_secret_value(),
            take=intake.take,
            unreadable=intake.keep_unreadable,
            staff_chat=settings.telegram_staff_chat,
            paid_broadcasts=settings.telegram_paid_broadcasts,
        )
    )
    telegram.share_files(files)
    return telegram


async def _open_webchat(
    settings: Settings, database: Database, intake: Intake, notices: Notices, files: Files
) -> WebChat:
    return WebChat(
        database=database,
        take=intake.take,
        company=settings.company,
        secret=await database.run(program_key, COOKIE_KEY),
        uploads=settings.data_dir / "uploads",
        clock=utc_now,
        notices=notices,
        files=files,
        most_bytes=settings.file_megabytes * 1_000_000,
    )


def _pages(
    settings: Settings, webchat: WebChat, telegram: Telegram | None, database: Database, intake: Intake
) -> web.Application:
    door = DoorPages(
        webchat,
        database,
        clock=utc_now,
        public_url=settings.public_url,
        bot_name=lambda: None if telegram is None else telegram.username,
    )
    return build_application(
        webchat=webchat,
        door=door,
        takes_messages=lambda: intake.working,
        public_url=settings.public_url,
        ready_checks=_ready_checks(database, telegram),
        telegram_webhook=None if telegram is None else telegram.webhook_handler,
    )


def _ready_checks(database: Database, telegram: Telegram | None) -> dict[str, Callable[[], Awaitable[None]]]:
    """Say what must work before traffic is sent here; a check that fails raises."""

    look = health_check(database)

    async def check_database() -> None:
        await asyncio.to_thread(look)

    async def check_telegram() -> None:
        if telegram is not None and telegram.trouble:
            raise TemporaryError(telegram.trouble)

    checks: dict[str, Callable[[], Awaitable[None]]] = {"database": check_database}
    return checks if telegram is None else checks | {"telegram": check_telegram}


def _stop_on_signals(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
