"""The Bot API's methods that bots of the benchmarks call, and the account of them."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.botapi.account import WINDOW_S, Account
from benchmarks.botapi.parameters import parameters
from benchmarks.botapi.updates import Posts, Update, Waiting
from benchmarks.botapi.webhook import Hook, Poster
from benchmarks.botapi.wire import Reply, Request, ServerConnection, ok, response

BOT = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "Lantern Tea",
    "username": "lantern_tea_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
    "can_connect_to_business": False,
    "has_main_web_app": False,
}
TAKEN_AS_THEY_COME = frozenset(
    {
        "answerCallbackQuery",
        "close",
        "deleteMessage",
        "deleteMyCommands",
        "editMessageCaption",
        "editMessageReplyMarkup",
        "editMessageText",
        "logOut",
        "sendChatAction",
        "setChatMenuButton",
        "setMyCommands",
        "setMyDescription",
        "setMyName",
        "setMyShortDescription",
    }
)
FIRST_MESSAGE_ID = 10_000_001
CONNECTIONS = 40
"""Posts to a webhook at a time, where the bot names no number; Telegram's own default."""


@dataclass(slots=True)
class Poll:
    """A ``getUpdates`` that waits for updates."""

    reply: Reply
    timer: asyncio.TimerHandle


@dataclass(slots=True)
class BenchServer:
    """Serves any token.

    Attributes:
        updates: what people write, all of it before the start.
        account: the books.
        latency_s: how long every answer takes on its way.
        webhook: an address that is posted to from the start; without it, bots name theirs.
        connections: posts at a time, whatever the bot asks for; None for what it asks.
    """

    updates: Sequence[Update]
    account: Account
    latency_s: float = 0.0
    webhook: Hook | None = None
    connections: int | None = None
    _waiting: Waiting = field(init=False)
    _posts: Posts = field(init=False)
    _poll: Poll | None = None
    _posting: asyncio.Task[None] | None = None
    _hook_url: str = ""

    def __post_init__(self) -> None:
        """Let the updates wait."""
        self._waiting = Waiting(self.updates)
        self._posts = Posts(iter(self.updates))

    async def serve(self, port: int, announce: Callable[[str], None]) -> None:
        """Listen on 127.0.0.1 until cancelled; a port of 0 becomes a free one."""
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(
            lambda: ServerConnection(self._serve), "127.0.0.1", port, backlog=4096
        )
        if self.webhook is not None:
            self._post_to(self.webhook)
        announce(f"listening on http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
        await listener.serve_forever()

    def _serve(self, request: Request, reply: Reply) -> None:
        path = request.path.partition("?")[0]
        if not path.startswith("/bot"):
            reply(self._book(request))
            return
        if self.latency_s:
            loop, at_once = asyncio.get_running_loop(), reply

            def reply(answer: bytes) -> None:
                loop.call_later(self.latency_s, at_once, answer)

        method = path[path.rfind("/") + 1 :]
        self.account.calls[method] += 1
        try:
            given = parameters(request)
            if method == "getUpdates":
                self._get_updates(given, reply)
            else:
                reply(self._do(method, given))
        except (ValueError, KeyError) as error:
            reply(refused(HTTPStatus.BAD_REQUEST, f"Bad Request: {error}"))

    def _do(self, method: str, given: dict[str, Any]) -> bytes:
        if method == "sendMessage":
            return self._send(str(given["chat_id"]), given["text"])
        if method in TAKEN_AS_THEY_COME:
            return done(result=True)
        others: dict[str, Callable[[dict[str, Any]], bytes]] = {
            "getMe": lambda _given: done(BOT),
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
        }
        if method not in others:
            return refused(HTTPStatus.NOT_FOUND, "Not Found: method not found")
        return others[method](given)

    def _send(self, chat: str, text: str) -> bytes:
        if not text:
            return refused(HTTPStatus.BAD_REQUEST, "Bad Request: message text is empty")
        if not self.account.send(chat, text):
            wait_s = math.ceil(WINDOW_S)
            return refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Too Many Requests: retry after {wait_s}",
                {"retry_after": wait_s},
            )
        kind = "supergroup" if chat.startswith("-") else "private"
        name = f'"title":"Group {chat}"' if kind == "supergroup" else f'"first_name":"Ana {chat}"'
        return ok(
            (
                f'{{"ok":true,"result":{{"message_id":{FIRST_MESSAGE_ID + len(self.account.sent)},'
                f'"from":{{"id":{BOT["id"]},"is_bot":true,"first_name":"{BOT["first_name"]}",'
                f'"username":"{BOT["username"]}"}},"chat":{{"id":{int(chat)},{name},"type":"{kind}"}},'
                f'"date":{int(time.time())},"text":{json.dumps(text)}}}}}'
            ).encode(),
        )

    def _get_updates(self, given: dict[str, Any], reply: Reply) -> None:
        """Answer at once where something waits, else when the time that was given is over."""
        if self._hook_url:
            reply(
                refused(HTTPStatus.CONFLICT, "Conflict: can't use getUpdates method while webhook is active")
            )
            return
        self._end_poll()
        if self._waiting.confirm(int(given.get("offset", 0))):
            self.account.confirm(self._waiting.confirmed)
        updates = self._waiting.give(int(given.get("limit", 100)))
        if updates:
            self.account.give()
            body = b",".join([update.encoded for update in updates])
            reply(ok(b'{"ok":true,"result":[' + body + b"]}"))
            return
        timer = asyncio.get_running_loop().call_later(float(given.get("timeout", 0)), self._end_poll)
        self._poll = Poll(reply, timer)

    def _end_poll(self) -> None:
        """Answer the poll that waits: there is nothing; nothing comes later than the start."""
        if self._poll is not None:
            self._poll.timer.cancel()
            self._poll.reply(done([]))
            self._poll = None

    def _set_webhook(self, given: dict[str, Any]) -> bytes:
        asked = int(given.get("max_connections", CONNECTIONS))
        self._post_to(Hook(str(given["url"]), str(given.get("secret_token", "")), self.connections or asked))
        return done(result=True)

    def _delete_webhook(self, _given: dict[str, Any]) -> bytes:
        self._stop_posting()
        return done(result=True)

    def _webhook_info(self, _given: dict[str, Any]) -> bytes:
        left = len(self.updates) - max(self._waiting.confirmed, self._posts.confirmed)
        about = {"has_custom_certificate": False, "pending_update_count": left}
        return done({"url": self._hook_url, **about})

    def _post_to(self, hook: Hook) -> None:
        if hook.url == self._hook_url:
            return  # said again, e.g. after a restart: posting goes on
        self._stop_posting()
        self._hook_url = hook.url
        poster = Poster(hook, self._posts, on_post=self.account.give, on_confirm=self.account.confirm)
        self._posting = asyncio.get_running_loop().create_task(poster.run(), name="webhook")

    def _stop_posting(self) -> None:
        self._hook_url = ""
        if self._posting is not None:
            self._posting.cancel()
            self._posting = None

    def _book(self, request: Request) -> bytes:
        """Show the books: ``/count`` is cheap; ``/stats`` sums up, ``?chats=1`` by chat; ``/sent`` is all."""
        target = urlsplit(request.path)
        if target.path == "/count":
            shown: Any = {
                "sent": len(self.account.sent),
                "refused": len(self.account.refused),
                "last": self.account.sent[-1][0] if self.account.sent else None,
            } | self._progress()
        elif target.path == "/stats":
            shown = self.account.stats(by_chat="chats" in parse_qs(target.query)) | self._progress()
        elif target.path == "/sent":
            shown = self.account.sent
        elif target.path == "/confirmations":
            shown = self.account.confirmations
        else:
            return refused(HTTPStatus.NOT_FOUND, "Not Found")
        return ok(json.dumps(shown).encode())

    def _progress(self) -> dict[str, int]:
        return {
            "updates": len(self.updates),
            "fetched": self._waiting.fetched,
            "given_again": self._waiting.given_again + self._posts.tried_again,
            "confirmed": self._waiting.confirmed + self._posts.confirmed,
        }


def done(result: Any) -> bytes:
    """Answer a call that did what it should."""
    return ok(json.dumps({"ok": True, "result": result}).encode())


def refused(status: HTTPStatus, description: str, more: dict[str, Any] | None = None) -> bytes:
    """Refuse a call as the Bot API does."""
    body: dict[str, Any] = {"ok": False, "error_code": status.value, "description": description}
    if more:
        body["parameters"] = more
    return response(status, json.dumps(body).encode())
