"""Complaints and their immutable history."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, false
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import NEVER_REUSED, Base, only


class ComplaintState(StrEnum):
    """Where a complaint stands; only the customer's word confirms it, and theirs or staff's dismisses it.

    ``waiting`` is for the customer's answer to a question of ours; ``unconfirmed`` ended by their silence
    after a solution.
    """

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    DISMISSED = "dismissed"


ENDED = frozenset({ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED, ComplaintState.DISMISSED})
"""States in which nobody waits for anything."""


LIVE = (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING, ComplaintState.RESOLVED)
"""Cases in these states need an owner."""
IS_LIVE = f"state IN ({', '.join(repr(str(state)) for state in LIVE)})"
"""The condition for them. A literal, because a partial index does not serve a bound value."""


class CaseSeverity(StrEnum):
    """How much is at stake in a case, the least first; its targets and its weight follow."""

    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Complaint(Base):
    """A case with an owner and due times, answered where the customer opened it.

    ``owner_id`` is who is accountable: who took it, else whom it was assigned to. ``alert_key`` is the dedupe
    key of its newest alert in the staff chat; ``urgent`` cases come first. ``reasons`` name what made it as
    severe as it is. ``waiting_since`` is when its clocks were stopped. ``next_step_at`` is when the next step
    of its ladder falls due and ``steps`` how many were taken; ``remind_at`` when the customer is next
    reminded of our question (or staff of what is missing) and ``reminders`` how often they were. ``cause`` is
    what it seems to come from, until staff say so together with ``remedy``; ``csat`` is what the customer
    gave for how it ended.
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
    severity: Mapped[CaseSeverity] = mapped_column(
        EnumText(CaseSeverity), default=CaseSeverity.NORMAL, server_default="normal"
    )
    reasons: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    waiting_since: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None]
    steps: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    remind_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    cause: Mapped[str | None]
    remedy: Mapped[str | None]
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    csat_asked_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "next_step_at", **only("next_step_at IS NOT NULL")),
        Index(None, "remind_at", **only("remind_at IS NOT NULL")),
        Index(None, "cause", "opened_at", **only("cause IS NOT NULL")),
        Index(None, "customer_id", "state"),
        Index(None, "state", "opened_at"),
        Index(None, "owner_id", **only("owner_id IS NOT NULL")),
        Index("ix_complaints_live", "owner_id", "state", **only(IS_LIVE)),
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
        Index("ix_complaint_events_breached", "at", **only("what = 'breached'")),
    )
