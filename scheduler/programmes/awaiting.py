"""Whose next words answer a visit that asked for words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.conversations import dialogues_in, set_dialogue
from store.tables.customers import Identity
from store.tables.queues import OutboxState

UNDER_WAY_FOR = timedelta(hours=1)
"""A talk of several steps in which nobody said anything for so long has ended."""

STEP = "visit"
"""The step of a talk in which words answer a visit."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What is known of a message that was queued for a visit.

    Attributes:
        about: which visit it belongs to.
        state, reason, not_before, sent_at: what became of it, as the outbox has it.
        customer_id: to whom.
        channel, address: where.
    """

    about: str | None
    state: OutboxState
    reason: str | None
    not_before: datetime
    sent_at: datetime | None
    customer_id: int | None
    channel: str
    address: str


def await_words(session: Session, message: Queued, *, visit_id: int, key: str, now: datetime) -> None:
    """Let a customer's next words answer a visit, where no other talk is under way; does not commit.

    Args:
        session: the open transaction.
        message: the one that asked.
        visit_id: of the visit.
        key: of the question.
        now: aware UTC.
    """
    sender = session.scalar(
        select(Identity.sender).where(
            Identity.customer_id == message.customer_id,
            Identity.channel == message.channel,
            Identity.address == message.address,
        )
    )
    if sender is None:
        return
    talks = dialogues_in(session, channel=message.channel, addresses=[message.address])
    talk = talks.get((message.address, sender))
    if talk is None or now - talk.updated_at > UNDER_WAY_FOR:
        set_dialogue(
            session,
            channel=message.channel,
            address=message.address,
            sender=sender,
            step=STEP,
            data={"visit": visit_id, "key": key},
            now=now,
        )
