"""People in the app: they write, tap, edit, block, and see what the bot sends."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.botapi.account import Account, Call
from tests.botapi.media import KINDS, described
from tests.botapi.updates import Updates
from tests.botapi.world import Chat, World

SENDING = frozenset(
    {
        "sendMessage",
        "sendDocument",
        "sendPhoto",
        "sendVoice",
        "sendVideo",
        "sendVideoNote",
        "sendAudio",
        "sendAnimation",
        "sendSticker",
    }
)
EDITING = frozenset({"editMessageText", "editMessageCaption"})
_tap_ids = itertools.count(4_382_000_001)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot as a person sees it.

    Attributes:
        message_id: its id.
        text: its text or caption.
        buttons: label and data of each, or where it leads, in reading order.
        reply_to: the id of the message it is shown under.
        document: name and text of the file, where there is one.
        media: kind of what else came along, and the id of the file or the name it was sent under.
    """

    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    reply_to: int | None
    document: tuple[str, str] | None
    media: tuple[str, str] | None = None


@dataclass(slots=True)
class Window:
    """One chat's screen: what the bot did there, in order."""

    account: Account
    chat_id: int
    _seen: int = 0

    def all(self) -> list[Shown]:
        """Everything that the bot sent here, as it was sent."""
        return [_shown(call) for call in self.account.calls if self._is_here(call, SENDING)]

    async def hears(self, containing: str = "") -> Shown:
        """Give the next message of the bot that was not given yet and contains some words; skips others."""
        return await self._next(SENDING, containing)

    async def sees_edit(self, containing: str = "") -> Shown:
        """Give the next edit, as ``hears`` does."""
        return await self._next(EDITING, containing)

    async def reads(self, containing: str = "") -> Shown:
        """Give the next message or edit, as ``hears`` does; a menu is changed in place where that can be."""
        return await self._next(SENDING | EDITING, containing)

    async def _next(self, methods: frozenset[str], containing: str) -> Shown:
        def wanted(call: Call) -> bool:
            return self._is_here(call, methods) and containing in _shown(call).text

        call = await self.account.wait_for(wanted, after=self._seen)
        self._seen = call.number + 1
        return _shown(call)

    def _is_here(self, call: Call, methods: frozenset[str]) -> bool:
        return call.taken and call.method in methods and str(call.payload.get("chat_id")) == str(self.chat_id)


@dataclass(slots=True)
class Group:
    """A group that the bot is a member of."""

    chat: Chat
    window: Window

    @property
    def id(self) -> int:
        """Its id; negative."""
        return int(self.chat.about["id"])

    async def hears(self, containing: str = "") -> Shown:
        """As ``Window.hears``."""
        return await self.window.hears(containing)

    async def sees_edit(self, containing: str = "") -> Shown:
        """As ``Window.sees_edit``."""
        return await self.window.sees_edit(containing)

    async def reads(self, containing: str = "") -> Shown:
        """As ``Window.reads``."""
        return await self.window.reads(containing)


