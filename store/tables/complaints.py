"""Complaints and their immutable history."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import NEVER_REUSED, Base, only


class ComplaintState(StrEnum):
    """Where a complaint stands; only the customer's word confirms it, and only staff's dismisses it."""

    OPEN = "open"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


ENDED = frozenset({ComplaintState.CONFIRMED, ComplaintState.DISMISSED})
"""States in which nobody waits for anything."""


class Complaint(Base):
    """A case with an owner and due times, answered where the customer opened it.

    ``alert_key`` is the dedupe key of its newest alert in the staff chat; ``urgent`` cases come first.
    """

    __tablename__ = "complaints"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    channel: Mapped[str]
    address: Mapped[str]
    state: Mapped[ComplaintState] = mapped_column(EnumText(ComplaintState), default=ComplaintState.OPEN)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    text: Mapped[str]
    opened_at: Mapped[datetime]
    first_response_due_at: Mapped[datetime]
    resolution_due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    alert_count: Mapped[int] = mapped_column(default=0)
    alert_key: Mapped[str | None]
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index(None, "customer_id", "state"),
        Index(None, "state", "opened_at"),
        Index(None, "owner_id", **only("owner_id IS NOT NULL")),
        NEVER_REUSED,
    )


class ComplaintEvent(Base):
    """What happened in a case: who (``staff_id``, or the customer where it is null), when, what."""

    __tablename__ = "complaint_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    what: Mapped[str]
    text: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index(None, "complaint_id"),
        Index(None, "staff_id", **only("staff_id IS NOT NULL")),
    )
