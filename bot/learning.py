"""The night's learning, in a process of its own: it takes the processor for long, and memory."""

from dataclasses import dataclass
from datetime import datetime

from bot.aside import AsideError, do_aside
from customers.company import Company
from feedback.learning.switch import is_night
from store.engine import Database
from store.errors import RapportError


class LearningError(RapportError):
    """Nothing was learnt; messages are read as before."""


@dataclass(frozen=True, slots=True)
class Learning:
    """What the beat of learning does; by day, or where there is nothing new, it does nothing.

    Attributes:
        company: who we are; its zone says when it is night.
    """

    company: Company

    async def run(self, database: Database, *, now: datetime) -> int:
        """Learn, once.

        Returns:
            How many versions were noted, 0 or 1.

        Raises:
            LearningError: nothing could be learnt.
        """
        if not is_night(self.company, now):
            return 0
        return await _in_own_process(database.url.render_as_string(hide_password=False), now)


async def _in_own_process(url: str, now: datetime) -> int:
    try:
        return await do_aside(_learn, url, now)
    except AsideError as error:
        raise LearningError(f"nothing was learnt ({error}); messages are read as before") from error


def _learn(url: str, now: datetime) -> int:
    """Learn, and tell how many versions that gave; only that process loads NumPy and the model."""
    from feedback.learning.tonight import learn_tonight

    return learn_tonight(url, now)
