"""/case and «History»: a case's card and what happened in it, the newest first, page by page."""

from collections.abc import Sequence

from customers.profile import find_by_id, name_for_staff
from feedback.case_history import TimelineEntry, customer_timeline, timeline
from feedback.complaints import find_complaint, reference
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.matters import about_complaint, about_customer
from handlers.staff.alerts import case_card
from handlers.staff.history_text import entry_in_words
from handlers.staff.named_case import named_case
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.complaints import Complaint

UNDER_CARD = 6
A_PAGE = 12
KEPT_FOR_CUSTOMER = 500
"""Of a customer's timeline, so many of the newest entries can be paged through."""


def show_case(context: StaffContext) -> Sequence[Draft]:
    """Show the card of the case that a command names or a button carries, and the newest of what happened."""
    complaint = _tapped(context) if context.incoming.button is not None else named_case(context).complaint
    customer = None if complaint is None else find_by_id(context.session, complaint.customer_id)
    if complaint is None or customer is None:
        text = context.say("There is no such case. Send its number: /case C-1042.")
        return (context.answer(text),)
    say, company = context.say, context.company
    card, buttons = case_card(context.session, complaint, customer, company=company, now=context.now)
    entries = timeline(context.session, complaint)
    shown = _lines(context, entries, 0, UNDER_CARD)
    older = button(say("Older"), "history", complaint.id, UNDER_CARD)
    return (
        context.answer(
            "\n".join([card, "", say("What happened, the newest first:"), *shown]),
            buttons=(*buttons, (older,)) if len(entries) > UNDER_CARD else buttons,
            about=about_complaint(complaint.id),
        ),
    )


def show_history(context: StaffContext) -> Sequence[Draft]:
    """Show a page of what happened in a case that a button carries, or ``/history`` names."""
    complaint = _tapped(context) if context.incoming.button is not None else named_case(context).complaint
    if complaint is None:
        return (context.answer(context.say("There is no such case. Send its number: /case C-1042.")),)
    entries = timeline(context.session, complaint)
    head = context.say("What happened in {reference}, the newest first:", reference=reference(complaint.id))
    about = about_complaint(complaint.id)
    return (_page(context, head, entries, "history", complaint.id, about=about),)


def show_customer_history(context: StaffContext) -> Sequence[Draft]:
    """Show a page of what happened with a customer, in and outside their cases."""
    _, arguments = parse(context.incoming.button or "")
    customer_id = number(arguments[0]) if arguments else None
    customer = None if customer_id is None else find_by_id(context.session, customer_id)
    if customer is None:
        return (context.answer(context.say("There is no such customer any more.")),)
    say = context.say
    entries = customer_timeline(context.session, customer, limit=KEPT_FOR_CUSTOMER)
    head = say("What happened with {name}, the newest first:", name=name_for_staff(customer, say))
    about = about_customer(customer.id)
    return (_page(context, head, entries, "past", customer.id, about=about, with_case=True),)


def _page(
    context: StaffContext,
    head: str,
    entries: Sequence[TimelineEntry],
    verb: str,
    whose: int,
    *,
    about: str,
    with_case: bool = False,
) -> Draft:
    """Show the page that the button names: behind whose it is stands how many entries are newer."""
    _, arguments = parse(context.incoming.button or "")
    skip = (number(arguments[1]) or 0) if len(arguments) > 1 else 0
    lines = _lines(context, entries, skip, A_PAGE, with_case=with_case)
    if not lines:
        return context.answer(context.say("There is nothing older."), about=about)
    has_older = len(entries) > skip + A_PAGE
    older = button(context.say("Older"), verb, whose, skip + A_PAGE)
    return context.answer("\n".join([head, *lines]), buttons=((older,),) if has_older else (), about=about)


def _lines(
    context: StaffContext,
    entries: Sequence[TimelineEntry],
    skip: int,
    count: int,
    *,
    with_case: bool = False,
) -> Sequence[str]:
    """Say what happened, the newest first, after ``skip`` newer entries."""
    newest_first = entries[::-1][skip : skip + count]
    zone = context.company.timezone
    return [entry_in_words(entry, context.say, zone, with_case=with_case) for entry in newest_first]


def _tapped(context: StaffContext) -> Complaint | None:
    """Find the case that a button carries; None for what is gone or never was."""
    _, arguments = parse(context.incoming.button or "")
    complaint_id = number(arguments[0]) if arguments else None
    try:
        return None if complaint_id is None else find_complaint(context.session, complaint_id)
    except NotFoundError:
        return None
