"""Reminders to the guests of events that begin soon."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, exists, literal, not_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.consent import consents_to
from scheduler.audience import select_addressees, to_addressee
from scheduler.compose import reminder_draft
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Identity, Purpose
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage

REMIND_BEFORE = timedelta(days=1)
REMINDERS_PER_RUN = 1000
COMING = (Rsvp.GOING, Rsvp.MAYBE)


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
                key=reminder_key(event.id, who.customer_id),
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


def reminder_key(event_id: int, customer_id: int) -> str:
    """Give the dedupe key of the reminder to a guest."""
    return f"reminder:{event_id}:{customer_id}"
