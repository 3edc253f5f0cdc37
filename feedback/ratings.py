"""What a customer rates: its number in a button, and whose it is, as numbers in buttons are not trusted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables.feedback import Feedback


def feedback_number(session: Session, feedback: Feedback) -> int:
    """Give the number under which a feedback is rated; a new one is written for it. Does not commit."""
    session.flush()
    return feedback.id


def is_own_feedback(session: Session, *, customer_id: int, feedback_id: int) -> bool:
    """Tell whether a feedback exists and is this customer's own."""
    found = session.scalar(
        select(Feedback.id).where(Feedback.id == feedback_id, Feedback.customer_id == customer_id)
    )
    return found is not None
