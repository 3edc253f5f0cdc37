"""What the company teaches the reading of messages, and what was learnt from it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.feedback_kinds import FeedbackKind
from store.tables.base import NEVER_REUSED, Base, only


class StaffCorrection(Base):
    """What a message was, by the word of staff, or of the customer who wrote it (without ``staff_id``).

    There is one for each feedback: the last word counts.
    """

    __tablename__ = "staff_corrections"

    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[FeedbackKind] = mapped_column(EnumText(FeedbackKind))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "staff_id", **only("staff_id IS NOT NULL")),)


class LearntState(StrEnum):
    """What became of something learnt."""

    KEPT = "kept"
    NOT_BETTER = "not_better"
    ROLLED_BACK = "rolled_back"


class LearntVersion(Base):
    """What one night's learning gave; the newest that is ``kept`` is in use.

    ``base`` names the shipped model that it corrects. ``figures`` are how both read held-back labels.
    ``weights`` are empty where it was not kept, or is long past.
    """

    __tablename__ = "learnt_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    state: Mapped[LearntState] = mapped_column(EnumText(LearntState))
    base: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    weights: Mapped[str] = mapped_column(default="")

    __table_args__ = (NEVER_REUSED,)
