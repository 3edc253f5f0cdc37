"""What the server knows: the bot, the chats with their messages, taps that wait, the menus."""

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.faults import RefusalError

ENTITY = re.compile(r"(?P<bot_command>^/\w+(?:@\w+)?)|(?P<mention>(?<!\w)@\w{3,})|(?P<url>https?://\S+)")


@dataclass(slots=True)
class Chat:
    """A chat as the bot sees it.

    Attributes:
        about: the chat object as it stands in updates.
        messages: by id, as the Bot API shows them; the bot's and the people's.
        refuses: the words with which Telegram refuses what the bot sends here; "" while it takes it.
        moved_to: the supergroup's id, once the group has become one.
        message_ids: where it numbers its messages by itself; None where the bot's chats share numbers.
    """

    about: dict[str, Any]
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    refuses: str = ""
    moved_to: int = 0
    message_ids: Iterator[int] | None = None


@dataclass(slots=True)
class World:
    """The state behind the methods; ``files`` are kind and bytes of each, by its id."""

    bot: dict[str, Any]
    chats: dict[int, Chat] = field(default_factory=dict)
    taps: dict[str, bool] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(501))

    def chat(self, chat_id: object) -> Chat:
        """Find a chat that can be written to, or refuse as Telegram does."""
        try:
            chat = self.chats[int(str(chat_id))]
        except (KeyError, ValueError):
            raise RefusalError(400, "Bad Request: chat not found") from None
        if chat.moved_to:
            raise RefusalError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        if chat.refuses:
            raise RefusalError(403, chat.refuses)
        return chat

    def new_message(self, chat: Chat, sender: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        """Write a message into a chat and give it as the Bot API shows it."""
        message = {
            "message_id": next(chat.message_ids or self.message_ids),
            "from": sender,
            "chat": chat.about,
            "date": int(time.time()),
            **content,
        }
        text = message.get("text") or ""
        if not sender["is_bot"] and (entities := entities_of(text)):
            message["entities"] = entities
        chat.messages[message["message_id"]] = message
        return message


def entities_of(text: str) -> list[dict[str, Any]]:
    """Mark commands, mentions and addresses, as Telegram does, in UTF-16 units."""
    return [
        {
            "type": found.lastgroup,
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found.group()),
        }
        for found in ENTITY.finditer(text)
    ]


def utf16_length(text: str) -> int:
    """Count a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
