"""Telegram as delivery sees it: messages leave as plain text, errors come back in the program's own kinds."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated

from bot.channels.files import Files
from bot.channels.telegram.errors import has_no_such_part, is_unmodified, telegram_errors_translated
from bot.channels.telegram.media import Media
from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.parts import CAPTION_LIMIT, Part, parts_of, split
from bot.channels.telegram.staff_chat import StaffChat
from bot.channels.telegram.texts import TextsBot
from handlers.incoming import clean_text
from scheduler.delivery.channel import FileMissingError, Outgoing, RefusedError
from store.errors import PermanentError, TemporaryError
from store.outbox import Button, ButtonRows, Enclosure

log = logging.getLogger(__name__)

T = TypeVar("T")

NAME = "telegram"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
REMEMBERED = 1000
"""Messages of many parts, sent only in part, whose progress is remembered."""


@dataclass(slots=True)
class TelegramChannel:
    """Sends through a ``telegram.Bot``; implements ``scheduler.delivery.channel.Channel``.

    A message too long for one goes in parts. It is then known by the id of its LAST part, which carries the
    buttons and stands nearest to whoever answers; an edit replaces that part with the last part of the new
    text. Where sending stops between two parts, the next try of the same ``Outgoing`` goes on there.

    Attributes:
        bot: makes the calls.
        moves: groups that moved.
        staff_chat: is told whether staff can be reached.
        paid_broadcasts: whether what speaks first may go beyond the free pace, for Telegram Stars.
        files: brings files that came in on other apps.
    """

    bot: TextsBot
    moves: GroupMoves = field(default_factory=GroupMoves)
    staff_chat: StaffChat = field(default_factory=StaffChat)
    paid_broadcasts: bool = False
    files: Files = field(default_factory=Files)
    _parts_sent: OrderedDict[Outgoing, int] = field(default_factory=OrderedDict)
    _brought: OrderedDict[Enclosure, str] = field(default_factory=OrderedDict)

    @property
    def name(self) -> str:
        """The channel's name."""
        return NAME

    async def send(self, message: Outgoing) -> str:
        """Send a message and return the id of its last part."""
        parts = parts_of(message)
        if len(parts) == 1:
            return await self._send_part(message, parts[0])
        external_id = ""
        for place in range(self._parts_sent.get(message, 0), len(parts)):
            external_id = await self._send_part(message, parts[place])
            if place + 1 < len(parts):
                self._remember(message, place + 1)
        self._parts_sent.pop(message, None)
        return external_id

    async def edit(self, external_id: str, message: Outgoing) -> None:
        """Replace text and buttons of a message that was sent, or take it back with what went along."""
        part = parts_of(message)[-1]

        async def replace(chat: str) -> None:
            number = self.moves.number(chat, external_id, address=message.address)
            if number is None:
                raise RefusedError(f"Telegram has no message {external_id!r} in the chat {chat}")
            try:
                if message.takes_back:
                    await self._media.take_back(chat, number, part.text)
                else:
                    await self._replace(chat, number, part)
            except BadRequest as error:
                if not is_unmodified(error):
                    raise

        await self._at_current(message.address, replace)

    async def fetch(self, reference: str) -> bytes:
        """Fetch a file that came in here; as ``bot.channels.files.Fetch``."""
        return await self._media.fetch(reference)

    @property
    def _media(self) -> Media:
        return Media(self.bot, NAME, self.files, self._brought)

    async def look(self) -> None:
        """Ask Telegram who we are."""
        with telegram_errors_translated():
            await self.bot.get_me()

    async def _send_part(self, message: Outgoing, part: Part) -> str:
        address, paid = message.address, self.paid_broadcasts and message.speaks_first

        async def deliver(chat: str) -> str:
            return self.moves.name(chat, await self._deliver(address, chat, part, paid=paid))

        return await self._at_current(address, deliver)

    async def _deliver(self, address: str, chat: str, part: Part, *, paid: bool) -> int:
        named = part.reply_to
        reply_to = None if named is None else self.moves.number(chat, named, address=address)
        buttons, words = _clean(part.buttons), part.text
        if part.attachment is not None:
            number = await self._media.send(
                chat,
                part,
                part.attachment,
                keyboard=_keyboard(buttons),
                reply=_reply(reply_to),
                paid=paid,
            )
            if number is not None:
                return number
            if part.attachment.may_be_missing:
                raise FileMissingError("a picture that goes along can no longer be had")
            words = _instead_of(part.attachment, words)
        if part.document is None:
            return await self.bot.send_text(chat, words, buttons=buttons, reply_to=reply_to, paid=paid)
        content = InputFile(clean_text(part.document.text).encode(), filename=clean_text(part.document.name))
        sent = await self.bot.send_document(
            chat,
            content,
            caption=part.text or None,
            reply_markup=_keyboard(buttons),
            reply_parameters=_reply(reply_to),
            allow_paid_broadcast=True if paid else None,
        )
        return sent.message_id

    async def _replace(self, chat: str, message_id: int, part: Part) -> None:
        """Replace a text, or a caption: where a file could not be brought, words stand in its place."""
        with_file = part.document is not None or part.attachment is not None
        ways = (self._replace_caption, self._replace_text)
        first, second = ways if with_file else reversed(ways)
        try:
            await first(chat, message_id, part)
        except BadRequest as error:
            if not has_no_such_part(error):
                raise
            await second(chat, message_id, part)

    async def _replace_text(self, chat: str, message_id: int, part: Part) -> None:
        await self.bot.edit_message_text(
            part.text,
            chat_id=chat,
            message_id=message_id,
            reply_markup=_keyboard(_clean(part.buttons)),
            link_preview_options=NO_PREVIEW,
        )

    async def _replace_caption(self, chat: str, message_id: int, part: Part) -> None:
        await self.bot.edit_message_caption(
            chat_id=chat,
            message_id=message_id,
            caption=split(part.text, CAPTION_LIMIT)[0],
            reply_markup=_keyboard(_clean(part.buttons)),
        )

    async def look_for_staff(self) -> None:
        """Ask whether staff can be reached, and learn where their group is now; shows "typing…" there.

        Only a call that would write finds out: a group that moved, or that we were thrown out of, can still
        be looked at (``Client::check_chat_access`` in github.com/tdlib/telegram-bot-api). Where Telegram
        does not answer, this says so in the log; ``staff_chat`` then stays as it was.
        """
        address = self.staff_chat.address
        if address is None:
            return

        async def type_there(chat: str) -> None:
            await self.bot.send_chat_action(chat, ChatAction.TYPING)

        try:
            await self._at_current(address, type_there)
        except PermanentError as error:
            self.staff_chat.miss(error)
            log.warning("%s", self.staff_chat.trouble)
        except TemporaryError as error:
            log.warning("the staff chat %s could not be looked at: %s", address, error)

    async def _at_current(self, address: str, call: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        """Make a call for a chat; where its group has moved, make it for where it is now."""
        with self.staff_chat.watched(address), telegram_errors_translated():
            chat = self.moves.current(address)
            try:
                return await call(chat)
            except ChatMigrated as moved:
                self.moves.note(address, str(moved.new_chat_id))
            return await call(self.moves.current(address))

    def _remember(self, message: Outgoing, parts: int) -> None:
        self._parts_sent[message] = parts
        if len(self._parts_sent) > REMEMBERED:
            self._parts_sent.popitem(last=False)


def _instead_of(file: Enclosure, words: str) -> str:
    """Say in words what a file would have shown."""
    return "\n".join(filter(None, [words, file.otherwise or f"[{file.name or file.kind}]"]))


def _clean(rows: ButtonRows) -> ButtonRows:
    return tuple(
        tuple(Button(clean_text(one.label), clean_text(one.data), one.link) for one in row) for row in rows
    )


def _keyboard(rows: ButtonRows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup([[_inline(one) for one in row] for row in rows])


def _inline(button: Button) -> InlineKeyboardButton:
    if button.link:
        return InlineKeyboardButton(button.label, url=button.link)
    return InlineKeyboardButton(button.label, callback_data=button.data)


def _reply(reply_to: int | None) -> ReplyParameters | None:
    """Show the message under another one; where that is gone, it is sent all the same."""
    if reply_to is None:
        return None
    return ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
