"""A customer's answer to an invitation: noted while places last, changed by the next."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scheduler.events.guests import places_taken
from scheduler.events.plans import open_to
from scheduler.events.reminders import reminder_key
from store.errors import InputError, NotFoundError
from store.outbox import withdraw_queued
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage


class FullError(InputError):
    """No place is left at the event."""


class ClosedError(InputError):
    """The event has begun."""


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
        select(exists().where(Event.id == event_id, open_to(customer_id)))
    ):
        raise NotFoundError(f"event {event_id} is not open to customer {customer_id}")
    if event.starts_at <= now:
        raise ClosedError(f"event {event_id} has begun")
    if answer is Rsvp.GOING and places_taken(session, event_id, besides=customer_id) >= event.capacity:
        raise FullError(f"event {event_id} is full")
    session.merge(EventGuest(event_id=event_id, customer_id=customer_id, answer=answer, answered_at=now))
    if answer is Rsvp.NO:
        withdraw_queued(
            session,
            OutboxMessage.dedupe_key == reminder_key(event_id, customer_id),
            reason="the guest will not come",
        )
    session.flush()
    return event
