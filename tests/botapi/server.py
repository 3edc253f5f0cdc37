"""The server: HTTP in front of the methods, the updates and the account."""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from tests.botapi.account import Account, Call
from tests.botapi.faults import Fault, FaultPlan, RefusalError
from tests.botapi.methods import METHODS
from tests.botapi.people import Group, User, Window
from tests.botapi.updates import Updates
from tests.botapi.world import Chat, World

TOKEN = "123456789:AAtest-token_of-the-bot-api-server"
USERNAME = "lantern_tea_bot"
JSON_FIELDS = frozenset(
    {"reply_markup", "reply_parameters", "link_preview_options", "allowed_updates", "commands", "scope"}
)


class BotApi:
    """A Bot API server on 127.0.0.1, for one bot.

    Use it as an async context manager, or call ``start`` and ``stop``. People act through ``user`` and
    ``group``; faults come through ``fails``; ``calls`` is the account.
    """

    def __init__(self, *, token: str = TOKEN, port: int = 0) -> None:
        self.token = token
        self.port = port
        self.account = Account()
        self.faults = FaultPlan()
        self.world = World(bot=_bot(token))
        self.updates = Updates()
        self._user_ids: Iterator[int] = itertools.count(5_000_001)
        self._group_ids: Iterator[int] = itertools.count(-1_001_000_000_001, -1)
        self._runner: web.AppRunner | None = None
        self._poster: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """What to give as ``RAPPORT_TELEGRAM_API_URL``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def calls(self) -> list[Call]:
        """All calls so far, in order."""
        return self.account.calls

    async def start(self) -> Self:
        """Listen; a port of 0 becomes a free one."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/file/{bot:bot[^/]+}/files/{file}", self._give_file)
        app.router.add_route("*", "/{bot:bot[^/]+}/{method}", self._serve)
        self.extend(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._poster = asyncio.create_task(self.updates.post_to_webhook())
        return self

    def extend(self, app: web.Application) -> None:
        """Add routes; for the process that runs alone."""

    async def stop(self) -> None:
        """Stop listening and posting."""
        if self._poster is not None:
            self._poster.cancel()
            with suppress(asyncio.CancelledError):
                await self._poster
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_failure: object) -> None:
        await self.stop()

    def user(
        self, first_name: str = "Ana", *, user_id: int = 0, language_code: str | None = "en", **about: Any
    ) -> User:
        """Let a person open a chat with the bot."""
        number = user_id or next(self._user_ids)
        named = {"id": number, "first_name": first_name, **about}
        chat = Chat({**named, "type": "private"})
        self.world.chats[number] = chat
        person = {**named, "is_bot": False, **({"language_code": language_code} if language_code else {})}
        return User(person, chat, Window(self.account, number), self.world, self.updates)

    def group(self, title: str = "Staff", *, group_id: int = 0, kind: str = "supergroup") -> Group:
        """Put the bot into a group."""
        number = group_id or next(self._group_ids)
        chat = Chat({"id": number, "title": title, "type": kind})
        self.world.chats[number] = chat
        return Group(chat, Window(self.account, number))

    def moves(self, group: Group) -> Group:
        """Let a group become a supergroup: it gets a new id, and numbers its messages anew."""
        new = self.group(group.chat.about["title"])
        new.chat.message_ids = itertools.count(501)
        group.chat.moved_to = new.id
        return new

    def fails(self, method: str = "", **what: Any) -> Fault:
        """Let the next calls of a method fail; ``what`` as in ``Fault``."""
        fault = Fault(method, **what)
        self.faults.waiting.append(fault)
        return fault

    async def wait_for(self, wanted: str | Callable[[Call], bool], *, after: int = 0) -> Call:
        """Give the first call, of a method or as wanted, now or when it comes."""
        if isinstance(wanted, str):
            return await self.account.wait_for(lambda call: call.method == wanted, after=after)
        return await self.account.wait_for(wanted, after=after)

    def count(self, method: str) -> int:
        """Count the calls of a method."""
        return sum(call.method == method for call in self.calls)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["bot"] != f"bot{self.token}":
            return _refused(RefusalError(401, "Unauthorized"))
        payload = await _payload(request)
        fault = self.faults.next_for(method) or Fault()
        await fault.wait()
        if fault.drop == "before":
            return self._dropped(request, method, payload)
        if fault.body is not None:
            self._note(method, payload, status=fault.status or 200)
            return web.Response(status=fault.status or 200, text=fault.body)
        try:
            if fault.status:
                raise fault.refusal()
            result = await self._do(method, payload)
        except RefusalError as refusal:
            self._note(method, payload, status=refusal.status)
            return _refused(refusal)
        if fault.drop == "after":
            return self._dropped(request, method, payload, taken=True, result=result)
        self._note(method, payload, status=200, taken=True, result=result)
        return web.json_response({"ok": True, "result": result})

    async def _give_file(self, request: web.Request) -> web.Response:
        kind_and_content = self.world.files.get(request.match_info["file"])
        if request.match_info["bot"] != f"bot{self.token}" or kind_and_content is None:
            return _refused(RefusalError(404, "Not Found"))
        return web.Response(body=kind_and_content[1])

    async def _do(self, method: str, payload: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self.updates.fetch(payload)
        if method in {"setWebhook", "deleteWebhook"}:
            self.updates.webhook = payload if method == "setWebhook" else {}
            if payload.get("drop_pending_updates") == "true":
                self.updates.pending.clear()
            self.updates.wake()
            return True
        if method == "getWebhookInfo":
            webhook = self.updates.webhook
            shown = {key: webhook[key] for key in ("allowed_updates", "last_error_message") if key in webhook}
            return {
                "url": webhook.get("url", ""),
                "has_custom_certificate": False,
                "pending_update_count": len(self.updates.pending),
                **shown,
            }
        if method not in METHODS:
            raise RefusalError(404, "Not Found: method not found")
        return json.loads(json.dumps(METHODS[method](self.world, payload)))

    def _dropped(
        self,
        request: web.Request,
        method: str,
        payload: dict[str, Any],
        *,
        taken: bool = False,
        result: Any = None,
    ) -> web.Response:
        self._note(method, payload, status=0, taken=taken, result=result)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _note(
        self, method: str, payload: dict[str, Any], *, status: int, taken: bool = False, result: Any = None
    ) -> None:
        number, at = len(self.calls), datetime.now(UTC)
        self.account.add(Call(number, method, payload, at, status, taken, result))


def _bot(token: str) -> dict[str, Any]:
    return {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": "Lantern Tea",
        "username": USERNAME,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def _refused(refusal: RefusalError) -> web.Response:
    body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.status)


async def _payload(request: web.Request) -> dict[str, Any]:
    """Read the parameters, whichever of the three ways they came by."""
    if request.content_type == "application/json":
        payload = dict(await request.json())
    else:
        payload = {name: _value(value) for name, value in (await request.post()).items()}
    for name in JSON_FIELDS & payload.keys():
        if isinstance(payload[name], str):
            payload[name] = json.loads(payload[name])
    return payload


def _value(value: str | bytes | bytearray | web.FileField) -> Any:
    if isinstance(value, web.FileField):
        with value.file:
            return {"name": value.filename, "content": value.file.read().decode("utf-8", "surrogateescape")}
    return value
