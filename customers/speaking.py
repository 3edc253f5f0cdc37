"""Under which name the company's people speak to customers: one of their own, or the company's for all."""

from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases
from customers.profile import find_staff
from store.tables.customers import Customer
from store.tables.staff import Staff


def company_name(company: Company, say: Phrases) -> str:
    """Name the company in a sentence; one without a name of its own is "we" where the language wants that."""
    return company.name if company.is_named else say("Our company")


def spoken_name(staff: Staff, company: Company) -> str:
    """Name a member of staff as customers read it."""
    return company.desk.speaks_as or staff.public_name or staff.name


def signature(staff: Staff, company: Company, say: Phrases) -> str:
    """Say who speaks, in the customer's language: somebody of the company, or the one name for all."""
    if company.desk.speaks_as is not None:
        return company.desk.speaks_as
    if not company.is_named:
        return spoken_name(staff, company)
    return say("{staff} from {company}", staff=spoken_name(staff, company), company=company.name)


def name_for_customers(session: Session, staff_id: int | None, company: Company) -> str | None:
    """Name a member of staff, present or past, as customers read it; None for nobody."""
    staff = find_staff(session, staff_id)
    return None if staff is None else spoken_name(staff, company)


def contact_for_customers(session: Session, customer: Customer, company: Company) -> str | None:
    """Name a customer's designated contact as they read it; None where nobody is, or they left."""
    contact = find_staff(session, customer.contact_id)
    return None if contact is None or not contact.active else spoken_name(contact, company)
