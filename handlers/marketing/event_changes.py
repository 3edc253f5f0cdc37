"""Changing or cancelling an event: asked, shown with whom it concerns, done by one tap, once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from customers.phrases import Phrases
from handlers.buttons import button
from handlers.context import StaffContext
from handlers.marketing import event_card
from handlers.marketing.event_card import CANCEL, FRIENDS, GUESTS, VERB, card, event_of_tap
from handlers.marketing.event_fields import Field, fields_of, from_json, span_text, spans_text
from handlers.marketing.guest_list import about_guests, guest_list, missing_lines
from handlers.staff import desk
from handlers.staff.questions import ask, ask_again
from handlers.staff.roles import may_market
from scheduler.events.changes import SEEN, Look, cancel_event, change_event, check_change
from scheduler.events.friend_links import NoAddressError, let_bring_friends
from scheduler.events.guests import CONCERNED, count_people
from scheduler.events.plans import find_event
from scheduler.events.refusals import (
    CancelledError,
    ClosedError,
    EndsTooEarlyError,
    TooFewError,
    check_still_to_come,
)
from scheduler.events.telling import describe, gathered_until, who_cannot_be_told
from store.errors import InputError
from store.outbox import ButtonRows, Draft
from store.tables.outreach import Event

STEP = "event"
APPLY, LEAVE, CANCEL_SURELY = "apply", "leave", "surely"


def tap(context: StaffContext) -> Sequence[Draft]:
    """Do what a button of a card says: one of a few deeds, or ask for what it names."""
    found = event_of_tap(context)
    if found is None:
        return desk.stale_button(context)
    event, what = found
    do = _DEEDS.get(what)
    return _ask(context, event, what) if do is None else do(context, event)


def next_step(context: StaffContext) -> Sequence[Draft]:
    """Take the new value of what is to be changed, and show what that means."""
    data = {} if context.dialogue is None else context.dialogue.data
    event = find_event(context.session, data.get("event", 0))
    if event is None or not may_market(context.staff) or "field" not in data:
        return desk.plain_words(context)
    field = fields_of(event, context.say, now=context.now)[data["field"]]
    try:
        changes = field.read(context.incoming.text)
        check_change(context.session, event, from_json(changes), now=context.now)
    except (ClosedError, CancelledError, TooFewError, EndsTooEarlyError) as error:
        return (ask_again(context, refusal_text(error, event, context.say)),)
    except InputError as error:
        return (ask_again(context, str(error)),)
    return _preview(context, event, changes)


def refusal_text(error: InputError, event: Event, say: Phrases) -> str:
    """Say why an event cannot be changed so."""
    match error:
        case CancelledError():
            return say("“{title}” is cancelled.", title=event.title)
        case ClosedError():
            return say("“{title}” has begun, so nothing of it can be changed.", title=event.title)
        case TooFewError():
            return say.count(
                "{number} person has a place already, so there cannot be fewer places.",
                "{number} people have a place already, so there cannot be fewer places.",
                error.held,
            )
        case EndsTooEarlyError():
            return say("It would end before it starts.")
        case _:
            return str(error)


def _ask(context: StaffContext, event: Event, name: str) -> Sequence[Draft]:
    field: Field | None = fields_of(event, context.say, now=context.now).get(name)
    if field is None:
        return desk.stale_button(context)
    try:
        check_still_to_come(event, now=context.now)
    except InputError as error:
        return (context.answer(refusal_text(error, event, context.say)),)
    question = f"{field.question}\n{context.say('/cancel ends this.')}"
    return (ask(context, question, step=STEP, data={"event": event.id, "field": name}),)


def _preview(context: StaffContext, event: Event, changes: Mapping[str, Any]) -> Sequence[Draft]:
    """Show what would change, and whom it concerns, and wait for one tap."""
    say, lines = context.say, changed_lines(event, changes, context.say)
    if not lines:
        context.expect_nothing()
        return (context.answer(say("That is how it is already; nothing was changed.")),)
    context.expect(STEP, {"event": event.id, "changes": dict(changes)})
    text = "\n".join([say("“{title}”:", title=event.title), *lines, "", *_concerned(context, event, changes)])
    buttons: ButtonRows = (
        (button(say("Change it"), VERB, event.id, APPLY), button(say("Leave it"), VERB, event.id, LEAVE)),
    )
    return (context.answer(text, buttons=buttons, about=about_guests(event.id)),)


def changed_lines(event: Event, changes: Mapping[str, Any], say: Phrases) -> Sequence[str]:
    """Say what changes would change, a line each, what is now first."""
    values = from_json(changes)
    old = Look.of(event)
    new = replace(old, **{name: value for name, value in values.items() if name in SEEN})
    lines = list(describe(old, new, say))
    if values.get("capacity", event.capacity) != event.capacity:
        lines.append(say("• Places: {old} → {new}", old=event.capacity, new=values["capacity"]))
    if values.get("companions", event.companions) != event.companions:
        lines.append(say("• Companions: {old} → {new}", old=event.companions, new=values["companions"]))
    if values.get("reminders", event.reminders) != event.reminders:
        before, after = (spans_text(minutes, say) for minutes in (event.reminders, values["reminders"]))
        lines.append(say("• Reminders before the start: {old} → {new}", old=before, new=after))
    if values.get("offer_minutes", event.offer_minutes) != event.offer_minutes:
        before, after = (
            span_text(minutes, say) for minutes in (event.offer_minutes, values["offer_minutes"])
        )
        lines.append(say("• A place that comes free is kept for: {old} → {new}", old=before, new=after))
    return lines


def _concerned(context: StaffContext, event: Event, changes: Mapping[str, Any]) -> Sequence[str]:
    """Say how many hear of a change, and who cannot be told; nobody hears of what guests do not see."""
    if not set(changes) & set(SEEN):
        return [context.say("Nobody is told of this.")]
    return whom_it_concerns(context, event)


def whom_it_concerns(context: StaffContext, event: Event) -> Sequence[str]:
    """Say how many are told of what becomes of an event, and name those who cannot be."""
    say, session = context.say, context.session
    counts = count_people(session, event.id)
    people = sum(counts.get(answer, 0) for answer in CONCERNED)
    if not people:
        return [say("It concerns nobody: nobody has said that they come, or may.")]
    lines = [
        say.count(
            "It concerns {number} person, who is told of it ({answers}).",
            "It concerns {number} people, who are told of it ({answers}).",
            people,
            answers=event_card.people_line(counts, event, say),
        )
    ]
    missing = who_cannot_be_told(session, event, company=context.company, now=context.now)
    if missing:
        lines += [say("⚠️ I cannot tell these; please do:"), *missing_lines(context, missing)]
    return lines


def _apply(context: StaffContext, event: Event) -> Sequence[Draft]:
    """Change what was shown last; a second tap finds nothing to do."""
    dialogue, say = context.dialogue, context.say
    data = {} if dialogue is None or dialogue.step != STEP else dialogue.data
    if data.get("event") != event.id or "changes" not in data:
        return (context.answer(_not_open(context, event)),)
    context.expect_nothing()
    before = event.revision
    try:
        changed = change_event(
            context.session, event.id, from_json(data["changes"]), company=context.company, now=context.now
        )
    except InputError as error:
        return (context.answer(refusal_text(error, event, say)),)
    told = _when_told(context, changed) if changed.revision > before else ""
    return (card(context, changed, " ".join(filter(None, [say("It is changed."), told])), ""),)


def _when_told(context: StaffContext, event: Event) -> str:
    """Say when whom it concerns is told of a change; nothing where it concerns nobody."""
    say, counts = context.say, count_people(context.session, event.id)
    if not any(counts.get(answer) for answer in CONCERNED):
        return ""
    until = gathered_until(event, company=context.company, now=context.now)
    if until is None:
        return say("Guests are told of it now.")
    return say.count(
        "Guests are told of it in {number} minute, in one message with all that you change until then.",
        "Guests are told of it in {number} minutes, in one message with all that you change until then.",
        round((until - context.now).total_seconds() / 60),
    )


def _not_open(context: StaffContext, event: Event) -> str:
    """Say what became of a tap on a change that was made or left before, or given up for another talk."""
    try:
        check_still_to_come(event, now=context.now)
    except InputError as error:
        return refusal_text(error, event, context.say)
    return context.say(
        "This tap changed nothing: the change is not open any more. /event {number} shows how “{title}” is "
        "now, and what may be changed.",
        number=event.id,
        title=event.title,
    )


def _ask_whether_to_cancel(context: StaffContext, event: Event) -> Sequence[Draft]:
    say = context.say
    try:
        check_still_to_come(event, now=context.now)
    except InputError as error:
        return (context.answer(refusal_text(error, event, say)),)
    question = say(
        "Cancel the event “{title}”? It does not take place then, nobody more is invited, and this cannot be "
        "taken back.",
        title=event.title,
    )
    text = "\n".join([question, *whom_it_concerns(context, event)])
    buttons: ButtonRows = (
        (
            button(say("Yes, cancel the event"), VERB, event.id, CANCEL_SURELY),
            button(say("Leave it"), VERB, event.id, LEAVE),
        ),
    )
    return (context.answer(text, buttons=buttons, about=about_guests(event.id)),)


def _cancel(context: StaffContext, event: Event) -> Sequence[Draft]:
    say = context.say
    try:
        cancelled = cancel_event(context.session, event.id, now=context.now)
    except InputError as error:
        return (context.answer(refusal_text(error, event, say)),)
    return (
        context.answer(
            say("The event “{title}” is cancelled; whom it concerns is told.", title=cancelled.title)
        ),
    )


def _show_card(context: StaffContext, event: Event) -> Sequence[Draft]:
    return (card(context, event),)


def _name_guests(context: StaffContext, event: Event) -> Sequence[Draft]:
    return guest_list(context, event)


def _leave(context: StaffContext, event: Event) -> Sequence[Draft]:
    del event  # whatever was being asked about it
    if context.dialogue is not None and context.dialogue.step == STEP:
        context.expect_nothing()
    return (context.answer(context.say("Nothing was changed.")),)


def _switch_friends(context: StaffContext, event: Event) -> Sequence[Draft]:
    """Let guests bring friends by links of their own, or no more."""
    say = context.say
    try:
        check_still_to_come(event, now=context.now)
    except InputError as error:
        return (context.answer(refusal_text(error, event, say)),)
    if not event.referrals:
        try:
            sent = let_bring_friends(context.session, event, company=context.company, now=context.now)
        except NoAddressError:
            text = say(
                "Links for friends need an address of ours that phones reach. Whoever runs the program sets "
                "it: {setting}, such as https://bot.example.com. Nothing was changed.",
                setting="RAPPORT_PUBLIC_URL",
            )
            return (context.answer(text),)
        done = say("From now on whoever says Going gets a link for friends; those may come, too.")
        if sent:
            done = f"{done} {say('Who comes already gets theirs now: {number}.', number=sent)}"
    else:
        event.referrals = False
        done = say(
            "Guests get no more links, and those they have lead nowhere. Who came by one may still come."
        )
    return (card(context, event, done),)


_DEEDS: Mapping[str, Callable[[StaffContext, Event], Sequence[Draft]]] = {
    "": _show_card,
    GUESTS: _name_guests,
    CANCEL: _ask_whether_to_cancel,
    CANCEL_SURELY: _cancel,
    APPLY: _apply,
    LEAVE: _leave,
    FRIENDS: _switch_friends,
}
