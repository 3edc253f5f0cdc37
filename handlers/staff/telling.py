"""What staff learn of whether a customer hears what the program would tell them."""

from sqlalchemy.orm import Session

from customers.consent import may_be_told
from customers.phrases import Phrases
from customers.profile import name_for_staff
from store.tables.customers import Customer


def why_not_told(session: Session, customer: Customer, say: Phrases) -> str:
    """Say to staff why a customer does not hear of something."""
    name = name_for_staff(customer, say)
    if may_be_told(session, customer.id):
        return say("{name} cannot be reached, so they do not hear of it.", name=name)
    return say("{name} said stop, so they do not hear of it from me.", name=name)
