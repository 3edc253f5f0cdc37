"""Posts updates to the bot's webhook over a few connections, until each was taken with a 200."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from benchmarks.botapi.updates import Posts, Update
from benchmarks.botapi.wire import read_response

TRY_AGAIN_S = 0.1
"""Before a connection is made anew, or an update that was refused is posted again; Telegram waits longer."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where updates go, as ``setWebhook`` says it.

    Attributes:
        url: of plain HTTP.
        secret: what is shown with each update; "" for nothing.
        connections: how many posts may be under way at a time.
    """

    url: str
    secret: str
    connections: int


class _PostingConnection(asyncio.Protocol):
    def __init__(self, poster: "Poster") -> None:
        self._poster = poster
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._update: Update | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.post_next()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        if self._update is not None:
            self._poster.failed(self._update)
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        received = read_response(self._buffer)
        if received is None or self._update is None:
            return
        self._buffer = self._buffer[received.end :]
        update, self._update = self._update, None
        if received.status == HTTPStatus.OK:
            self._poster.confirmed(update)
            wait_s = 0.0
        else:
            self._poster.failed(update)
            wait_s = TRY_AGAIN_S
        if received.closes and self._transport is not None:
            self._transport.close()
        elif wait_s:
            asyncio.get_running_loop().call_later(wait_s, self.post_next)
        else:
            self.post_next()

    def post_next(self) -> None:
        """Post the next update, or wait to be called again."""
        if self._transport is None or self._transport.is_closing():
            return
        self._update = self._poster.next(self)
        if self._update is not None:
            body = self._update.encoded
            self._transport.write(self._poster.head % len(body) + body)


@dataclass(slots=True)
class Poster:
    """Posts what waits while ``run`` runs.

    Attributes:
        hook: where to.
        posts: what waits.
        on_post: called with each update that leaves.
        on_confirm: called with the number of updates that were taken so far.
    """

    hook: Hook
    posts: Posts
    on_post: Callable[[], None]
    on_confirm: Callable[[int], None]
    head: bytes = b""
    _idle: list[_PostingConnection] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write what all requests begin with."""
        target = urlsplit(self.hook.url)
        secret = f"X-Telegram-Bot-Api-Secret-Token: {self.hook.secret}\r\n" if self.hook.secret else ""
        head = (
            f"POST {target.path or '/'} HTTP/1.1\r\nHost: {target.netloc}\r\n{secret}"
            "Content-Type: application/json\r\nContent-Length: "
        )
        self.head = head.encode().replace(b"%", b"%%") + b"%d\r\n\r\n"

    async def run(self) -> None:
        """Post over all connections until cancelled."""
        await asyncio.gather(*(self._keep_connected() for _ in range(self.hook.connections)))

    async def _keep_connected(self) -> None:
        target = urlsplit(self.hook.url)
        loop = asyncio.get_running_loop()
        while True:
            try:
                _, connection = await loop.create_connection(
                    lambda: _PostingConnection(self), target.hostname or "127.0.0.1", target.port or 80
                )
                await connection.ended
            except OSError:
                pass  # the bot is not there, or not there yet
            await asyncio.sleep(TRY_AGAIN_S)

    def next(self, connection: _PostingConnection) -> Update | None:
        """Give a connection its next update; where there is none, it is called when there is."""
        update = self.posts.next()
        if update is None:
            self._idle.append(connection)
        else:
            self.on_post()
        return update

    def confirmed(self, update: Update) -> None:
        """Note that an update was taken."""
        self.posts.confirm(update)
        self.on_confirm(self.posts.confirmed)
        self._wake()

    def failed(self, update: Update) -> None:
        """Note that an update was not taken."""
        self.posts.fail(update)
        self._wake()

    def _wake(self) -> None:
        if self._idle:
            asyncio.get_running_loop().call_soon(self._idle.pop().post_next)
