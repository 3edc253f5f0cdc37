"""The web chat on a real server, with a tiny intake that keeps what comes and echoes it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.files import Files
from bot.channels.webchat.channel import STAFF_ROOM, WebChat
from bot.notices import LocalNotices, Notices
from bot.web.door_pages import DoorPages
from bot.web.server import build_application
from customers.company import Company
from customers.staff import add_staff, find_staff
from handlers.incoming import Incoming, IncomingKind, clean_text
from scheduler.delivery.channel import Outgoing
from store.conversations import find_message
from store.engine import Database
from store.inbox import claim_update
from store.outbox import Body, Button, Document, Draft, enqueue, find_by_key, mark_sent
from store.tables.conversations import Message
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.tables.staff import Role
from tests.factories import COMPANY, NOW
from tests.patience import PATIENCE_S

SECRET = "a key for the tests alone"
FINISH_S = 0.5
"""A stopping server waits so long for whoever does not go."""


@dataclass
class House:
    """The web chat, its server and an echo.

    What a customer says comes back as ``You said: …``; with ``choose`` in it, with two buttons; with
    ``document`` in it, with a document. Each update has one effect.
    While it is not ``confirming``, what it took is never acknowledged.
    """

    database: Database
    folder: Path
    company: Company = field(default_factory=lambda: replace(COMPANY, staff_chat=STAFF_ROOM))
    now: datetime = NOW
    seconds: float = 0.0
    port: int = 0
    taken: list[Incoming] = field(default_factory=list)
    answering: bool = True
    confirming: bool = True
    notices: Notices = field(default_factory=LocalNotices)
    files: Files = field(default_factory=Files)
    bot_name: str | None = None
    webchat: WebChat = field(init=False)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Start the server, on the port it had before if it had one."""
        self.webchat = WebChat(
            database=self.database,
            take=self.take,
            company=self.company,
            secret=SECRET,
            uploads=self.folder / "uploads",
            clock=self.tick,
            notices=self.notices,
            files=self.files,
            monotonic=lambda: self.seconds,
        )
        door = DoorPages(
            self.webchat, self.database, clock=self.tick, public_url=None, bot_name=lambda: self.bot_name
        )
        application = build_application(webchat=self.webchat, door=door, ready_checks={})
        self._running = AsyncExitStack()
        self._running.push_async_callback(_end, asyncio.create_task(self.webchat.run()))
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_S)
        self._running.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop the server."""
        await self._running.aclose()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def tick(self) -> datetime:
        """Tell a time that goes on."""
        self.now += timedelta(milliseconds=10)
        return self.now

    async def take(self, updates: Sequence[Incoming]) -> None:
        """Keep updates and echo them, each once."""
        for update in updates:
            self.taken.append(update)
            await self.database.run(self._handle, update)
        if self.answering:
            await self.deliver()
        if not self.confirming:
            await asyncio.Event().wait()

    async def says(self, text: str, *, address: str, key: str, **fields: object) -> None:
        """Let the company say something by itself."""
        draft = Draft(MessageKind.ANSWER, "webchat", address, text, dedupe_key=key)
        await self.queue(replace(draft, **fields))  # type: ignore[arg-type]  # the fields of a draft

    async def queue(self, *drafts: Draft) -> None:
        """Queue drafts and send them."""
        await self.database.run(enqueue, drafts, now=self.tick())
        await self.deliver()

    async def deliver(self) -> None:
        """Send all that is due, as a lane does."""
        rows = await self.database.run(_claim)
        for row in rows:
            body = Body.from_json(row.body)
            target = await self.database.read(find_by_key, row.edits) if row.edits else None
            answered = await self.database.read(find_by_key, row.reply_to) if row.reply_to else None
            message = Outgoing(
                row.id,
                row.address,
                body.text,
                body.buttons,
                body.document,
                answered.external_id if answered else None,
                attachments=body.attachments,
                takes_back=body.takes_back,
            )
            if target is not None and target.external_id is not None:
                await self.webchat.edit(target.external_id, message)
                external_id = target.external_id
            else:
                external_id = await self.webchat.send(message)
            await self.database.run(mark_sent, row.id, external_id=external_id, now=self.tick())

    async def staff_link(self, name: str = "Mei") -> str:
        """Take somebody into the staff and give the link that lets them in."""
        _, code = await self.database.run(add_staff, name=name, role=Role.AGENT, now=self.now)
        return f"{self.url}/staff?code={code}"

    def _handle(self, session: Session, update: Incoming) -> None:
        if not claim_update(session, channel="webchat", update_id=update.update_id, now=self.now):
            return
        if update.kind is IncomingKind.EDIT:
            _correct(session, update)
        if update.kind is IncomingKind.MESSAGE:
            _keep(session, update)
        if find_staff(session, channel="webchat", sender=update.sender.id) is None:
            enqueue(session, [_echo(update)], now=update.at)


def _claim(session: Session) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED).order_by(OutboxMessage.id)
    rows = session.scalars(query).all()
    for row in rows:
        row.state = OutboxState.SENDING
    return rows


def _keep(session: Session, update: Incoming) -> None:
    session.add(
        Message(
            channel="webchat",
            address=update.address,
            sender=update.sender.id,
            external_id=update.message_id,
            text=clean_text(update.text),
            attachments=[asdict(attachment) for attachment in update.attachments],
            reply_to=update.reply_to,
            at=update.at,
        )
    )


def _correct(session: Session, update: Incoming) -> None:
    found = find_message(
        session, channel="webchat", address=update.address, external_id=update.message_id or ""
    )
    if found is not None:
        found.text, found.edited_at = update.text, update.at


def _echo(update: Incoming) -> Draft:
    text = {
        IncomingKind.BUTTON: f"You chose {update.button}",
        IncomingKind.EDIT: f"You corrected that to {update.text}",
    }.get(update.kind, f"You said: {update.text}")
    choices = ((Button("Good", "rate:f1:5"), Button("Bad", "rate:f1:1")),)
    document = None
    if "document" in update.text:
        document = Document("your data.json", "application/json", '{"name": "Ana"}')
    elif "calendar" in update.text:
        document = Document("event.ics", "text/calendar", "BEGIN:VCALENDAR")
    return Draft(
        MessageKind.ANSWER,
        "webchat",
        update.address,
        text,
        buttons=choices if "choose" in update.text else (),
        document=document,
        dedupe_key=f"echo:{update.update_id}",
    )


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def standing(database: Database, folder: Path, notices: Notices | None = None) -> AsyncIterator[House]:
    """Open the house while the block runs; ``notices`` reach the houses of the same database."""
    house = House(database, folder, notices=notices or LocalNotices())
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


@dataclass
class Browser:
    """A page as a program: cookies, a socket and what came over it."""

    house: House
    session: aiohttp.ClientSession
    socket: aiohttp.ClientWebSocketResponse
    number: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, **frame: object) -> None:
        """Send a frame."""
        await self.socket.send_json(frame)

    async def next(self, kind: str) -> dict[str, Any]:
        """Give the next frame of a kind; others before it wait for their turn."""
        while (place := next((i for i, one in enumerate(self.waiting) if one["type"] == kind), None)) is None:
            self.waiting.append(await self.socket.receive_json(timeout=PATIENCE_S))
        return self.waiting.pop(place)

    async def hello(self, language: str = "en-GB", timezone: str = "Europe/London") -> dict[str, Any]:
        """Introduce the page and give the history."""
        await self.send(type="hello", language=language, timezone=timezone)
        return await self.next("history")

    async def says(self, text: str, **fields: object) -> dict[str, Any]:
        """Write something and give the acknowledgement."""
        await self.send(type="say", **{"uuid": self.uuid(), "text": text} | fields)
        return await self.next("taken")

    async def item(self) -> dict[str, Any]:
        """Give the next message that is shown."""
        shown: dict[str, Any] = (await self.next("message"))["item"]
        return shown

    async def refused(self, **frame: object) -> str:
        """Send a frame that must be refused and give the sentence that says why."""
        await self.send(**frame)
        return str((await self.next("refused"))["text"])

    def uuid(self) -> str:
        """Make a new id for a message."""
        self.number += 1
        return f"00000000-0000-4000-8000-{self.number:012x}"


@asynccontextmanager
async def browsing(house: House, *, page: str = "/chat", cookies: str = "") -> AsyncIterator[Browser]:
    """Open a page and its socket; ``cookies`` replace those that the page sets."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        headers = {"Origin": house.url}
        if cookies:
            headers["Cookie"] = cookies
        else:
            async with session.get(house.url + page) as response:
                assert response.status == 200
        side = page.partition("?")[0]
        async with session.ws_connect(f"{house.url}{side}/ws", headers=headers) as socket:
            yield Browser(house, session, socket)
