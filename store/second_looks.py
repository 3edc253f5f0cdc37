"""The messages that wait for a second look, and what was made of those that had one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import Feedback
from store.tables.second_looks import LookReason, Outcome, SecondLookRow

COUNTED = 10_000
"""How many of the newest second looks are counted: by then it is known what they change, in no time."""


class WaitingLook(NamedTuple):
    """A message that waits for its second look; ``text`` as it stands now, a command before it and all."""

    feedback_id: int
    text: str


class HeldLook(NamedTuple):
    """A message whose customer is ours until the transaction ends."""

    row: SecondLookRow
    feedback: Feedback
    message: Message
    customer: Customer


@dataclass(frozen=True, slots=True)
class LookTally:
    """What became of the newest second looks.

    Attributes:
        outcomes: how many of each, by why they were asked for.
        waiting: how many wait now.
        waiting_since: since when the first of them does; ``None`` where none waits.
    """

    outcomes: Mapping[tuple[LookReason, Outcome], int]
    waiting: int
    waiting_since: datetime | None


def find_waiting_looks(session: Session, limit: int) -> Sequence[WaitingLook]:
    """Find the messages that have waited longest for a second look; locks nothing."""
    rows = session.execute(
        select(SecondLookRow.feedback_id, Message.text)
        .join(Feedback, Feedback.id == SecondLookRow.feedback_id)
        .join(Message, Message.id == Feedback.message_id)
        .where(SecondLookRow.looked_at.is_(None))
        .order_by(SecondLookRow.asked_at, SecondLookRow.feedback_id)
        .limit(limit)
    )
    return [WaitingLook(*row) for row in rows]


def hold_looks(session: Session, feedback_ids: Collection[int]) -> Sequence[HeldLook]:
    """Lock the customers of these second looks, and give those that still wait, the oldest first.

    Customers with whom another transaction is busy are left out: their messages go on waiting, and nobody
    waits for anybody. Does not commit.
    """
    still_waiting = SecondLookRow.feedback_id.in_(feedback_ids), SecondLookRow.looked_at.is_(None)
    held = session.scalars(
        select(Customer)
        .where(Customer.id.in_(select(SecondLookRow.customer_id).where(*still_waiting)))
        .order_by(Customer.id)
        .with_for_update(of=Customer, key_share=True, skip_locked=True)
    )
    customers = {customer.id: customer for customer in held}
    rows = session.execute(
        select(SecondLookRow, Feedback, Message)
        .join(Feedback, Feedback.id == SecondLookRow.feedback_id)
        .join(Message, Message.id == Feedback.message_id)
        .where(*still_waiting, SecondLookRow.customer_id.in_(customers))
        .order_by(SecondLookRow.feedback_id)
    )
    return [HeldLook(row, feedback, message, customers[row.customer_id]) for row, feedback, message in rows]


def tally_looks(session: Session) -> LookTally:
    """Count what became of the newest ``COUNTED`` second looks, and what waits."""
    newest = (
        select(SecondLookRow.reason, SecondLookRow.outcome)
        .order_by(SecondLookRow.feedback_id.desc())
        .limit(COUNTED)
        .subquery()
    )
    counted = session.execute(
        select(newest.c.reason, newest.c.outcome, func.count())
        .where(newest.c.outcome.is_not(None))
        .group_by(newest.c.reason, newest.c.outcome)
    )
    waiting, since = session.execute(
        select(func.count(), func.min(SecondLookRow.asked_at)).where(SecondLookRow.looked_at.is_(None))
    ).one()
    return LookTally({(reason, outcome): count for reason, outcome, count in counted}, waiting, since)
