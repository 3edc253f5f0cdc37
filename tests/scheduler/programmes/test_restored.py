"""After a restore nobody is asked twice: what may have been asked since the backup counts as asked."""

from datetime import timedelta

from sqlalchemy import select

from scheduler.programmes.planning import plan_visits
from scheduler.programmes.restored import count_as_visited
from store.engine import Database
from store.tables.definitions import Definition, DefinitionKind
from store.tables.outreach import Purchase, Visit, VisitState
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY, NOW, make_customer

PERIOD = timedelta(days=COMPANY.visit_every_days)


def test_a_visit_that_was_due_is_not_planned_again(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session, last_contact_at=NOW - PERIOD)
        make_customer(session, last_contact_at=NOW - 3 * PERIOD, visited_at=NOW - PERIOD)
        not_due = make_customer(session, last_contact_at=NOW - PERIOD + timedelta(days=1))
        assert count_as_visited(session, company=COMPANY, now=NOW) == 2
        session.refresh(not_due)
        assert not_due.visited_at is None
        plan_visits(session, company=COMPANY, now=NOW, channels=COMPANY.channels)
        assert session.scalars(select(OutboxMessage)).all() == []


def test_a_visit_under_way_and_one_after_a_purchase_rest(database: Database) -> None:
    with database.transaction() as session:
        body = {"trigger": "purchase", "period_days": 3}
        session.add(Definition(kind=DefinitionKind.PROGRAMME, name="bought", body=body, changed_at=NOW))
        buyer, other = make_customer(session), make_customer(session)
        bought_at = NOW - timedelta(days=4)
        session.add(Purchase(customer_id=buyer.id, reference="R1", at=bought_at))
        session.add(
            Visit(
                customer_id=other.id,
                programme="bought",
                due_on=NOW.date(),
                created_at=NOW,
                state=VisitState.MADE,
                next_step_at=NOW,
            )
        )
        session.flush()
        assert count_as_visited(session, company=COMPANY, now=NOW) == 1
        for days in range(12):
            later = NOW + timedelta(days=days)
            plan_visits(session, company=COMPANY, now=later, channels=COMPANY.channels)
        assert session.scalars(select(OutboxMessage)).all() == []
        states = session.scalars(select(Visit.state).order_by(Visit.id)).all()
    assert states == [VisitState.UNANSWERED, VisitState.MISSED]
