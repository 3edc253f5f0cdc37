"""What customers told us and the dated entries of their satisfaction record."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.feedback_kinds import FeedbackKind
from store.tables.base import NEVER_REUSED, Base, only

__all__ = [
    "CustomerAtRisk",
    "EntrySource",
    "Feedback",
    "FeedbackKind",
    "RiskReason",
    "SatisfactionEntry",
    "SatisfactionSum",
]

_Parts = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON object, or null of the database, which an index can leave out."""


IS_RATING = "source = 'rating' AND feedback_id IS NOT NULL"
"""Of a message, by its own writer; what is learnt from."""


class EntrySource(StrEnum):
    """Where an entry of the satisfaction record comes from."""

    FEEDBACK = "feedback"
    RATING = "rating"
    COMPLAINT_OPENED = "complaint_opened"
    COMPLAINT_OUTCOME = "complaint_outcome"
    VISIT_ANSWER = "visit_answer"
    PROMISE = "promise"
    EVENT = "event"


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
    """A dated piece of evidence: ``value`` 0–100, ``weight`` how far it is to be relied on (> 0).

    ``aspects`` has the value (0–100) of each part of the service that it speaks of; null where it names none.
    """

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
    aspects: Mapped[dict[str, Any] | None] = mapped_column(_Parts)

    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "at"),
        Index(None, "feedback_id", **only("feedback_id IS NOT NULL")),
        Index(None, "complaint_id", **only("complaint_id IS NOT NULL")),
        Index(None, "visit_id", **only("visit_id IS NOT NULL")),
        Index("ix_satisfaction_entries_ratings", "id", **only(IS_RATING)),
    )


class RiskReason(StrEnum):
    """Why a customer may be lost."""

    TURNED = "turned"
    SILENT = "silent"


class CustomerAtRisk(Base):
    """A customer who may be lost, as of the last look at all records; ``since`` is when it began."""

    __tablename__ = "customers_at_risk"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[RiskReason] = mapped_column(EnumText(RiskReason))
    since: Mapped[datetime]


class SatisfactionSum(Base):
    """What the records of many add up to at one moment: they name nobody.

    ``kind`` is a standing, and ``name`` a language, for the customers of both; or ``aspect`` and a part of
    the service. ``weight`` and ``told`` are the sums of the weights, and of the weighted values, decayed to
    ``at``; ``number`` counts customers, or entries that speak of the part.
    """

    __tablename__ = "satisfaction_sums"

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    weight: Mapped[float]
    told: Mapped[float]
    number: Mapped[int]
    at: Mapped[datetime]
