"""Photos, voice messages and files on Telegram: by its own name for them, else brought from another app."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from telegram import Bot, InlineKeyboardMarkup, InputFile, InputMediaDocument, Message, ReplyParameters
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.channels.files import FileGoneError, Files, file_name
from bot.channels.telegram.errors import (
    forbids_media,
    has_no_such_part,
    is_chat_gone,
    telegram_errors_translated,
)
from bot.channels.telegram.parts import WITHOUT_CAPTION, Part
from store.outbox import Enclosure

log = logging.getLogger(__name__)

PHOTO_LIMIT = 10_000_000
"""Bytes of a photo that Telegram takes; a larger one goes as a file
(https://core.telegram.org/bots/api#sending-files)."""

FETCH_TIMEOUT_S = 60.0
REMEMBERED = 100
"""Pictures for many of which it is remembered what Telegram calls them."""

NOTHING = b"-"


@dataclass(frozen=True, slots=True)
class Media:
    """Sends what goes along with messages, and fetches what came along.

    Attributes:
        bot: makes the calls.
        files: brings what lies in other apps.
        name: the channel's, by which it knows its own files.
        brought: pictures for many that were brought already, and Telegram's names for them.
    """

    bot: Bot
    name: str
    files: Files = field(default_factory=Files)
    brought: OrderedDict[Enclosure, str] = field(default_factory=OrderedDict)

    async def send(
        self,
        chat: str,
        part: Part,
        file: Enclosure,
        *,
        keyboard: InlineKeyboardMarkup | None,
        reply: ReplyParameters | None,
        paid: bool,
    ) -> int | None:
        """Send a file with its caption.

        Returns:
            The number of the message; None where the file cannot be had, or Telegram takes it in no form:
            then words must do.

        Raises:
            TelegramError: the chat takes nothing, or nothing now.
            TemporaryError: the file cannot be had now.
        """
        more: Mapping[str, object] = {
            "reply_markup": keyboard,
            "reply_parameters": reply,
            "allow_paid_broadcast": True if paid else None,
        }
        caption: Mapping[str, object] = {"caption": part.text or None}
        known = file.reference if file.channel == self.name else self.brought.get(file)
        if known is not None:
            sent = await self._try(chat, file.kind, known, caption, more)
            if sent is not None:
                return sent.message_id
        try:
            content = await self.files.fetch(file)
        except FileGoneError as error:
            log.warning("%s cannot be sent on: %s", file.kind, error)
            return None
        is_large = file.kind == "photo" and len(content) > PHOTO_LIMIT
        for kind in ("document",) if is_large else dict.fromkeys((file.kind, "document")):
            upload = InputFile(content, filename=file_name(file, content))
            sent = await self._try(chat, kind, upload, caption, more)
            if sent is not None:
                self._remember(file, sent)
                return sent.message_id
        return None

    def _remember(self, file: Enclosure, sent: Message) -> None:
        """Note what Telegram calls a picture that goes to many, so that it is brought there once."""
        if not file.may_be_missing or not sent.photo:
            return
        self.brought[file] = sent.photo[-1].file_id
        if len(self.brought) > REMEMBERED:
            self.brought.popitem(last=False)

    async def fetch(self, reference: str) -> bytes:
        """Fetch a file that came in on Telegram.

        Raises:
            FileGoneError: Telegram has it no more, or gives bots none so large.
            TemporaryError: Telegram does not answer.
        """
        with telegram_errors_translated():
            try:
                file = await self.bot.get_file(reference, read_timeout=FETCH_TIMEOUT_S)
                return bytes(await file.download_as_bytearray(read_timeout=FETCH_TIMEOUT_S))
            except RetryAfter:
                raise
            except BadRequest as error:
                raise FileGoneError(f"Telegram does not give the file: {error.message}") from error
            except NetworkError:
                raise
            except TelegramError as error:  # there is nothing where the file should be
                raise FileGoneError("Telegram has the file no more") from error

    async def take_back(self, chat: str, message_id: int, words: str) -> None:
        """Take a message with a file out of a chat; an old one that must stay shows nothing but words.

        Raises:
            TelegramError: Telegram does neither.
        """
        try:
            await self.bot.delete_message(chat, message_id)
        except BadRequest as error:
            if "message to delete not found" in error.message.lower():
                return
            empty = InputMediaDocument(NOTHING, caption=words, filename="-.txt")
            try:
                await self.bot.edit_message_media(empty, chat_id=chat, message_id=message_id)
            except (
                BadRequest
            ):  # a voice message stays what it is, and words may stand there instead of a file
                await self._hide_words(chat, message_id, words)

    async def _hide_words(self, chat: str, message_id: int, words: str) -> None:
        try:
            await self.bot.edit_message_caption(chat_id=chat, message_id=message_id, caption=words)
        except BadRequest as error:
            if not has_no_such_part(error):
                raise
            await self.bot.edit_message_text(words, chat_id=chat, message_id=message_id)

    async def _try(
        self,
        chat: str,
        kind: str,
        file: str | InputFile,
        caption: Mapping[str, object],
        more: Mapping[str, object],
    ) -> Message | None:
        """Send a file as one kind; None where Telegram does not take this file so."""
        words = {} if kind in WITHOUT_CAPTION else caption
        try:
            return await self._method(kind)(chat, file, **words, **more)
        except BadRequest as error:
            if is_chat_gone(error) and not forbids_media(error):
                raise
            log.info("Telegram does not take a file as %s: %s", kind, error.message)
            return None

    def _method(self, kind: str) -> Callable[..., Awaitable[Message]]:
        methods: dict[str, Callable[..., Awaitable[Message]]] = {
            "photo": self.bot.send_photo,
            "voice": self.bot.send_voice,
            "video": self.bot.send_video,
            "video_note": self.bot.send_video_note,
            "audio": self.bot.send_audio,
            "animation": self.bot.send_animation,
            "sticker": self.bot.send_sticker,
        }
        return methods.get(kind, self.bot.send_document)
