"""The program's one web server: pages, their assets, health, and webhooks of messaging apps."""

from collections.abc import Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.channels.webchat.channel import WebChat
from bot.web.chat_pages import ChatPages
from bot.web.door_pages import DoorPages
from bot.web.guards import hide_errors, protect
from bot.web.health import Check, Health
from bot.web.rendering import ASSETS

MAX_BODY_BYTES = 2 * 1024 * 1024
"""Of a request that is read whole; files are read as they come, with a limit of their own."""


def build_application(
    *,
    webchat: WebChat,
    ready_checks: Mapping[str, Check],
    telegram_webhook: Handler | None = None,
    door: DoorPages | None = None,
    takes_messages: Callable[[], bool] = lambda: True,
    public_url: str | None = None,
) -> web.Application:
    """Put the web server together; nothing runs yet.

    Args:
        webchat: the channel behind ``/chat`` and ``/staff``.
        ready_checks: what ``/readyz`` asks, by name.
        telegram_webhook: answers ``POST /telegram/webhook``; None where Telegram is polled or off.
        door: tickets and friends' links.
        takes_messages: what ``/healthz`` asks.
        public_url: where the world reaches us, if a proxy stands between.
    """
    application = web.Application(middlewares=[hide_errors], client_max_size=MAX_BODY_BYTES)
    health = Health(takes_messages, ready_checks)
    application.add_routes(
        [
            web.get("/", _to_chat),
            web.get("/healthz", health.alive),
            web.get("/readyz", health.ready),
            web.get("/assets/{name}", _asset),
            *ChatPages(webchat, public_url).routes(),
        ]
    )
    if door is not None:
        application.add_routes(door.routes())
    if telegram_webhook is not None:
        application.router.add_post("/telegram/webhook", telegram_webhook)
    application.on_response_prepare.append(protect)

    async def close_pages(_application: web.Application) -> None:
        await webchat.close()

    application.on_shutdown.append(close_pages)
    return application


async def _to_chat(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/chat")


async def _asset(request: web.Request) -> web.FileResponse:
    """Give one of our own files; browsers ask each time whether it changed."""
    path = ASSETS / request.match_info["name"]
    if path.parent != ASSETS or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
