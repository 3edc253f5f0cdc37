"""Links by which guests bring their friends: made for whoever comes, and sent once to each."""

from datetime import datetime

from sqlalchemy import String, cast, exists, literal, not_
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.events.messages import MAY_BE_TOLD, guest_draft, select_guests, to_guest
from scheduler.events.referrals import link_code
from store.errors import ConfigurationError
from store.outbox import enqueue
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage

FRIENDS = "/friends/"
"""The page of ours that leads whoever has a personal link to the chat."""


class NoAddressError(ConfigurationError):
    """Nobody said where our pages are reached from elsewhere, so that a link would lead nowhere."""


def link_key(event_id: int, customer_id: int) -> str:
    """Give the dedupe key of the message that brings a guest their link."""
    return f"friends:{event_id}:{customer_id}"


def link_text(
    session: Session, event: Event, customer_id: int, say: Phrases, *, pages_url: str, now: datetime
) -> str:
    """Give a guest their personal link in words; makes it where there is none, does not commit."""
    link = f"{pages_url}{FRIENDS}{link_code(session, event.id, customer_id, now=now)}"
    return say(
        "Would a friend like to come along? Whoever comes by this link is your guest: {link}", link=link
    )


def let_bring_friends(session: Session, event: Event, *, company: Company, now: datetime) -> int:
    """Let the guests of an event bring friends by links of their own; does not commit.

    Who has said already that they come is sent theirs, once for ever; the others get it with their yes.

    Returns:
        How many were queued.

    Raises:
        NoAddressError: our pages are not reached from elsewhere.
    """
    if company.pages_url is None:
        raise NoAddressError("links for friends need RAPPORT_PUBLIC_URL")
    event.referrals = True
    sent = literal(f"friends:{event.id}:") + cast(Customer.id, String)
    rows = session.execute(
        select_guests(event.id, channels=company.channels).where(
            EventGuest.answer == Rsvp.GOING,
            *MAY_BE_TOLD,
            not_(exists().where(OutboxMessage.dedupe_key == sent)),
        )
    ).all()
    drafts = []
    for there in map(to_guest, rows):
        who, leaves = there.who, there.leaves(company, now)
        if leaves >= event.starts_at:
            continue
        say = phrases(who.language, who.country)
        drafts.append(
            guest_draft(
                who,
                event,
                text=link_text(session, event, who.customer_id, say, pages_url=company.pages_url, now=now),
                buttons=(),
                key=link_key(event.id, who.customer_id),
                leaves=leaves,
                expires=event.starts_at,
            )
        )
    return enqueue(session, drafts, now=now)
