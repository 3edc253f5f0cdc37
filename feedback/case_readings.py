"""How the message that opened a case is read by now: what a second look found counts."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables.conversations import Message
from store.tables.feedback import Feedback
from store.tables.second_looks import Outcome, SecondLookRow


@dataclass(frozen=True, slots=True)
class CaseReading:
    """How it is read.

    Attributes:
        polarity: −1…1.
        on_second_look: whether a second look opened the case.
        refined: whether a second look changed how it is read, after it had opened the case.
    """

    polarity: float
    on_second_look: bool
    refined: bool = False


def find_case_reading(session: Session, *, customer_id: int, about: str) -> CaseReading | None:
    """Find how the first message of a case is read; None where no feedback of it is kept.

    Args:
        session: the open transaction.
        customer_id: whose case it is.
        about: how messages name it as their matter.
    """
    found = session.execute(
        select(Feedback.polarity, SecondLookRow.outcome)
        .join(Message, Message.id == Feedback.message_id)
        .outerjoin(SecondLookRow, SecondLookRow.feedback_id == Feedback.id)
        .where(Feedback.customer_id == customer_id, Message.about == about)
        .order_by(Feedback.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    polarity, outcome = found
    return CaseReading(polarity, outcome is Outcome.COMPLAINT_OPENED, outcome is Outcome.REFINED)
