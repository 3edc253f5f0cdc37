"""What was last said in a chat, newest first: there stands the question that a short answer answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from store.columns import UtcDateTime
from store.tables.queues import OutboxMessage, OutboxState

NEVER_SHOWN = (OutboxState.SKIPPED, OutboxState.UNREACHABLE, OutboxState.FAILED)

_NEWEST = (
    select(OutboxMessage)
    .where(
        OutboxMessage.customer_id == bindparam("customer_id"),
        OutboxMessage.channel == bindparam("channel"),
        OutboxMessage.address == bindparam("address"),
        OutboxMessage.edits.is_(None),
        OutboxMessage.state.not_in(NEVER_SHOWN),
        or_(
            OutboxMessage.state != OutboxState.QUEUED,
            OutboxMessage.not_before <= bindparam("now", type_=UtcDateTime),
        ),
    )
    .order_by(func.coalesce(OutboxMessage.sent_at, OutboxMessage.created_at).desc(), OutboxMessage.id.desc())
    .limit(bindparam("limit"))
    .execution_options(autoflush=False)  # what is queued does not wait in the session
)


def newest_to(
    session: Session, *, customer_id: int, channel: str, address: str, now: datetime, limit: int
) -> Sequence[OutboxMessage]:
    """Give the newest messages to a customer that were shown in a chat or are about to be; no corrections.

    What waits for its hour was not seen by anybody: it asks nothing yet.
    """
    values = {
        "customer_id": customer_id,
        "channel": channel,
        "address": address,
        "now": now,
        "limit": limit,
    }
    return session.scalars(_NEWEST, values).all()
