"""The web chat under the contract suite: a real server, and a page as a program on a real WebSocket."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.files import Files
from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.identity import Side, Visitor, new_visitor
from bot.notices import LocalNotices
from bot.web.server import build_application
from handlers.incoming import clean_text
from scheduler.delivery.channel import Channel, Outgoing
from store.engine import Database
from store.outbox import Body
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.contract.harness import ELSEWHERE, Inbox, Seen, fetch_elsewhere
from tests.factories import COMPANY, NOW
from tests.patience import PATIENCE_S
from tests.tables import new_sqlite


@dataclass(frozen=True, slots=True)
class Lane:
    """The channel as a lane uses it: a message that is sent is a row, and the row comes first."""

    channel: WebChat
    database: Database

    @property
    def name(self) -> str:
        return self.channel.name

    async def send(self, message: Outgoing) -> str:
        self._write(message)
        return await self.channel.send(message)

    async def edit(self, external_id: str, message: Outgoing) -> None:
        await self.channel.edit(external_id, message)

    async def look(self) -> None:
        await self.channel.look()

    def _write(self, message: Outgoing) -> None:
        row = OutboxMessage(
            id=message.id,
            dedupe_key=str(message.id),
            channel="webchat",
            address=message.address,
            kind=MessageKind.ANSWER,
            priority=0,
            body=Body(
                clean_text(message.text), message.buttons, message.document, message.attachments
            ).to_json(),
            state=OutboxState.SENDING,
            not_before=NOW,
            created_at=NOW,
        )
        with self.database.transaction() as session:
            session.merge(row)


@dataclass(slots=True)
class WebChatHarness:
    """A person on our page."""

    channel: Channel
    inbox: Inbox
    person: Visitor
    session: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse
    can_edit: bool = True
    can_leave: bool = False
    can_break: bool = False
    nowhere: tuple[str, ...] = ("424242", "nobody at all", "", "w-")
    _shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    _unconfirmed: list[dict[str, Any]] = field(default_factory=list)
    _last: dict[str, Any] = field(default_factory=dict)
    _last_message: str = ""
    _pongs: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    _confirmed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return self.person.address

    async def says(self, text: str, *, reply_to: str | None = None) -> None:
        uuid = str(uuid4())
        self._last_message = f"m-{uuid}"
        await self._do({"type": "say", "uuid": uuid, "text": text, "reply_to": reply_to})

    async def edits(self, text: str) -> None:
        await self._do({"type": "edit", "uuid": str(uuid4()), "id": self._last_message, "text": text})

    async def taps(self, label: str) -> None:
        await self._arrived()
        found = [
            {"type": "tap", "uuid": str(uuid4()), "id": item["id"], "data": button["data"]}
            for item in self._shown.values()
            for row in item["buttons"]
            for button in row
            if button["label"] == label
        ]
        await self._do(found[-1])

    async def repeats(self) -> None:
        await self._do(self._last)

    async def leaves(self) -> None:
        raise AssertionError("nobody can leave our page for good")

    async def breaks(self) -> None:
        raise AssertionError("nothing stands between us and our page")

    async def screen(self) -> list[Seen]:
        await self._arrived()
        return [await self._seen(item) for item in self._shown.values()]

    async def is_confirmed(self) -> bool:
        return not self._unconfirmed

    async def wait_until_confirmed(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._confirmed.wait()

    async def listen(self) -> None:
        """Read what comes, as the page's script does, until cancelled."""
        async for message in self.socket:
            frame = json.loads(message.data)
            match frame["type"]:
                case "message":
                    self._shown[frame["item"]["id"]] = frame["item"]
                case "edit":
                    self._shown[frame["id"]] |= {"text": frame["text"], "buttons": frame["buttons"]}
                case "taken":
                    self._unconfirmed = [act for act in self._unconfirmed if act["uuid"] != frame["uuid"]]
                    await self._send_next()
                case "refused":
                    await self._send_next()
                case "pong":
                    self._pongs.put_nowait(None)

    async def _do(self, act: dict[str, Any]) -> None:
        self._last = act
        self._confirmed.clear()
        self._unconfirmed.append(act)
        if len(self._unconfirmed) == 1:
            await self._send_next()

    async def _send_next(self) -> None:
        if self._unconfirmed:
            await self.socket.send_json(self._unconfirmed[0])
        else:
            self._confirmed.set()

    async def _arrived(self) -> None:
        """Wait until all that was pushed before is here: frames come in their order."""
        await self.socket.send_json({"type": "ping"})
        async with asyncio.timeout(PATIENCE_S):
            await self._pongs.get()

    async def _seen(self, item: dict[str, Any]) -> Seen:
        labels = tuple(button["label"] for row in item["buttons"] for button in row)
        document = None
        if item["document"] is not None:
            async with self.session.get(f"/chat/documents/{item['id']}") as response:
                document = (item["document"], (await response.read()).decode())
        media = [await self._media(file) for file in item["attachments"]]
        return Seen(item["text"], labels, item["replyTo"], document, tuple(one for one in media if one))

    async def _media(self, file: dict[str, Any]) -> tuple[str, bytes] | None:
        async with self.session.get(file["path"]) as response:
            return (file["kind"], await response.read()) if response.status == 200 else None


@asynccontextmanager
async def webchat_harness() -> AsyncIterator[WebChatHarness]:
    """Run the web chat on a server and open one customer's page."""
    inbox = Inbox()
    inbox.open.set()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = Database(new_sqlite(folder / "rapport.db"))
        stack.callback(database.close)
        channel = WebChat(
            database=database,
            take=inbox.take,
            company=COMPANY,
            secret="a key for the tests alone",
            uploads=folder / "uploads",
            clock=lambda: NOW,
            notices=LocalNotices(),
            files=Files({ELSEWHERE: fetch_elsewhere}),
        )
        server = await _serve(stack, build_application(webchat=channel, ready_checks={}))
        person = new_visitor(Side.CUSTOMER)
        cookie = f"rapport_customer={channel.signatures.sign(person)}"
        url = str(server.make_url("/")).rstrip("/")
        headers = {"Cookie": cookie, "Origin": url}
        session = await stack.enter_async_context(aiohttp.ClientSession(url, headers=headers))
        socket = await stack.enter_async_context(session.ws_connect("/chat/ws"))
        harness = WebChatHarness(Lane(channel, database), inbox, person, session, socket)
        listening = asyncio.create_task(harness.listen())
        try:
            yield harness
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def _serve(stack: AsyncExitStack, application: web.Application) -> TestServer:
    server = TestServer(application)
    await server.start_server()
    stack.push_async_callback(server.close)
    return server
