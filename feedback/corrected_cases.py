"""What the record says of a case that was none, by the word of staff or customer. Nothing here commits."""

from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.record import recompute, record_complaint_opened, revise_feedback
from feedback.understanding import AGREEING, Understanding
from store.feedback_kinds import FeedbackKind
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, SatisfactionEntry
from store.tables.learning import StaffCorrection

OF_THE_CASE = (EntrySource.COMPLAINT_OPENED, EntrySource.COMPLAINT_OUTCOME)
"""Entries that say that there was a case; a rating of how it was handled stays, it is the customer's own."""


def hold_customer(session: Session, customer_id: int) -> Customer | None:
    """Keep others from changing a customer's record until this transaction ends; None where they are gone."""
    session.flush()
    return session.get(Customer, customer_id, with_for_update=True, populate_existing=True)


def take_back_case(session: Session, *, customer: Customer, complaint: Complaint, about: str) -> int | None:
    """Take out of a customer's record that they complained.

    The message that opened the case was read wrongly, so its reading is no evidence of anything: what is
    left of it is a message of no clear kind.

    Args:
        session: the open transaction.
        customer: whose record it is; held (``hold_customer``).
        complaint: what was none.
        about: how messages name it as their matter.

    Returns:
        The id of the feedback that was read wrongly; None where it is not kept any more.
    """
    opening = session.scalar(
        select(Feedback)
        .join(Message, Message.id == Feedback.message_id)
        .where(
            Feedback.customer_id == customer.id,
            Feedback.kind == FeedbackKind.COMPLAINT,
            Message.about == about,
        )
        .order_by(Feedback.id)
        .limit(1)
    )
    of_customer = delete(SatisfactionEntry).where(SatisfactionEntry.customer_id == customer.id)
    session.execute(
        of_customer.where(
            SatisfactionEntry.complaint_id == complaint.id, SatisfactionEntry.source.in_(OF_THE_CASE)
        )
    )
    if opening is not None:
        opening.kind, opening.polarity = FeedbackKind.OTHER, 0.0
        session.execute(
            of_customer.where(
                SatisfactionEntry.feedback_id == opening.id, SatisfactionEntry.source == EntrySource.FEEDBACK
            )
        )
    recompute(session, customer)
    return None if opening is None else opening.id


def give_case_back(
    session: Session, *, customer: Customer, complaint: Complaint, about: str, understanding: Understanding
) -> None:
    """Enter again that a customer complained: they say that a case was one which staff called none.

    What staff said of its message teaches nothing any more.

    Args:
        session: the open transaction.
        customer: whose record it is; held.
        complaint: what was called none.
        about: how messages name it as their matter.
        understanding: of the words that opened it.
    """
    found = session.execute(
        select(StaffCorrection, Message)
        .join(Feedback, Feedback.id == StaffCorrection.feedback_id)
        .join(Message, Message.id == Feedback.message_id)
        .where(Feedback.customer_id == customer.id, Message.about == about)
        .order_by(Feedback.id)
        .limit(1)
    ).first()
    if found is not None:
        correction, message = found
        session.delete(correction)
        polarity = min(understanding.polarity, -AGREEING)
        complains = replace(understanding, kind=FeedbackKind.COMPLAINT, polarity=polarity)
        revise_feedback(session, customer=customer, message=message, understanding=complains)
    record_complaint_opened(session, customer=customer, complaint=complaint, now=complaint.opened_at)
    recompute(session, customer)
