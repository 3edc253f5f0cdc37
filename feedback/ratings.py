"""What a customer rates, and whose it is: numbers in buttons are not trusted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables.conversations import Message
from store.tables.feedback import Feedback


def is_own_feedback(session: Session, *, customer_id: int, feedback_id: int) -> bool:
    """Tell whether a feedback exists and is this customer's own."""
    found = session.scalar(
        select(Feedback.id).where(Feedback.id == feedback_id, Feedback.customer_id == customer_id)
    )
    return found is not None


def rated_message(session: Session, feedback_id: int) -> Message | None:
    """Give the message that a feedback was made of; ``None`` where there is none."""
    return session.scalar(
        select(Message).join(Feedback, Feedback.message_id == Message.id).where(Feedback.id == feedback_id)
    )
