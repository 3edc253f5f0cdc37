"""What left lately: an app's limits hold over a restart, and when another process takes a lane over.

And what was to leave and did not.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.orm import Session

from store.tables.queues import MessageKind, OutboxMessage


def departures_since(
    session: Session, *, channel: str, since: datetime, until: datetime, prefix: str = ""
) -> list[tuple[str, datetime | None]]:
    """Tell what left lately, to whom and when; None as the moment is "just now, or not at all".

    Args:
        session: an open transaction.
        channel: whose messages.
        since: what left before does not count.
        until: nor what says that it left later: the clock was put back since.
        prefix: how the addresses begin that count.
    """
    rows = session.execute(
        select(OutboxMessage.address, OutboxMessage.sent_at).where(
            OutboxMessage.channel == channel,
            OutboxMessage.sent_at > since,
            OutboxMessage.sent_at <= until,
            OutboxMessage.address.startswith(prefix, autoescape=True),
        )
    ).all()
    interrupted = session.scalars(
        select(OutboxMessage.address).where(
            OutboxMessage.state == literal_column("'sending'"),
            OutboxMessage.channel == channel,
            OutboxMessage.address.startswith(prefix, autoescape=True),
        )
    )
    return [(row.address, row.sent_at) for row in rows] + [(address, None) for address in interrupted]


def find_answers(
    session: Session, ids: Collection[int], *, beginning: Collection[str]
) -> Sequence[OutboxMessage]:
    """Find those of some messages that answer a customer, and whose dedupe key begins in one of some ways.

    A correction counts by the message that it corrects. They are read anew, as they stand now.
    """
    key = func.coalesce(OutboxMessage.edits, OutboxMessage.dedupe_key)
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.id.in_(ids),
            OutboxMessage.kind == MessageKind.ANSWER,
            OutboxMessage.customer_id.is_not(None),
            or_(*(key.startswith(start, autoescape=True) for start in beginning)),
        )
        .order_by(OutboxMessage.id)
        .execution_options(populate_existing=True)
    ).all()
