"""``/tag`` and ``/untag``: words by which staff mark a customer, for segments and for colleagues."""

from collections.abc import Sequence

from customers.phrases import Phrases, listed
from customers.profile import find_by_id, name_for_staff
from customers.tags import read_tags, tag_customer, tags_of, untag_customer
from handlers.buttons import number
from handlers.context import StaffContext
from handlers.matters import about_customer
from store.errors import InputError
from store.outbox import Draft
from store.tables.customers import Customer


def tag(context: StaffContext) -> Sequence[Draft]:
    """Mark a customer with words, or tell by which they are marked."""
    customer, words = _asked_for(context)
    say, session = context.say, context.session
    if customer is None:
        return (context.answer(say("Which customer? Send their number and words: /tag 42 wholesale vip")),)
    try:
        tags = read_tags(words, say)
        tag_customer(session, customer.id, tags, say=say, now=context.now)
    except InputError as error:
        return (context.answer(str(error), about=about_customer(customer.id)),)
    return (_told(context, customer),)


def untag(context: StaffContext) -> Sequence[Draft]:
    """Take words away from a customer."""
    customer, words = _asked_for(context)
    say = context.say
    if customer is None:
        return (context.answer(say("Which customer? Send their number and words: /untag 42 wholesale")),)
    try:
        tags = read_tags(words, say)
    except InputError as error:
        return (context.answer(str(error), about=about_customer(customer.id)),)
    gone = untag_customer(context.session, customer.id, tags)
    missing = [tag for tag in tags if tag not in gone]
    note = say("They did not have: {tags}.", tags=listed(missing, say)) if missing else ""
    return (_told(context, customer, note),)


def tags_line(context: StaffContext, customer: Customer) -> str:
    """Say by which words a customer is marked; "" for none."""
    tags = tags_of(context.session, customer.id)
    return context.say("Tags: {tags}", tags=listed(tags, context.say)) if tags else ""


def _told(context: StaffContext, customer: Customer, note: str = "") -> Draft:
    say: Phrases = context.say
    marked = tags_line(context, customer) or say("No tags.")
    lines = [f"{name_for_staff(customer, say)} · {marked}", note]
    return context.answer("\n".join(line for line in lines if line), about=about_customer(customer.id))


def _asked_for(context: StaffContext) -> tuple[Customer | None, str]:
    """Read of whom it is said, and what; from here on the message is about them."""
    first, _, words = context.incoming.argument.strip().partition(" ")
    customer_id = number(first)
    customer = None if customer_id is None else find_by_id(context.session, customer_id)
    if customer is not None and context.message is not None:
        context.message.about = about_customer(customer.id)
    return customer, words
