"""At the door of an event, for staff: who has come, by the code of their ticket or by name."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from customers.local_time import date_and_time_in, moment_in
from customers.phrases import Phrases
from customers.profile import name_for_staff
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.matters import about_customer
from handlers.staff.desk import stale_button
from handlers.staff.questions import ask
from scheduler.events.door import (
    Arrival,
    DoorClosedError,
    NotGoingError,
    check_in,
    events_at_the_door,
    find_ticket,
    guests_called,
    is_code,
    turnout,
)
from scheduler.events.plans import find_event
from store.errors import NotFoundError
from store.new_rows import take_back
from store.outbox import Draft
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Rsvp

STEP = "checkin"
"""The talk in which we asked who is there."""

PATIENCE = timedelta(hours=1)
"""For how long what is written next answers that."""

VERB = "checkin"
"""Checks a guest in; the event's and the customer's numbers follow."""

LET_IN = "letin"
"""Lets somebody in who is not on the list; the same numbers follow."""

SHOWN = 5
"""Guests of one name who are shown, each in a message of their own, which an erasure can find."""


def by_code_or_name(context: StaffContext) -> Sequence[Draft]:
    """Check in whose code it is; of those who are called so, show who may be meant."""
    incoming = context.incoming
    words = (incoming.text if incoming.command is None else incoming.argument).strip()
    if context.message is not None and not is_code(words):
        take_back(context.session, context.message)  # a name that no erasure would find
    if not words:
        return (_ask_who(context),)
    if is_code(words):
        try:
            event, _, customer = find_ticket(context.session, words)
        except NotFoundError:
            pass  # it may be a name that looks like one
        else:
            return _check_in(context, event.id, customer.id, let_in=False)
    return _by_name(context, words)


def _ask_who(context: StaffContext) -> Draft:
    """Ask who is there, where guests are let in now."""
    if not events_at_the_door(context.session, context.now):
        return context.answer(context.say("No event is on today, so nobody can be checked in."))
    question = context.say("Who is there? Send the code of the ticket, or a part of the name.")
    return ask(context, question, step=STEP)


def tap(context: StaffContext) -> Sequence[Draft]:
    """Check in whom a button names, or let them in without an answer of theirs."""
    verb, arguments = parse(context.incoming.button or "")
    match [number(argument) for argument in arguments]:
        case [int(event_id), int(customer_id)]:
            return _check_in(context, event_id, customer_id, let_in=verb == LET_IN)
        case _:
            return stale_button(context)


def _ask_again(context: StaffContext, text: str) -> Draft:
    """Say why nobody is checked in, and leave the question open, where nothing else is asked."""
    if context.dialogue is not None and context.dialogue.step != STEP:
        return context.answer(text)
    return ask(context, text, step=STEP)


def _asked_still(context: StaffContext, text: str) -> Draft:
    """Say why nobody is checked in; where it was asked who is there, that is still asked."""
    is_asked = context.dialogue is not None and context.dialogue.step == STEP
    return ask(context, text, step=STEP) if is_asked else context.answer(text)


def _answered(context: StaffContext) -> None:
    """End the talk that asked who is there, where it is open."""
    if context.dialogue is not None and context.dialogue.step == STEP:
        context.expect_nothing()


def show(context: StaffContext) -> Sequence[Draft]:
    """Tell how many are there, of the events whose door is open or of the one that is named."""
    say, words = context.say, context.incoming.argument.strip()
    event_id = number(words) if words else None
    if event_id is not None:
        event = find_event(context.session, event_id)
        if event is None:
            return (context.answer(say("There is no event {number}.", number=event_id)),)
        return (context.answer(_turnout(context, event)),)
    events = events_at_the_door(context.session, context.now)
    if not events:
        return (context.answer(say("No event is on today. /door and a number shows one that was.")),)
    return (context.answer("\n".join(_turnout(context, event) for event in events)),)


def _by_name(context: StaffContext, words: str) -> Sequence[Draft]:
    say = context.say
    events = events_at_the_door(context.session, context.now)
    if not events:
        _answered(context)
        return (context.answer(say("No event is on today, so nobody can be checked in.")),)
    named = partial(guests_called, name=words, number=_number_in(words, say), limit=SHOWN + 1)
    found = [
        (event, guest, customer) for event in events for guest, customer in named(context.session, event.id)
    ]
    if not found:
        text = say(
            "There is no such code, and nobody on the list is called so. A part of the name is enough."
        )
        return (_ask_again(context, text),)
    if len(found) == 1 and found[0][1].answer is Rsvp.GOING:
        event, _, customer = found[0]
        return _check_in(context, event.id, customer.id, let_in=False)
    shown = tuple(_candidate(context, *one) for one in found[:SHOWN])
    if len(found) <= SHOWN:
        return shown
    return *shown, _ask_again(context, say("There are more. Please write more of the name."))


def _number_in(words: str, say: Phrases) -> int | None:
    """Read a customer's number as it is shown to staff: 5, #5, Customer no. 5; None where it is a name."""
    digits = re.search(r"[0-9]+", words)
    customer_id = number(digits[0]) if digits else None
    if customer_id is None:
        return None
    nameless = say("Customer no. {number}", number=customer_id)
    shown = (f"{customer_id}", f"#{customer_id}", nameless, f"{nameless} (#{customer_id})")
    return customer_id if words.casefold() in map(str.casefold, shown) else None


