"""What is coming up, and a customer's answer to an invitation: one tap, changed by another."""

from collections.abc import Sequence

from customers.local_time import date_and_time_in
from customers.phrases import Phrases
from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.customer.going import welcome_guest
from handlers.customer.welcome import stale_button
from scheduler.events.answers import Answered, answer_event
from scheduler.events.calendar_entry import end_entry, give_entry
from scheduler.events.guests import most_companions, place_in_line
from scheduler.events.messages import about_event
from scheduler.events.plans import upcoming_events
from scheduler.events.refusals import CancelledError, ClosedError, FullError, PartyTooBigError
from scheduler.events.wording import (
    WITH,
    event_details,
    guest_buttons,
    own_zone,
    people_text,
    place_text,
)
from store.errors import InputError, NotFoundError
from store.outbox import Draft
from store.tables.outreach import Event, EventGuest, Rsvp

LISTED = 5
"""Events that are shown at once, the soonest first; each is a message of its own, with its own buttons."""


def upcoming(context: CustomerContext) -> Sequence[Draft]:
    """List the coming events with the customer's answer to each."""
    found = upcoming_events(
        context.session, context.customer.id, company=context.company, now=context.now, limit=LISTED
    )
    if not found:
        say = context.say
        return (
            context.answer(say("Nothing is planned at the moment. As soon as there is, we will tell you.")),
        )
    return tuple(_entry(context, event, guest) for event, guest in found)


def answer_invitation(context: CustomerContext) -> Sequence[Draft]:
    """Take Going, Maybe or No, or how many come along; only from those who were meant or invited."""
    _, arguments = parse(context.incoming.button or "")
    companions: int | None = None
    match arguments:
        case (written, "going" | "maybe" | "no" as word) if event_id := number(written):
            answer = Rsvp(word)
        case (written, word, many) if word == WITH and (event_id := number(written)):
            answer, companions = Rsvp.GOING, number(many)
            if companions is None:
                return stale_button(context)
        case _:
            return stale_button(context)
    return _take(context, event_id, answer, companions)


def _take(context: CustomerContext, event_id: int, answer: Rsvp, companions: int | None) -> Sequence[Draft]:
    now = context.now
    try:
        answered = answer_event(
            context.session,
            event_id,
            context.customer.id,
            answer,
            company=context.company,
            now=now,
            companions=companions,
        )
    except (CancelledError, ClosedError, FullError, PartyTooBigError) as refused:
        return (context.answer(_refusal(refused, context), about=about_event(event_id)),)
    except (NotFoundError, InputError):
        return stale_button(context)
    return _thanks(context, answered), *welcome_guest(context, answered.event)


def _refusal(refused: InputError, context: CustomerContext) -> str:
    """Say why an answer cannot be taken."""
    say = context.say
    match refused:
        case CancelledError():
            return say("I am sorry, this event was cancelled.")
        case ClosedError(is_over=True):
            return say("This event is over. I hope to see you at the next one!")
        case ClosedError():
            return say("This event has already begun, so the list is closed. Next time!")
        case PartyTooBigError():
            return say.count(
                "I am sorry, there is only {number} place in all. Your earlier answer stands.",
                "I am sorry, there are only {number} places in all. Your earlier answer stands.",
                refused.places,
            )
        case FullError() if refused.more:
            return say.count(
                "I am sorry, there is room for {number} more person only. Your earlier answer stands.",
                "I am sorry, there is room for {number} more people only. Your earlier answer stands.",
                refused.more,
            )
        case _:
            return say("I am sorry, no place is left for anybody else. Yours is kept.")


def _thanks(context: CustomerContext, answered: Answered) -> Draft:
    """Say what became of an answer; who begins to come gets an entry for their calendar.

    Who no longer does gets what takes it off again.
    """
    say, event, guest = context.say, answered.event, answered.guest
    text = _outcome(context, answered)
    document = None
    if guest.answer is Rsvp.GOING and answered.before is None:
        document = give_entry(event, guest, company=context.company)
    elif guest.answer is Rsvp.NO:
        document = end_entry(event, guest, company=context.company, now=context.now)
    has_more = most_companions(event) > 0 or guest.answer is Rsvp.WAITING
    return context.answer(
        text,
        buttons=guest_buttons(event, guest.answer, say) if has_more else (),
        about=about_event(event.id),
        document=document,
    )


