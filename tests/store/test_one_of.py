"""Rows that belong to one of many are found on each database, by a statement that PostgreSQL plans once."""

from collections.abc import Collection

import pytest
from sqlalchemy import event, select, update

from store.engine import Database
from store.one_of import is_one_of
from store.tables.customers import Customer, Identity
from tests.factories import make_customer

BY_NUMBER = select(Customer.id).where(is_one_of(Customer.id, "numbers"), Customer.display_name == "Ana")
BY_SENDER = select(Identity.sender).where(is_one_of(Identity.__table__.c.sender, "senders"))


@pytest.fixture
def numbers(any_database: Database) -> list[int]:
    """Three customers, whose senders are «a'», «b,» and «c»."""
    with any_database.transaction() as session:
        return [make_customer(session, sender=sender).id for sender in ("a'", "b,", "c")]


@pytest.mark.parametrize("kind", [list, set, tuple, frozenset])
def test_they_are_found_by_number_and_by_text(
    any_database: Database, numbers: list[int], kind: type[Collection[object]]
) -> None:
    with any_database.reading() as session:
        asked = {"numbers": kind([*numbers[:2], 10**15])}  # type: ignore[call-arg]  # each is made of a list
        assert set(session.scalars(BY_NUMBER, asked)) == set(numbers[:2])
        wanted = {"senders": kind(["a'", "b,", "nobody", "a', 'c"])}  # type: ignore[call-arg]  # as above
        assert set(session.connection().scalars(BY_SENDER, wanted)) == {"a'", "b,"}


@pytest.mark.usefixtures("numbers")
def test_nobody_is_one_of_none(any_database: Database) -> None:
    with any_database.reading() as session:
        assert session.scalars(BY_NUMBER, {"numbers": []}).all() == []
        assert session.scalars(BY_SENDER, {"senders": set()}).all() == []


def test_rows_are_changed_by_it_and_the_contrary_holds_for_all_others(
    any_database: Database, numbers: list[int]
) -> None:
    with any_database.transaction() as session:
        renamed = update(Customer).where(~is_one_of(Customer.id, "numbers")).values(display_name="Bo")
        session.connection().execute(renamed, {"numbers": numbers[:2]})
        named = select(Customer.display_name).order_by(Customer.id)
        assert session.scalars(named).all() == ["Ana", "Ana", "Bo"]


def test_postgresql_gets_the_same_words_for_any_number(any_database: Database, numbers: list[int]) -> None:
    said: list[str] = []
    event.listen(any_database.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    with any_database.reading() as session:
        for asked in (numbers[:1], numbers, numbers * 30):
            session.execute(BY_NUMBER, {"numbers": asked})
    words = {one for one in said if "customers" in one}
    assert len(words) == (3 if any_database.is_sqlite else 1)
