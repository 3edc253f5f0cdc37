"""A visit's key names its programme; what was queued before keys did so is found by its old one."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from customers.consent import set_consent
from scheduler.programmes.asking import unnamed_key
from scheduler.programmes.deciding import Missed
from store.engine import Database
from store.tables.outreach import Suppression, Visit, VisitState
from store.tables.queues import OutboxMessage
from tests.scheduler.programmes.house import House


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def unsaid(house: House) -> Sequence[str]:
    with house.database.reading() as session:
        return session.scalars(select(Suppression.occasion).order_by(Suppression.occasion)).all()


def name_as_once(house: House) -> None:
    """Let all messages have the keys that they had before programmes were named in them."""
    with house.database.transaction() as session:
        for visit in session.scalars(select(Visit)):
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.about == f"visit:{visit.id}")
                .values(dedupe_key=unnamed_key(visit.customer_id, visit.due_on))
            )


def test_visits_of_two_programmes_on_one_day_are_told_apart(house: House) -> None:
    house.defines("one", priority=90, late_days=2)
    house.defines("two", late_days=2)
    customer_id = house.silent()
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    for _ in range(4):
        house.plans(days=1)
    first, second = house.visits()
    assert (first.programme, second.programme) == ("one", "two")
    assert first.due_on == second.due_on
    assert unsaid(house) == [f"visit:one:{first.due_on}", f"visit:two:{first.due_on}"]


def test_the_message_of_a_visit_names_its_programme(house: House) -> None:
    house.defines("key-customers")
    customer_id = house.silent()
    (message,) = house.plans()
    (visit,) = house.visits()
    assert message.dedupe_key == f"visit:{customer_id}:key-customers:{visit.due_on}"
    assert message.about == f"visit:{visit.id}"


def test_what_was_queued_under_an_old_key_goes_on_and_nothing_leaves_again(house: House) -> None:
    house.defines("all", retry_after_days=5)
    house.silent()
    house.plans()
    name_as_once(house)
    house.sends()
    assert house.plans(minutes=10) == []
    assert [visit.state for visit in house.visits()] == [VisitState.MADE]
    assert sum(len(house.plans(days=1)) for _ in range(7)) == 1  # the gentle retry, and nothing else
    house.sends()
    assert [visit.attempt for visit in house.visits()] == [1]


def test_a_visit_that_lost_its_key_to_another_programme_is_not_taken_for_made(house: House) -> None:
    house.defines("one", retry_after_days=None)
    house.defines("two", retry_after_days=None)
    customer_id = house.silent()
    house.plans()
    name_as_once(house)
    house.sends()
    (made,) = house.visits()
    other = "two" if made.programme == "one" else "one"
    with house.database.transaction() as session:
        session.add(
            Visit(
                customer_id=customer_id,
                programme=other,
                due_on=made.due_on,
                created_at=house.now,
                state=VisitState.DUE,
                made_at=house.now,
                next_step_at=house.now,
            )
        )
    assert house.plans(minutes=10) == []
    assert [(visit.programme == other, visit.state, visit.reason) for visit in house.visits()] == [
        (False, VisitState.MADE, None),
        (True, VisitState.MISSED, Missed.NOT_SENT),
    ]