def _outcome(context: CustomerContext, answered: Answered) -> str:
    say, event, guest = context.say, answered.event, answered.guest
    if guest.answer is Rsvp.GOING and answered.before is not None:
        if answered.before != guest.companions:
            return people_text(guest, say)
        return say("You are on the list already; nothing has changed.")
    if guest.answer is Rsvp.GOING:
        with_whom = f"{people_text(guest, say)}\n" if event.companions else ""
        return say(
            "Wonderful, you are on the list!\n{details}\nIf your plans change, just tap another answer.",
            details=f"{with_whom}{event_details(event, say, zone=own_zone(context.customer))}",
        )
    if guest.answer is Rsvp.WAITING:
        return _waiting(context, answered)
    if guest.answer is Rsvp.MAYBE:
        maybe = say(
            "Good, a maybe for “{title}”. We hold no place for a maybe; tap Going when you are sure.",
            title=event.title,
        )
        return "\n".join([maybe, *_what_holds_now(context, event)])
    return say("Thank you for telling us. A pity, maybe next time!")


def _waiting(context: CustomerContext, answered: Answered) -> str:
    """Tell who waits as which they are next, and what they may do meanwhile."""
    say, event = context.say, answered.event
    lines = [
        say("“{title}” is full, so I put you on the waiting list.", title=event.title),
        _waits_for(event, answered.guest, answered.place or 1, say),
        say(
            "When it is your turn I write to you, and you have some time to accept. "
            "No takes you off the list."
        ),
    ]
    if 0 < answered.left <= answered.guest.companions and answered.place == 1:
        lines.append(
            say.count(
                "{number} place is free now: with fewer people you can come at once.",
                "{number} places are free now: with fewer people you can come at once.",
                answered.left,
            )
        )
    return "\n".join([*lines, *_what_holds_now(context, event)])


def _what_holds_now(context: CustomerContext, event: Event) -> list[str]:
    """Say when and where a changed event is: the invitation that is answered may say what held before."""
    return [event_details(event, context.say, zone=own_zone(context.customer))] if event.revision else []


def _waits_for(event: Event, guest: EventGuest, place: int, say: Phrases) -> str:
    """Say as which somebody is next, and for how many places, where they could be more than one."""
    as_which = place_text(place, say)
    if not (event.companions or guest.companions):
        return as_which
    party = say.count("You wait for {number} place.", "You wait for {number} places.", 1 + guest.companions)
    return f"{party} {as_which}"


def _entry(context: CustomerContext, event: Event, guest: EventGuest | None) -> Draft:
    say = context.say
    details = event_details(event, say, zone=own_zone(context.customer))
    text = f"{details}\n{_standing(context, event, guest)}"
    answer = None if guest is None else guest.answer
    return context.answer(text, buttons=guest_buttons(event, answer, say), about=about_event(event.id))


def _standing(context: CustomerContext, event: Event, guest: EventGuest | None) -> str:
    """Say how a customer stands with an event."""
    say = context.say
    if guest is None:
        return say("Will you come?")
    match guest.answer:
        case Rsvp.GOING:
            going = say("You are going.")
            return f"{going} {people_text(guest, say)}" if event.companions else going
        case Rsvp.MAYBE:
            return say("You said maybe.")
        case Rsvp.WAITING:
            place = place_in_line(context.session, guest)
            return f"{say('You are on the waiting list.')} {_waits_for(event, guest, place, say)}"
        case Rsvp.OFFERED if guest.offered_until is not None:
            zone = own_zone(context.customer) or event.timezone
            until = date_and_time_in(guest.offered_until, zone, say)
            return say("A place is free for you until {until}: tap Going to take it.", until=until)
        case _:
            return say("You said no.")
