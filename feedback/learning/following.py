"""How a process that reads messages hears of what was learnt: it looks, once a minute at most."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from store.engine import Database
from store.errors import InputError, NotFoundError
from store.trouble import trouble_of

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0


@dataclass(slots=True)
class Follower:
    """Keeps the model in use in this process the newest one. Safe in any thread.

    Attributes:
        database: where versions are.
        clock: tells the time in seconds, from any beginning.
    """

    database: Database
    clock: Callable[[], float] = time.monotonic
    _number: int = 0
    _looked_s: float | None = None
    _lock: Lock = field(default_factory=Lock)

    def look(self) -> None:
        """See whether another version is in use, if the last look is long enough ago; takes milliseconds.

        Where the database cannot say, messages are read as before.
        """
        now = self.clock()
        if self._looked_s is not None and now - self._looked_s < LOOK_EVERY_S:
            return
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._looked_s = now
            self._follow()
        except (InputError, NotFoundError) as error:
            log.warning("%s; messages are read as before", error)
        except Exception as error:  # the edge: messages are handled whatever happens here
            if trouble_of(error) is None:
                log.exception("it cannot be seen what was learnt; messages are read as before")
        finally:
            self._lock.release()

    def _follow(self) -> None:
        number = use_newest(self.database, before=self._number)
        if number != self._number:
            self._number = number
            log.info("messages are read with what was learnt, version %d", number)


def use_newest(database: Database, *, before: int = 0) -> int:
    """Read messages in this process with the newest version that is in use; nothing where that is so already.

    Args:
        database: where versions are.
        before: the version that is in use in this process; 0 is the shipped model.

    Returns:
        The version in use from now on; 0 is the shipped model alone.

    Raises:
        InputError: it is damaged.
        NotFoundError: it is gone.
    """
    # Only who reads messages loads NumPy and the model.
    from feedback.learning.keeping import find_in_use, load_model
    from feedback.reading.model import use

    with database.reading() as session:
        number = find_in_use(session)
        if number == before:
            return number
        model = load_model(session, number) if number else None
    use(model)
    return number
