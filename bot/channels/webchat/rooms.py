"""Which pages are open on which chat, and how something is shown on all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import WSCloseCode

from bot.channels.webchat.connection import NO_LONGER_STAFF, Connection
from bot.channels.webchat.identity import STAFF_ADDRESS, Visitor
from store.engine import Database
from store.history import active_names

NAME = "webchat"
MAX_PAGES_OPEN = 20
"""Pages one visitor may have open at once; the oldest closes for one more."""


class Rooms:
    """The open pages of every chat.

    Attributes:
        database: where it is read who is still on the staff.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: defaultdict[str, list[Connection]] = defaultdict(list)

    @contextmanager
    def entered(self, connection: Connection) -> Iterator[None]:
        """Let a page see what is pushed to its chat, while the block runs."""
        address = connection.visitor.address
        room = self._open[address]
        own = [other for other in room if other.visitor == connection.visitor]
        if len(own) >= MAX_PAGES_OPEN:
            own[0].close(WSCloseCode.POLICY_VIOLATION)
        room.append(connection)
        try:
            yield
        finally:
            room.remove(connection)
            if not room and self._open.get(address) is room:
                del self._open[address]

    def is_open(self, address: str) -> bool:
        """Tell whether a page is open on a chat."""
        return address in self._open

    def addresses(self) -> list[str]:
        """List the chats that pages are open on."""
        return list(self._open)

    async def push(
        self,
        address: str,
        frame_for: Callable[[Visitor], Mapping[str, Any]],
        *,
        but: Connection | None = None,
    ) -> None:
        """Show something on every open page of a chat, or on every page but one.

        Raises:
            SQLAlchemyError: it cannot be read who is still on the staff, so nobody was shown anything.
        """
        readers = [connection for connection in self._open.get(address, ()) if connection is not but]
        if readers and address == STAFF_ADDRESS:
            readers = await self._still_staff(readers)
        for connection in readers:
            connection.push(frame_for(connection.visitor))

    def close(self) -> None:
        """Close every open page."""
        for connection in [one for room in self._open.values() for one in room]:
            connection.close(WSCloseCode.GOING_AWAY)

    async def _still_staff(self, readers: list[Connection]) -> list[Connection]:
        """Close the pages of those who left the staff."""
        names = await self._database.read(
            active_names, channel=NAME, senders={reader.visitor.sender for reader in readers}
        )
        for reader in readers:
            if reader.visitor.sender not in names:
                reader.close(NO_LONGER_STAFF)
        return [reader for reader in readers if reader.visitor.sender in names]
