"""What is coming up, and a customer's answer to an invitation: one tap, changed by another."""

from collections.abc import Sequence

from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.customer.welcome import stale_button
from scheduler.compose import event_details, event_time, rsvp_buttons
from scheduler.events.answers import ClosedError, FullError, answer_event
from scheduler.events.plans import upcoming_events
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.outreach import Event, Rsvp

LISTED = 5
"""Events that are shown at once, the soonest first; each is a message of its own, with its own buttons."""


def upcoming(context: CustomerContext) -> Sequence[Draft]:
    """List the coming events with the customer's answer to each."""
    found = upcoming_events(context.session, context.customer.id, now=context.now, limit=LISTED)
    if not found:
        say = context.say
        return (
            context.answer(say("Nothing is planned at the moment. As soon as there is, we will tell you.")),
        )
    return tuple(_entry(context, event, answer) for event, answer in found)


def answer_invitation(context: CustomerContext) -> Sequence[Draft]:
    """Take Going, Maybe or No; only from those who belong to the event's audience or were invited."""
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, "going" | "maybe" | "no" as word) if event_id := number(written):
            answer = Rsvp(word)
        case _:
            return stale_button(context)
    say = context.say
    try:
        event = answer_event(context.session, event_id, context.customer.id, answer, now=context.now)
    except NotFoundError:
        return stale_button(context)
    except ClosedError:
        return (context.answer(say("This event has already begun, so the list is closed. Next time!")),)
    except FullError:
        return (
            context.answer(
                say(
                    "I am sorry, every place is taken. Places come free now and then: just tap Going again "
                    "later. Your earlier answer, if any, stands."
                )
            ),
        )
    return (context.answer(_thanks(context, event, answer), about=f"event:{event.id}"),)


def _thanks(context: CustomerContext, event: Event, answer: Rsvp) -> str:
    say = context.say
    if answer is Rsvp.GOING:
        return say(
            "Wonderful, you are on the list!\n{details}\nIf your plans change, just tap another answer.",
            details=event_details(event, say),
        )
    if answer is Rsvp.MAYBE:
        return say(
            "Good, a maybe for “{title}”. We hold no place for a maybe; tap Going when you are sure.",
            title=event.title,
        )
    return say("Thank you for telling us. A pity, maybe next time!")


def _entry(context: CustomerContext, event: Event, answer: Rsvp | None) -> Draft:
    say = context.say
    answers = {
        Rsvp.GOING: say("You are going."),
        Rsvp.MAYBE: say("You said maybe."),
        Rsvp.NO: say("You said no."),
    }
    standing = answers[answer] if answer else say("Will you come?")
    text = f"{event.title}\n{event_time(event, say)}\n{event.place}\n{standing}"
    return context.answer(text, buttons=rsvp_buttons(event.id, say), about=f"event:{event.id}")
