"""Roll-ups: sums of the same entries, so that a whole is what its parts add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.record import record_feedback, record_rating
from feedback.roll_ups import RollUp, add_up, keep_sums, kept_sums, total
from feedback.satisfaction import Evidence
from feedback.understanding import understand
from store.engine import Database
from store.tables.customers import Customer, Standing
from store.tables.feedback import SatisfactionEntry
from store.trends import HALF_LIFE
from tests.factories import NOW, make_customer
from tests.feedback.test_record import make_message, say

entries = st.builds(
    Evidence,
    value=st.floats(0, 100),
    weight=st.floats(0.34, 3),
    at=st.integers(0, 1000).map(lambda days: NOW - timedelta(days=days)),
)


def rolled_up(evidence: Sequence[Evidence]) -> RollUp:
    """Add entries up one by one."""
    return total(RollUp(one.weight, one.weight * one.value, 1, one.at) for one in evidence)


def by_hand(evidence: Sequence[Evidence], now: datetime) -> tuple[float, float]:
    """The weighted mean of entries, and their weight, straight from the formula."""
    weights = [one.weight * 2 ** (-((now - one.at) / HALF_LIFE)) for one in evidence]
    told = sum(weight * one.value for weight, one in zip(weights, evidence, strict=True))
    return told / sum(weights), sum(weights)


@given(st.lists(st.tuples(entries, st.integers(0, 4)), min_size=1, max_size=30))
def test_a_whole_is_what_the_parts_of_any_partition_add_up_to(cut: list[tuple[Evidence, int]]) -> None:
    whole = rolled_up([entry for entry, _ in cut]).as_of(NOW)
    parts = [rolled_up([entry for entry, part in cut if part == number]).as_of(NOW) for number in range(5)]
    together = total(parts)
    assert together.number == whole.number == len(cut)
    assert together.weight == pytest.approx(whole.weight)
    assert together.mean == pytest.approx(whole.mean)
    weighted = sum(part.weight * part.mean for part in parts if part.mean is not None)
    assert weighted / sum(part.weight for part in parts) == pytest.approx(whole.mean)


@given(st.lists(entries, min_size=1, max_size=30))
def test_a_roll_up_is_the_weighted_mean_of_its_entries(evidence: list[Evidence]) -> None:
    mean, weight = by_hand(evidence, NOW)
    assert rolled_up(evidence).as_of(NOW).weight == pytest.approx(weight)
    assert rolled_up(evidence).mean == pytest.approx(mean)


def test_nothing_adds_up_to_nothing() -> None:
    assert total([]).mean is None
    assert total([]).confidence(NOW) == 0.0
    assert total([RollUp(), RollUp(2, 100, 1, NOW), RollUp()]) == RollUp(2, 100, 1, NOW)


def test_time_lowers_the_confidence_and_not_the_mean() -> None:
    one = RollUp(8, 400, 4, NOW)
    later = one.as_of(NOW + HALF_LIFE)
    assert later.weight == pytest.approx(4)
    assert later.mean == one.mean
    assert one.confidence(NOW + HALF_LIFE) == pytest.approx(later.confidence(NOW + HALF_LIFE))
    assert one.confidence(NOW + HALF_LIFE) < one.confidence(NOW)


@dataclass(frozen=True)
class Person:
    standing: Standing
    language: str
    ratings: tuple[tuple[int, float], ...]


PEOPLE = (
    Person(Standing.KEY, "en", ((5, 400), (4, 30.25), (1, 2))),
    Person(Standing.KEY, "zh", ((2, 100),)),
    Person(Standing.REGULAR, "en", ((1, 3), (5, 1.5))),
    Person(Standing.REGULAR, "en", ()),
    Person(Standing.REGULAR, "zh", ((3, 700), (5, 0))),
)


def meet(session: Session, person: Person) -> Customer:
    customer = make_customer(session, standing=person.standing, language=person.language)
    for stars, days_ago in person.ratings:
        record_rating(session, customer=customer, stars=stars, now=NOW - timedelta(days=days_ago))
    return customer


def evidence_of_all(session: Session, *which: object) -> list[Evidence]:
    rows = session.scalars(select(SatisfactionEntry).join(Customer).where(*which))  # type: ignore[arg-type]  # conditions
    return [Evidence(row.value, row.weight, row.at) for row in rows]


def test_customers_add_up_to_what_their_entries_do(any_database: Database) -> None:
    with any_database.transaction() as session:
        for person in PEOPLE:
            meet(session, person)
        keep_sums(session, add_up(session, now=NOW), now=NOW)
    with any_database.reading() as session:
        sums = kept_sums(session)
        for roll_up, which, number in (
            (sums.company, (), 4),
            (sums.of_standing("key"), (Customer.standing == Standing.KEY,), 2),
            (sums.of_standing("regular"), (Customer.standing == Standing.REGULAR,), 2),
            (sums.by_language()["en"], (Customer.language == "en",), 2),
            (sums.by_language()["zh"], (Customer.language == "zh",), 2),
        ):
            mean, weight = by_hand(evidence_of_all(session, *which), NOW)
            assert roll_up.number == number
            assert roll_up.mean == pytest.approx(mean)
            assert roll_up.weight == pytest.approx(weight)


def test_aspects_add_up_to_what_was_said_of_each(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana, tom = make_customer(session), make_customer(session)
        say(session, ana, "The tea is delicious, but the courier was rude")
        say(session, tom, "The delivery was late and the parcel was broken", NOW - timedelta(days=30))
        say(session, tom, "What are your opening hours?")
        old = NOW - timedelta(days=400)
        record_feedback(
            session,
            customer=tom,
            message=make_message(session, tom, at=old),
            understanding=understand("I love your app, the app is great"),
            now=NOW,
        )
        sums = add_up(session, now=NOW)
        spoken: dict[str, list[Evidence]] = {}
        for row in session.scalars(select(SatisfactionEntry).where(SatisfactionEntry.aspects.is_not(None))):
            for part, value in (row.aspects or {}).items():
                spoken.setdefault(part, []).append(Evidence(value, row.weight, row.at))
    assert "app" in spoken
    assert set(sums.aspects) == set(spoken) - {"app"}
    for part, roll_up in sums.aspects.items():
        mean, weight = by_hand(spoken[part], NOW)
        assert roll_up.mean == pytest.approx(mean), part
        assert roll_up.weight == pytest.approx(weight), part
        assert roll_up.number == len(spoken[part])
    product, delivery = sums.aspects["product"].mean, sums.aspects["delivery"].mean
    assert product is not None
    assert delivery is not None
    assert delivery < 50 < product


def test_sums_take_the_place_of_those_before(database: Database) -> None:
    with database.transaction() as session:
        assert kept_sums(session).company.mean is None
        customer = meet(session, PEOPLE[1])
        keep_sums(session, add_up(session, now=NOW), now=NOW)
        customer.language = "en"
        later = NOW + timedelta(days=1)
        keep_sums(session, add_up(session, now=later), now=later)
        assert set(kept_sums(session).cells) == {("key", "en")}
        assert kept_sums(session).company.at == later
