"""``/events`` and ``/event N`` for marketers: what is coming, who comes, and what may be changed of it."""

from collections.abc import Sequence

from customers.local_time import date_and_time_in
from customers.phrases import Phrases, listed
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.marketing.answers import name_audience
from handlers.marketing.event_fields import fields_of, reminders_text, span_text
from handlers.staff import desk
from handlers.staff.roles import may_market
from scheduler.events.guests import count_people
from scheduler.events.outcome import outcome_of
from scheduler.events.plans import coming_events, find_event
from scheduler.events.wording import event_details
from store.outbox import Button, ButtonRows, Draft
from store.tables.outreach import Event, Rsvp

VERB = "event"
"""What the buttons of a card carry first; the event's number and what to do follow."""

GUESTS, CANCEL, FRIENDS = "guests", "cancel", "friends"
LISTED = 10
IN_A_ROW = 3


def list_(context: StaffContext) -> Sequence[Draft]:
    """List the coming events with how many come."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    say, events = context.say, coming_events(context.session, now=context.now, limit=LISTED)
    if not events:
        return (context.answer(say("No event is planned. /newevent plans one.")),)
    lines = [_line(context, event) for event in events]
    taps = tuple(button(f"#{event.id}", VERB, event.id) for event in events)
    rows = tuple(taps[start : start + IN_A_ROW] for start in range(0, len(taps), IN_A_ROW))
    return (context.answer("\n".join([*lines, say("Tap a number for more.")]), buttons=rows),)


def show(context: StaffContext) -> Sequence[Draft]:
    """Show the card of the event whose number stands behind the command."""
    if not may_market(context.staff):
        return desk.unknown_command(context)
    event_id = number(context.incoming.argument.strip().removeprefix("#"))
    if event_id is None:
        return list_(context)
    event = find_event(context.session, event_id)
    if event is None:
        return (context.answer(context.say("There is no event {number}.", number=event_id)),)
    return (card(context, event),)


def card(context: StaffContext, event: Event, *above: str) -> Draft:
    """Show an event to marketers, with buttons for what may be done; ``above`` stands before it."""
    text = "\n".join([*above, *_facts(context, event)])
    return context.answer(text, buttons=_buttons(context, event))


def event_of_tap(context: StaffContext) -> tuple[Event, str] | None:
    """Read which event a tapped button names and what to do with it; None where the tap is not for them."""
    _, arguments = parse(context.incoming.button or "")
    event_id = number(arguments[0]) if arguments else None
    if event_id is None or len(arguments) > 2 or not may_market(context.staff):  # noqa: PLR2004 - number, deed
        return None
    event = find_event(context.session, event_id)
    return None if event is None else (event, arguments[1] if len(arguments) > 1 else "")


def people_line(counts: dict[Rsvp, int], event: Event, say: Phrases) -> str:
    """Say how many people come, may come and wait; who is offered a place waits for them to say yes."""
    parts = [
        say("{going} of {capacity} places taken", going=counts.get(Rsvp.GOING, 0), capacity=event.capacity)
    ]
    if offered := counts.get(Rsvp.OFFERED):
        parts.append(say("offered a place: {number}", number=offered))
    if waiting := counts.get(Rsvp.WAITING):
        parts.append(say("on the waiting list: {number}", number=waiting))
    if maybe := counts.get(Rsvp.MAYBE):
        parts.append(say("maybe: {number}", number=maybe))
    return listed(parts, say)


def _line(context: StaffContext, event: Event) -> str:
    say, counts = context.say, count_people(context.session, event.id)
    when = date_and_time_in(event.starts_at, event.timezone, say)
    return f"#{event.id} {event.title} – {when}\n   {people_line(counts, event, say)}"


def _facts(context: StaffContext, event: Event) -> list[str]:
    say = context.say
    lines = [f"#{event.id}", event_details(event, say)]
    if event.cancelled_at is not None:
        lines.append(say("❌ It is cancelled."))
    lines.append(people_line(count_people(context.session, event.id), event, say))
    lines.append(
        say(
            "For: {audience}. Companions: {companions}.",
            audience=name_audience(event.audience, say),
            companions=event.companions,
        )
    )
    offered = span_text(event.offer_minutes, say)
    return [
        *lines,
        reminders_text(event.reminders, say),
        say("A place that comes free is kept for {span}.", span=offered),
        *_outcome(context, event),
    ]


def _outcome(context: StaffContext, event: Event) -> list[str]:
    """Say what came of it so far; nothing of what nobody did."""
    say, outcome = context.say, outcome_of(context.session, event.id)
    lines = []
    if event.referrals or outcome.brought:
        lines.append(
            say.count(
                "Guests have links for friends: {number} comes by one.",
                "Guests have links for friends: {number} come by one.",
                outcome.brought,
            )
        )
    if outcome.people.arrived:
        people = outcome.people
        lines.append(
            say(
                "At the door: {arrived} of {expected} people.",
                arrived=people.arrived,
                expected=people.expected,
            )
        )
    if outcome.stars is not None:
        mean = f"{outcome.stars:.1f}"
        lines.append(
            say.count(
                "Liked: {mean} of 5 stars ({number} rating).",
                "Liked: {mean} of 5 stars ({number} ratings).",
                outcome.rated,
                mean=mean,
            )
        )
    return lines


def _buttons(context: StaffContext, event: Event) -> ButtonRows:
    say = context.say
    people: tuple[Button, ...] = (button(say("Guests"), VERB, event.id, GUESTS),)
    if event.cancelled_at is not None or event.starts_at <= context.now:
        return (people,)
    fields = fields_of(event, say, now=context.now)
    changes = [button(field.label, VERB, event.id, name) for name, field in fields.items()]
    rows = [tuple(changes[start : start + IN_A_ROW]) for start in range(0, len(changes), IN_A_ROW)]
    label = say("No more links for friends") if event.referrals else say("Links for friends")
    friends = (button(label, VERB, event.id, FRIENDS),)
    return (people, *rows, friends, (button(say("Cancel the event …"), VERB, event.id, CANCEL),))
