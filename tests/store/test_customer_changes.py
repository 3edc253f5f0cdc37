"""What changes of a customer is read at once, written together, and undone with its transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from store.customer_changes import change_customer
from store.engine import Database
from store.tables.customers import Customer
from tests.factories import NOW, make_customer

LATER = NOW + timedelta(hours=1)


def index_of(session: Session, customer: Customer) -> float | None:
    return session.scalar(select(Customer.index).where(Customer.id == customer.id))


def change_and_fail(session: Session, customer: Customer) -> None:
    change_customer(session, customer, index=1.0)
    session.flush()
    change_customer(session, customer, index=2.0, evidence_weight=7.0)
    raise ZeroDivisionError


def test_a_change_is_read_at_once_and_found_by_a_query(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        change_customer(session, customer, index=70.0, evidence_weight=2.0, evidence_at=LATER)
        change_customer(session, customer, last_contact_at=LATER)
        assert (customer.index, customer.evidence_weight) == (70.0, 2.0)
        assert index_of(session, customer) == 70.0
        change_customer(session, customer, index=None)
    with any_database.reading() as session:
        stored = session.get_one(Customer, customer.id)
        assert (stored.index, stored.evidence_weight, stored.evidence_at) == (None, 2.0, LATER)
        assert (stored.last_contact_at, stored.rating_asked_at) == (LATER, None)


def test_all_who_changed_are_written_by_one_statement(database: Database) -> None:
    seen: list[str] = []

    def note(_on: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with database.transaction() as session:
        customers = [make_customer(session) for _ in range(20)]
        event.listen(database.engine, "before_cursor_execute", note)
        for customer in reversed(customers):
            change_customer(session, customer, last_contact_at=LATER)
            change_customer(session, customer, index=float(customer.id), evidence_weight=1.0)
        session.flush()
        event.remove(database.engine, "before_cursor_execute", note)
    assert [statement.partition(" SET ")[0] for statement in seen] == ["UPDATE customers"]
    with database.reading() as session:
        rows = session.execute(select(Customer.id, Customer.index, Customer.last_contact_at)).all()
    assert [tuple(row) for row in rows] == [(one.id, one.id, LATER) for one in customers]


def test_a_rollback_undoes_what_is_read_too(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        change_customer(session, customer, index=50.0, evidence_weight=3.0)
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            change_and_fail(session, customer)
        assert (customer.index, customer.evidence_weight) == (50.0, 3.0)
    with any_database.reading() as session:
        assert index_of(session, customer) == 50.0


def test_what_the_orm_changed_beside_is_kept(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        customer.timezone = "Asia/Tokyo"
        change_customer(session, customer, index=40.0)
    with any_database.reading() as session:
        stored = session.get_one(Customer, customer.id)
        assert (stored.timezone, stored.index) == ("Asia/Tokyo", 40.0)


def test_who_is_erased_meanwhile_stays_erased(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer = make_customer(session)
        change_customer(session, customer, index=40.0)
        session.delete(customer)
    with any_database.reading() as session:
        assert session.scalars(select(Customer)).all() == []
