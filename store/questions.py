"""What was last said in a chat, newest first: there stands the question that a short answer answers."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.tables.queues import OutboxMessage, OutboxState

NEVER_SHOWN = (OutboxState.SKIPPED, OutboxState.UNREACHABLE, OutboxState.FAILED)

_NEWEST = (
    select(OutboxMessage)
    .where(
        OutboxMessage.channel == bindparam("channel"),
        OutboxMessage.address == bindparam("address"),
        OutboxMessage.edits.is_(None),
        OutboxMessage.state.not_in(NEVER_SHOWN),
    )
    .order_by(OutboxMessage.id.desc())
    .limit(bindparam("limit"))
    .execution_options(autoflush=False)  # what is queued does not wait in the session
)


def newest_to(session: Session, *, channel: str, address: str, limit: int) -> Sequence[OutboxMessage]:
    """Give the newest messages to one chat that were shown there or soon are; no corrections."""
    return session.scalars(_NEWEST, {"channel": channel, "address": address, "limit": limit}).all()
