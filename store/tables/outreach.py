"""What we start ourselves: return visits, events with their guests, campaigns."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import NEVER_REUSED, Base


class Rsvp(StrEnum):
    """A guest's answer to an invitation."""

    GOING = "going"
    MAYBE = "maybe"
    NO = "no"


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Visit(Base):
    """One return visit that was queued for a customer, and what came of it."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    programme: Mapped[str]
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    rating: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("customer_id", "programme", "due_on"),
        Index(None, "created_at"),
        NEVER_REUSED,
    )


class Event(Base):
    """A group activity; ``starts_at`` is a moment, ``timezone`` says how to print it."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime]
    timezone: Mapped[str]
    capacity: Mapped[int]
    audience: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "starts_at"), Index(None, "created_by"))


class EventGuest(Base):
    """The answer of one customer to one event's invitation."""

    __tablename__ = "event_guests"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[Rsvp] = mapped_column(EnumText(Rsvp))
    answered_at: Mapped[datetime]

    __table_args__ = (Index(None, "customer_id"), Index(None, "event_id", "answer"))


class Campaign(Base):
    """A text to an audience, or the invitations of one event (``event_id``).

    Messages are queued in batches, by customer number: ``queued_through`` is the last one dealt with,
    ``queued_all`` says that nobody is left. ``left_out`` counts whom it passed over, by reason, and
    ``progress`` is the dedupe key of the newest message that tells how it goes. ``tally`` is how it went
    (``scheduler.campaign_tally``) when that was counted last, at ``counted_at``.
    """

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    audience: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    state: Mapped[CampaignState] = mapped_column(EnumText(CampaignState), default=CampaignState.DRAFT)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    channel: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    queued_through: Mapped[int] = mapped_column(default=0)
    queued_all: Mapped[bool] = mapped_column(default=False)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[str] = mapped_column(default="")
    tally: Mapped[dict[str, Any] | None]
    counted_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "state"), Index(None, "event_id"), Index(None, "created_by"))
