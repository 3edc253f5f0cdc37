"""The webhook: Telegram posts each update, and repeats it until we answer 200."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.channels.telegram.receiver import RawUpdate
from bot.channels.telegram.updates import is_update

log = logging.getLogger(__name__)

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name, not a secret
LARGEST_BODY = 1 << 20
"""Bytes; an update of Telegram's is far smaller."""
MOST_WAITING = 1_000
"""Requests whose updates wait to be committed; Telegram itself opens 100 connections at most."""


@dataclass(slots=True)
class TelegramWebhook:
    """The handler of ``POST /telegram/webhook``; calling it answers one request.

    Attributes:
        secret: what Telegram shows with each request; None refuses every request.
        receive: handles updates and returns when they are committed.
        waiting: how many requests wait for that now.
    """

    secret: str | None
    receive: Callable[[Sequence[RawUpdate]], Awaitable[None]]
    waiting: int = 0

    async def __call__(self, request: web.Request) -> web.Response:
        """Answer 200 once the update is committed, and what asks for a repeat where it is not."""
        if not self._is_telegram(request):
            return web.Response(status=HTTPStatus.FORBIDDEN, text="this door is Telegram's")
        try:
            update = _update(await _body(request))
        except (web.RequestPayloadError, ConnectionError):  # packed wrongly, or broken off
            update = None
        if update is None:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="not an update")
        if self.waiting >= MOST_WAITING:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="too many at once, please wait")
        self.waiting += 1
        try:
            await self.receive([update])
        except Exception:
            log.exception("update %s was not handled; Telegram will send it again", update["update_id"])
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="please send it again")
        finally:
            self.waiting -= 1
        return web.Response()

    def _is_telegram(self, request: web.Request) -> bool:
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        return self.secret is not None and hmac.compare_digest(shown, self.secret.encode())


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, len(body))
    return bytes(body)


def _update(body: bytes) -> dict[str, Any] | None:
    """Read an update object; None for anything else."""
    try:
        update: dict[str, Any] = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if is_update(update) else None
