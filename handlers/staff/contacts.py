"""Who looks after a customer: the designated contact, as staff set it."""

from collections.abc import Sequence

from customers.profile import find_by_id, name_for_staff, staff_name
from feedback.complaint_rules import parse_reference
from feedback.complaints import find_complaint
from handlers.buttons import number, parse
from handlers.context import StaffContext
from handlers.matters import about_customer
from handlers.staff.desk import stale_button
from handlers.staff.duty import Refused, named
from handlers.staff.roles import may_manage_people
from store.errors import NotFoundError
from store.outbox import Draft
from store.tables.customers import Customer
from store.tables.staff import Staff

VERB = "contact"


def become_contact(context: StaffContext) -> Sequence[Draft]:
    """Make who tapped the contact of the customer on the card."""
    _, arguments = parse(context.incoming.button or "")
    customer_id = number(arguments[0]) if len(arguments) == 1 else None
    customer = None if customer_id is None else find_by_id(context.session, customer_id)
    return stale_button(context) if customer is None else _set(context, customer, context.staff)


def set_contact(context: StaffContext) -> Sequence[Draft]:
    """Make somebody a customer's contact: oneself, or, where a lead says so, who is named."""
    first, _, name = context.incoming.argument.strip().partition(" ")
    customer = _customer(context, first)
    if customer is None:
        text = context.say(
            "Whose contact? Send the customer's number or a case: /contact 42, or /contact C-1042 Tom"
        )
        return (context.answer(text),)
    if context.message is not None:
        context.message.about = about_customer(customer.id)
    try:
        who = named(context, name) if name.strip() else context.staff
    except Refused as error:
        return (context.answer(str(error)),)
    if who.id != context.staff.id and not may_manage_people(context.staff):
        return (context.answer(context.say("Only leads, managers and admins do this for others.")),)
    return _set(context, customer, who)


def _customer(context: StaffContext, word: str) -> Customer | None:
    complaint_id = parse_reference(word)
    if complaint_id is None:
        customer_id = number(word)
        return None if customer_id is None else find_by_id(context.session, customer_id)
    try:
        return find_by_id(context.session, find_complaint(context.session, complaint_id).customer_id)
    except NotFoundError:
        return None


def _set(context: StaffContext, customer: Customer, who: Staff) -> Sequence[Draft]:
    say = context.say
    about, values = about_customer(customer.id), {"name": name_for_staff(customer, say), "contact": who.name}
    if customer.contact_id == who.id:
        return (context.answer(say("{contact} is the contact of {name} already.", **values), about=about),)
    before = staff_name(context.session, customer.contact_id)
    customer.contact_id = who.id
    text = say("{contact} is the designated contact of {name} now.", **values)
    if before is not None:
        text = f"{text} {say('Before it was {before}.', before=before)}"
    return (context.answer(text, about=about),)
