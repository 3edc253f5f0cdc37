"""The guests of an event by name, for staff: in messages of one part each, which an erasure can empty."""

from collections.abc import Iterable, Iterator, Sequence

from customers.phrases import Phrases
from customers.profile import customers_by_id, name_for_staff
from handlers.context import StaffContext
from scheduler.events.guests import count_guests, guests_named
from scheduler.events.telling import NotTold, Untold
from scheduler.text_length import length
from store.outbox import Draft
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Rsvp

NAMED = 150
"""Guests of one answer who are named."""

PAGES = 5
PAGE_LENGTH = 3500
"""In UTF-16 units: a longer message would leave in parts, of which an erasure empties but one."""

MISSING_LENGTH = 2000
NAME_LENGTH = 80
STANDINGS = (Rsvp.GOING, Rsvp.OFFERED, Rsvp.WAITING, Rsvp.MAYBE, Rsvp.NO)
"""Answers, in the order in which they matter."""


def guest_list(context: StaffContext, event: Event) -> Sequence[Draft]:
    """Name who comes, who may, who waits and who will not."""
    say, title = context.say, context.say("Guests of “{title}”:", title=event.title)
    lines = list(_lines(context, event))
    if not lines:
        lines = [say("Nobody has answered yet.")]
    pages = list(_pages(title, lines))
    if len(pages) > PAGES:
        pages = [*pages[:PAGES], say("… and more than fit here.")]
    return [context.answer(page, about=about_guests(event.id)) for page in pages]


def about_guests(event_id: int) -> str:
    """Name the guests of an event as the matter of a message, by which an erasure finds it."""
    return f"guests:{event_id}"


def standing_name(answer: Rsvp, say: Phrases) -> str:
    """Name an answer as staff read it."""
    return {
        Rsvp.GOING: say("Going"),
        Rsvp.MAYBE: say("Maybe"),
        Rsvp.NO: say("No"),
        Rsvp.WAITING: say("On the waiting list"),
        Rsvp.OFFERED: say("Offered a place"),
    }[answer]


def missing_lines(context: StaffContext, missing: Sequence[NotTold]) -> Sequence[str]:
    """Name the guests whom we cannot tell, each with the reason; as many as fit beside other words."""
    say = context.say
    reasons = {
        Untold.CANNOT: say("they said stop or cannot be reached"),
        Untold.TOO_LATE: say("it is their night until the start"),
    }
    customers = customers_by_id(context.session, [one.customer_id for one in missing])
    lines = [f"• {_name(customers[one.customer_id], say)} – {reasons[one.why]}" for one in missing]
    first, *rest = _pages("", lines, limit=MISSING_LENGTH)
    return [*first.splitlines()[1:], *([say("… and more than fit here.")] if rest else [])]


def _lines(context: StaffContext, event: Event) -> Iterator[str]:
    say, counts = context.say, count_guests(context.session, event.id)
    for answer in STANDINGS:
        if not (count := counts.get(answer, 0)):
            continue
        named = guests_named(context.session, event.id, [answer], limit=NAMED)
        yield f"\n{standing_name(answer, say)} ({count})"
        yield from (f"{place}. {_guest(*one, say)}" for place, one in enumerate(named, 1))
        if (more := count - len(named)) > 0:
            yield say.count("… and {number} more.", "… and {number} more.", more)


def _pages(title: str, lines: Iterable[str], *, limit: int = PAGE_LENGTH) -> Iterator[str]:
    """Put lines on pages that are not too long, each with the title."""
    page = title
    for line in lines:
        if length(page) + length(line) >= limit:
            yield page
            page = title
        page = f"{page}\n{line}"
    yield page


def _guest(guest: EventGuest, customer: Customer, say: Phrases) -> str:
    name = _name(customer, say)
    return f"{name} +{guest.companions}" if guest.companions else name


def _name(customer: Customer, say: Phrases) -> str:
    name = " ".join(name_for_staff(customer, say).split())[:NAME_LENGTH]
    return f"{name} (#{customer.id})"
