"""Who may be lost: a pure decision, and queries that find them among all others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from feedback.at_risk import (
    AtRisk,
    Case,
    Changes,
    Known,
    at_risk,
    changes_of,
    count_at_risk,
    find_at_risk,
    list_at_risk,
    note_at_risk,
)
from feedback.complaints import confirm
from feedback.record import record_rating
from feedback.satisfaction import Evidence
from store.engine import Database
from store.tables.complaints import Complaint
from store.tables.customers import Customer, Standing
from store.tables.feedback import RiskReason
from tests.factories import NOW, make_customer
from tests.feedback.cases import make_complaint


def said(value: float, days_ago: float, weight: float = 3.0) -> Evidence:
    return Evidence(value, weight, NOW - timedelta(days=days_ago))


HAPPY = (said(100, 80), said(90, 50))
COMPLAINT = Case(complaint_id=7, opened_at=NOW - timedelta(days=30))
SILENT = Known(evidence=(said(20, 30, 1.0),), last_contact_at=NOW - timedelta(days=29), case=COMPLAINT)


def known(*evidence: Evidence) -> Known:
    return Known(evidence=evidence, last_contact_at=NOW)


def test_who_was_content_and_is_no_more_has_turned() -> None:
    risk = at_risk(known(*HAPPY, said(0, 9), said(25, 2)), NOW)
    assert risk is not None
    assert risk.reason is RiskReason.TURNED
    assert risk.since == NOW - timedelta(days=9)
    assert risk.before == pytest.approx(95, abs=1)
    assert risk.lately == pytest.approx(13, abs=1)


@pytest.mark.parametrize(
    "evidence",
    [
        (),
        HAPPY,
        (said(0, 9), said(0, 2)),
        (*HAPPY, said(75, 3), said(80, 2)),
        (*HAPPY, said(50, 3), said(45, 2)),
        (said(10, 80), said(20, 50), said(0, 5)),
        (*HAPPY, said(0, 2, weight=1.0)),
        (said(65, 50, 1.5), said(35, 2, 1.5)),
    ],
    ids=["nothing", "happy", "new", "steady", "lukewarm", "never happy", "one word", "by chance"],
)
def test_nobody_else_has_turned(evidence: Sequence[Evidence]) -> None:
    assert at_risk(known(*evidence), NOW) is None


def test_who_complained_and_writes_no_more_has_fallen_silent() -> None:
    assert at_risk(SILENT, NOW) == AtRisk(RiskReason.SILENT, SILENT.last_contact_at, complaint_id=7)


@pytest.mark.parametrize(
    "known",
    [
        replace(SILENT, case=None),
        replace(SILENT, last_contact_at=NOW - timedelta(days=13)),
        replace(SILENT, case=replace(COMPLAINT, opened_at=NOW - timedelta(days=91))),
        replace(SILENT, evidence=(*SILENT.evidence, said(80, 29))),
    ],
    ids=["settled", "writes", "long ago", "made up"],
)
def test_nobody_else_has_fallen_silent(known: Known) -> None:
    assert at_risk(known, NOW) is None


def test_somebody_who_turned_and_fell_silent_is_named_with_the_first() -> None:
    both = replace(SILENT, evidence=(*HAPPY, said(0, 25), said(0, 20)))
    risk = at_risk(both, NOW)
    assert risk is not None
    assert risk.reason is RiskReason.TURNED


@given(
    st.lists(
        st.builds(
            Evidence,
            st.floats(0, 100),
            st.floats(0.34, 3),
            st.integers(0, 200).map(lambda d: NOW - timedelta(days=d)),
        ),
        max_size=12,
    ),
    st.floats(60, 100),
)
def test_a_good_word_never_puts_anybody_at_risk(evidence: list[Evidence], value: float) -> None:
    before = known(*evidence)
    after = known(*evidence, Evidence(value, 3.0, NOW))
    assert at_risk(before, NOW) is not None or at_risk(after, NOW) is None


def rate(session: Session, customer: Customer, *ratings: tuple[int, float]) -> None:
    for stars, days_ago in ratings:
        record_rating(session, customer=customer, stars=stars, now=NOW - timedelta(days=days_ago))


def complain(session: Session, customer: Customer, days_ago: float) -> Complaint:
    at = NOW - timedelta(days=days_ago)
    customer.last_contact_at = at
    return make_complaint(session, customer, at)


def test_those_at_risk_are_found_among_the_others(any_database: Database) -> None:
    with any_database.transaction() as session:
        turned, silent, settled, writing, happy, sad = (make_customer(session) for _ in range(6))
        rate(session, turned, (5, 60), (5, 45), (1, 3), (2, 1))
        complain(session, silent, 20)
        confirm(session, complain(session, settled, 20), now=NOW - timedelta(days=19))
        complain(session, writing, 20)
        writing.last_contact_at = NOW - timedelta(days=2)
        rate(session, happy, (5, 60), (5, 45), (5, 3))
        rate(session, sad, (1, 60), (1, 45), (1, 3))
        ids = turned.id, silent.id
    with any_database.reading() as session:
        found = find_at_risk(session, now=NOW)
    assert {number: risk.reason for number, risk in found.items()} == {
        ids[0]: RiskReason.TURNED,
        ids[1]: RiskReason.SILENT,
    }
    assert found[ids[1]].since == NOW - timedelta(days=20)


def look(session: Session) -> None:
    note_at_risk(session, changes_of(session, find_at_risk(session, now=NOW)))


def test_what_was_found_is_kept_until_it_is_no_more(any_database: Database) -> None:
    with any_database.transaction() as session:
        first, second, third = (make_customer(session) for _ in range(3))
        third.standing = Standing.KEY
        ids = [first.id, second.id, third.id]
        for number, customer in enumerate((first, second, third)):
            complain(session, customer, 20 + number)
        look(session)
        assert list_at_risk(session, 10) == [ids[2], ids[0], ids[1]]
        assert count_at_risk(session) == {RiskReason.SILENT: 3}
        first.last_contact_at = NOW
        rate(session, second, (5, 60), (5, 45), (1, 3), (1, 1))
        later = changes_of(session, find_at_risk(session, now=NOW))
        session.execute(delete(Customer).where(Customer.id == ids[2]))  # erased between the look and the note
        note_at_risk(session, later)
        assert count_at_risk(session) == {RiskReason.TURNED: 1}
        assert list_at_risk(session, 10) == [ids[1]]
        assert changes_of(session, find_at_risk(session, now=NOW)) == Changes([], {}, {})
