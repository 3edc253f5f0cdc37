"""What we start ourselves: return visits, events with their guests, campaigns.

What a company defines of them (programmes, segments …) is in ``store.tables.definitions``.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import EnumText
from store.tables.base import NEVER_REUSED, Base, only
from store.tables.customers import Purpose, Standing


class VisitState(StrEnum):
    """What came of a return visit; ``missed`` has its reason, ``unanswered`` was made in vain."""

    DUE = "due"
    MADE = "made"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    MISSED = "missed"


class Rsvp(StrEnum):
    """A guest's answer to an invitation.

    Who came too late is ``waiting`` for a place; one that came free is ``offered`` for a while.
    """

    GOING = "going"
    MAYBE = "maybe"
    NO = "no"
    WAITING = "waiting"
    OFFERED = "offered"


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Visit(Base):
    """One return visit that fell due for a customer, and what came of it.

    ``attempt`` is 0 for the first message and 1 for the gentle retry. ``contact_id`` and ``standing`` are as
    they were when it fell due, so that coverage counts for whoever was responsible. ``answers`` has what was
    answered to each question, by its key, and ``arm`` the variant (``scheduler.trials``).
    """

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    programme: Mapped[str]
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    state: Mapped[VisitState] = mapped_column(
        EnumText(VisitState), default=VisitState.MADE, server_default="made"
    )
    reason: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    made_at: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None]
    contact_id: Mapped[int | None]
    standing: Mapped[Standing | None] = mapped_column(EnumText(Standing))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    arm: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("customer_id", "programme", "due_on"),
        Index(None, "created_at"),
        Index(None, "due_on"),
        Index(None, "next_step_at", **only("next_step_at IS NOT NULL")),
        Index(None, "contact_id", "made_at", **only("contact_id IS NOT NULL")),
        NEVER_REUSED,
    )


class VisitTurn(Base):
    """When a customer is next looked at in a visit programme.

    It is not moved when they write, so ``due_at`` may be early. ``tries`` counts visits in a row that were
    not answered, ``stretch`` is by how much the period is longer. ``period_days`` is the period by which
    ``due_at`` was reckoned: where the programme has another by now, the planner moves it.
    """

    __tablename__ = "visit_turns"

    programme: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    stretch: Mapped[float] = mapped_column(default=1.0)
    period_days: Mapped[float]

    __table_args__ = (
        Index(None, "programme", "due_at"),
        Index(None, "programme", "period_days"),
        Index(None, "customer_id"),
    )


class TaskKind(StrEnum):
    """Why a person is asked to get in touch with a customer."""

    COMPLAINT_OPEN = "complaint_open"
    NO_ANSWER = "no_answer"
    NO_SHOW = "no_show"
    OTHER = "other"


class Task(Base):
    """Something that a person shall do for a customer: what the program must not, or could not, do itself."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    kind: Mapped[TaskKind] = mapped_column(EnumText(TaskKind))
    occasion: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "visit_id", **only("visit_id IS NOT NULL")),
        Index("ix_tasks_open", "staff_id", "due_at", **only("done_at IS NULL")),
        Index(None, "done_by", **only("done_by IS NOT NULL")),
        NEVER_REUSED,
    )


class Purchase(Base):
    """Something that a customer bought, as the company told us; ``reference`` is its own number for it."""

    __tablename__ = "purchases"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    reference: Mapped[str]
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(default="")
    amount: Mapped[float | None]

    __table_args__ = (
        UniqueConstraint("reference"),
        Index(None, "customer_id", "at"),
        Index(None, "at"),
    )


class Event(Base):
    """A group activity; ``starts_at`` is a moment, ``timezone`` says how to print it.

    ``capacity`` counts people: guests and those whom they bring, ``companions`` at most.
    ``reminders`` are minutes before the start. A place that comes free is offered for ``offer_minutes``.
    ``revision`` is the SEQUENCE of its calendar entry (RFC 5545): it grows with every change that guests see.
    ``past`` is what guests saw in each revision before, by its number.
    """

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
    ends_at: Mapped[datetime | None]
    map_link: Mapped[str | None]
    companions: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    reminders: Mapped[list[Any]] = mapped_column(default=lambda: [24 * 60], server_default="[1440]")
    offer_minutes: Mapped[int] = mapped_column(default=240, server_default="240")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    past: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    changed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    followed_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    referrals: Mapped[bool] = mapped_column(default=False, server_default=false())
    festival: Mapped[str | None]

    __table_args__ = (Index(None, "starts_at"), Index(None, "created_by"))


