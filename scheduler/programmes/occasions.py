"""What some programmes count from instead of silence: a purchase, or a complaint that was resolved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from scheduler.audience import EVERYBODY
from scheduler.definitions.programme import Programme, Trigger
from store.columns import UtcDateTime
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.outreach import Purchase, Visit, VisitTurn

SOLVED = (ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED)
OPENED_WITHIN = timedelta(days=400)
"""Older complaints are not looked through for those that were resolved lately."""


def find_occasions(
    session: Session, programme: Programme, meant: ColumnElement[bool], *, now: datetime, limit: int
) -> Sequence[tuple[int, datetime]]:
    """Find customers to whom something happened that a programme visits after; only reads.

    Who is in line already, or was visited in this programme since it happened, is not among them; nor what
    is so long ago that the visit would come too late.

    Args:
        session: an open view.
        programme: which.
        meant: the condition of its segment.
        now: aware UTC.
        limit: how many customers at most.

    Returns:
        Each customer with the moment of the last thing that happened.
    """
    statement = _happened(programme.trigger)
    if programme.segment != EVERYBODY:
        statement = statement.where(meant)
    asked = {
        "programme": programme.name,
        "since": now - programme.period - programme.lateness,
        "until": now,
        "opened_since": now - OPENED_WITHIN,
        "most": limit,
    }
    return [(row[0], row[1]) for row in session.connection().execute(statement, asked)]


@cache
def _happened(trigger: Trigger) -> Select[int, datetime]:
    """Build the statement once; its parameters are those that ``find_occasions`` gives."""
    happened = (_purchases() if trigger is Trigger.PURCHASE else _resolved()).subquery()
    in_line = exists().where(
        VisitTurn.programme == bindparam("programme"), VisitTurn.customer_id == happened.c.customer_id
    )
    visited = exists().where(
        Visit.customer_id == happened.c.customer_id,
        Visit.programme == bindparam("programme"),
        Visit.created_at >= happened.c.at,
    )
    return (
        select(happened.c.customer_id, happened.c.at)
        .join(Customer, Customer.id == happened.c.customer_id)
        .where(~in_line, ~visited)
        .order_by(happened.c.at)
        .limit(bindparam("most", type_=Integer))
    )


def _purchases() -> Select[int, datetime]:
    return (
        select(Purchase.customer_id.label("customer_id"), func.max(Purchase.at).label("at"))
        .where(Purchase.at > bindparam("since"), Purchase.at <= bindparam("until"))
        .group_by(Purchase.customer_id)
    )


def _resolved() -> Select[int, datetime]:
    ended_at = func.coalesce(Complaint.closed_at, Complaint.resolved_at)
    return (
        select(Complaint.customer_id.label("customer_id"), func.max(ended_at).label("at"))
        .where(
            Complaint.state.in_(SOLVED),
            Complaint.opened_at > bindparam("opened_since"),
            ended_at > bindparam("since", type_=UtcDateTime()),
            ended_at <= bindparam("until", type_=UtcDateTime()),
        )
        .group_by(Complaint.customer_id)
    )
