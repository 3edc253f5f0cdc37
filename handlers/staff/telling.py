"""What staff learn of whether a customer hears what the program would tell them."""

from sqlalchemy.orm import Session

from customers.company import Chat
from customers.consent import may_be_told
from customers.phrases import Phrases
from customers.profile import chat_with, name_for_staff
from feedback.assignment import accountable_of
from store.tables.complaints import Complaint
from store.tables.customers import Customer


def where_told(session: Session, customer: Customer, complaint: Complaint | None) -> Chat | None:
    """Tell where a customer hears of a matter; None where they said stop, or can be reached nowhere."""
    if not may_be_told(session, customer.id):
        return None
    preferred = None if complaint is None else Chat(complaint.channel, complaint.address)
    return chat_with(session, customer.id, preferred)


def who_sees_to(session: Session, complaint: Complaint | None, say: Phrases) -> str:
    """Name whom staff are to hear called in a matter: its owner while they work here, else everybody."""
    owner = None if complaint is None else accountable_of(session, complaint)
    return say("Everybody") if owner is None else owner.name


def why_not_told(session: Session, customer: Customer, say: Phrases) -> str:
    """Say to staff why a customer does not hear of something."""
    name = name_for_staff(customer, say)
    if may_be_told(session, customer.id):
        return say("{name} cannot be reached, so they do not hear of it.", name=name)
    return say("{name} said stop, so they do not hear of it from me.", name=name)
