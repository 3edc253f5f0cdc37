"""Whether the program lives, and whether it is ready: for whoever watches over it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from store.errors import RapportError

log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[object]]
"""Ready where it returns anything but False; an exception means not ready."""

CHECK_TIMEOUT_S = 5.0


class Health:
    """Answers ``/healthz`` and ``/readyz``.

    Attributes:
        takes_messages: whether the road in is open.
        ready_checks: what must work before the program is ready, by name.
    """

    def __init__(self, takes_messages: Callable[[], bool], ready_checks: Mapping[str, Check]) -> None:
        self._takes_messages = takes_messages
        self._ready_checks = dict(ready_checks)

    async def alive(self, _request: web.Request) -> web.Response:
        """Say 200 while messages are taken."""
        takes = self._takes_messages()
        return web.json_response({"alive": takes}, status=200 if takes else 503)

    async def ready(self, _request: web.Request) -> web.Response:
        """Say 200 while every check passes; the answer names those that do not, never why."""
        passed = await asyncio.gather(*(self._passes(name) for name in self._ready_checks))
        checks = {
            name: "ok" if good else "failed" for name, good in zip(self._ready_checks, passed, strict=True)
        }
        ready = all(passed)
        return web.json_response({"ready": ready, "checks": checks}, status=200 if ready else 503)

    async def _passes(self, name: str) -> bool:
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                return await self._ready_checks[name]() is not False
        except RapportError as error:
            log.warning("the check %r failed: %s", name, error)
        except Exception:
            log.exception("the check %r failed", name)
        return False
