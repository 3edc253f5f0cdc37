"""Web chat pages without a browser: a cookie, a socket, and what came over it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.patience import PATIENCE_S
from tests.program import Program

Item = dict[str, Any]


@dataclass
class Page:
    """An open chat page; ``items`` is what it shows, in order, each once."""

    http: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse
    items: list[Item] = field(default_factory=list)
    seen: int = 0

    @property
    def cookies(self) -> dict[str, str]:
        """The browser's cookies, by which another page is the same person's."""
        return {cookie.key: cookie.value for cookie in self.http.cookie_jar}

    async def says(self, text: str, *, reply_to: str | None = None, number: str | None = None) -> str:
        """Write something, and wait until it is taken; gives the number that the page made for it."""
        return await self._does({"type": "say", "text": text, "reply_to": reply_to}, number)

    async def taps(self, label: str) -> None:
        """Tap the newest button with a label, and wait until it is taken."""
        for item in reversed(self.items):
            for button in (button for row in item["buttons"] for button in row):
                if button["label"] == label:
                    await self.taps_data(button["data"], under=item["id"])
                    return
        raise AssertionError(f"there is no button {label!r} on this page")

    async def taps_data(self, data: str, *, under: str) -> None:
        """Send a tap with any data, forged ones too, and wait until it is taken."""
        await self._does({"type": "tap", "id": under, "data": data})

    async def is_refused(self, frame: str | bytes) -> str:
        """Send something that is no message; gives the words by which it is refused."""
        await (self.socket.send_bytes(frame) if isinstance(frame, bytes) else self.socket.send_str(frame))
        async with asyncio.timeout(PATIENCE_S):
            while True:
                received = await self.socket.receive_json()
                if received["type"] == "refused":
                    return str(received["text"])

    async def hears(self, containing: str) -> Item:
        """Give the next message of the company that contains some words; skips others."""
        while True:
            while self.seen < len(self.items):
                item = self.items[self.seen]
                self.seen += 1
                if item["from"] == "company" and containing in item["text"]:
                    return item
            await self._read()

    async def sees_edit(self, containing: str) -> Item:
        """Wait until a message that is shown contains some words."""
        while True:
            found = next((item for item in self.items if containing in item["text"]), None)
            if found is not None:
                return found
            await self._read()

    async def _does(self, frame: dict[str, Any], number: str | None = None) -> str:
        number = number or str(uuid.uuid4())
        await self.socket.send_json({"uuid": number, **frame})
        await self._until(lambda received: received["type"] == "taken" and received["uuid"] == number)
        return number

    async def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> None:
        while not wanted(await self._read()):
            pass

    async def _read(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self._receive()
        match frame["type"]:
            case "history":
                self._show(frame["items"], at=len(self.items) if frame["latest"] else 0)
            case "message":
                self._show([frame["item"]], at=len(self.items))
            case "edit":
                for item in self.items:
                    if item["id"] == frame["id"]:
                        item |= {"text": frame["text"], "buttons": frame["buttons"]}
            case "refused":
                raise AssertionError(f"the page was refused: {frame['text']}")
        return frame

    async def _receive(self) -> dict[str, Any]:
        """Wait for a frame: by our own clock, because the socket's begins anew with each ping."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                received: dict[str, Any] = await self.socket.receive_json()
                return received
        except TimeoutError:
            shown = "\n".join(f"  {item['from']}: {item['text']}" for item in self.items)
            raise AssertionError(f"nothing more came; the page shows:\n{shown}") from None

    def _show(self, items: list[Item], *, at: int) -> None:
        """Put items in; those that are shown already stay where they are and say what they say now."""
        shown = {item["id"]: item for item in self.items}
        for item in items:
            shown.get(item["id"], {}).update(item)
        self.items[at:at] = [item for item in items if item["id"] not in shown]


@asynccontextmanager
async def open_page(
    program: Program, address: str, *, language: str = "en-GB", cookies: Mapping[str, str] | None = None
) -> AsyncIterator[Page]:
    """Open a page of the program by its address, follow where it leads, and connect its socket."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, cookies=cookies) as http:
        async with http.get(address) as response:
            assert response.status == 200, response.status
            side = response.url.path
        socket_url = f"{program.url}{side}/ws"
        async with http.ws_connect(socket_url, headers={"Origin": program.url}) as socket:
            page = Page(http, socket)
            await socket.send_json({"type": "hello", "language": language, "timezone": "Europe/London"})
            await page._until(lambda frame: frame["type"] == "history")
            yield page
