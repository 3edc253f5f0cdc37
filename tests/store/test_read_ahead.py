"""What is read ahead for many is what each would have been told, until something is written."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.engine import Database
from store.read_ahead import Question, forget_ahead
from store.tables.customers import Customer
from tests.factories import NOW, make_customer

asked: list[list[int]] = []


def _count_others(session: Session, whom: Collection[int]) -> Mapping[int, int]:
    """Count the stored customers besides each of some; nobody counts for the first."""
    asked.append(list(whom))
    count = session.connection().scalar(select(func.count()).select_from(Customer)) or 0
    return {one: count - 1 for one in whom if one != 1}


OTHERS = Question[int, int](_count_others, nothing=0)


def test_many_are_asked_of_at_once_and_then_nobody_again(database: Database) -> None:
    asked.clear()
    with database.transaction() as session:
        for _ in range(3):
            make_customer(session)
        OTHERS.read_ahead(session, [1, 2, 3])
        assert [OTHERS.answer(session, one) for one in (1, 2, 3)] == [0, 2, 2]
        assert asked == [[1, 2, 3]]
        OTHERS.read_ahead(session, [])
        assert OTHERS.answer(session, 4) == 2  # of whom nothing was read ahead
        assert asked == [[1, 2, 3], [4]]


def test_a_flush_that_writes_lets_it_be_asked_again(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        OTHERS.read_ahead(session, [2])
        session.flush()  # nothing to write
        asked.clear()
        assert OTHERS.answer(session, 2) == 0
        assert asked == []
        session.add(Customer(display_name="Ben", language="en", created_at=NOW, last_contact_at=NOW))
        session.flush()
        assert OTHERS.answer(session, 2) == 1
        OTHERS.read_ahead(session, [2])
        with session.begin_nested() as savepoint:
            customer.display_name = "Bo"
            session.flush()
            OTHERS.read_ahead(session, [2])
            savepoint.rollback()
        asked.clear()
        assert OTHERS.answer(session, 2) == 1
        forget_ahead(session)
        assert OTHERS.answer(session, 2) == 1
        assert asked == [[2], [2]]
