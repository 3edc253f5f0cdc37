"""The Bot API's methods for files: sent by bytes or by the id of one that is known, fetched, taken back."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.botapi.faults import RefusalError
from tests.botapi.world import Chat, World, utf16_length

CAPTION_LIMIT = 1024
FETCH_LIMIT = 20 << 20
WITHOUT_CAPTION = frozenset({"sticker", "video_note"})
KINDS = ("photo", "voice", "video", "video_note", "audio", "animation", "sticker", "document")

Payload = Mapping[str, Any]
Extras = Callable[[Chat, Payload], dict[str, Any]]


def sending(kind: str, extras: Extras) -> Callable[[World, Payload], Any]:
    """Give the method that sends files of one kind."""

    def send(world: World, payload: Payload) -> Any:
        chat = world.chat(payload.get("chat_id"))
        caption = payload.get("caption", "")
        if utf16_length(caption) > CAPTION_LIMIT:
            raise RefusalError(400, "Bad Request: message caption is too long")
        about = _file(world, kind, payload.get(kind))
        content: dict[str, Any] = {kind: [about] if kind == "photo" else about}
        if caption and kind not in WITHOUT_CAPTION:
            content["caption"] = caption
        return world.new_message(chat, world.bot, {**content, **extras(chat, payload)})

    return send


def described(kind: str, file_id: str, name: str, size: int) -> dict[str, Any]:
    """Describe a file as messages do."""
    about = {"file_id": file_id, "file_unique_id": f"unique-{file_id}", "file_size": size}
    more: dict[str, dict[str, Any]] = {
        "photo": {"width": 800, "height": 600},
        "voice": {"duration": 3},
        "audio": {"duration": 3},
        "video": {"duration": 3, "width": 800, "height": 600},
        "animation": {"duration": 3, "width": 800, "height": 600},
        "video_note": {"duration": 3, "length": 240},
        "sticker": {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "🫖",
        },
        "document": {"file_name": name},
    }
    return {**about, **more[kind]}


def get_file(world: World, payload: Payload) -> Any:
    file_id = str(payload.get("file_id"))
    if file_id not in world.files:
        raise RefusalError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    _, content = world.files[file_id]
    if len(content) > FETCH_LIMIT:
        raise RefusalError(400, "Bad Request: file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": f"unique-{file_id}",
        "file_size": len(content),
        "file_path": f"files/{file_id}",
    }


def delete_message(world: World, payload: Payload) -> Any:
    chat, number = world.chat(payload.get("chat_id")), int(payload.get("message_id", 0))
    if number not in chat.messages:
        raise RefusalError(400, "Bad Request: message to delete not found")
    del chat.messages[number]
    return True


def edit_message_media(world: World, payload: Payload) -> Any:
    chat = world.chat(payload.get("chat_id"))
    message = chat.messages.get(int(payload.get("message_id", 0)))
    if message is None:
        raise RefusalError(400, "Bad Request: message to edit not found")
    if "voice" in message or "text" in message:
        raise RefusalError(400, "Bad Request: message can't be edited")
    media = json.loads(payload["media"])
    for kind in KINDS:
        message.pop(kind, None)
    message["document"] = described("document", "replaced", "-.txt", 1)
    message["caption"] = media.get("caption", "")
    return message


def _file(world: World, kind: str, given: object) -> dict[str, Any]:
    if isinstance(given, dict):
        content = str(given["content"]).encode("utf-8", "surrogateescape")
        file_id = f"file-{given['name']}"
        world.files[file_id] = (kind, content)
        return described(kind, file_id, given["name"], len(content))
    if not isinstance(given, str) or not given:
        raise RefusalError(400, f"Bad Request: there is no {kind} in the request")
    if given not in world.files:
        raise RefusalError(400, "Bad Request: wrong file identifier/HTTP URL specified")
    known, content = world.files[given]
    if known != kind:
        raise RefusalError(400, f"Bad Request: can't use file of type {known} as {kind}")
    return described(kind, given, "", len(content))


def media_methods(extras: Extras) -> Mapping[str, Callable[[World, Payload], Any]]:
    """List the methods by their names."""
    names = {kind: f"send{''.join(word.title() for word in kind.split('_'))}" for kind in KINDS}
    return {
        **{names[kind]: sending(kind, extras) for kind in KINDS},
        "getFile": get_file,
        "deleteMessage": delete_message,
        "editMessageMedia": edit_message_media,
    }
