"""/bought: what a customer bought, told by staff, so that a visit after it can follow."""

from collections.abc import Sequence

from customers.profile import find_by_id, name_for_staff
from handlers.context import StaffContext
from handlers.matters import about_customer
from scheduler.purchases import Bought, find_buyer, note_purchases
from store.outbox import Draft


def note_bought(context: StaffContext) -> Sequence[Draft]:
    """Note a purchase: the customer's number, and what they bought."""
    say, incoming = context.say, context.incoming
    first, _, what = incoming.argument.strip().partition(" ")
    buyer = find_buyer(context.session, first) if first else None
    customer = None if buyer is None else find_by_id(context.session, buyer)
    if first.isdecimal() and what.strip() and customer is None:
        return (context.answer(say("There is no customer {number}.", number=first)),)
    if customer is None or not what.strip():
        return (
            context.answer(
                say("Who bought what? Send the customer's number and the thing: /bought 42 a tea set")
            ),
        )
    if context.message is not None:
        context.message.about = about_customer(customer.id)
    reference = f"chat:{incoming.channel}:{incoming.update_id}"
    note_purchases(context.session, [Bought(customer.id, reference, context.now, what.strip())])
    text = say("Noted: {name} bought {what}.", name=name_for_staff(customer, say), what=what.strip())
    return (context.answer(text, about=about_customer(customer.id)),)
