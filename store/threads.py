"""Which messages belong together: all that concern one matter carry the same ``about``."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.tables.queues import OutboxMessage

_NEWEST_ABOUT = (
    select(OutboxMessage.dedupe_key)
    .where(
        OutboxMessage.about == bindparam("about"),
        OutboxMessage.channel == bindparam("channel"),
        OutboxMessage.address.concat("") == bindparam("address"),
        OutboxMessage.edits.is_(None),
    )
    .order_by(OutboxMessage.id.desc())
    .limit(1)
    .execution_options(autoflush=False)  # what is queued does not wait in the session
)
"""The address is kept from its index: by that, SQLite would read all that a staff chat was ever sent."""


def newest_about(session: Session, about: str, *, channel: str, address: str) -> str | None:
    """Find the dedupe key of the newest message in one chat that concerns a matter and is no correction."""
    return session.scalar(_NEWEST_ABOUT, {"about": about, "channel": channel, "address": address})


def spoken_of(session: Session, abouts: Collection[str], since: datetime) -> set[str]:
    """Tell of which of these matters a customer was sent anything since a moment."""
    found = session.scalars(
        select(OutboxMessage.about)
        .where(
            OutboxMessage.about.in_(abouts),
            OutboxMessage.customer_id.is_not(None),
            OutboxMessage.created_at >= since,
        )
        .distinct()
    )
    return {about for about in found if about is not None}


def messages_about(session: Session, abouts: Sequence[str]) -> Sequence[OutboxMessage]:
    """Give every outgoing message that concerns one of these matters, oldest first."""
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.about.in_(abouts)).order_by(OutboxMessage.id)
    ).all()
