"""Kept-rates add up, by whatever they are told apart."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from feedback.kept_rates import By, kept_rates
from store.engine import Database
from store.tables.complaints import Complaint
from store.tables.desk import Promise, PromiseState
from store.tables.staff import Staff
from tests.factories import NOW, make_customer, make_staff

STATES = list(PromiseState)
CAUSES = ("delivery", "price", None)
made_promises = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(STATES)), max_size=25
)


def world(session: Session) -> tuple[list[Staff], list[Complaint]]:
    """Three of the staff, two of them in a team, and a case for each cause."""
    staff = [make_staff(session, name=name) for name in ("Mei", "Tom", "Lea")]
    staff[0].team = staff[1].team = "shop"
    customer = make_customer(session)
    cases = [
        Complaint(
            customer_id=customer.id,
            channel="telegram",
            address="1",
            text="It broke.",
            opened_at=NOW,
            first_response_due_at=NOW,
            resolution_due_at=NOW,
            cause=cause,
        )
        for cause in CAUSES
    ]
    session.add_all(cases)
    session.flush()
    return staff, cases


def promise(case: Complaint, staff: Staff | None, state: PromiseState, **fields: object) -> Promise:
    values = {
        "customer_id": case.customer_id,
        "complaint_id": case.id,
        "staff_id": None if staff is None else staff.id,
        "text": "It comes",
        "state": state,
        "made_at": NOW,
        "due_at": NOW,
    }
    return Promise(**(values | fields))


def test_by_person_team_and_cause_the_worst_first(any_database: Database) -> None:
    kept, confirmed, broken = PromiseState.KEPT, PromiseState.CONFIRMED, PromiseState.BROKEN
    with any_database.transaction() as session:
        (mei, tom, lea), (delivery, price, unknown) = world(session)
        session.add_all(
            [
                promise(delivery, mei, kept),
                promise(delivery, mei, broken),
                promise(price, tom, confirmed),
                promise(unknown, lea, PromiseState.OPEN),
                promise(unknown, None, broken),
            ]
        )
        session.flush()
        by = {one: [(rate.name, rate.rate) for rate in kept_rates(session, by=one)] for one in By}
        (worst, *_) = kept_rates(session, by=By.PERSON)

    assert by[By.PERSON] == [(None, 0.0), ("Mei", 0.5), ("Tom", 1.0), ("Lea", None)]
    assert by[By.TEAM] == [(None, 0.0), ("shop", 2 / 3)]
    assert by[By.CAUSE] == [(None, 0.0), ("delivery", 0.5), ("price", 1.0)]
    assert (worst.number, worst.broken, worst.kept) == (None, 1, 0)


def test_two_of_one_name_are_two(database: Database) -> None:
    with database.transaction() as session:
        (mei, tom, _), (case, *_) = world(session)
        tom.name = "Mei"
        session.add_all([promise(case, one, PromiseState.KEPT) for one in (mei, tom)])
        session.flush()
        assert [rate.number for rate in kept_rates(session, by=By.PERSON)] == [mei.id, tom.id]


def test_what_was_promised_before_does_not_count(database: Database) -> None:
    with database.transaction() as session:
        (mei, *_), (case, *_) = world(session)
        session.add(promise(case, mei, PromiseState.KEPT, made_at=NOW - timedelta(days=2)))
        session.flush()
        assert kept_rates(session, by=By.PERSON, since=NOW - timedelta(days=1)) == []
        assert len(kept_rates(session, by=By.PERSON, since=NOW - timedelta(days=2))) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=made_promises)
def test_whatever_they_are_told_apart_by_the_numbers_are_those_of_all(
    database: Database, made: list[tuple[int, int, PromiseState]]
) -> None:
    with database.transaction() as session:
        session.execute(delete(Promise))
        staff, cases = world(session)
        session.add_all([promise(cases[case], staff[who], state) for who, case, state in made])
        session.flush()
        states = Counter(state for _, _, state in made)
        for by in By:
            rates = kept_rates(session, by=by)
            assert sum(rate.broken for rate in rates) == states[PromiseState.BROKEN]
            assert sum(rate.confirmed for rate in rates) == states[PromiseState.CONFIRMED]
            assert sum(rate.kept for rate in rates) == sum(
                states[one] for one in (PromiseState.KEPT, PromiseState.CONFIRMED)
            )
            assert sum(rate.open + rate.withdrawn for rate in rates) == sum(
                states[one] for one in (PromiseState.OPEN, PromiseState.WITHDRAWN)
            )
            assert all(rate.rate is None or 0 <= rate.rate <= 1 for rate in rates)
