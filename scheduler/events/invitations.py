"""Invitations that have not left when their event is changed say what holds now."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from scheduler.events.wording import invitation_text, own_zone, rsvp_buttons
from store.outbox import Body
from store.tables.customers import Customer
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import OutboxMessage, OutboxState

BATCH = 500
"""Invitations that are written anew in one transaction."""

LOOKED_FOR = timedelta(days=1)
"""For so long after a change invitations of before it are looked for; they wait for hours at most."""


def rewrite_invitations(session: Session, *, company: Company, now: datetime) -> int:
    """Write some invitations anew that wait and were written before their event was changed; does not commit.

    Run it again while it does anything; safe to run twice, late, or on two machines.

    Returns:
        How many were written anew.
    """
    rows = session.execute(stale_statement(now)).all()
    for message, customer, event in rows:
        say = phrases(customer.language, customer.country)
        text = invitation_text(
            event, say, name=customer.display_name, company=company, zone=own_zone(customer)
        )
        message.body = Body(text, rsvp_buttons(event.id, say)).to_json()
        message.expires_at, message.created_at = event.starts_at, now
    session.flush()
    return len(rows)


def stale_statement(now: datetime) -> Select[OutboxMessage, Customer, Event]:
    """Select invitations that wait and were written before their event was changed, and lock them."""
    return (
        select(OutboxMessage, Customer, Event)
        .select_from(Event)
        .join(Campaign, Campaign.event_id == Event.id)
        .join(OutboxMessage, OutboxMessage.campaign_id == Campaign.id)
        .join(Customer, Customer.id == OutboxMessage.customer_id)
        .where(
            Event.changed_at > now - LOOKED_FOR,
            Event.starts_at > now,
            Event.cancelled_at.is_(None),
            Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)),
            OutboxMessage.state.in_((OutboxState.QUEUED, OutboxState.PAUSED)),
            OutboxMessage.created_at < Event.changed_at,
        )
        .limit(BATCH)
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )
