"""Forgetting which updates were handled, once no app can repeat them any more."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.tables.queues import InboxUpdate

KEPT_FOR = timedelta(days=14)
"""Telegram repeats an update for 24 hours at most (Bot API, "Getting updates"), a page while it is open."""

PER_RUN = 1000
"""Rows deleted in one run, so that the transaction stays short."""


def prune_inbox(session: Session, *, now: datetime, channels: Collection[str]) -> int:
    """Delete what was handled longer than ``KEPT_FOR`` ago, at most ``PER_RUN`` rows; does not commit.

    Failed updates stay, for a person to look at; so do those of a replayed file, which may come again at
    any time. A planner: run it again while it deletes anything. Rows are numbered as they came, so only
    the oldest are looked at.

    Args:
        session: an open write transaction.
        now: the time.
        channels: names of the live apps, whose updates are forgotten.

    Returns:
        How many were deleted.
    """
    oldest = (
        select(InboxUpdate.id, InboxUpdate.received_at)
        .where(InboxUpdate.error.is_(None), InboxUpdate.channel.in_(channels))
        .order_by(InboxUpdate.id)
        .limit(PER_RUN)
    )
    stale = [row.id for row in session.execute(oldest) if row.received_at < now - KEPT_FOR]
    if stale:
        session.execute(
            delete(InboxUpdate).where(InboxUpdate.id.in_(stale)).execution_options(synchronize_session=False)
        )
    return len(stale)
