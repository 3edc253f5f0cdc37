"""Messages that are read a second time, by a model that is slower and reads better."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.feedback_kinds import FeedbackKind
from store.tables.base import Base, only

__all__ = ["LookReason", "Outcome", "SecondLookRow"]


class LookReason(StrEnum):
    """Why a message deserves a second look."""

    UNSURE = "unsure"
    COMPLAINT_DOUBTFUL = "complaint_doubtful"
    KEY_CUSTOMER = "key_customer"
    RATING_CONTRADICTS = "rating_contradicts"


class Outcome(StrEnum):
    """What a second look changed."""

    UNCHANGED = "unchanged"
    REFINED = "refined"
    COMPLAINT_OPENED = "complaint_opened"
    ADDED_TO_CASE = "added_to_case"
    UNREADABLE = "unreadable"


class SecondLookRow(Base):
    """What both looks found in one message; it waits for the second while ``looked_at`` is empty.

    Both probabilities are those of negative, neutral, positive, and of a complaint. What counts stands in
    ``feedback``; here is kept how it came about.
    """

    __tablename__ = "second_looks"

    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    reason: Mapped[LookReason] = mapped_column(EnumText(LookReason))
    asked_at: Mapped[datetime]
    first_kind: Mapped[FeedbackKind] = mapped_column(EnumText(FeedbackKind))
    first_polarity: Mapped[float]
    first_probabilities: Mapped[list[Any]]
    looked_at: Mapped[datetime | None]
    second_probabilities: Mapped[list[Any] | None]
    model: Mapped[str | None]
    outcome: Mapped[Outcome | None] = mapped_column(EnumText(Outcome))

    __table_args__ = (
        Index(None, "customer_id"),
        Index("ix_second_looks_waiting", "asked_at", "feedback_id", **only("looked_at IS NULL")),
    )
