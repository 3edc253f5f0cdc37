"""Telegram, opened: what sends, what receives, and what tells how it is doing."""

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, NoReturn

from telegram import WebhookInfo
from telegram.error import BadRequest, TelegramError
from telegram.warnings import PTBDeprecationWarning

from bot.channels.files import Files
from bot.channels.telegram.channel import NAME, TelegramChannel
from bot.channels.telegram.commands import register_commands
from bot.channels.telegram.errors import is_token_refused, token_refused, translated
from bot.channels.telegram.http import AiohttpRequest
from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.patience import Patience
from bot.channels.telegram.polling import UpdatesBot, poll
from bot.channels.telegram.receiver import RawUpdate, Receiver, Take, Unreadable
from bot.channels.telegram.staff_chat import StaffChat
from bot.channels.telegram.texts import TextsBot
from bot.channels.telegram.updates import KINDS, Me
from bot.channels.telegram.webhook import PATH, TelegramWebhook
from store.errors import ConfigurationError, TemporaryError

log = logging.getLogger(__name__)

Mode = Literal["polling", "webhook"]

FIRST_TRY_S = 5.0
"""How long the start waits for Telegram; after that the program starts without it and goes on trying."""

WEBHOOK_CONNECTIONS = 100
"""The most that Telegram opens (Bot API, ``setWebhook``): each waits for a commit; these fill a batch."""

CONNECTIONS = 512
"""As many as are opened at most; how many calls are under way at once, the lane decides."""

