"""The beats of messages with pictures: what is wanted is read, drawn in a process of its own, and queued.

Where nothing can be drawn, a text goes without its picture.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from typing import Any, Concatenate, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from bot.aside import AsideError, do_awaited
from bot.channels.files import FileGoneError, Files
from customers.company import Company
from handlers.marketing import calendar, calendar_picture
from handlers.staff import digest, digest_picture
from store.engine import Database

log = logging.getLogger(__name__)

LIBRARIES = ("altair", "vl_convert")

Draw = Callable[[Any], Awaitable[bytes]]


class Illustrated(Protocol):
    """A message that is wanted, and what is to be drawn for it; None where that is nothing."""

    @property
    def picture(self) -> object | None:
        """A dataclass of plain values: it is copied to the process that draws."""


P = TypeVar("P")
W = TypeVar("W", bound=Illustrated)


@dataclass(slots=True)
class Pictures(Generic[W]):
    """Sends messages with pictures.

    Attributes:
        what: what goes without its picture where none can be drawn, for the log: ``digests``.
        see: sees what is due or was asked for; only reads.
        draw: draws a picture.
        send: queues a message with its picture, or without one; tells how many were queued.
        libraries: without which nothing is drawn.
    """

    what: str
    see: Callable[Concatenate[Session, ...], Sequence[W]]
    draw: Draw
    send: Callable[Concatenate[Session, W, bytes | None, ...], int]
    libraries: tuple[str, ...] = LIBRARIES
    _told: set[str] = field(default_factory=set)

    async def run(self, database: Database, *, now: datetime) -> int:
        """Send what is wanted, once.

        Returns:
            How many messages were queued.
        """
        queued = 0
        for one in await database.read(self.see, now=now):
            content = None if one.picture is None else await self._drawn(one.picture)
            queued += await database.run(self.send, one, content, now=now)
        return queued

    async def _drawn(self, picture: object) -> bytes | None:
        """Draw; where that is not possible, why is logged once."""
        missing = [name for name in self.libraries if find_spec(name) is None]
        if missing:
            why = f"{' and '.join(missing)} cannot be imported: install the program with what it requires"
        else:
            try:
                return await self.draw(picture)
            except AsideError as error:
                why = str(error)
        if why not in self._told:
            self._told.add(why)
            log.warning("%s go out without their picture: %s", self.what, why)
        return None


def _aside(draw: Callable[[P], bytes]) -> Callable[[P], Awaitable[bytes]]:
    async def drawn(picture: P) -> bytes:
        return await do_awaited(draw, picture)

    return drawn


def digests(company: Company) -> Pictures[digest.Wanted]:
    """Give the beat that sends the digests of a company's desk."""
    see = partial(digest.see_digests, company=company)
    return Pictures("digests", see, _aside(digest_picture.draw), digest.send_digest)


def calendars(company: Company) -> Pictures[calendar.Wanted]:
    """Give the beat that sends calendars of a company's plans to whoever asked for one."""
    see = partial(calendar.see_calendars, company=company)
    return Pictures("calendars", see, _aside(calendar_picture.draw), calendar.send_calendar)


def share_pictures(database: Database, files: Files) -> None:
    """Let apps fetch the pictures by their numbers."""

    async def fetch(reference: str) -> bytes:
        content = await database.read(digest.read_picture, reference)
        if content is None:
            raise FileGoneError("this picture is not kept any more")
        return content

    files.sources[digest.SOURCE] = fetch
