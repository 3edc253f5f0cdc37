"""What happened in a case cannot be changed, whoever tries; erasing its customer takes it along."""

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from feedback.complaints import take
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.customers import Customer
from store.tables.event_guard import REFUSAL
from store.tables.staff import Staff
from tests.factories import NOW, make_staff
from tests.feedback.cases import make_complaint

CHANGES = (
    update(ComplaintEvent).values(text="rewritten"),
    update(ComplaintEvent).values(what="dismissed"),
    update(ComplaintEvent).values(staff_id=2),
    delete(ComplaintEvent),
    text("UPDATE complaint_events SET at = '2020-01-01 00:00:00+00'"),
)


@pytest.fixture
def case_id(any_database: Database) -> int:
    """A case that Mei took."""
    with any_database.transaction() as session:
        mei = make_staff(session)
        make_staff(session, name="Tom")
        complaint = make_complaint(session)
        take(session, complaint, staff=mei, now=NOW)
        return complaint.id


def _events(database: Database) -> list[tuple[str, str, int | None]]:
    with database.reading() as session:
        rows = session.execute(select(ComplaintEvent.what, ComplaintEvent.text, ComplaintEvent.staff_id))
        return [(what, words, staff_id) for what, words, staff_id in rows]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_an_event_cannot_be_changed(change: object, case_id: int, any_database: Database) -> None:
    before = _events(any_database)
    assert len(before) >= 2
    assert case_id

    with pytest.raises(DatabaseError, match=REFUSAL), any_database.transaction() as session:
        session.execute(change)  # type: ignore[call-overload]  # statements of several kinds

    assert _events(any_database) == before


def test_erasing_a_customer_takes_the_events_along(case_id: int, any_database: Database) -> None:
    with any_database.transaction() as session:
        session.execute(delete(Customer))

    assert _events(any_database) == []
    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Complaint).where(Complaint.id == case_id)) == 0


def test_who_is_deleted_leaves_events_without_a_name(case_id: int, any_database: Database) -> None:
    before = _events(any_database)
    assert case_id
    assert any(staff_id is not None for *_, staff_id in before)
    with any_database.transaction() as session:
        session.execute(delete(Staff))

    assert _events(any_database) == [(what, words, None) for what, words, _ in before]