STAFF_LOOK_S = 60.0
"""How often we look again whether staff can be reached, while they cannot."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Checkup:
    """What Telegram says about our bot.

    Attributes:
        username: the bot's.
        webhook_url: where Telegram posts updates; "" where we fetch them.
        waiting: updates that we have not confirmed yet.
        faults: what is wrong, and how to mend it; a sentence each.
    """

    username: str
    webhook_url: str
    waiting: int
    faults: tuple[str, ...]


@dataclass(slots=True)
class Telegram:
    """The open connection; ``open_telegram`` makes it.

    Attributes:
        channel: for delivery.
        mode: whether updates are fetched or posted to us.
        webhook_url: where Telegram shall post updates.
        webhook_secret: what it shall show.
    """

    channel: TelegramChannel
    _bot: UpdatesBot
    _receiver: Receiver
    _patience: Patience
    mode: Mode = "polling"
    webhook_url: str = ""
    webhook_secret: str | None = field(default=None, repr=False)
    _me: Me | None = None
    _meeting: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def webhook_handler(self) -> TelegramWebhook:
        """The handler for ``POST`` to ``telegram_webhook.PATH``."""
        return TelegramWebhook(secret=self.webhook_secret, receive=self._receive)

    def share_files(self, files: Files) -> None:
        """Bring files that came in on other apps, and let other apps bring those that come in here."""
        self.channel.files = files
        files.sources[NAME] = self.channel.fetch

    @property
    def trouble(self) -> str | None:
        """What keeps us from receiving messages, or alerts from reaching staff; None where nothing does."""
        if self._me is None:
            return self._patience.trouble or "Telegram was not reached yet"
        return self._patience.trouble or self.channel.staff_chat.trouble

    async def attend(self) -> NoReturn:
        """Get to know our bot, and look after the staff chat, until cancelled; each process does this.

        Raises:
            ConfigurationError: Telegram refuses the token.
        """
        await self._meet_at_last()
        await self._look_after_staff_chat()

    async def receive(self) -> NoReturn:
        """Receive until cancelled; while Telegram cannot be reached, keep trying. One process does this.

        Where the webhook is used, this registers it; the messages come through ``webhook_handler``, in
        whichever process they arrive.

        Raises:
            ConfigurationError: Telegram refuses the token or the webhook's address.
        """
        await self._meet_at_last()
        menu = asyncio.create_task(self._show_menu(), name="telegram: register the commands")
        try:
            if self.mode == "webhook":
                await self._patience.persist("registering the webhook", self._register_webhook)
                await asyncio.Event().wait()
            await self._patience.persist("switching to polling", self._bot.delete_webhook)
            await poll(self._bot, self._receive, self._patience)
        finally:
            menu.cancel()
            await asyncio.gather(menu, return_exceptions=True)

    async def check(self) -> Checkup:
        """Ask Telegram how our bot is doing, and whether it reaches staff; changes nothing.

        Raises:
            ConfigurationError: Telegram does not know the token.
            TemporaryError: Telegram cannot be reached.
        """
        try:
            user = await self._bot.get_me()
            info = await self._bot.get_webhook_info()
        except TelegramError as error:
            if is_token_refused(error, known_good=False):
                raise token_refused() from error
            raise TemporaryError(str(translated(error))) from error
        await self.channel.look_for_staff()
        return Checkup(user.username or "", info.url, info.pending_update_count, tuple(self._faults(info)))

    async def greet(self) -> None:
        """Try for a moment to reach Telegram, so that a wrong token ends the start.

        Raises:
            ConfigurationError: Telegram does not know the token.
        """
        try:
            async with asyncio.timeout(FIRST_TRY_S):
                await self._meet()
        except TimeoutError:
            log.warning(
                "Telegram did not answer within %.0f s; starting without it, and trying on", FIRST_TRY_S
            )
        except TelegramError as error:
            if is_token_refused(error, known_good=False):
                raise token_refused() from error
            log.warning("Telegram cannot be reached (%s); starting without it, and trying on", error.message)

    async def _meet_at_last(self) -> None:
        async with self._meeting:
            await self._patience.persist("the first contact", self._meet)

    async def _meet(self) -> None:
        if self._me is None:
            user = await self._bot.get_me()
            self._patience.token_works = True
            await self.channel.look_for_staff()  # before staff are heard: their group may have a new id
            self._me = Me(id=user.id, username=user.username or "")

    @property
    def username(self) -> str | None:
        """The name under which Telegram knows us; None before it was first reached."""
        return None if self._me is None else self._me.username or None

    async def _receive(self, updates: Sequence[RawUpdate]) -> None:
        if self._me is None:
            raise TemporaryError("Telegram was not reached yet, so we do not know our own name")
        await self._receiver.receive(updates, self._me)

    async def _register_webhook(self) -> None:
        try:
            await self._bot.set_webhook(
                self.webhook_url,
                secret_token=self.webhook_secret,
                allowed_updates=KINDS,
                max_connections=WEBHOOK_CONNECTIONS,
            )
        except BadRequest as error:
            raise ConfigurationError(
                f"Telegram refuses the webhook {self.webhook_url} ({error.message}): set RAPPORT_PUBLIC_URL "
                "to an https address by which the internet reaches this program, or "
                "RAPPORT_TELEGRAM_MODE=polling"
            ) from error

    async def _show_menu(self) -> None:
        async def register() -> None:
            try:
                await register_commands(self._bot)
            except BadRequest as error:
                log.warning("Telegram did not take the menu of commands (%s)", error.message)

        await replace(self._patience).persist("registering the commands", register)

    async def _look_after_staff_chat(self) -> NoReturn:
        """While staff cannot be reached, look again now and then whether they can."""
        staff_chat = self.channel.staff_chat
        while True:
            await asyncio.sleep(STAFF_LOOK_S)
            if staff_chat.trouble or not staff_chat.seen:
                await self.channel.look_for_staff()

    def _faults(self, info: WebhookInfo) -> list[str]:
        faults = []
        if self.mode == "polling" and info.url:
            faults.append(f"a webhook is registered ({info.url}); it is removed when the program starts")
        if self.mode == "webhook" and info.url != self.webhook_url:
            found = info.url or "not registered"
            faults.append(f"the webhook is {found}; start the program to register {self.webhook_url}")
        if info.last_error_message:
            faults.append(f"Telegram's last delivery to the webhook failed: {info.last_error_message}")
        if self.channel.staff_chat.trouble:
            faults.append(self.channel.staff_chat.trouble)
        return faults


@asynccontextmanager
async def open_telegram(
    *,
    token: str,
    api_url: str,
    take: Take,
    unreadable: Unreadable,
    mode: Mode = "polling",
    public_url: str | None = None,
    webhook_secret: str | None = None,
    staff_chat: str | None = None,
    paid_broadcasts: bool = False,
    clock: Callable[[], datetime] = _utc_now,
    patience: Patience | None = None,
) -> AsyncIterator[Telegram]:
    """Open the connection to Telegram, or any Bot API server, and close it in the end; changes nothing there.

    Args:
        token: the bot's; it is in no log line and no error.
        api_url: base URL, so that a method is at ``<api_url>/bot<token>/<method>``.
        take: handles updates and returns when they are committed.
        unreadable: keeps an update that cannot be read, and returns when it is kept.
        mode: ``polling`` or ``webhook``.
        public_url: where the internet finds this program; needed for the webhook.
        webhook_secret: what Telegram shows with each update; needed for the webhook.
        staff_chat: address of the staff's chat, where it is on Telegram; None where it is elsewhere.
        paid_broadcasts: whether what speaks first may go beyond the free pace, for Telegram Stars.
        clock: tells the time; aware UTC.
        patience: how to wait between tries.

    Raises:
        ConfigurationError: Telegram does not know the token, or a setting is missing.
    """
    _require_webhook_settings(mode, public_url, webhook_secret)
    _quieten_library()
    async with AsyncExitStack() as stack:
        bot = await _open_bot(stack, token, api_url.rstrip("/"))
        moves = GroupMoves(home=staff_chat)
        receiver = Receiver(bot=bot, take=take, unreadable=unreadable, clock=clock, moves=moves)
        stack.push_async_callback(receiver.close)
        telegram = Telegram(
            channel=TelegramChannel(bot, moves, StaffChat(staff_chat), paid_broadcasts),
            _bot=bot,
            _receiver=receiver,
            _patience=patience or Patience(),
            mode=mode,
            webhook_url=(public_url or "").rstrip("/") + PATH,
            webhook_secret=webhook_secret,
        )
        await telegram.greet()
        yield telegram


class _OurBot(UpdatesBot, TextsBot):
    """All that we ask of a bot beside what the library has."""


async def _open_bot(stack: AsyncExitStack, token: str, api_url: str) -> _OurBot:
    """Give a bot with a connection for fetching updates, and others for all the rest."""
    return _OurBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=await stack.enter_async_context(AiohttpRequest(token=token, connections=CONNECTIONS)),
        get_updates_request=await stack.enter_async_context(AiohttpRequest(token=token, connections=1)),
    )


def _require_webhook_settings(mode: Mode, public_url: str | None, webhook_secret: str | None) -> None:
    if mode == "webhook" and not (public_url and webhook_secret):
        raise ConfigurationError(
            "RAPPORT_TELEGRAM_MODE=webhook needs RAPPORT_PUBLIC_URL and RAPPORT_TELEGRAM_WEBHOOK_SECRET"
        )


def _quieten_library() -> None:
    """Keep the token out of debug logs, and a warning about the library's own future out of the way."""
    logging.getLogger("telegram.Bot").addFilter(_is_no_debug)
    warnings.filterwarnings("ignore", message=".*retry_after.*", category=PTBDeprecationWarning)


def _is_no_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG
