"""The Bot API's methods that need no waiting, with its rules and its words of refusal."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.botapi.faults import RefusalError
from tests.botapi.media import media_methods
from tests.botapi.world import Chat, World, utf16_length

TEXT_LIMIT = 4096
DATA_LIMIT = 64

Payload = Mapping[str, Any]


def get_me(world: World, _payload: Payload) -> Any:
    return world.bot


def send_message(world: World, payload: Payload) -> Any:
    chat = world.chat(payload.get("chat_id"))
    text = payload.get("text", "")
    _check_text(text)
    return world.new_message(chat, world.bot, {"text": text, **_extras(chat, payload)})


def send_chat_action(world: World, payload: Payload) -> Any:
    world.chat(payload.get("chat_id"))
    return True


def edit_message_text(world: World, payload: Payload) -> Any:
    _check_text(payload.get("text", ""))
    return _edit(world, payload, "text")


def edit_message_caption(world: World, payload: Payload) -> Any:
    return _edit(world, payload, "caption")


def _edit(world: World, payload: Payload, key: str) -> Any:
    chat = world.chat(payload.get("chat_id"))
    message = chat.messages.get(int(payload.get("message_id", 0)))
    if message is None:
        raise RefusalError(400, "Bad Request: message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise RefusalError(400, "Bad Request: message can't be edited")
    if (key == "text") is not ("text" in message):
        raise RefusalError(400, f"Bad Request: there is no {key} in the message to edit")
    changed = {key: payload.get(key, ""), **_keyboard(payload)}
    if {key: message.get(key), **_keyboard(message)} == changed:
        raise RefusalError(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message",
        )
    message.pop("reply_markup", None)
    message.update(changed)
    return message


def answer_callback_query(world: World, payload: Payload) -> Any:
    tap_id = str(payload.get("callback_query_id"))
    if tap_id not in world.taps:
        raise RefusalError(
            400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
    world.taps[tap_id] = True
    return True


def set_my_commands(world: World, payload: Payload) -> Any:
    scope = json.dumps(payload.get("scope", {"type": "default"}))
    for command in payload["commands"]:
        if not 1 <= len(command["description"]) <= 256:
            raise RefusalError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[scope, payload.get("language_code", "")] = payload["commands"]
    return True


def _check_text(text: str) -> None:
    if not text.strip():
        raise RefusalError(400, "Bad Request: message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise RefusalError(400, "Bad Request: message is too long")


def _extras(chat: Chat, payload: Payload) -> dict[str, Any]:
    return {**_reply(chat, payload), **_keyboard(payload)}


def _reply(chat: Chat, payload: Payload) -> dict[str, Any]:
    wanted = payload.get("reply_parameters")
    if wanted is None:
        return {}
    replied = chat.messages.get(wanted["message_id"])
    if replied is None and not wanted.get("allow_sending_without_reply"):
        raise RefusalError(400, "Bad Request: message to be replied not found")
    return {} if replied is None else {"reply_to_message": replied}


def _keyboard(payload: Payload) -> dict[str, Any]:
    markup = payload.get("reply_markup")
    if markup is None:
        return {}
    for row in markup["inline_keyboard"]:
        for button in row:
            if ("url" in button) is ("callback_data" in button):
                raise RefusalError(400, "Bad Request: a button needs exactly one of its optional fields")
            if not 1 <= len(button.get("callback_data", "url").encode()) <= DATA_LIMIT:
                raise RefusalError(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button["text"].strip():
                raise RefusalError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    return {"reply_markup": markup}


METHODS: Mapping[str, Callable[[World, Payload], Any]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    **media_methods(_extras),
}
