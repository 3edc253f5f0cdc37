"""Whom a segment picks: the same as a slow look at each customer; and what it names must be there."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from scheduler.segments.conditions import condition_of
from scheduler.segments.tree import Tree, written
from store.engine import Database
from store.tables.customers import Customer
from tests.factories import COMPANY, NOW
from tests.scheduler.segments.people import PEOPLE, Person, add_person, lay_ground
from tests.scheduler.segments.reference import CONDITIONS, TREES, meets


def picked(session: Session, source: str) -> set[int]:
    condition = condition_of(session, source, company=COMPANY, now=NOW)
    found = set(session.scalars(select(Customer.id).where(condition)))
    others = set(session.scalars(select(Customer.id).where(not_(condition))))
    assert found | others == set(session.scalars(select(Customer.id)))  # of nobody it is neither
    return found


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    people=st.lists(PEOPLE, min_size=1, max_size=4),
    trees=st.lists(TREES | CONDITIONS, min_size=12, max_size=20),
)
def test_the_database_picks_whom_a_slow_look_at_each_does(
    any_database: Database, people: Sequence[Person], trees: Sequence[Tree]
) -> None:
    with any_database.transaction() as session:
        ground = lay_ground(session)
        added = {add_person(session, person, ground).id: person for person in people}
        for tree in trees:
            expected = {number for number, person in added.items() if meets(tree, person)}
            assert picked(session, written(tree)) == expected, written(tree)
        session.rollback()
