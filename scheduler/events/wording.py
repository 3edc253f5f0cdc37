"""What customers read of events: invitations, reminders, offers, changes; and the buttons under them."""

from collections.abc import Sequence
from datetime import datetime

from babel.core import get_global

from customers.company import Company
from customers.local_time import date_and_time_in, hours_in
from customers.phrases import Phrases
from customers.speaking import company_name
from customers.time_zones import zone_info
from scheduler.compose import greeted
from scheduler.events.guests import most_companions
from scheduler.manners import Placed, is_zone
from store.outbox import Button, ButtonRows
from store.tables.outreach import Event, EventGuest, Rsvp

VERB = "rsvp"
"""What the buttons of an invitation carry first; the event's number and the answer follow."""

WITH = "with"
"""What comes before a number of companions."""

HAS_COMPANY = frozenset({Rsvp.GOING, Rsvp.WAITING, Rsvp.OFFERED})
"""Answers with which it matters how many people come along."""


def invitation_text(
    event: Event, say: Phrases, *, name: str, company: Company, zone: str | None = None
) -> str:
    """Write the invitation to an event; ``zone`` is the reader's, where we know it for sure."""
    invites = say("{company} would like to invite you:", company=company_name(company, say))
    details = event_details(event, say, zone=zone)
    return greeted(say, name, f"{invites}\n{details}\n{say('Will you come?')}")


def rsvp_buttons(event_id: int, say: Phrases) -> ButtonRows:
    """Make the three buttons that answer an invitation."""
    labels = {Rsvp.GOING: say("Going"), Rsvp.MAYBE: say("Maybe"), Rsvp.NO: say("No")}
    return (tuple(Button(label, f"{VERB}:{event_id}:{answer}") for answer, label in labels.items()),)


def guest_buttons(event: Event, answer: Rsvp | None, say: Phrases) -> ButtonRows:
    """Make the buttons under what a guest is told: the three answers, and how many come along."""
    rows = rsvp_buttons(event.id, say)
    most = most_companions(event)
    if answer not in HAS_COMPANY or most < 1:
        return rows
    labels = [say("Just me"), *(f"+{number}" for number in range(1, most + 1))]
    company = (Button(label, f"{VERB}:{event.id}:{WITH}:{number}") for number, label in enumerate(labels))
    return (*rows, tuple(company))


def event_details(event: Event, say: Phrases, *, zone: str | None = None) -> str:
    """Say what, when and where an event is, a line each; the time is that of the place.

    Args:
        event: it.
        say: the reader's language.
        zone: the reader's own, where we know it for sure: where its clock differs, it is told as well.
    """
    lines = [event.title, event_time(event, say)]
    if zone is not None and _differs(event, zone):
        lines.append(say("On your own clock: {when}", when=date_and_time_in(event.starts_at, zone, say)))
    lines.append(event.place)
    if event.map_link:
        lines.append(event.map_link)
    return "\n".join(lines)


def event_time(event: Event, say: Phrases) -> str:
    """Say when an event starts, and when it ends where we know it, on the clock of the place."""
    return time_range(event.starts_at, event.ends_at, event.timezone, say)


def time_range(starts_at: datetime, ends_at: datetime | None, zone: str, say: Phrases) -> str:
    """Say from when until when something is, on the clock of a zone, with the zone's name."""
    if ends_at is None:
        return date_and_time_in(starts_at, zone, say)
    return hours_in(starts_at, ends_at, zone, say)


def own_zone(customer: Placed) -> str | None:
    """Tell a customer's time zone where it is sure: their app told it, or their country has but one."""
    if customer.timezone and is_zone(customer.timezone):
        return customer.timezone
    zones: list[str] = get_global("territory_zones").get((customer.country or "").upper(), [])
    return zones[0] if len(zones) == 1 and is_zone(zones[0]) else None


def _differs(event: Event, zone: str) -> bool:
    there, here = (event.starts_at.astimezone(zone_info(name)) for name in (event.timezone, zone))
    return there.replace(tzinfo=None) != here.replace(tzinfo=None)


def reminder_text(event: Event, answer: Rsvp, say: Phrases, *, zone: str | None) -> str:
    """Remind a guest who comes, or who may come."""
    details = event_details(event, say, zone=zone)
    if answer is Rsvp.GOING:
        return say("See you soon! A reminder of what you signed up for:\n{details}", details=details)
    return say("A reminder of an event you may come to:\n{details}\nWill you make it?", details=details)


def offer_text(event: Event, say: Phrases, *, size: int, until: datetime, zone: str | None) -> str:
    """Offer places that came free to somebody who waited for them."""
    came_free = say.count(
        "Good news: {number} place came free, and it is yours if you want it.",
        "Good news: {number} places came free, and they are yours if you want them.",
        size,
    )
    deadline = say(
        "Please tap Going by {until}; after that I offer it to who is next.",
        until=date_and_time_in(until, zone or event.timezone, say),
    )
    return f"{came_free}\n{event_details(event, say, zone=zone)}\n{deadline}"


def change_text(event: Event, changes: Sequence[str], say: Phrases, *, answer: Rsvp, zone: str | None) -> str:
    """Tell a guest what has changed since they were told last."""
    lines = [say("Something has changed about “{title}”:", title=event.title), *changes, ""]
    lines += [say("So now it is:"), event_details(event, say, zone=zone)]
    standing = {
        Rsvp.GOING: say("Your place is kept. If it no longer suits you, just tap No."),
        Rsvp.MAYBE: say("Will you come?"),
        Rsvp.WAITING: say("You are still on the waiting list."),
        Rsvp.OFFERED: say("Your place is held until the time I told you."),
    }
    return "\n".join([*lines, standing[answer]])


def cancelled_text(event: Event, say: Phrases) -> str:
    """Tell a guest that an event is cancelled."""
    return say(
        "I am sorry: “{title}” on {when} is cancelled. You need not do anything.",
        title=event.title,
        when=event_time(event, say),
    )


def people_text(guest: EventGuest, say: Phrases) -> str:
    """Say to a guest how many people they come as, themselves counted."""
    if not guest.companions:
        return say("One place is yours.")
    return say("You are {people} in all.", people=1 + guest.companions)


def place_text(place: int, say: Phrases) -> str:
    """Say to somebody who waits how many are before them; ``place`` is from 1."""
    if place == 1:
        return say("You are next.")
    return say("You are number {place} in line.", place=place)
