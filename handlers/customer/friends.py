"""Somebody comes by a guest's personal link: the event is open to them, and we ask whether they come."""

from collections.abc import Sequence

from handlers.context import CustomerContext
from scheduler.events.guests import find_guest
from scheduler.events.messages import about_event
from scheduler.events.referrals import PREFIX, arrive_by_link
from scheduler.events.wording import event_details, guest_buttons, own_zone
from store.outbox import Draft

FRIEND = "friend"
"""The source of customers who came by another's link, whichever it was."""


def source_of(payload: str) -> str:
    """Tell where somebody came from by what their first link carries."""
    return FRIEND if payload.startswith(PREFIX) else payload


def invite_friend(context: CustomerContext) -> Sequence[Draft]:
    """Invite whoever said hello by a guest's link; others get nothing from here."""
    payload, say = context.incoming.argument, context.say
    if not payload.startswith(PREFIX):
        return ()
    event = arrive_by_link(context.session, payload, context.customer.id, now=context.now)
    if event is None:
        return (context.answer(say("This invitation is no longer open.")),)
    guest = find_guest(context.session, event.id, context.customer.id)
    answer = None if guest is None else guest.answer
    lines = (
        say("Your friend brought you here, and you are welcome to come, too:"),
        event_details(event, say, zone=own_zone(context.customer)),
        say("Will you come?"),
    )
    buttons = guest_buttons(event, answer, say)
    return (context.answer("\n".join(lines), buttons=buttons, about=about_event(event.id)),)
