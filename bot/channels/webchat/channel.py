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

from bot.channels.webchat.connection import Connection
from bot.channels.webchat.conversation import Conversation, Surroundings
from bot.channels.webchat.flood import Flood
from bot.channels.webchat.identity import STAFF_ADDRESS, Side, Signatures, Visitor, is_address, new_visitor
from bot.channels.webchat.items import edit_frame, message_frame, said_by_us
from bot.channels.webchat.mirror import Event, Mirror, News
from bot.channels.webchat.rooms import NAME, Rooms
from bot.channels.webchat.uploads import Kept, TooManyError, Uploads
from bot.notices import Notices
from customers.company import Chat, Company
from customers.staff import redeem_code
from handlers.buttons import number
from handlers.incoming import Incoming
from scheduler.delivery.channel import Outgoing, RefusedError, UnreachableError
from store.engine import Database
from store.errors import TemporaryError
from store.history import active_names, find_sent_document, mentioned_files, was_sent
from store.outbox import Document

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
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open no page yet.

        Args:
            database: where history and staff are read, and staff links redeemed.
            take: hands updates to intake; returns when they are committed.
            company: who we are.
            secret: the key of the cookies; a new one makes every visitor a stranger.
            uploads: the folder for files that customers send; made when the first comes.
            clock: tells the time.
            notices: reach the pages in other processes.
            monotonic: tells seconds that only go forward.
        """
        self.company = company
        self.signatures = Signatures(secret)
        self._database = database
        self._clock = clock
        self._uploads = Uploads(uploads)
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
        with _translated():
            await self._rooms.push(message.address, lambda reader: message_frame(said, reader, {}))
        await self._mirror.tell(News(Event.SENT, message.address, said.id, said.at))
        return said.id

    async def edit(self, external_id: str, message: Outgoing) -> None:
        """Replace text and buttons of a shown message on every open page of its chat."""
        now = self._clock()
        frame = edit_frame(replace(said_by_us(message, now), id=external_id))
        with _translated():
            if not await self._was_sent(external_id, message.address):
                raise RefusedError("this chat has no such message")
            await self._rooms.push(message.address, lambda _reader: frame)
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
        """Keep a file that a customer sends along.

        Raises:
            InputError: it is too large, or the customer sent too many.
            TemporaryError: the disk is nearly full.
        """
        if self._flood.wait_s(visitor.sender):
            raise TooManyError("too many files at once")
        return await self._uploads.keep(visitor.address, chunks)

    async def find_file(self, address: str, token: str) -> Kept | None:
        """Find a file that came in on a chat."""
        return await asyncio.to_thread(self._uploads.find, address, token)

    async def sweep_uploads(self) -> int:
        """Delete the files that no kept message mentions; returns how many. Meant for a slow beat."""
        mentioned = await self._database.read(mentioned_files, channel=NAME)
        return await asyncio.to_thread(self._uploads.sweep, mentioned, now=self._clock())


@contextmanager
def _translated() -> Iterator[None]:
    """Say in the port's words that the database did not answer."""
    try:
        yield
    except SQLAlchemyError as error:
        raise TemporaryError("the database did not answer") from error
