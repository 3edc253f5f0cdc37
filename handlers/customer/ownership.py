"""Whose is what a button names: numbers in buttons are not trusted."""

from feedback.complaints import find_complaint
from handlers.buttons import number, parse
from handlers.context import CustomerContext
from handlers.matters import about_complaint
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


def tapped_yes_or_no(context: CustomerContext) -> tuple[Complaint, bool] | None:
    """Give the customer's complaint that a tapped button names, and whether it says yes; the tap is about it.

    None where the button is not one of theirs, or says neither.
    """
    _, arguments = parse(context.incoming.button or "")
    match arguments:
        case (written, "yes" | "no" as word):
            complaint = own_complaint(context, written)
        case _:
            complaint = None
    if complaint is None:
        return None
    if context.message is not None:
        context.message.about = about_complaint(complaint.id)
    return complaint, word == "yes"
