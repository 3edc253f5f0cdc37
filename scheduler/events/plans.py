"""What is planned, and for whom: events as they are written down, and those that a customer may come to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, exists, literal, or_, select
from sqlalchemy.orm import Session

from store.tables.customers import Customer
from store.tables.outreach import Campaign, Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What a marketer says of a new event; ``starts_at`` is aware, ``audience`` as in ``in_audience``."""

    title: str
    starts_at: datetime
    place: str
    capacity: int
    audience: str


def add_event(
    session: Session, plan: EventPlan, *, timezone: str, staff_id: int | None, now: datetime
) -> Event:
    """Write an event down; customers see it once its invitations have started. Does not commit."""
    event = Event(
        title=plan.title,
        place=plan.place,
        starts_at=plan.starts_at,
        timezone=timezone,
        capacity=plan.capacity,
        audience=plan.audience,
        created_by=staff_id,
        created_at=now,
    )
    session.add(event)
    session.flush()
    return event


def upcoming_events(
    session: Session, customer_id: int, *, now: datetime, limit: int
) -> list[tuple[Event, Rsvp | None]]:
    """Give the coming events a customer may come to, soonest first, with their answer to each."""
    rows = session.execute(
        select(Event, EventGuest.answer)
        .outerjoin(EventGuest, (EventGuest.event_id == Event.id) & (EventGuest.customer_id == customer_id))
        .where(Event.starts_at > now, open_to(customer_id))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def find_event(session: Session, event_id: int) -> Event | None:
    """Find an event."""
    return session.get(Event, event_id)


def open_to(customer_id: int) -> ColumnElement[bool]:
    """The condition that picks events whose invitations have started and that a customer may come to."""
    announced = exists().where(Campaign.event_id == Event.id, Campaign.started_at.is_not(None))
    invite = literal("invite:") + cast(Event.id, String) + literal(f":{customer_id}")
    invited = exists().where(OutboxMessage.dedupe_key == invite)
    belongs = exists().where(
        Customer.id == customer_id,
        or_(
            Event.audience == "all", Event.audience == Customer.standing, Event.audience == Customer.language
        ),
    )
    return announced & or_(belongs, invited)
