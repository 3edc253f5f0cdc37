"""Which messages belong together: all that concern one matter carry the same ``about``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.tables.conversations import Message
from store.tables.queues import OutboxMessage


def newest_about(session: Session, about: str, *, channel: str, address: str) -> OutboxMessage | None:
    """Find the newest message in one chat that concerns a matter and stands for itself (is no correction)."""
    return session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.about == about,
            OutboxMessage.channel == channel,
            OutboxMessage.address == address,
            OutboxMessage.edits.is_(None),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )


def newest_of_series(session: Session, about: str, series: str) -> str | None:
    """Find the newest dedupe key of a series ``alert:7``, ``alert:7:2``, … that concern a matter."""
    return session.scalar(
        select(OutboxMessage.dedupe_key)
        .where(
            OutboxMessage.about == about,
            or_(
                OutboxMessage.dedupe_key == series,
                OutboxMessage.dedupe_key.startswith(f"{series}:", autoescape=True),
            ),
            OutboxMessage.edits.is_(None),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )


def spoke_since(session: Session, about: str, customer_id: int, since: datetime) -> bool:
    """Tell whether a customer was sent anything that concerns a matter since a moment."""
    found = session.scalar(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.about == about,
            OutboxMessage.customer_id == customer_id,
            OutboxMessage.created_at >= since,
        )
        .limit(1)
    )
    return found is not None


def messages_about(session: Session, abouts: Sequence[str]) -> Sequence[OutboxMessage]:
    """Give every outgoing message that concerns one of these matters, oldest first."""
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.about.in_(abouts)).order_by(OutboxMessage.id)
    ).all()


def forget_chatter(session: Session, message: Message) -> None:
    """Drop a message that was not meant for us and that nothing refers to; does not commit."""
    session.delete(message)
