"""The beat of digests: what is due is read, its picture drawn in a process of its own, both are queued."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.aside import do_aside
from bot.channels.files import FileGoneError, Files
from bot.drawing import LIBRARIES, drawn
from customers.company import Company
from handlers.staff.digest import SOURCE, read_picture, see_digests, send_digest
from handlers.staff.digest_picture import Picture, draw
from store.engine import Database

Draw = Callable[[Picture], Awaitable[bytes]]


async def _drawn_aside(picture: Picture) -> bytes:
    return await do_aside(draw, picture)


@dataclass(slots=True)
class Digests:
    """Sends digests.

    Attributes:
        company: whose desk it is.
        draw: draws a picture.
        libraries: without which nothing is drawn.
    """

    company: Company
    draw: Draw = _drawn_aside
    libraries: tuple[str, ...] = LIBRARIES
    _told: set[str] = field(default_factory=set)

    async def run(self, database: Database, *, now: datetime) -> int:
        """Send what is due or was asked for, once.

        Returns:
            How many messages were queued.
        """
        wanted = await database.read(see_digests, company=self.company, now=now)
        queued = 0
        for one in wanted:
            is_shown = one.text or one.asked_for is not None
            content = await self._drawn(one.picture) if is_shown else None
            queued += await database.run(send_digest, one, content, now=now)
        return queued

    async def _drawn(self, picture: Picture) -> bytes | None:
        return await drawn(picture, self.draw, libraries=self.libraries, what="digests", told=self._told)


def share_pictures(database: Database, files: Files) -> None:
    """Let apps fetch the pictures of digests by their numbers."""

    async def fetch(reference: str) -> bytes:
        content = await database.read(read_picture, reference)
        if content is None:
            raise FileGoneError("the picture of this digest is not kept any more")
        return content

    files.sources[SOURCE] = fetch
