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


def find_rated(session: Session, feedback_id: int) -> tuple[Feedback, Message] | None:
    """Find a feedback and the message that it was made of; ``None`` where there is none."""
    found = session.execute(
        select(Feedback, Message)
        .join(Message, Message.id == Feedback.message_id)
        .where(Feedback.id == feedback_id)
    ).one_or_none()
    return None if found is None else (found[0], found[1])
