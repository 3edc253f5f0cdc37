"""Asking for a second look, in the message's own transaction: a row that waits, and no model."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.second_look.choosing import reason_for
from feedback.second_look.deciding import first_look
from feedback.understanding import Understanding
from store.new_rows import AnyMessage, NewSecondLook, put
from store.tables.customers import Customer
from store.tables.feedback import Feedback
from store.tables.second_looks import SecondLookRow


def ask(
    session: Session,
    *,
    customer: Customer,
    feedback_id: int,
    understanding: Understanding,
    now: datetime,
    rating: int | None = None,
) -> bool:
    """Ask for a second look at a new feedback, where it deserves one; does not commit.

    Args:
        session: the open transaction.
        customer: who told us.
        feedback_id: the feedback, of which no second look was asked before.
        understanding: what the first look found.
        now: aware UTC.
        rating: stars that were given with it or for it, 1–5.

    Returns:
        Whether it was asked.
    """
    reason = reason_for(understanding, standing=customer.standing, rating=rating)
    if reason is None:
        return False
    found = first_look(understanding)
    put(
        session,
        NewSecondLook(
            feedback_id=feedback_id,
            customer_id=customer.id,
            reason=reason,
            asked_at=now,
            first_kind=found.kind,
            first_polarity=found.polarity,
            first_probabilities=[*found.probabilities, found.complaint],
        ),
    )
    return True


def ask_anew(
    session: Session,
    *,
    customer: Customer,
    message: AnyMessage,
    understanding: Understanding,
    now: datetime,
    rating: int | None = None,
) -> None:
    """Ask again, or for the first time, about a message that is known already; does not commit.

    What a second look found in its earlier words, or without the rating, is dropped.
    """
    feedback_id = session.scalar(
        select(Feedback.id)
        .where(Feedback.message_id == message.id, Feedback.customer_id == customer.id)
        .order_by(Feedback.id.desc())
        .limit(1)
    )
    if feedback_id is None:
        return
    session.execute(delete(SecondLookRow).where(SecondLookRow.feedback_id == feedback_id))
    ask(
        session,
        customer=customer,
        feedback_id=feedback_id,
        understanding=understanding,
        now=now,
        rating=rating,
    )
