"""A stretch of a chat's history, as each of its pages sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.webchat.frames import write_cursor
from bot.channels.webchat.identity import STAFF_ADDRESS, Visitor
from bot.channels.webchat.items import item_of
from bot.channels.webchat.rooms import NAME
from store.engine import Database
from store.history import Cursor, Page, past_and_present_names, read_history

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Past:
    """A stretch of history.

    Attributes:
        page: what was said.
        names: the names of staff, by who speaks.
        latest: whether nothing comes after it.
    """

    page: Page
    names: Mapping[str, str]
    latest: bool

    def frame_for(self, reader: Visitor) -> Mapping[str, Any]:
        """Write it for one reader."""
        earlier = self.page.earlier
        return {
            "type": "history",
            "latest": self.latest,
            "earlier": None if earlier is None else write_cursor(earlier),
            "items": [item_of(said, reader, self.names) for said in self.page.said],
        }


async def read_past(database: Database, address: str, before: Cursor | None) -> Past:
    """Read the end of a chat's history, or what comes before a cursor."""
    page = await database.read(read_history, channel=NAME, address=address, limit=PAGE_SIZE, before=before)
    names: Mapping[str, str] = {}
    if address == STAFF_ADDRESS:
        senders = {said.sender for said in page.said if said.sender is not None}
        names = await database.read(past_and_present_names, channel=NAME, senders=senders)
    return Past(page, names, latest=before is None)
