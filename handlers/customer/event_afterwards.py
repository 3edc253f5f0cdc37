"""After an event: how a guest liked it, by one tap."""

from collections.abc import Sequence

from feedback.event_ratings import record_event_rating
from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.customer import complaint
from handlers.customer.welcome import stale_button
from scheduler.events.guests import find_guest
from scheduler.events.messages import about_event
from scheduler.events.plans import find_event
from store.outbox import Draft
from store.tables.outreach import Event, EventGuest, Rsvp

LOW_STARS = 2
MOST_STARS = 5
SUBJECT = "event"
"""In the data of the step: which event somebody was asked about."""


def rate_event(context: CustomerContext) -> Sequence[Draft]:
    """Take the stars of a guest of the event; a later tap replaces them."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, "1" | "2" | "3" | "4" | "5" as digit) if event_id := number(written):
            stars = int(digit)
        case _:
            return stale_button(context)
    event = find_event(context.session, event_id)
    guest = find_guest(context.session, event_id, context.customer.id)
    if event is None or guest is None or not _was_there(event, guest, context):
        return stale_button(context)
    guest.stars = stars
    record_event_rating(
        context.session, customer=context.customer, event_id=event.id, stars=stars, now=context.now
    )
    shown = "★" * stars + "☆" * (MOST_STARS - stars)
    return (context.answer(f"{shown} {_reply(context, event, stars)}", about=about_event(event.id)),)


def _was_there(event: Event, guest: EventGuest, context: CustomerContext) -> bool:
    return guest.answer is Rsvp.GOING and event.starts_at <= context.now and event.cancelled_at is None


def _reply(context: CustomerContext, event: Event, stars: int) -> str:
    """Thank; after few stars the next message tells what went wrong, after more no longer."""
    say, dialogue = context.say, context.dialogue
    if stars <= LOW_STARS:
        context.expect(complaint.STEP, {SUBJECT: event.id})
        return say(
            "Thank you for being open, and I am sorry. What went wrong? Write it here, and a person will "
            "look after it."
        )
    if dialogue is not None and dialogue.data.get(SUBJECT) == event.id:
        context.expect_nothing()
    return say("Thank you! I hope to see you again soon.")
