"""The server as a process of its own, steered over HTTP: ``python -m tests.botapi --port 8081``.

``POST /control/says`` with ``{"user", "text"}`` · ``POST /control/taps`` with ``{"user", "button"}`` ·
``POST /control/fails`` with the fields of ``Fault`` · ``GET /control/calls`` · ``GET /control/pending``.
"""

import argparse
import asyncio
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.botapi.people import User
from tests.botapi.server import TOKEN, BotApi


class SteeredBotApi(BotApi):
    """A server whose people act when told by HTTP."""

    def __init__(self, *, token: str, port: int) -> None:
        super().__init__(token=token, port=port)
        self.people: dict[int, User] = {}

    def extend(self, app: web.Application) -> None:
        """Add the control routes."""
        app.router.add_post("/control/{action}", self._act)
        app.router.add_get("/control/{thing}", self._show)

    async def _act(self, request: web.Request) -> web.Response:
        told = await request.json()
        action = request.match_info["action"]
        if action == "fails":
            self.fails(**told)
            return web.json_response({"ok": True})
        person = self._person(told["user"])
        if action == "says":
            return web.json_response({"message_id": person.says(told["text"])})
        if action == "taps":
            return web.json_response({"tap_id": person.taps(told["button"])})
        raise web.HTTPNotFound

    async def _show(self, request: web.Request) -> web.Response:
        if request.match_info["thing"] == "pending":
            return web.json_response(list(self.updates.pending.values()))
        if request.match_info["thing"] == "calls":
            return web.json_response([_written(call) for call in self.calls])
        raise web.HTTPNotFound

    def _person(self, number: int) -> User:
        if number not in self.people:
            self.people[number] = self.user(f"Person {number}", user_id=number)
        return self.people[number]


def _written(call: Any) -> dict[str, Any]:
    return {**asdict(call), "at": call.at.isoformat()}


async def _run(port: int, token: str) -> None:
    async with SteeredBotApi(token=token, port=port) as server:
        print(f"RAPPORT_TELEGRAM_API_URL={server.url} RAPPORT_TELEGRAM_TOKEN={token}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line and serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    arguments = parser.parse_args()
    asyncio.run(_run(arguments.port, arguments.token))


if __name__ == "__main__":
    main()