def _candidate(context: StaffContext, event: Event, guest: EventGuest, customer: Customer) -> Draft:
    say = context.say
    name = name_for_staff(customer, say)
    text = f"{name} · {event.title} · {_answer(guest.answer, say)}"
    if guest.companions:
        text = f"{text} · +{guest.companions}"
    tap_it = button(say("Check in"), VERB, event.id, customer.id)
    return context.answer(text, buttons=((tap_it,),), about=about_customer(customer.id))


def _check_in(context: StaffContext, event_id: int, customer_id: int, *, let_in: bool) -> Sequence[Draft]:
    try:
        arrival = check_in(
            context.session,
            event_id,
            customer_id,
            staff_id=context.staff.id,
            now=context.now,
            let_in=let_in,
        )
    except NotFoundError:
        return stale_button(context)
    except DoorClosedError:
        return (_asked_still(context, _closed(context, event_id)),)
    except NotGoingError as error:
        _answered(context)
        return (_not_on_the_list(context, event_id, customer_id, error),)
    _answered(context)
    return (context.answer(_arrived(context, arrival), about=about_customer(customer_id)),)


def _arrived(context: StaffContext, arrival: Arrival) -> str:
    say, event = context.say, arrival.event
    name = name_for_staff(arrival.customer, say)
    if arrival.before is not None:
        at = moment_in(arrival.before, event.timezone, say)
        return say("{name} was checked in already, {at}.", name=name, at=at)
    line = say("✓ {name} is here.", name=name)
    if arrival.people > 1:
        line = say("✓ {name} is here: they are {number} in all.", name=name, number=arrival.people)
    return f"{line}\n{_turnout(context, event)}"


def _turnout(context: StaffContext, event: Event) -> str:
    counted = turnout(context.session, event.id)
    return context.say(
        "“{title}”: {arrived} of {expected} are here.",
        title=event.title,
        arrived=counted.arrived,
        expected=counted.expected,
    )


def _closed(context: StaffContext, event_id: int) -> str:
    say, event = context.say, find_event(context.session, event_id)
    if event is None or event.cancelled_at is not None:
        return say("This event is cancelled, so nobody was checked in.")
    return say(
        "Nobody was checked in: “{title}” is on {when}.",
        title=event.title,
        when=date_and_time_in(event.starts_at, event.timezone, say),
    )


def _not_on_the_list(context: StaffContext, event_id: int, customer_id: int, error: NotGoingError) -> Draft:
    say, customer = context.say, context.session.get_one(Customer, customer_id)
    name = name_for_staff(customer, say)
    head = say("{name} is not on the list: {answer}.", name=name, answer=_answer(error.answer, say))
    about = about_customer(customer_id)
    if error.places_left < 1:
        return context.answer(f"{head} {say('No place is left.')}", about=about)
    left = say.count("{number} place is left.", "{number} places are left.", error.places_left)
    let_in = button(say("Let them in"), LET_IN, event_id, customer_id)
    return context.answer(f"{head} {left}", buttons=((let_in,),), about=about)


def _answer(answer: Rsvp | None, say: Phrases) -> str:
    if answer is None:
        return say("said nothing")
    return {
        Rsvp.GOING: say("comes"),
        Rsvp.MAYBE: say("said maybe"),
        Rsvp.NO: say("said no"),
        Rsvp.WAITING: say("is on the waiting list"),
        Rsvp.OFFERED: say("was offered a place"),
    }[answer]
