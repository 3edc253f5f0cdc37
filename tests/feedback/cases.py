"""Cases to look at: opened, settled, and what happened in them."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback import complaints
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.staff import Staff
from tests.factories import COMPANY, NOW, make_customer


def make_complaint(session: Session, customer: Customer | None = None, now: datetime = NOW) -> Complaint:
    """Open a case, and look it up as it is stored."""
    opened = complaints.open_complaint(
        session,
        customer=customer or make_customer(session),
        channel="telegram",
        address="77",
        text="The kettle is not working",
        company=COMPANY,
        now=now,
    )
    return complaints.find_complaint(session, opened.id)


def settle(session: Session, complaint: Complaint, *, staff: Staff, now: datetime) -> None:
    complaints.resolve(
        session,
        complaint,
        staff=staff,
        cause="product",
        remedy="Sent a new kettle",
        company=COMPANY,
        now=now,
    )


def happened(session: Session, complaint: Complaint) -> list[str]:
    return [event.what for event in complaints.history(session, complaint.id)]
