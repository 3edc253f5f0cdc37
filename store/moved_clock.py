"""Mending what was queued before the wall clock was put back."""

from datetime import datetime, timedelta

from sqlalchemy import Subquery, bindparam, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.tables.queues import InboxUpdate, OutboxMessage, OutboxState

WAITING = (OutboxState.QUEUED, OutboxState.PAUSED)
NOT_MOVED = timedelta(0)
LOOKED_AT = 10_000
"""Newest rows that are asked what time it was: more than are written before the move is noticed."""


def find_put_back(session: Session, *, now: datetime) -> timedelta:
    """Tell by how much the clock was put back, at least, since the newest rows came; else 0 or less."""
    moments = (
        session.scalar(select(func.max(newest.c[0])))
        for newest in (
            _newest(OutboxMessage.created_at, OutboxMessage.id),
            _newest(InboxUpdate.received_at, InboxUpdate.id),
        )
    )
    return max((moment - now for moment in moments if moment is not None), default=NOT_MOVED)


def _newest(moment: InstrumentedAttribute[datetime], number: InstrumentedAttribute[int]) -> Subquery:
    return select(moment).order_by(number.desc()).limit(LOOKED_AT).subquery()


def mend_waiting(session: Session, *, now: datetime) -> int:
    """Let messages leave that wait only because the clock was put back; a planner, does not commit.

    A message that was to leave at once has the moment it was made as its moment to leave: where that lies
    ahead, the clock was wrong then, and now is meant. A wait after a failure is shortened by as much as the
    clock was put back. What somebody set for later stays as it is.

    Returns:
        How many messages were mended.
    """
    put_back = find_put_back(session, now=now)
    if put_back <= NOT_MOVED:
        return 0
    return _leave_now(session, now) + _shorten_waits(session, now, put_back)


def _leave_now(session: Session, now: datetime) -> int:
    mended = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.state.in_(WAITING),
            OutboxMessage.not_before > now,
            OutboxMessage.not_before == OutboxMessage.created_at,
        )
        .values(not_before=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(mended.all())


def _shorten_waits(session: Session, now: datetime, put_back: timedelta) -> int:
    """Shorten waits that began before the clock was put back: they end after the time it showed then."""
    waiting = session.execute(
        select(OutboxMessage.id, OutboxMessage.retry_at).where(
            OutboxMessage.state.in_(WAITING), OutboxMessage.retry_at > now + put_back
        )
    )
    rows = [{"row": row, "until": until - put_back} for row, until in waiting if until is not None]
    if rows:
        shorten = update(OutboxMessage).where(OutboxMessage.id == bindparam("row"))
        session.connection().execute(shorten.values(retry_at=bindparam("until")), rows)
    return len(rows)
