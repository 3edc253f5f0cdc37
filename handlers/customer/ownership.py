"""Whose is what a button names: numbers in buttons are not trusted."""

from feedback.complaints import find_complaint
from handlers.buttons import number
from handlers.context import CustomerContext
from store.errors import NotFoundError
from store.tables.complaints import Complaint


def own_complaint(context: CustomerContext, written: str) -> Complaint | None:
    """Find a complaint by the number in a button; None where there is none or it is somebody else's."""
    complaint_id = number(written)
    if complaint_id is None:
        return None
    try:
        complaint = find_complaint(context.session, complaint_id)
    except NotFoundError:
        return None
    return complaint if complaint.customer_id == context.customer.id else None
