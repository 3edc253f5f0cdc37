"""From Telegram's updates to what the rest of the program understands; ``None`` for what is not for us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, MessageEntity, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.attachments import attachments_of
from bot.channels.telegram.channel import NAME
from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.plain_texts import read_plain_text
from handlers.incoming import Incoming, IncomingKind, Sender

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that we ask Telegram for."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who our bot is, so that it knows in a group what is meant for it."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one update says.

    Attributes:
        incoming: for the handlers; None where nothing in it is for us.
        tap_id: Telegram's name of a tap, which waits for an answer.
    """

    incoming: Incoming | None = None
    tap_id: str | None = None


def is_update(thing: object) -> bool:
    """Tell whether a JSON value is an update at all: an object with a number."""
    number = thing.get("update_id") if isinstance(thing, dict) else None
    return isinstance(number, int) and not isinstance(number, bool)


def read_update(raw: Mapping[str, Any], *, me: Me, moves: GroupMoves, now: datetime) -> Reading:
    """Read one update as it came.

    Args:
        raw: the update's JSON object.
        me: who our bot is.
        moves: groups that moved; a move told of in the update is noted.
        now: the time of a tap, of which Telegram tells none.

    Raises:
        Exception: of any kind, where the update is not of a form that python-telegram-bot knows.
    """
    plain = read_plain_text(raw, moves)
    return read_any(raw, me=me, moves=moves, now=now) if plain is None else Reading(plain)


def read_any(raw: Mapping[str, Any], *, me: Me, moves: GroupMoves, now: datetime) -> Reading:
    """Read an update of whatever kind by python-telegram-bot, as ``read_update`` says."""
    update = Update.de_json({key: raw[key] for key in ("update_id", *KINDS) if key in raw})
    number = str(update.update_id)
    if update.callback_query is not None:
        tap = update.callback_query
        return Reading(_tap(tap, number, moves, now), tap_id=tap.id)
    if update.my_chat_member is not None:
        return Reading(_membership(update.my_chat_member, number))
    if update.message is not None:
        return Reading(_message(update.message, number, IncomingKind.MESSAGE, me, moves))
    if update.edited_message is not None:
        return Reading(_message(update.edited_message, number, IncomingKind.EDIT, me, moves))
    return Reading()


def _message(message: Message, number: str, kind: IncomingKind, me: Me, moves: GroupMoves) -> Incoming | None:
    _note_move(message, moves)
    who, private, chat = message.from_user, message.chat.type == ChatType.PRIVATE, str(message.chat.id)
    if who is None or who.is_bot or not (private or _is_for(me, message)):
        return None
    text = message.text or message.caption or ""
    attachments, replied = attachments_of(message), _replied(message)
    if not text and (kind is IncomingKind.EDIT or not attachments):
        return None  # somebody joined, a title changed, a shared location moved on
    return Incoming(
        channel=NAME,
        update_id=number,
        kind=kind,
        address=moves.original(chat),
        sender=_sender(who),
        at=_utc(message.edit_date or message.date),
        text=text,
        message_id=moves.name(chat, message.message_id),
        reply_to=None if replied is None else moves.name(chat, replied.message_id),
        attachments=attachments,
        private=private,
        album=message.media_group_id,
    )


def _tap(tap: CallbackQuery, number: str, moves: GroupMoves, now: datetime) -> Incoming | None:
    message = tap.message
    if message is None or tap.data is None or tap.from_user.is_bot:
        return None
    chat = str(message.chat.id)
    return Incoming(
        channel=NAME,
        update_id=number,
        kind=IncomingKind.BUTTON,
        address=moves.original(chat),
        sender=_sender(tap.from_user),
        at=now,
        message_id=moves.name(chat, message.message_id),
        button=tap.data,
        private=message.chat.type == ChatType.PRIVATE,
    )


def _membership(change: ChatMemberUpdated, number: str) -> Incoming | None:
    """Read whether a customer blocked or unblocked us; what happens to us in groups is no matter."""
    kinds = {
        ChatMemberStatus.BANNED: IncomingKind.BLOCKED,
        ChatMemberStatus.LEFT: IncomingKind.BLOCKED,
        ChatMemberStatus.MEMBER: IncomingKind.UNBLOCKED,
    }
    kind = kinds.get(ChatMemberStatus(change.new_chat_member.status))
    if kind is None or change.chat.type != ChatType.PRIVATE or change.from_user.is_bot:
        return None
    return Incoming(
        channel=NAME,
        update_id=number,
        kind=kind,
        address=str(change.chat.id),
        sender=_sender(change.from_user),
        at=_utc(change.date),
    )


def _sender(user: User) -> Sender:
    name = user.full_name or user.last_name or ""  # the library gives None where the first name is empty
    return Sender(id=str(user.id), name=name, username=user.username, language=user.language_code)


def _is_for(me: Me, message: Message) -> bool:
    """Tell whether a message in a group is meant for us: a command, a reply to us, or a mention."""
    text = message.text or message.caption or ""
    if text.startswith("/"):
        _, _, addressee = text.split(maxsplit=1)[0].partition("@")
        return not addressee or addressee.casefold() == me.username.casefold()
    replied = _replied(message)
    if replied is not None and replied.from_user is not None and replied.from_user.id == me.id:
        return True
    return _mentions(me, message)


def _mentions(me: Me, message: Message) -> bool:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    mentioned = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    return any(
        words.casefold() == f"@{me.username}".casefold()
        or (entity.user is not None and entity.user.id == me.id)
        for entity, words in mentioned.items()
    )


def _replied(message: Message) -> Message | None:
    """Give the message that this one replies to; in a topic, its first message is not meant."""
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created is not None else replied


def _note_move(message: Message, moves: GroupMoves) -> None:
    if message.migrate_to_chat_id is not None:
        moves.note(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        moves.note(str(message.migrate_from_chat_id), str(message.chat.id))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
