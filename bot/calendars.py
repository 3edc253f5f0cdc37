"""The beat of calendars that were asked for: what is planned is read, drawn aside, and queued."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.aside import do_aside
from bot.drawing import LIBRARIES, drawn
from customers.company import Company
from handlers.marketing.calendar import see_calendars, send_calendar
from handlers.marketing.calendar_picture import Picture, draw
from store.engine import Database

Draw = Callable[[Picture], Awaitable[bytes]]


async def _drawn_aside(picture: Picture) -> bytes:
    return await do_aside(draw, picture)


@dataclass(slots=True)
class Calendars:
    """Sends calendars to whoever asked for one.

    Attributes:
        company: whose plans they show.
        draw: draws a picture.
        libraries: without which nothing is drawn.
    """

    company: Company
    draw: Draw = _drawn_aside
    libraries: tuple[str, ...] = LIBRARIES
    _told: set[str] = field(default_factory=set)

    async def run(self, database: Database, *, now: datetime) -> int:
        """Send what was asked for, once.

        Returns:
            How many messages were queued.
        """
        wanted = await database.read(see_calendars, company=self.company, now=now)
        queued = 0
        for one in wanted:
            content = await drawn(
                one.picture, self.draw, libraries=self.libraries, what="calendars", told=self._told
            )
            queued += await database.run(send_calendar, one, content, now=now)
        return queued
