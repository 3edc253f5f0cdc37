"""Events that are announced, answers to them, and what guests were sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from scheduler.campaigns.queueing import draft_campaign, start_campaign
from scheduler.events.answers import Answered, answer_event
from scheduler.events.plans import EventPlan, add_event
from store.engine import Database
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import COMPANY, NOW, make_customer

START = NOW + timedelta(days=10)
CHANNELS = frozenset({"telegram", "webchat"})


def make_event(
    session: Session,
    *,
    capacity: int = 10,
    audience: str = "all",
    starts_at: datetime = START,
    sent: bool = True,
    timezone: str = "Europe/London",
    **plan: Any,
) -> Event:
    """Add an event; ``sent`` ones have had their invitations started."""
    event_plan = EventPlan("Tea evening", starts_at, "Harbour Hall", capacity, audience, **plan)
    event = add_event(session, event_plan, timezone=timezone, staff_id=None, now=NOW)
    campaign = draft_campaign(
        session,
        text=event.title,
        audience=audience,
        event=event,
        staff_id=None,
        chat=Chat("telegram", "1"),
        now=NOW,
    )
    if sent:
        start_campaign(session, campaign, chat=Chat("telegram", "1"), company=COMPANY, now=NOW)
    return event


def answer(
    session: Session,
    event_id: int,
    customer_id: int,
    said: Rsvp = Rsvp.GOING,
    *,
    now: datetime = NOW,
    companions: int | None = None,
    company: Company = COMPANY,
) -> Answered:
    """Let a customer answer."""
    return answer_event(session, event_id, customer_id, said, company=company, now=now, companions=companions)


def announce(database: Database, people: int = 0, **event: Any) -> tuple[int, list[int]]:
    """Add an event, and customers who may come to it."""
    with database.transaction() as session:
        event_id = make_event(session, **event).id
        return event_id, [make_customer(session).id for _ in range(people)]


def standing(session: Session, event_id: int) -> dict[int, Rsvp]:
    """Tell how everybody stands who answered."""
    rows = session.scalars(
        select(EventGuest).where(EventGuest.event_id == event_id).execution_options(populate_existing=True)
    )
    return {row.customer_id: row.answer for row in rows}


def told(session: Session, event_id: int, beginning: str = "") -> Sequence[OutboxMessage]:
    """Give what the guests of an event were sent first, the oldest first; invitations apart."""
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.about == f"event:{event_id}",
            OutboxMessage.kind == MessageKind.REMINDER,
            OutboxMessage.dedupe_key.startswith(beginning),
        )
        .order_by(OutboxMessage.id)
        .execution_options(populate_existing=True)
    ).all()
