"""The commonest update by far, a plain text from one person, read straight from its JSON.

python-telegram-bot takes 0.1 to 0.2 ms for it on the event loop, as much as it takes to understand one.
Whatever is not exactly of this form is the library's to read; a test proves that both read the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram.channel import NAME
from bot.channels.telegram.moves import GroupMoves
from handlers.incoming import Incoming, IncomingKind, Sender

_UPDATE = {"update_id", "message"}
_MESSAGE = {"message_id", "from", "chat", "date", "text"}
_PERSON: Mapping[str, type] = {"id": int, "is_bot": bool, "first_name": str}
_MAYBE_OF_PERSON: Mapping[str, type] = {
    "last_name": str,
    "username": str,
    "language_code": str,
    "is_premium": bool,
}
_CHAT: Mapping[str, type] = {"id": int, "type": str}
_MAYBE_OF_CHAT: Mapping[str, type] = {"first_name": str, "last_name": str, "username": str}
_LAST_MOMENT = 253_402_300_799
"""Seconds of the Unix clock; after it there are no dates."""


def read_plain_text(raw: Mapping[str, Any], moves: GroupMoves) -> Incoming | None:
    """Read an update that is a plain text of one person to the bot; None for every other.

    Args:
        raw: the update's JSON object.
        moves: groups that moved, which have names of their own.
    """
    if raw.keys() != _UPDATE or not _is_plain(raw["message"]):
        return None
    message = raw["message"]
    who, chat = message["from"], str(message["chat"]["id"])
    last_name = who.get("last_name")
    return Incoming(
        channel=NAME,
        update_id=str(raw["update_id"]),
        kind=IncomingKind.MESSAGE,
        address=moves.original(chat),
        sender=Sender(
            id=str(who["id"]),
            name=" ".join(filter(None, (who["first_name"], last_name))),
            username=who.get("username"),
            language=who.get("language_code"),
        ),
        at=datetime.fromtimestamp(message["date"], UTC),
        text=message["text"],
        message_id=moves.name(chat, message["message_id"]),
    )


def _is_plain(message: Any) -> bool:
    if type(message) is not dict or message.keys() != _MESSAGE:
        return False
    who, chat, date, text = message["from"], message["chat"], message["date"], message["text"]
    return (
        _has(who, _PERSON, _MAYBE_OF_PERSON)
        and not who["is_bot"]
        and _has(chat, _CHAT, _MAYBE_OF_CHAT)
        and chat["type"] == "private"
        and type(message["message_id"]) is int
        and type(date) is int
        and 0 <= date <= _LAST_MOMENT
        and type(text) is str
        and text != ""
    )


def _has(thing: Any, needed: Mapping[str, type], allowed: Mapping[str, type]) -> bool:
    """Tell whether a JSON value is an object with these fields and no others, each of its type."""
    if type(thing) is not dict or not needed.keys() <= thing.keys():
        return False
    return all(type(value) is (needed.get(name) or allowed.get(name)) for name, value in thing.items())
