"""HTTP/1.1 over a plain asyncio protocol: whole HTTP servers cost more than the bots that are measured."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

HEAD_END = b"\r\n\r\n"
LARGEST_BODY = 64 << 20

Reply = Callable[[bytes], None]
"""Sends a whole response; called once for a request, at once or later."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        path: with its query, as it came.
        content_type: of the body, as it came; "" where none is named.
        body: without its transfer encoding.
    """

    path: str
    content_type: str
    body: bytes


class BrokenRequestError(Exception):
    """What came is no request that we understand."""


Serve = Callable[[Request, Reply], None]


class ServerConnection(asyncio.Protocol):
    """One client's connection: its requests are served one after the other, also where they came together."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._buffer = b""
        self._busy = False
        self._last = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the transport: what is still being served is answered to nobody."""
        del exc
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Serve whatever is complete."""
        self._buffer = self._buffer + data if self._buffer else data
        if not self._busy:
            self._advance()

    def _advance(self) -> None:
        while self._buffer and not self._busy and self._transport is not None:
            try:
                request = self._take_request()
            except (BrokenRequestError, ValueError) as error:
                self._last = True
                self._reply(response(HTTPStatus.BAD_REQUEST, str(error).encode(), "text/plain"))
                return
            if request is None:
                return
            self._busy = True
            self._serve(request, self._reply)

    def _reply(self, answer: bytes) -> None:
        self._busy = False
        if self._transport is None:
            return
        self._transport.write(answer)
        if self._last:
            self._transport.close()
            self._transport = None

        elif self._buffer:
            asyncio.get_running_loop().call_soon(self._advance)

    def _take_request(self) -> Request | None:
        """Cut the first request off the buffer; None while it is not complete."""
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return None
        head, start = self._buffer[:end], end + len(HEAD_END)
        lower = head.lower()
        taken = _body(lower, self._buffer, start)
        if taken is None:
            if b"\r\nexpect: 100" in lower and len(self._buffer) == start and self._transport is not None:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        body, rest = taken
        self._buffer = self._buffer[rest:]
        self._last = b"\r\nconnection: close" in lower
        words = head[: head.find(b"\r\n")].split(b" ")
        if len(words) != 3:  # noqa: PLR2004 - method, path, version
            raise BrokenRequestError("not an HTTP/1.1 request")
        content_type = header(lower, head, b"content-type").decode("latin-1")
        return Request(words[1].decode("latin-1"), content_type, body)


def header(lower: bytes, head: bytes, name: bytes) -> bytes:
    """Find a header's value, given the head in lower case and as it came; empty where there is none."""
    at = lower.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    start = at + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


def _body(lower: bytes, data: bytes, start: int) -> tuple[bytes, int] | None:
    """Give a message's body and where the next message begins; None while it is not complete."""
    if b"chunked" in header(lower, lower, b"transfer-encoding"):
        return _chunks(data, start)
    length = int(header(lower, lower, b"content-length") or 0)
    if not 0 <= length <= LARGEST_BODY:
        raise BrokenRequestError("the body is too large")
    end = start + length
    return None if len(data) < end else (data[start:end], end)


def _chunks(data: bytes, at: int) -> tuple[bytes, int] | None:
    parts: list[bytes] = []
    while True:
        line_end = data.find(b"\r\n", at)
        if line_end < 0:
            return None
        size = int(data[at:line_end].partition(b";")[0], 16)
        start = line_end + 2
        if len(data) < start + size + 2:
            return None
        if size == 0:
            return b"".join(parts), start + 2
        parts.append(data[start : start + size])
        at = start + size + 2


OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def ok(body: bytes) -> bytes:
    """Write a whole response that holds JSON."""
    return OK_HEAD % len(body) + body


def response(status: HTTPStatus, body: bytes, content_type: str = "application/json") -> bytes:
    """Write a whole response."""
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@dataclass(frozen=True, slots=True)
class Received:
    """A response: its status, and where in the data the next one begins."""

    status: int
    end: int
    closes: bool


def read_response(data: bytes) -> Received | None:
    """Read a response's status; None while it is not complete."""
    end = data.find(HEAD_END)
    if end < 0:
        return None
    lower = data[:end].lower()
    status = int(data[9:12])
    closes = b"\r\nconnection: close" in lower
    if status == HTTPStatus.NO_CONTENT:
        return Received(status, end + len(HEAD_END), closes)
    taken = _body(lower, data, end + len(HEAD_END))
    return None if taken is None else Received(status, taken[1], closes)
