"""One open page: frames wait in a queue of its own, so that a slow browser slows nobody else."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, web

from bot.channels.webchat.identity import Visitor

MAX_WAITING = 500
"""Frames that wait for a slow browser; one that falls further behind reconnects and reads the history."""

UNKNOWN_VISITOR = 4401
NO_LONGER_STAFF = 4403


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class Connection:
    """One WebSocket and who is on it.

    Attributes:
        visitor: who is on it.
        language, timezone: as the page told; None where it did not.
    """

    def __init__(self, socket: web.WebSocketResponse, visitor: Visitor) -> None:
        self.visitor = visitor
        self.language: str | None = None
        self.timezone: str | None = None
        self._socket = socket
        self._waiting: asyncio.Queue[str | _Close] = asyncio.Queue(MAX_WAITING)
        self._closing = False

    def push(self, frame: Mapping[str, Any]) -> None:
        """Let a frame be sent when its turn comes; never waits."""
        if self._closing:
            return
        try:
            self._waiting.put_nowait(json.dumps(frame))
        except asyncio.QueueFull:
            self.close(WSCloseCode.TRY_AGAIN_LATER)

    def close(self, code: int) -> None:
        """Drop what waits and close the socket."""
        if self._closing:
            return
        self._closing = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(_Close(code))

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Send what is pushed, while the block runs."""
        writer = asyncio.create_task(self._write())
        try:
            yield
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer

    async def _write(self) -> None:
        while True:
            frame = await self._waiting.get()
            try:
                if isinstance(frame, _Close):
                    await self._socket.close(code=frame.code)
                    return
                await self._socket.send_str(frame)
            except (ConnectionError, RuntimeError):
                return  # the browser is gone; the reading side notices and ends the connection
