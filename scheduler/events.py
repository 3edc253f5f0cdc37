"""Events: who may come, who answered what while places last, and the reminder the day before."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.consent import consents_to
from scheduler.audience import select_addressees, to_addressee
from scheduler.compose import reminder_draft
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from store.errors import InputError, NotFoundError
from store.outbox import Draft, enqueue, withdraw_queued
from store.tables.customers import Customer, Identity, Purpose
from store.tables.outreach import Campaign, Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage

REMIND_BEFORE = timedelta(days=1)
REMINDERS_PER_RUN = 1000
COMING = (Rsvp.GOING, Rsvp.MAYBE)


class FullError(InputError):
    """No place is left at the event."""


class ClosedError(InputError):
    """The event has begun."""


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
        .where(Event.starts_at > now, _open_to(customer_id))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def answer_event(session: Session, event_id: int, customer_id: int, answer: Rsvp, *, now: datetime) -> Event:
    """Note a customer's answer to an event, in place of an earlier one; does not commit.

    The event's row is locked until the transaction ends, so that simultaneous answers see each other and
    never more are going than there are places. "Maybe" takes no place.

    Raises:
        NotFoundError: there is no such event, or it is not open to this customer: they neither belong to
            its audience nor were invited.
        ClosedError: the event has begun.
        FullError: no place is left; an earlier answer stands.
    """
    event = session.scalar(
        select(Event).where(Event.id == event_id).with_for_update().execution_options(populate_existing=True)
    )
    if event is None or not session.scalar(
        select(exists().where(Event.id == event_id, _open_to(customer_id)))
    ):
        raise NotFoundError(f"event {event_id} is not open to customer {customer_id}")
    if event.starts_at <= now:
        raise ClosedError(f"event {event_id} has begun")
    if answer is Rsvp.GOING and _places_taken(session, event_id, besides=customer_id) >= event.capacity:
        raise FullError(f"event {event_id} is full")
    session.merge(EventGuest(event_id=event_id, customer_id=customer_id, answer=answer, answered_at=now))
    if answer is Rsvp.NO:
        withdraw_queued(
            session,
            OutboxMessage.dedupe_key == _reminder_key(event_id, customer_id),
            reason="the guest will not come",
        )
    session.flush()
    return event


def find_event(session: Session, event_id: int) -> Event | None:
    """Find an event."""
    return session.get(Event, event_id)


def count_guests(session: Session, event_id: int) -> dict[Rsvp, int]:
    """Count the answers to an event."""
    rows = session.execute(
        select(EventGuest.answer, func.count())
        .where(EventGuest.event_id == event_id)
        .group_by(EventGuest.answer)
    )
    return {row[0]: row[1] for row in rows}


def plan_event_reminders(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue reminders to the guests of events that begin within a day; does not commit.

    Who answered within that day needs none. One that could only leave after the start is not queued. Run
    it again while it queues anything; safe to run twice, late, or on two machines.

    Returns:
        How many were queued.
    """
    queued = 0
    for event in _beginning_soon(session, now):
        left = REMINDERS_PER_RUN - queued
        if left <= 0:
            break
        drafts = _reminders(session, event, company=company, now=now, channels=channels, limit=left)
        queued += enqueue(session, drafts, now=now)
    return queued


def _reminders(
    session: Session,
    event: Event,
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
    limit: int,
) -> Iterator[Draft]:
    for row in session.execute(unreminded_statement(event, channels=channels, limit=limit)):
        who = to_addressee(row)
        leaves = leaves_at(now, zone_of(who, company), company)
        if leaves < event.starts_at:
            yield reminder_draft(
                who,
                event,
                row.answer,
                key=_reminder_key(event.id, who.customer_id),
                leaves=leaves,
                expires=event.starts_at,
            )


def unreminded_statement(event: Event, *, channels: Collection[str], limit: int) -> Select[*tuple[Any, ...]]:
    """Select the guests of an event who have no reminder yet and may have one."""
    key = literal(f"reminder:{event.id}:") + cast(Customer.id, String)
    return (
        select_addressees(channels)
        .add_columns(EventGuest.answer)
        .join(EventGuest, EventGuest.customer_id == Customer.id)
        .where(
            EventGuest.event_id == event.id,
            EventGuest.answer.in_(COMING),
            EventGuest.answered_at <= event.starts_at - REMIND_BEFORE,
            Identity.id.is_not(None),
            consents_to(Purpose.INVITATIONS),
            not_(exists().where(OutboxMessage.dedupe_key == key)),
        )
        .limit(limit)
    )


def _beginning_soon(session: Session, now: datetime) -> Sequence[Event]:
    return session.scalars(
        select(Event)
        .where(Event.starts_at > now, Event.starts_at <= now + REMIND_BEFORE)
        .order_by(Event.starts_at)
    ).all()


def _reminder_key(event_id: int, customer_id: int) -> str:
    return f"reminder:{event_id}:{customer_id}"


def _places_taken(session: Session, event_id: int, *, besides: int) -> int:
    taken = session.scalar(
        select(func.count())
        .select_from(EventGuest)
        .where(
            EventGuest.event_id == event_id,
            EventGuest.answer == Rsvp.GOING,
            EventGuest.customer_id != besides,
        )
    )
    return taken or 0


def _open_to(customer_id: int) -> ColumnElement[bool]:
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
