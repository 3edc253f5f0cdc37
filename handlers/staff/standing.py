"""Who a customer is to us, as every alert, list and card of the staff says it: key, new, or regular."""

from datetime import datetime

from sqlalchemy.orm import Session

from customers.phrases import Phrases
from feedback.complaints import complained_again, is_first
from handlers.staff.alert_text import is_newcomer, standing_in_words
from store.new_rows import AnyCase
from store.tables.complaints import Complaint
from store.tables.customers import Customer, Standing


def standing_of(
    session: Session, customer: Customer, say: Phrases, *, now: datetime, complaint: Complaint | None = None
) -> str:
    """Say what a customer is to us.

    Args:
        session: the open transaction.
        customer: who.
        say: the reader's language.
        now: aware UTC.
        complaint: the case at hand; None is none in particular.
    """
    new = is_new(session, customer, now=now, complaint=complaint)
    return standing_in_words(customer.standing, say, is_new=new)


def is_new(session: Session, customer: Customer, *, now: datetime, complaint: AnyCase | None = None) -> bool:
    """Tell whether a customer has only just come and has not complained before; key customers are not new.

    They had only just come when they opened the case at hand, or, where there is none, they have by now.
    """
    at = now if complaint is None else complaint.opened_at
    if customer.standing is Standing.KEY or not is_newcomer(customer.created_at, at):
        return False
    if complaint is None:
        return not complained_again(session, customer.id)
    return is_first(session, complaint)
