"""What customers told us and the dated entries of their satisfaction record."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.feedback_kinds import FeedbackKind
from store.tables.base import NEVER_REUSED, Base, only

__all__ = ["EntrySource", "Feedback", "FeedbackKind", "SatisfactionEntry"]


class EntrySource(StrEnum):
    """Where an entry of the satisfaction record comes from."""

    FEEDBACK = "feedback"
    RATING = "rating"
    COMPLAINT_OPENED = "complaint_opened"
    COMPLAINT_OUTCOME = "complaint_outcome"
    VISIT_ANSWER = "visit_answer"


class Feedback(Base):
    """One thing a customer told us, as it was understood, with the words that weighed."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    kind: Mapped[FeedbackKind] = mapped_column(EnumText(FeedbackKind))
    polarity: Mapped[float]
    why: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime]

    __table_args__ = (Index(None, "customer_id"), Index(None, "message_id"), NEVER_REUSED)


class SatisfactionEntry(Base):
    """A dated piece of evidence: ``value`` 0–100, ``weight`` the reliability of its source (> 0)."""

    __tablename__ = "satisfaction_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    source: Mapped[EntrySource] = mapped_column(EnumText(EntrySource))
    value: Mapped[float]
    weight: Mapped[float]
    at: Mapped[datetime]
    feedback_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "feedback_id", **only("feedback_id IS NOT NULL")),
        Index(None, "complaint_id", **only("complaint_id IS NOT NULL")),
        Index(None, "visit_id", **only("visit_id IS NOT NULL")),
    )
