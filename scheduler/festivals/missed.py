"""Days whose greetings can leave no more, because the program was off: since when to look for them.

A planner of greetings notes when it had nothing left to do. Comes it back much later than its beat does, then
whoever it would have greeted meanwhile is noted as not greeted, once; what may still leave leaves late.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from store.occasions import last_done, note_done

OFF = timedelta(hours=2)
"""Beats of greetings come hourly: where the last is longer ago, some were missed."""

LOOKED_BACK = timedelta(days=31)
"""Days before are not looked for: who was meant then, nobody can say any more."""


class Look(StrEnum):
    """A planner of greetings, by the name under which it is noted when it had nothing left to do."""

    FESTIVALS = "looked:festivals"
    ADDED = "looked:added festivals"
    PERSONAL = "looked:personal days"


def off_since(session: Session, look: Look, *, now: datetime) -> datetime | None:
    """Tell since when a planner did not look; None where nothing was missed.

    At the first start ever nothing was, nor where the clock was put back to before the last look.

    Args:
        session: an open view.
        look: which planner.
        now: aware UTC.
    """
    last = last_done(session, look)
    if last is None or now - last <= OFF:
        return None
    return max(last, now - LOOKED_BACK)


def note_looked(session: Session, look: Look, *, now: datetime) -> None:
    """Note that a planner has nothing left to do now; does not commit."""
    note_done(session, look, now=now)


def count_as_looked(session: Session, *, now: datetime) -> None:
    """Let nothing have been missed until now: after a restore nobody knows what was; does not commit."""
    for look in Look:
        note_looked(session, look, now=now)
