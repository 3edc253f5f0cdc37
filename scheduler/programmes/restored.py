"""After a restore: what may have been asked since the backup counts as asked; nobody is asked twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.programme import Programme, Trigger, programmes_of
from scheduler.local_clock import local_date
from scheduler.programmes.deciding import Missed
from scheduler.programmes.next_dates import due_after
from scheduler.programmes.occasions import find_occasions
from scheduler.programmes.turn_rows import end_turns
from scheduler.segments.conditions import condition_of
from store.inserts import insert_into
from store.later_of import later_of
from store.tables.customers import Customer
from store.tables.outreach import Visit, VisitState, VisitTurn

MOST = 1_000_000
"""Purchases and complaints that are looked through at once, with nobody waiting."""


def count_as_visited(session: Session, *, company: Company, now: datetime) -> int:
    """Note a visit for everybody whose visit is due, and let no visit go on; does not commit.

    Args:
        session: an open write transaction.
        company: who we are.
        now: aware UTC.

    Returns:
        How many customers.
    """
    _let_rest(session)
    programmes = programmes_of(session, company=company)
    silent = [programme for programme in programmes if programme.trigger is Trigger.SILENCE]
    counted = 0
    if silent:
        since = now - min(programme.period for programme in silent)
        visited = session.execute(
            update(Customer)
            .where(later_of(Customer.last_contact_at, Customer.visited_at) <= since)
            .values(visited_at=now)
            .execution_options(synchronize_session=False)
        )
        counted = _rows_of(visited)
    others = (programme for programme in programmes if programme.trigger is not Trigger.SILENCE)
    return counted + sum(_count_occasions(session, one, company=company, now=now) for one in others)


def _let_rest(session: Session) -> None:
    """End all visits that are under way: it may be that they were asked about once more already."""
    ended = (
        (VisitState.DUE, {"state": VisitState.MISSED, "reason": Missed.NOT_SENT}),
        (VisitState.MADE, {"state": VisitState.UNANSWERED}),
    )
    for state, values in ended:
        session.execute(
            update(Visit)
            .where(Visit.next_step_at.is_not(None), Visit.state == state)
            .values(next_step_at=None, **values)
            .execution_options(synchronize_session=False)
        )


def _count_occasions(session: Session, programme: Programme, *, company: Company, now: datetime) -> int:
    in_line = session.execute(
        select(VisitTurn.customer_id, VisitTurn.due_at).where(VisitTurn.programme == programme.name)
    )
    meant = condition_of(session, programme.segment, company=company, now=now)
    happened = find_occasions(session, programme, meant, now=now, limit=MOST)
    due = {who: due_at for who, due_at in in_line if due_at <= now}
    due |= {who: at for who, at in happened if due_after(at, programme, who) <= now}
    if due:
        new = insert_into(Visit, dialect=session.get_bind().dialect.name).on_conflict_do_nothing(
            index_elements=["customer_id", "programme", "due_on"]
        )
        session.execute(new, [_missed(programme, who, at, company, now) for who, at in due.items()])
        end_turns(session, programme, due)
    return len(due)


def _missed(programme: Programme, who: int, at: datetime, company: Company, now: datetime) -> dict[str, Any]:
    return {
        "customer_id": who,
        "programme": programme.name,
        "due_on": local_date(at, company.timezone),
        "created_at": now,
        "state": VisitState.MISSED,
        "reason": Missed.NOT_SENT,
        "answers": {},
        "attempt": 0,
    }


def _rows_of(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
