"""Return visits: asking those who have been silent for a while how things are.

A visit is due once every ``visit_every_days`` since the last real contact, and since the last visit. What
it finds is read from one index; there is no job per customer.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, complains, may_be_written_to, select_addressees, to_addressee
from scheduler.compose import visit_draft
from scheduler.local_clock import leaves_at, local_date
from scheduler.manners import zone_of
from store.errors import NotFoundError
from store.inserts import insert_into
from store.outbox import enqueue, withdraw_queued
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Visit
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Staff

PROGRAMME = "periodic"
LIFETIME = timedelta(days=2)
"""After this long an unsent visit is stale."""

PER_BEAT = 500
"""Visits queued in one run, so that the transaction stays short; the rest is for the next beat."""

LEAST_A_DAY = 200
"""Visits in 24 hours that any company may make; a larger one may make more (see ``daily_limit``)."""


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A customer whose visit is due.

    Attributes:
        addressee: whom, and where.
        contact: name of the designated contact, if there is one.
        since: the contact or visit from which the period counts.
    """

    addressee: Addressee
    contact: str | None
    since: datetime


def plan_visits(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Queue the return visits that are due, at most ``PER_BEAT``; does not commit.

    Safe to run twice, late, or on two machines. Queued visits that were overtaken, because the customer
    wrote or complained meanwhile, are withdrawn.

    Returns:
        How many were queued.
    """
    withdraw_overtaken(session, now=now)
    due = find_due(session, company=company, now=now, channels=channels, limit=PER_BEAT)
    if not due:
        return 0
    due = due[: _left_today(session, company, now)]
    drafts = []
    for visit_id, visit in book(session, due, company=company, now=now):
        who = visit.addressee
        leaves = leaves_at(now, zone_of(who, company), company)
        key = f"visit:{who.customer_id}:{due_on(visit, company)}"
        drafts.append(
            visit_draft(
                who,
                company=company,
                contact=visit.contact,
                visit_id=visit_id,
                key=key,
                leaves=leaves,
                expires=leaves + LIFETIME,
            )
        )
    return enqueue(session, drafts, now=now)


def daily_limit(customers: int, every_days: int) -> int:
    """Tell how many visits 24 hours may bring.

    Twice what an even spread over the period needs: a base that falls due all at once, as after an import,
    is worked off in half a period instead of in one flood that staff could not answer.
    """
    return max(LEAST_A_DAY, math.ceil(2 * customers / every_days))


def due_on(visit: DueVisit, company: Company) -> date:
    """Tell the date, where the customer is, on which a visit fell due; it names the occasion."""
    zone = zone_of(visit.addressee, company)
    return local_date(visit.since + timedelta(days=company.visit_every_days), zone)


def due_statement(
    *, company: Company, now: datetime, channels: Collection[str], limit: int
) -> Select[*tuple[Any, ...]]:
    """Select customers whose visit is due, the longest silent first, but none that another planner holds."""
    cutoff = now - timedelta(days=company.visit_every_days)
    return (
        select_addressees(channels)
        .add_columns(Staff.name, Customer.last_contact_at, Customer.visited_at)
        .outerjoin(Staff, (Staff.id == Customer.contact_id) & Staff.active.is_(True))
        .where(
            Customer.last_contact_at <= cutoff,
            or_(Customer.visited_at.is_(None), Customer.visited_at <= cutoff),
            *may_be_written_to(Purpose.VISITS, now=now),
        )
        .order_by(Customer.last_contact_at)
        .limit(limit)
        .with_for_update(of=Customer, skip_locked=True)
    )


def find_due(
    session: Session, *, company: Company, now: datetime, channels: Collection[str], limit: int
) -> list[DueVisit]:
    """Find whose return visit is due."""
    rows = session.execute(due_statement(company=company, now=now, channels=channels, limit=limit))
    return [
        DueVisit(to_addressee(row), row.name, max(row.last_contact_at, row.visited_at or row.last_contact_at))
        for row in rows
    ]


def book(
    session: Session, due: Sequence[DueVisit], *, company: Company, now: datetime
) -> list[tuple[int, DueVisit]]:
    """Write a visit for each customer, once for an occasion; does not commit.

    Returns:
        The number of each new visit, with what it is for.
    """
    if not due:
        return []
    visits = {visit.addressee.customer_id: visit for visit in due}
    session.execute(update(Customer).where(Customer.id.in_(visits)).values(visited_at=now))
    new = insert_into(Visit, dialect=session.get_bind().dialect.name)
    rows = [
        {
            "customer_id": customer_id,
            "programme": PROGRAMME,
            "due_on": due_on(visit, company),
            "created_at": now,
        }
        for customer_id, visit in visits.items()
    ]
    booked = session.execute(
        new.on_conflict_do_nothing(index_elements=["customer_id", "programme", "due_on"]).returning(
            Visit.id, Visit.customer_id
        ),
        rows,
    )
    return [(visit_id, visits[customer_id]) for visit_id, customer_id in booked]


def withdraw_overtaken(session: Session, *, now: datetime) -> int:
    """Withdraw queued visits to customers who wrote or complained since; does not commit."""
    overtaken = (
        (complains(now), "a complaint is open"),
        (Customer.last_contact_at > Visit.created_at, "the customer wrote first"),
    )
    return sum(_withdraw_visits(session, where, reason=reason, now=now) for where, reason in overtaken)


def _withdraw_visits(session: Session, where: ColumnElement[bool], *, reason: str, now: datetime) -> int:
    customers = (
        select(Visit.customer_id)
        .join(Customer, Customer.id == Visit.customer_id)
        .where(Visit.created_at > now - 2 * LIFETIME, where)
    )
    return withdraw_queued(
        session,
        OutboxMessage.customer_id.in_(customers) & (OutboxMessage.kind == MessageKind.VISIT),
        reason=reason,
    )


def visit_of(session: Session, visit_id: int, customer_id: int) -> Visit:
    """Give a visit of one customer.

    Raises:
        NotFoundError: there is none, or it was another's.
    """
    visit = session.get(Visit, visit_id)
    if visit is None or visit.customer_id != customer_id:
        raise NotFoundError(f"customer {customer_id} has no visit {visit_id}")
    return visit


def note_answer(visit: Visit, mark: int, *, now: datetime) -> None:
    """Note the mark, 1 to 5, that a customer gave; a later one replaces it. Does not commit."""
    visit.rating, visit.answered_at = mark, now


def _left_today(session: Session, company: Company, now: datetime) -> int:
    customers = session.scalar(select(func.count()).select_from(Customer)) or 0
    lately = session.scalar(select(func.count()).where(Visit.created_at > now - timedelta(days=1))) or 0
    return max(0, daily_limit(customers, company.visit_every_days) - lately)
