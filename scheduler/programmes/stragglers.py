"""Customers who are in no line though others who came later are.

PostgreSQL gives numbers to several writers at once, so that a lower one may be written after a higher one.
``turn_rows.keep_turns`` only looks for higher ones. Nobody's visit is due on their first day: there is time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.programme import Trigger, programmes_of
from scheduler.programmes.turn_rows import MADE_AT_ONCE, insert_silent, select_silent
from store.tables.customers import Customer
from store.tables.outreach import VisitTurn


def see_stragglers(session: Session, *, company: Company, now: datetime) -> Mapping[str, Sequence[int]]:
    """Find some, by programme; only reads."""
    del now  # who is in line does not depend on it
    lines = [one.name for one in programmes_of(session, company=company) if one.trigger is Trigger.SILENCE]
    return {line: _without_turn(session, line) for line in lines}


def _without_turn(session: Session, line: str) -> Sequence[int]:
    """Find some who are not in a line; two counts tell sooner that all are, than a look for each."""
    if session.connection().scalar(_ALL_HAVE_TURNS, {"line": line}):
        return ()
    return session.connection().execute(_WITHOUT_TURN, {"line": line}).scalars().all()


_IN_LINE = select(func.count()).select_from(VisitTurn).where(VisitTurn.programme == bindparam("line"))
_ALL_HAVE_TURNS = select(
    _IN_LINE.scalar_subquery() == select(func.count()).select_from(Customer).scalar_subquery()
)
_HAS_TURN = exists().where(VisitTurn.programme == bindparam("line"), VisitTurn.customer_id == Customer.id)
_WITHOUT_TURN = select(Customer.id).where(~_HAS_TURN).limit(MADE_AT_ONCE)


def add_stragglers(
    session: Session, seen: Mapping[str, Sequence[int]], *, company: Company, now: datetime
) -> int:
    """Put them in line; does not commit.

    Returns:
        How many.
    """
    if not any(seen.values()):
        return 0
    return sum(
        insert_silent(
            session, programme, select_silent().where(Customer.id.in_(seen[programme.name])), now=now
        )
        for programme in programmes_of(session, company=company)
        if seen.get(programme.name)
    )
