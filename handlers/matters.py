"""What a message concerns, as ``about`` says it: a complaint, or a customer outside any complaint."""

from sqlalchemy.orm import Session

from customers.profile import find_by_id
from feedback.complaints import find_complaint
from handlers.buttons import number
from store.errors import NotFoundError
from store.tables.complaints import Complaint
from store.tables.customers import Customer

COMPLAINT = "complaint"
CUSTOMER = "customer"


def about_complaint(complaint_id: int) -> str:
    """Name a complaint as the matter of a message."""
    return f"{COMPLAINT}:{complaint_id}"


def about_customer(customer_id: int) -> str:
    """Name a customer as the matter of a message that belongs to no complaint."""
    return f"{CUSTOMER}:{customer_id}"


def concerns_complaint(about: str | None) -> bool:
    """Tell whether a matter is a complaint."""
    return about is not None and about.startswith(f"{COMPLAINT}:")


def concerns_customer(about: str | None) -> bool:
    """Tell whether a matter is a complaint or a customer, so that somebody can be answered."""
    return about is not None and about.startswith((f"{COMPLAINT}:", f"{CUSTOMER}:"))


def complaint_of(session: Session, about: str) -> Complaint | None:
    """Find the complaint that a matter is; None where it is none, or is gone."""
    kind, _, written = about.partition(":")
    complaint_id = number(written)
    if kind != COMPLAINT or complaint_id is None:
        return None
    try:
        return find_complaint(session, complaint_id)
    except NotFoundError:
        return None


def customer_of(session: Session, about: str) -> Customer | None:
    """Find the customer whom a matter concerns; None where there is none, or they were erased."""
    complaint = complaint_of(session, about)
    if complaint is not None:
        return find_by_id(session, complaint.customer_id)
    kind, _, written = about.partition(":")
    customer_id = number(written)
    return find_by_id(session, customer_id) if kind == CUSTOMER and customer_id is not None else None
