"""The web chat: customers and staff write on our own pages, over a WebSocket.

What we send is the history itself: a message for nobody who is there waits until its reader comes back.
A page's message is acknowledged only after the transaction that handled it has committed.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aiohttp import WSMsgType, web
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.files import FileGoneError, Files
from bot.channels.webchat.connection import Connection
from bot.channels.webchat.conversation import Conversation, Surroundings
from bot.channels.webchat.flood import Flood
from bot.channels.webchat.identity import STAFF_ADDRESS, Side, Signatures, Visitor, is_address, new_visitor
from bot.channels.webchat.items import edit_frame, message_frame, said_by_us
from bot.channels.webchat.mirror import Event, Mirror, News
from bot.channels.webchat.rooms import NAME, Rooms
from bot.channels.webchat.uploads import MAX_BYTES, Kept, TooManyError, Uploads
from bot.notices import Notices
from customers.company import Chat, Company
from customers.staff import redeem_code
from handlers.buttons import number
from handlers.incoming import Incoming
from scheduler.delivery.channel import Outgoing, RefusedError, UnreachableError
from store.engine import Database
from store.errors import TemporaryError
from store.history import (
    active_names,
    find_sent_document,
    find_sent_file,
    mentioned_files,
    rows_without_files,
    was_sent,
)
from store.outbox import Document, Enclosure

log = logging.getLogger(__name__)

STAFF_ROOM = Chat(NAME, STAFF_ADDRESS)


class WebChat:
    """The channel of our own pages.

    Attributes:
        company: who we are.
        signatures: by which cookies are trusted.
    """

    def __init__(
        self,
        *,
        database: Database,
        take: Callable[[Sequence[Incoming]], Awaitable[None]],
        company: Company,
        secret: str,
        uploads: Path,
        clock: Callable[[], datetime],
        notices: Notices,
        files: Files | None = None,
        most_bytes: int = MAX_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open no page yet.

        Args:
            database: where history and staff are read, and staff links redeemed.
            take: hands updates to intake; returns when they are committed.
            company: who we are.
            secret: the key of the cookies; a new one makes every visitor a stranger.
            uploads: the folder for files; made when the first comes.
            clock: tells the time.
            notices: reach the pages in other processes.
            files: brings files that came in on other apps, and gets to know those that come in here; None
                for no other app.
            most_bytes: of a file that somebody sends.
            monotonic: tells seconds that only go forward.
        """
        self.company = company
        self.signatures = Signatures(secret)
        self._database = database
        self._clock = clock
        self._uploads = Uploads(uploads, most_bytes)
        self._files = Files() if files is None else files
        self._files.sources[NAME] = self.fetch
        self._rooms = Rooms(database)
        self._flood = Flood(monotonic)
        self._mirror = Mirror(database, self._rooms, notices)
        self._around = Surroundings(
            database, take, company, self._rooms, self._mirror, self._uploads, self._flood, clock
        )

    @property
    def name(self) -> str:
        """The channel's name, as it stands in identities and in the outbox."""
        return NAME

    @property
    def has_staff_room(self) -> bool:
        """Whether the staff chat is on these pages."""
        return self.company.staff_chat == STAFF_ROOM

    async def run(self) -> None:
        """Show on the pages here what other processes show on theirs, until cancelled."""
        await self._mirror.run()

    async def send(self, message: Outgoing) -> str:
        """Show a message on every open page of its chat; the history shows it on all later ones."""
        if not is_address(message.address):
            raise UnreachableError("no chat of ours has this address")
        said = said_by_us(message, self._clock())
        await self._bring(message)
        with _translated():
            await self._rooms.push(message.address, lambda reader: message_frame(said, reader, {}))
        await self._mirror.tell(News(Event.SENT, message.address, said.id, said.at))
        return said.id

    async def edit(self, external_id: str, message: Outgoing) -> None:
        """Replace text and buttons of a shown message on every open page of its chat.

        What is taken back loses its files, too.
        """
        now = self._clock()
        said = replace(said_by_us(message, now), id=external_id)
        frame = edit_frame(said)
        with _translated():
            if not await self._was_sent(external_id, message.address):
                raise RefusedError("this chat has no such message")
            await self._rooms.push(message.address, lambda _reader: frame)
        if message.takes_back:
            await asyncio.to_thread(self._uploads.discard_sent, message.address, int(external_id))
        await self._mirror.tell(News(Event.CHANGED, message.address, str(message.id), now))

    async def look(self) -> None:
        """Find nothing wrong: the pages are ours."""

    async def converse(self, socket: web.WebSocketResponse, visitor: Visitor) -> None:
        """Talk with one open page until it closes."""
        connection = Connection(socket, visitor)
        conversation = Conversation(connection, self._around)
        with self._rooms.entered(connection):
            async with connection.writing():
                await conversation.welcome()
                async for frame in socket:
                    if frame.type is WSMsgType.TEXT:
                        await conversation.answer(frame.data)
                    elif frame.type is WSMsgType.BINARY:
                        conversation.refuse_binary()

    async def _was_sent(self, external_id: str, address: str) -> bool:
        row_id = number(external_id)
        return row_id is not None and await self._database.read(
            was_sent, channel=NAME, address=address, row_id=row_id
        )

    async def fetch(self, reference: str) -> bytes:
        """Fetch a file that came in here; as ``bot.channels.files.Fetch``."""
        address, _, token = reference.partition("/")
        kept = await self.find_file(address, token)
        if kept is None:
            raise FileGoneError("the web chat has the file no more")
        return await asyncio.to_thread(kept.path.read_bytes)

    async def sent_file(self, visitor: Visitor, row_id: int, place: int) -> Kept | None:
        """Find what went along with a message of ours to the visitor's chat; brings it where it is not here.

        Raises:
            TemporaryError: it cannot be had now.
        """
        file = await self._database.read(
            find_sent_file, channel=NAME, address=visitor.address, row_id=row_id, place=place
        )
        if file is None:
            return None
        kept = await asyncio.to_thread(self._uploads.find_sent, visitor.address, row_id, place)
        return kept or await self._bring_one(visitor.address, row_id, place, file)

    async def _bring(self, message: Outgoing) -> None:
        """Bring what goes along with a message; staff get a file of the web chat from where it lies."""
        for place, file in enumerate(message.attachments):
            if message.address != STAFF_ADDRESS or file.channel != NAME:
                await self._bring_one(message.address, message.id, place, file)

    async def _bring_one(self, address: str, row_id: int, place: int, file: Enclosure) -> Kept | None:
        try:
            content = await self._files.fetch(file)
        except FileGoneError as error:  # the page says so where it would stand
            log.warning("%s for a page cannot be brought: %s", file.kind, error)
            return None
        return await asyncio.to_thread(self._uploads.keep_sent, address, row_id, place, content)

    async def close(self) -> None:
        """Close every page; each comes back by itself when we do."""
        self._rooms.close()

    async def redeem(self, code: str) -> Visitor:
        """Let the bearer of a one-time code in as staff.

        Raises:
            NotFoundError: the code is unknown, used, expired, or its owner has left.
        """
        visitor = new_visitor(Side.STAFF)
        await self._database.run(redeem_code, code, channel=NAME, sender=visitor.sender, now=self._clock())
        return visitor

    async def staff_name(self, visitor: Visitor) -> str | None:
        """Give the name of an active member of staff; None for anybody else."""
        names = await self._database.read(active_names, channel=NAME, senders=[visitor.sender])
        return names.get(visitor.sender)

    async def document(self, visitor: Visitor, row_id: int) -> Document | None:
        """Find the document that went along with a message in the visitor's chat."""
        body = await self._database.read(
            find_sent_document, channel=NAME, address=visitor.address, row_id=row_id
        )
        return None if body is None else body.document

    async def keep_file(self, visitor: Visitor, chunks: AsyncIterator[bytes]) -> Kept:
        """Keep a file that somebody sends along.

        Raises:
            InputError: it is too large, or the chat has too many.
            TemporaryError: the disk is nearly full.
        """
        if self._flood.wait_s(visitor.sender):
            raise TooManyError("too many files at once")
        return await self._uploads.keep(visitor.address, chunks)

    async def find_file(self, address: str, token: str) -> Kept | None:
        """Find a file that came in on a chat."""
        return await asyncio.to_thread(self._uploads.find, address, token)

    @property
    def most_bytes(self) -> int:
        """The most bytes that a file may have which somebody sends."""
        return self._uploads.most_bytes

    async def sweep_uploads(self) -> int:
        """Delete the files that no kept message mentions; returns how many. Meant for a slow beat."""
        sent = await asyncio.to_thread(self._uploads.sent_rows)
        blank = await self._database.read(rows_without_files, sent)
        mentioned = await self._database.read(mentioned_files, channel=NAME)
        return await asyncio.to_thread(self._uploads.sweep, mentioned, now=self._clock(), blank=blank)


@contextmanager
def _translated() -> Iterator[None]:
    """Say in the port's words that the database did not answer."""
    try:
        yield
    except SQLAlchemyError as error:
        raise TemporaryError("the database did not answer") from error
