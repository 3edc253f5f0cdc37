"""Handing over: one's open cases to a colleague, or, on leaving, all that one has."""

from collections.abc import Sequence
from dataclasses import replace

from customers.phrases import Phrases, listed
from feedback.complaint_rules import parse_reference
from feedback.complaints import reference
from feedback.handover import (
    Belongings,
    NotJoinedError,
    belongings_of,
    check_receivers,
    hand_over,
    leave,
    successors_of,
)
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.staff.desk import stale_button
from handlers.staff.duty import Refused, named
from handlers.staff.handover_words import handover_told
from store.errors import InputError
from store.outbox import Draft
from store.tables.staff import Staff

VERB = "leave"
TO = ("to ", "交给", "给")


def hand_over_cases(context: StaffContext) -> Sequence[Draft]:
    """Give one's open cases and promises, or one of the cases, to a colleague; one stays a contact."""
    say = context.say
    words, only = _case_in(_without_to(context.incoming.argument))
    if not words:
        return (context.answer(say("To whom? For example: /handover Tom, or /handover Tom C-1042")),)
    try:
        to = _taker(context, words, leaves=False)
    except Refused as error:
        return (context.answer(str(error)),)
    received = hand_over(
        context.session,
        context.staff,
        [to],
        company=context.company,
        now=context.now,
        contacts=False,
        only=only,
    )
    if not any(one.cases or one.promises for one in received):
        if only is not None:
            text = say("{reference} is not an open case of yours.", reference=reference(only))
            return (context.answer(text),)
        return (context.answer(say("You have no open case and no open promise to hand over.")),)
    told = handover_told(context.session, context.staff, received, company=context.company, now=context.now)
    return (context.answer(say("Handed over to {name}.", name=to.name)), *told)


def ask_to_leave(context: StaffContext) -> Sequence[Draft]:
    """Say what would be handed over to whom, and ask for a tap."""
    say = context.say
    words = _without_to(context.incoming.argument)
    try:
        to = _taker(context, words, leaves=True) if words else None
        receivers = _successors(context) if to is None else [to]
    except Refused as error:
        return (context.answer(str(error)),)
    except InputError:
        return (context.answer(say("Nobody else works here, so nobody can take over from you.")),)
    lines = [
        _what(belongings_of(context.session, context.staff), say),
        say("It goes to: {names}", names=listed((one.name for one in receivers), say)),
        say("Your access ends at once. Do you want to leave, {name}?", name=context.staff.name),
    ]
    yes = button(say("Yes, I leave"), VERB, context.staff.id, 0 if to is None else to.id)
    return (context.answer("\n".join(lines), buttons=((yes,),)),)


def confirm_leaving(context: StaffContext) -> Sequence[Draft]:
    """Hand over all that is theirs and end their access; only their own tap does."""
    say = context.say
    _, arguments = parse(context.incoming.button or "")
    numbers = [number(argument) for argument in arguments]
    if len(numbers) != 2 or None in numbers:  # noqa: PLR2004 - who leaves, and to whom
        return stale_button(context)
    who, to = numbers
    if who != context.staff.id:
        return (context.answer(say("Only who asked to leave can say so.")),)
    receivers = _receivers(context, to or 0)
    if not receivers:
        return (context.answer(say("Who should take over works here no more. Send /leave again.")),)
    leaver = context.staff
    try:
        _check_that_they_hear(context, receivers, leaves=True)
    except Refused as error:
        return (context.answer(str(error)),)
    replace(context, begun=()).expect_nothing()  # what they were writing goes with them
    received = leave(context.session, leaver, receivers, company=context.company, now=context.now)
    told = handover_told(context.session, leaver, received, company=context.company, now=context.now)
    text = say("{name} has left. All that was theirs has been handed over. Thank you!", name=leaver.name)
    return (context.answer(text), *told)


def _receivers(context: StaffContext, to: int) -> Sequence[Staff]:
    if not to:
        try:
            return _successors(context)
        except InputError:
            return ()
    found = context.session.get(Staff, to)
    return [found] if found is not None and found.active and found.id != context.staff.id else ()


def _successors(context: StaffContext) -> Sequence[Staff]:
    return successors_of(context.session, context.staff, channels=context.company.channels)


def _taker(context: StaffContext, words: str, *, leaves: bool) -> Staff:
    """Find the colleague who is named to take over.

    Raises:
        Refused: nobody is, or it is whoever wrote, or they would not hear of it.
    """
    to = named(context, words)
    if to.id == context.staff.id:
        raise Refused(context.say("They are yours already. Name a colleague."))
    _check_that_they_hear(context, [to], leaves=leaves)
    return to


def _check_that_they_hear(context: StaffContext, receivers: Sequence[Staff], *, leaves: bool) -> None:
    try:
        check_receivers(
            context.session,
            context.staff,
            receivers,
            company=context.company,
            now=context.now,
            leaves=leaves,
        )
    except NotJoinedError as error:
        text = context.say(
            "{name} has not joined yet and would not hear of it. Let them join first, or name somebody else.",
            name=error.name,
        )
        raise Refused(text) from error


def _without_to(words: str) -> str:
    words = words.strip()
    mark = next((mark for mark in TO if words.casefold().startswith(mark)), "")
    return words[len(mark) :].strip()


def _case_in(words: str) -> tuple[str, int | None]:
    """Split a name from the reference of a case, wherever that stands."""
    only = parse_reference(words)
    if only is None:
        return words.strip(), None
    return " ".join(part for part in words.split() if parse_reference(part) is None), only


def _what(what: Belongings, say: Phrases) -> str:
    return say(
        "You have: customers {customers}, open cases {cases}, open promises {promises}.",
        customers=what.customers,
        cases=what.cases,
        promises=what.promises,
    )
