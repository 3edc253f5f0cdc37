"""Messages that will not arrive: whoever must know of it is told in the transaction that notes it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from scheduler.delivery.clearance import TOO_LATE
from store.departures import Ended, Settlement
from store.tables.queues import OutboxState


class Unsent(Protocol):
    """Who is told."""

    def __call__(self, session: Session, ended: Sequence[Ended], /, *, now: datetime) -> None:
        """Do what is to be done about messages that will not arrive, without committing."""


def nobody_is_told(_session: Session, _ended: Sequence[Ended], /, *, now: datetime) -> None:
    """Let it rest; the row says what became of it."""


def tell(session: Session, settlements: Iterable[Settlement], told: Unsent, *, now: datetime) -> None:
    """Tell of those messages that were to arrive and do not; what was no longer wanted is left out."""
    ended = [
        one
        for one in settlements
        if isinstance(one, Ended) and (one.state is not OutboxState.SKIPPED or one.reason == TOO_LATE)
    ]
    if ended:
        told(session, ended, now=now)
