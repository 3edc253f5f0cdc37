"""HTTP for python-telegram-bot through aiohttp; the token is in every URL, so no URL ever leaves here."""

import asyncio
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from scheduler.delivery.patience import Patience

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0
FILE_TIMEOUT_S = 60.0
"""So much longer may a request take that brings or fetches a file."""
KEEP_ALIVE_S = 30.0
HIDDEN = b"<token>"
JSON_HEADERS = {"Content-Type": "application/json"}
PROXIED = frozenset({"http", "https"})


class NotSentError(NetworkError):
    """No connection was made: the request has certainly not arrived."""


class _Parameters:
    """Parameters as they are, for who asks a ``RequestData`` for them."""

    __slots__ = ("_parameters",)

    contains_files = False

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters

    @property
    def json_payload(self) -> bytes:
        return json.dumps(self._parameters).encode()


class AiohttpRequest(BaseRequest):
    """Makes the requests of a ``telegram.Bot`` over one keep-alive session.

    Errors are python-telegram-bot's own: ``NotSentError`` where the request has surely not
    arrived; ``TimedOut`` and ``NetworkError`` where it may have. They carry neither a URL nor the error they
    come from, which names one.

    Args:
        token: hidden wherever an answer repeats it.
        connections: how many may be open at once.
        read_timeout_s: how long an answer may take.
    """

    __slots__ = ("_connections", "_patiences", "_proxies", "_read_timeout_s", "_session", "_token")

    def __init__(self, *, token: str, connections: int = 100, read_timeout_s: float = READ_TIMEOUT_S) -> None:
        self._token = token.encode()
        self._connections = connections
        self._read_timeout_s = read_timeout_s
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[str, str] = {}
        self._patiences: dict[float, Patience] = {}

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take where the caller names no time, in seconds."""
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Open the session."""
        if self._session is None:
            self._proxies = getproxies()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0917 - the signature is the library's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - part of connect_timeout here
    ) -> tuple[int, bytes]:
        """Make one request and return its status and answer; raises only ``telegram.error`` errors."""
        if self._session is None:
            raise NotSentError("the connection to Telegram is not open")
        is_download = method == "GET"
        moves_file = is_download or (request_data is not None and request_data.contains_files)
        connect = _seconds(connect_timeout, CONNECT_TIMEOUT_S)
        read = _seconds(read_timeout, self._read_timeout_s)
        longer = _seconds(write_timeout, FILE_TIMEOUT_S) if moves_file else 0.0
        waits = _waits(connect=connect, read=read if is_download else None)
        request = self._request(self._session, method, url, request_data, waits)
        try:
            if read is None or longer is None:
                return await request
            return await self._patience_of(read + longer).wait_for(request)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = _translate(error)
        raise failure  # outside of the except block, so that it does not carry the error it comes from

    async def _request(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        data: RequestData | None,
        waits: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        await _hear_of_closed_connections()
        target = _url(url)
        async with session.request(
            method,
            target,
            data=_body(data),
            headers=None if data is None or data.contains_files else JSON_HEADERS,
            proxy=self._proxy(target),
            timeout=waits,
            allow_redirects=False,
        ) as response:
            return response.status, (await response.read()).replace(self._token, HIDDEN)

    def _patience_of(self, limit_s: float) -> Patience:
        """Give the patience for what may take so long; there are few limits, and many requests for each."""
        patience = self._patiences.get(limit_s)
        if patience is None:
            patience = self._patiences[limit_s] = Patience(limit_s)
        return patience

    def _proxy(self, url: URL) -> str | None:
        """Name the proxy that the environment wants; aiohttp asks it in a thread, again for each request."""
        proxy = self._proxies.get(url.scheme) if self._proxies and url.scheme in PROXIED else None
        return None if proxy is None or proxy_bypass(url.host or "") else proxy

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; what is not one of the Bot API is a ``TelegramError`` and is not logged."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not answer.keys() & {"result", "description"}:
            raise TelegramError("the answer is not one of Telegram's: is RAPPORT_TELEGRAM_API_URL right?")
        return answer


async def post_plain(request: BaseRequest, url: str, parameters: Mapping[str, Any]) -> object:
    """Call a method with parameters that JSON can hold, and give its result; errors are those of ``post``.

    A ``Bot`` makes an object of each parameter and writes JSON within JSON: a ninth of the loop's time for a
    message.

    Args:
        request: an ``AiohttpRequest``.
        url: of the method.
        parameters: by name.
    """
    return await request.post(url, cast("RequestData", _Parameters(parameters)))


def _seconds(given: object, default: float) -> float | None:
    if given is None:
        return None
    return float(given) if isinstance(given, int | float) else default


async def _hear_of_closed_connections() -> None:
    """Let the loop see what the other side closed: of a request written there nobody can know the fate."""
    await asyncio.sleep(0)  # this task goes on before what the loop finds now …
    await asyncio.sleep(0)  # … and after it


@lru_cache(maxsize=64)
def _url(text: str) -> URL:
    """Read the address of a method; there are few of them."""
    try:
        return URL(text)
    except ValueError as error:
        raise aiohttp.InvalidURL(text) from error


@lru_cache(maxsize=64)
def _waits(*, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """Limit the wait for a connection, and for each piece of a file.

    Each of aiohttp's limits is a timer of the loop, set and taken back for every message; the whole of a
    request is limited by ``Patience``.
    """
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect, sock_read=read)


def _body(data: RequestData | None) -> aiohttp.FormData | bytes | None:
    """Write parameters as JSON, which costs least; with files, as a form."""
    if data is None:
        return None
    if not data.contains_files:
        return data.json_payload
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form


def _translate(error: Exception) -> NetworkError:
    """Say what went wrong without the words of the error, which may name the URL."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return NotSentError("timed out while connecting")
        case TimeoutError():
            return TimedOut("timed out while waiting for the answer")
        case aiohttp.ClientConnectorError():
            reason = error.os_error.strerror or type(error.os_error).__name__
            return NotSentError(f"cannot connect to {error.host}:{error.port}: {reason}")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return NotSentError(type(error).__name__)
        case _:
            return NetworkError(f"the connection broke ({type(error).__name__})")
