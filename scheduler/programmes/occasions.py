"""What some programmes count from instead of silence: a purchase, or a complaint that was resolved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.programme import Programme, Trigger
from scheduler.segments.conditions import condition_of
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.outreach import Purchase, Visit, VisitTurn

SOLVED = (ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED)
OPENED_WITHIN = timedelta(days=400)
"""Older complaints are not looked through for those that were resolved lately."""


def find_occasions(
    session: Session, programme: Programme, *, company: Company, now: datetime, limit: int
) -> Sequence[tuple[int, datetime]]:
    """Find customers to whom something happened that a programme visits after; only reads.

    Who is in line already, or was visited in this programme since it happened, is not among them; nor what
    is so long ago that the visit would come too late.

    Returns:
        Each customer with the moment of the last thing that happened.
    """
    since = now - programme.period - programme.lateness
    found = _purchases(since, now) if programme.trigger is Trigger.PURCHASE else _resolved(since, now)
    happened = found.subquery()
    in_line = exists().where(
        VisitTurn.programme == programme.name, VisitTurn.customer_id == happened.c.customer_id
    )
    visited = exists().where(
        Visit.customer_id == happened.c.customer_id,
        Visit.programme == programme.name,
        Visit.created_at >= happened.c.at,
    )
    rows = session.execute(
        select(happened.c.customer_id, happened.c.at)
        .join(Customer, Customer.id == happened.c.customer_id)
        .where(~in_line, ~visited, condition_of(session, programme.segment, company=company, now=now))
        .order_by(happened.c.at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def _purchases(since: datetime, now: datetime) -> Select[int, datetime]:
    return (
        select(Purchase.customer_id.label("customer_id"), func.max(Purchase.at).label("at"))
        .where(Purchase.at > since, Purchase.at <= now)
        .group_by(Purchase.customer_id)
    )


def _resolved(since: datetime, now: datetime) -> Select[int, datetime]:
    ended_at = func.coalesce(Complaint.closed_at, Complaint.resolved_at)
    return (
        select(Complaint.customer_id.label("customer_id"), func.max(ended_at).label("at"))
        .where(
            Complaint.state.in_(SOLVED),
            Complaint.opened_at > now - OPENED_WITHIN,
            ended_at > since,
            ended_at <= now,
        )
        .group_by(Complaint.customer_id)
    )
