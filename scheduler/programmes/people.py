"""What a programme has to know of customers before it visits them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, kept_reason, select_everybody, since_when, to_addressee
from scheduler.left_out import Reason, reasons_for
from store.cases import awaited_since, is_pending
from store.later_of import later_of
from store.one_of import is_one_of
from store.tables.complaints import Complaint
from store.tables.customers import Customer, Purpose
from store.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, as far as a visit is concerned.

    Attributes:
        who: whom, and where; channel and address are empty where they can be reached nowhere.
        contact_id: number of the designated contact, if there is one who still works here.
        contact: their name, as customers read it.
        standing: of the customer, as it is stored.
        last_contact_at: when they wrote or tapped last.
        since: the later of that and the last visit: from then on the period counts.
        reason: what holds them back, as ``LeftOut`` names it; None is nothing.
    """

    who: Addressee
    contact_id: int | None
    contact: str | None
    standing: str
    last_contact_at: datetime
    since: datetime
    reason: str | None


def find_people(
    session: Session,
    customer_ids: Collection[int],
    *,
    company: Company,
    channels: Collection[str],
    now: datetime,
) -> Mapping[int, Person]:
    """Find customers by number and hold their rows; who is held by somebody else is not among them.

    So two planners never visit the same customer, in whatever programmes.
    """
    if not customer_ids:
        return {}
    reasons = tuple(reasons_for(Purpose.VISITS, company.outreach))
    everybody = _select_people(tuple(sorted(channels)), reasons)
    asked = {"customers": list(customer_ids), **since_when(company, now)}
    rows = session.connection().execute(everybody, asked)  # rows of columns: nothing of them is an object
    return {row[0]: _person(row, company) for row in rows}


@cache
def _select_people(channels: tuple[str, ...], reasons: tuple[Reason, ...]) -> Select[*tuple[Any, ...]]:
    """Build the statement once; its parameters are ``customers`` and those of ``since_when``."""
    return (
        select_everybody(channels)
        .add_columns(
            Staff.id.label("contact_id"),
            func.coalesce(Staff.public_name, Staff.name).label("contact"),
            type_coerce(Customer.standing, String).label("standing"),
            Customer.last_contact_at.label("last_contact_at"),
            later_of(Customer.last_contact_at, Customer.visited_at).label("since"),
            kept_reason(Purpose.VISITS, reasons).label("reason"),
        )
        .outerjoin(Staff, (Staff.id == Customer.contact_id) & Staff.active.is_(True))
        .where(is_one_of(Customer.id, "customers"))
        .with_for_update(of=Customer, skip_locked=True)
    )


def find_accountable(session: Session, customer_ids: Collection[int], *, now: datetime) -> Mapping[int, int]:
    """Find who has an open complaint of each of these customers; only reads."""
    rows = session.execute(
        select(Complaint.customer_id, Complaint.owner_id)
        .where(
            Complaint.customer_id.in_(customer_ids),
            Complaint.owner_id.is_not(None),
            is_pending(awaited_since(now)),
        )
        .order_by(Complaint.id)
    )
    return {customer_id: owner_id for customer_id, owner_id in rows if owner_id is not None}


def _person(row: Row[*tuple[Any, ...]], company: Company) -> Person:
    return Person(
        who=to_addressee(row),
        contact_id=row.contact_id,
        contact=row.contact and (company.desk.speaks_as or row.contact),
        standing=row.standing,
        last_contact_at=row.last_contact_at,
        since=row.since,
        reason=row.reason,
    )
