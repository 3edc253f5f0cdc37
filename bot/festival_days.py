"""The calendars of festivals, read in a process of its own before planners need them.

What reads them takes half a second and 17 MB; what it finds is small.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bot.aside import AsideError, do_aside
from customers.company import Company
from scheduler.festival_calendar import keep_calendars, not_read_ahead, read_calendars
from scheduler.festivals.habits import calendars_of
from scheduler.festivals.places import places
from store.engine import Database

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FestivalDays:
    """Reads calendars ahead for planners of this process.

    Attributes:
        company: by whose country's calendar festivals are where a customer's is unknown.
    """

    company: Company
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read_ahead(self, database: Database, *, now: datetime) -> None:
        """See to it that the calendars of all customers are read, a year back and two ahead.

        Where no process can be started, planners read them by themselves.
        """
        async with self._reading:
            wanted = not_read_ahead(await database.read(self._wanted, now=now))
            if not wanted:
                return
            try:
                keep_calendars(await do_aside(read_calendars, wanted))
            except AsideError as error:
                log.info("calendars of festivals are read in this process: %s", error)

    def _wanted(self, session: Session, *, now: datetime) -> list[tuple[str, int]]:
        countries = {place.country_for(self.company) for place in places(session)}
        years = range(now.year - 1, now.year + 3)
        return [(one, year) for country in countries for one in calendars_of(country) for year in years]
