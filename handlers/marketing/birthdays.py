"""``/birthday`` among staff: keep the birthday that a customer told somebody."""

from collections.abc import Sequence

from customers.birthdays import birthday_in_words, read_birthday
from customers.profile import find_by_id, name_for_staff
from handlers.buttons import number
from handlers.context import StaffContext
from handlers.matters import about_customer
from scheduler.festivals.choices import tell_birthday
from store.errors import InputError
from store.outbox import Draft

FORGET = frozenset({"off", "none", "无", "删除"})


def note(context: StaffContext) -> Sequence[Draft]:
    """Keep, forget or tell the birthday of the customer whose number stands first."""
    say = context.say
    first, _, told = context.incoming.argument.strip().partition(" ")
    customer_id = number(first)
    customer = None if customer_id is None else find_by_id(context.session, customer_id)
    if customer is None:
        text = say("Whose birthday? Send the customer's number and the day: /birthday 42 3 May")
        return (context.answer(text),)
    about, name = about_customer(customer.id), name_for_staff(customer, say)
    if context.message is not None:
        context.message.about = about
    if told.strip():
        try:
            day = None if told.strip().lower() in FORGET else read_birthday(told, say)
        except InputError as error:
            return (context.answer(str(error)),)
        tell_birthday(context.session, customer, day)
    if customer.birthday is None:
        return (context.answer(say("We do not have the birthday of {name}.", name=name), about=about),)
    day_told = birthday_in_words(customer.birthday, say)
    return (context.answer(say("{name} has their birthday on {day}.", name=name, day=day_told), about=about),)