class EventGuest(Base):
    """The answer of one customer to one event's invitation.

    ``ticket`` is what the QR code at the door says. ``told_revision`` is the newest state of the event that
    the guest was told of, ``knew_revision`` the one before it, ``stars`` their rating afterwards.
    ``entry_turns`` counts how often an entry for their calendar was given and ended by turns: it is odd while
    they have one.
    """

    __tablename__ = "event_guests"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[Rsvp] = mapped_column(EnumText(Rsvp))
    answered_at: Mapped[datetime]
    companions: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    waiting_since: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    ticket: Mapped[str | None]
    checked_in_at: Mapped[datetime | None]
    checked_in_by: Mapped[int | None]
    referred_by: Mapped[int | None]
    stars: Mapped[int | None] = mapped_column(SmallInteger)
    told_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    knew_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    entry_turns: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")

    __table_args__ = (
        Index(None, "customer_id"),
        Index(None, "event_id", "answer"),
        Index(None, "offered_until", **only("offered_until IS NOT NULL")),
        Index(None, "ticket", unique=True, **only("ticket IS NOT NULL")),
        Index(None, "referred_by", **only("referred_by IS NOT NULL")),
    )


class Referral(Base):
    """A guest's personal link to an event, and by whose link they came themselves (``via``), if by any.

    Who says that they come is noted as that guest's (``EventGuest.referred_by``).
    """

    __tablename__ = "referrals"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    via: Mapped[int | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "customer_id"),)


class Campaign(Base):
    """A text to an audience, or the invitations of one event (``event_id``).

    Messages are queued in batches, by customer number: ``queued_through`` is the last one dealt with,
    ``queued_all`` says that nobody is left. ``left_out`` counts whom it passed over, by reason, and
    ``progress`` is the dedupe key of the newest message that tells how it goes. ``tally`` is how it went
    (``scheduler.campaigns.tally``) when that was counted last, at ``counted_at``.

    ``audience`` is a segment (``scheduler.segments``). ``messages`` has the texts, by variant and language;
    where it is empty, ``text`` is sent to all. It leaves at ``send_at``; ``local_time`` says that each
    customer gets it when their own clock shows what the company's shows then. ``rule`` is an RRULE (RFC 5545)
    by the company's clock, up to ``last_day``: each run is a campaign of its own, whose ``parent_id`` is the
    recurring one.
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
    name: Mapped[str] = mapped_column(default="", server_default="")
    purpose: Mapped[Purpose | None] = mapped_column(EnumText(Purpose))
    messages: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    picture: Mapped[dict[str, Any] | None]
    buttons: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    send_at: Mapped[datetime | None]
    local_time: Mapped[bool] = mapped_column(default=False, server_default=false())
    rule: Mapped[str | None]
    last_day: Mapped[date | None]
    parent_id: Mapped[int | None]
    holdout: Mapped[float] = mapped_column(default=0.0, server_default="0")

    __table_args__ = (
        Index(None, "state"),
        Index(None, "event_id"),
        Index(None, "created_by"),
        Index(None, "send_at", **only("send_at IS NOT NULL")),
        Index(None, "parent_id", **only("parent_id IS NOT NULL")),
    )


class CampaignAnswer(Base):
    """Which button of a campaign's message a customer tapped last; ``button`` is its place, from 0."""

    __tablename__ = "campaign_answers"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    button: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]

    __table_args__ = (Index(None, "customer_id"),)


class TrialMember(Base):
    """Who takes part in a trial (``scheduler.trials``), in which arm, and since when.

    Those who are held out would have been written to as well.
    """

    __tablename__ = "trial_members"

    trial: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    arm: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index(None, "customer_id"), Index(None, "at"))


class Suppression(Base):
    """A message that we would have sent first, and did not: to whom, for what, and why."""

    __tablename__ = "suppressions"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    occasion: Mapped[str]
    purpose: Mapped[Purpose] = mapped_column(EnumText(Purpose))
    reason: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("customer_id", "occasion"),
        Index(None, "at", "purpose", "reason"),
        Index(None, "occasion", "purpose", "reason"),
    )
