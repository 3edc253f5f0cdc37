"""Customers who are in no line though others who came later are.

PostgreSQL gives numbers to several writers at once, so that a lower one may be written after a higher one.
``turn_rows.keep_turns`` only looks for higher ones. Nobody's visit is due on their first day: there is time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.programme import Trigger, programmes_of
from scheduler.programmes.turn_rows import MADE_AT_ONCE, insert_silent, select_silent
from store.tables.customers import Customer
from store.tables.outreach import VisitTurn


def see_stragglers(session: Session, *, company: Company, now: datetime) -> Mapping[str, Sequence[int]]:
    """Find some, by programme; only reads."""
    del now  # who is in line does not depend on it
    seen = {}
    for programme in programmes_of(session, company=company):
        if programme.trigger is Trigger.SILENCE:
            has_turn = exists().where(
                VisitTurn.programme == programme.name, VisitTurn.customer_id == Customer.id
            )
            seen[programme.name] = session.scalars(
                select(Customer.id).where(~has_turn).limit(MADE_AT_ONCE)
            ).all()
    return seen


def add_stragglers(
    session: Session, seen: Mapping[str, Sequence[int]], *, company: Company, now: datetime
) -> int:
    """Put them in line; does not commit.

    Returns:
        How many.
    """
    return sum(
        insert_silent(
            session, programme, select_silent().where(Customer.id.in_(seen[programme.name])), now=now
        )
        for programme in programmes_of(session, company=company)
        if seen.get(programme.name)
    )