@dataclass(slots=True)
class User:
    """A person with a Telegram account; what they do without ``group`` happens alone with the bot."""

    about: dict[str, Any]
    chat: Chat
    window: Window
    _world: World
    _updates: Updates

    @property
    def id(self) -> int:
        """Their id, which is also that of their chat with the bot."""
        return int(self.about["id"])

    def says(self, text: str, *, group: Group | None = None, reply_to: int | None = None) -> int:
        """Write a message; returns its id."""
        return self.sends(group=group, reply_to=reply_to, text=text)

    def sends(self, *, group: Group | None = None, reply_to: int | None = None, **content: Any) -> int:
        """Send a message of any content, in the Bot API's words (``photo=…``); returns its id."""
        chat = self._chat(group)
        if reply_to is not None:
            content["reply_to_message"] = chat.messages[reply_to]
        message = self._world.new_message(chat, self.about, content)
        self._updates.push(message=message)
        return int(message["message_id"])

    def sends_file(
        self,
        kind: str,
        content: bytes,
        *,
        name: str = "",
        group: Group | None = None,
        reply_to: int | None = None,
        **more: Any,
    ) -> int:
        """Send a file of a kind of the Bot API's, perhaps with ``caption``; returns the message's id."""
        file_id = f"{kind}-{len(self._world.files) + 1}"
        self._world.files[file_id] = (kind, content)
        about = described(kind, file_id, name, len(content))
        file = [about] if kind == "photo" else about
        return self.sends(group=group, reply_to=reply_to, **{kind: file}, **more)

    def edits(self, message_id: int, text: str, *, group: Group | None = None) -> None:
        """Change the text of a message they wrote."""
        message = self._chat(group).messages[message_id]
        message |= {"text": text, "edit_date": message["date"] + 1}
        self._updates.push(edited_message=dict(message))

    def taps(self, button: str, *, group: Group | None = None, message_id: int | None = None) -> str:
        """Tap a button, by its label or its data, under the newest message that has it; returns its id."""
        chat = self._chat(group)
        message, data = _find_button(chat, button, message_id)
        return self.taps_data(data, message=message)

    def taps_data(self, data: str, *, message: dict[str, Any] | None) -> str:
        """Send a tap with any data, forged ones too; returns the tap's id."""
        tap_id = str(next(_tap_ids))
        self._world.taps[tap_id] = False
        tap = {"id": tap_id, "from": self.about, "chat_instance": "-3", "data": data}
        self._updates.push(callback_query=tap if message is None else {**tap, "message": message})
        return tap_id

    def blocks(self) -> None:
        """Block the bot."""
        self.chat.refuses = "Forbidden: bot was blocked by the user"
        self._membership("member", "kicked")

    def unblocks(self) -> None:
        """Allow the bot again."""
        self.chat.refuses = ""
        self._membership("kicked", "member")

    async def hears(self, containing: str = "") -> Shown:
        """As ``Window.hears``, alone with the bot."""
        return await self.window.hears(containing)

    async def sees_edit(self, containing: str = "") -> Shown:
        """As ``Window.sees_edit``, alone with the bot."""
        return await self.window.sees_edit(containing)

    def _chat(self, group: Group | None) -> Chat:
        return self.chat if group is None else group.chat

    def _membership(self, old: str, new: str) -> None:
        member: Callable[[str], dict[str, Any]] = lambda status: {  # noqa: E731 - two of the same form
            "user": self._world.bot,
            "status": status,
            **({"until_date": 0} if status == "kicked" else {}),
        }
        self._updates.push(
            my_chat_member={
                "chat": self.chat.about,
                "from": self.about,
                "date": 1_800_000_000,
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            }
        )


def _find_button(chat: Chat, button: str, message_id: int | None) -> tuple[dict[str, Any], str]:
    messages: Iterator[dict[str, Any]] = reversed(chat.messages.values())
    for message in messages:
        if message_id not in {None, message["message_id"]}:
            continue
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for entry in row:
                if "callback_data" in entry and button in {entry["text"], entry["callback_data"]}:
                    return message, entry["callback_data"]
    raise AssertionError(f"there is no button {button!r} in this chat")


def _shown(call: Call) -> Shown:
    message, document = call.result, call.payload.get("document")
    markup = call.payload.get("reply_markup") or {"inline_keyboard": []}
    reply_to = call.payload.get("reply_parameters") or {}
    return Shown(
        message_id=message["message_id"],
        text=call.payload.get("text") or call.payload.get("caption") or "",
        buttons=tuple(
            (entry["text"], entry.get("callback_data") or entry["url"])
            for row in markup["inline_keyboard"]
            for entry in row
        ),
        reply_to=reply_to.get("message_id"),
        document=(document["name"], document["content"]) if isinstance(document, dict) else None,
        media=_media(call.payload),
    )


def _media(payload: dict[str, Any]) -> tuple[str, str] | None:
    for kind in KINDS:
        file = payload.get(kind)
        if isinstance(file, str):
            return kind, file
        if isinstance(file, dict):
            return kind, str(file["name"])
    return None
