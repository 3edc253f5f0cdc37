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
)
"""The address is kept from its index: by that, SQLite would read all that a staff chat was ever sent."""

_SPOKEN_OF = (
    select(OutboxMessage.about)
    .where(
        OutboxMessage.about.in_(bindparam("abouts", expanding=True)),
        OutboxMessage.customer_id.is_not(None),
        OutboxMessage.created_at >= bindparam("since"),
    )
    .distinct()
)


def newest_about(session: Session, about: str, *, channel: str, address: str) -> str | None:
    """Find the dedupe key of the newest message in one chat that concerns a matter and is no correction."""
    values = {"about": about, "channel": channel, "address": address}
    found: str | None = session.connection().scalar(_NEWEST_ABOUT, values)
    return found


def spoken_of(session: Session, abouts: Collection[str], since: datetime) -> set[str]:
    """Tell of which of these matters a customer was sent anything since a moment."""
    return set(session.connection().scalars(_SPOKEN_OF, {"abouts": list(abouts), "since": since}))


def messages_about(session: Session, abouts: Sequence[str]) -> Sequence[OutboxMessage]:
    """Give every outgoing message that concerns one of these matters, oldest first."""
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.about.in_(abouts)).order_by(OutboxMessage.id)
    ).all()
