"""What is planned, and for whom: events as they are written down, and those that a customer may come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from customers.company import Company
from scheduler.events.announced import takes_place
from scheduler.segments.conditions import condition_as_kept
from store.errors import NotFoundError
from store.tables.customers import Customer
from store.tables.outreach import Campaign, Event, EventGuest, Referral
from store.tables.queues import OutboxMessage

A_DAY_BEFORE = (24 * 60,)
"""When guests are reminded where a marketer says nothing of it, in minutes before the start."""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What a marketer says of a new event.

    Attributes:
        title, place: a line each.
        starts_at: aware.
        capacity: how many people fit, companions counted.
        audience: a segment, as ``scheduler.segments`` reads it.
        ends_at: aware, after the start; None where nobody said.
        map_link: where a map shows the place.
        companions: whom a guest may bring, at most.
        reminders: minutes before the start.
        offer_minutes: for how long a place that came free is offered to who is next.
    """

    title: str
    starts_at: datetime
    place: str
    capacity: int
    audience: str
    ends_at: datetime | None = None
    map_link: str | None = None
    companions: int = 0
    reminders: Sequence[int] = A_DAY_BEFORE
    offer_minutes: int = 240


def add_event(
    session: Session, plan: EventPlan, *, timezone: str, staff_id: int | None, now: datetime
) -> Event:
    """Write an event down; customers see it once its invitations have started. Does not commit."""
    event = Event(
        title=plan.title,
        place=plan.place,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        timezone=timezone,
        capacity=plan.capacity,
        audience=plan.audience,
        map_link=plan.map_link,
        companions=plan.companions,
        reminders=sorted(set(plan.reminders), reverse=True),
        offer_minutes=plan.offer_minutes,
        created_by=staff_id,
        created_at=now,
    )
    session.add(event)
    session.flush()
    return event


def forget_event(session: Session, event: Event) -> None:
    """Take back an event that nobody was invited to, and its drafted invitations; does not commit."""
    session.execute(delete(Campaign).where(Campaign.event_id == event.id))
    session.delete(event)
    session.flush()


def upcoming_events(
    session: Session, customer_id: int, *, company: Company, now: datetime, limit: int
) -> list[tuple[Event, EventGuest | None]]:
    """Give the coming events a customer may come to, soonest first, with what they said to each."""
    coming = (Event.starts_at > now, Event.cancelled_at.is_(None))
    belongs = _belongs(session, customer_id, *coming, company=company, now=now)
    rows = session.execute(
        select(Event, EventGuest)
        .outerjoin(EventGuest, (EventGuest.event_id == Event.id) & (EventGuest.customer_id == customer_id))
        .where(*coming, _open_to(customer_id, belongs))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def coming_events(session: Session, *, now: datetime, limit: int) -> Sequence[Event]:
    """Give the events that are, or will be, announced and have not ended, the soonest first."""
    return session.scalars(
        select(Event)
        .where(
            func.coalesce(Event.ends_at, Event.starts_at) > now,
            takes_place(),
        )
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    ).all()


def find_event(session: Session, event_id: int) -> Event | None:
    """Find an event."""
    return session.get(Event, event_id)


def is_announced(session: Session, event_id: int) -> bool:
    """Tell whether anybody may know of an event: its invitations have started."""
    started = (Campaign.event_id == event_id, Campaign.started_at.is_not(None))
    return bool(session.scalar(select(exists().where(*started))))


def lock_event(session: Session, event_id: int) -> Event:
    """Give an event whose row is this transaction's until it ends, so that changes of its guests queue up.

    Raises:
        NotFoundError: there is none.
    """
    event = session.scalar(_LOCKED, {"event": event_id})
    if event is None:
        raise NotFoundError(f"there is no event {event_id}")
    return event


_LOCKED = (
    select(Event)
    .where(Event.id == bindparam("event"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def is_open_to(session: Session, event_id: int, customer_id: int, *, company: Company, now: datetime) -> bool:
    """Tell whether a customer may come to an event."""
    belongs = _belongs(session, customer_id, Event.id == event_id, company=company, now=now)
    return bool(session.scalar(select(exists().where(Event.id == event_id, _open_to(customer_id, belongs)))))


def was_invited(session: Session, event_id: int, customer_id: int) -> bool:
    """Tell whether an invitation to an event was written to a customer."""
    return session.connection().scalar(_WRITTEN, {"key": f"invite:{event_id}:{customer_id}"}) is not None


_WRITTEN = select(OutboxMessage.id).where(OutboxMessage.dedupe_key == bindparam("key"))


def _belongs(
    session: Session, customer_id: int, *which: ColumnElement[bool], company: Company, now: datetime
) -> ColumnElement[bool]:
    """Give the condition that picks events, of some, to whose audience a customer belongs."""
    audiences = session.scalars(select(Event.audience).where(*which).distinct().order_by(Event.audience))
    each = [
        and_(
            Event.audience == audience,
            exists().where(
                Customer.id == customer_id,
                condition_as_kept(session, audience, company=company, now=now),
            ),
        )
        for audience in audiences.all()
    ]
    return or_(false(), *each)


def _open_to(customer_id: int, belongs: ColumnElement[bool]) -> ColumnElement[bool]:
    """Give the condition that picks events whose invitations have started and that a customer may come to.

    They belong to its audience, were invited, were brought by another guest, or said something to it already.
    """
    announced = exists().where(Campaign.event_id == Event.id, Campaign.started_at.is_not(None))
    invite = literal("invite:") + cast(Event.id, String) + literal(f":{customer_id}")
    invited = exists().where(OutboxMessage.dedupe_key == invite)
    own = aliased(EventGuest)
    answered = exists().where(own.event_id == Event.id, own.customer_id == customer_id)
    brought = exists().where(
        Referral.event_id == Event.id, Referral.customer_id == customer_id, Referral.via.is_not(None)
    )
    return announced & or_(belongs, invited, answered, brought)
