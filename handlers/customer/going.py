"""What a guest who comes gets besides a yes: a ticket for the door, and a link for a friend."""

from collections.abc import Sequence
from dataclasses import replace

from customers.phrases import phrases
from customers.profile import chat_with, find_by_id
from handlers.context import CustomerContext
from scheduler.events.door import give_ticket
from scheduler.events.friend_links import link_key, link_text
from scheduler.events.guests import find_guest
from scheduler.events.messages import about_event
from scheduler.events.referrals import note_referrer
from store.outbox import Draft, Enclosure
from store.tables.customers import Purpose
from store.tables.outreach import Event, Rsvp
from store.tables.queues import MessageKind

TICKETS = "tickets"
"""Where the pictures of tickets come from, as ``Enclosure.channel``: no app, but drawn when they leave."""


def welcome_guest(context: CustomerContext, event: Event) -> Sequence[Draft]:
    """Give a guest who has just said that they come what they need; each once. Others get nothing."""
    guest = find_guest(context.session, event.id, context.customer.id)
    if guest is None or guest.answer is not Rsvp.GOING:
        return ()
    code = give_ticket(context.session, guest)
    drafts = [_ticket(context, event, code)]
    if event.referrals and context.company.pages_url is not None:
        drafts.append(_link(context, event, context.company.pages_url))
    return *drafts, *_thanks_to_referrer(context, event)


def spoken_code(code: str) -> str:
    """Write the code of a ticket so that it is easily read out: in two halves."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def _ticket(context: CustomerContext, event: Event, code: str) -> Draft:
    say = context.say
    text = say(
        "Your ticket for “{title}”. Show it at the door, or say the code:\n{code}",
        title=event.title,
        code=spoken_code(code),
    )
    picture = Enclosure("photo", TICKETS, code, "ticket.png", say("(The picture cannot be shown here.)"))
    key = f"ticket:{event.id}:{context.customer.id}"
    answer = context.answer(text, about=about_event(event.id), dedupe_key=key)
    return replace(answer, attachments=(picture,))


def _link(context: CustomerContext, event: Event, pages_url: str) -> Draft:
    customer = context.customer
    text = link_text(context.session, event, customer.id, context.say, pages_url=pages_url, now=context.now)
    return context.answer(text, about=about_event(event.id), dedupe_key=link_key(event.id, customer.id))


def _thanks_to_referrer(context: CustomerContext, event: Event) -> Sequence[Draft]:
    """Tell who brought this guest that a friend comes, where they may be told; who that is stays theirs."""
    referrer_id = note_referrer(context.session, event.id, context.customer.id)
    referrer = None if referrer_id is None else find_by_id(context.session, referrer_id)
    chat = None if referrer is None else chat_with(context.session, referrer.id)
    if referrer is None or chat is None:
        return ()
    say = phrases(referrer.language)
    return (
        Draft(
            kind=MessageKind.FOLLOW_UP,
            channel=chat.channel,
            address=chat.address,
            customer_id=referrer.id,
            purpose=Purpose.INVITATIONS,
            text=say("A friend of yours comes to “{title}” by your link. Thank you!", title=event.title),
            dedupe_key=f"referred:{event.id}:{context.customer.id}",
            about=about_event(event.id),
            expires_at=event.starts_at,
        ),
    )
