"""Questions that are asked of many at once, before each of them is asked alone.

Messages are handled a hundred at a time, and what is asked of the database for each of them costs more than
it tells. So whoever knows of whom something will be asked reads it ahead, for all in one statement. What was
read holds in its session until a flush writes rows, or somebody forgets it; whoever asks later, or of
somebody else, asks the database. So nobody can tell whether anything was read ahead.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_KEPT = "read ahead"


class Question(Generic[K, V]):
    """What can be asked of many at once."""

    def __init__(self, ask: Callable[[Session, Collection[K]], Mapping[K, V]], *, nothing: V) -> None:
        """Name a question.

        Args:
            ask: asks the database, without a flush; those of whom there is nothing to tell may be missing.
            nothing: what is told of these.
        """
        self._ask, self._nothing = ask, nothing

    def read_ahead(self, session: Session, keys: Collection[K]) -> None:
        """Ask of many at once, for those who ask of one of them next."""
        if keys:
            found = self._ask(session, keys)
            kept = session.info.setdefault(_KEPT, {})
            kept[self] = {key: found.get(key, self._nothing) for key in keys}

    def answer(self, session: Session, key: K) -> V:
        """Tell what was read ahead, or ask now."""
        kept: Mapping[K, V] = session.info.get(_KEPT, {}).get(self, {})
        return kept[key] if key in kept else self._ask(session, [key]).get(key, self._nothing)


def forget_ahead(session: Session, *_event: Any) -> None:
    """Forget what was read ahead, for something was written."""
    session.info.pop(_KEPT, None)
