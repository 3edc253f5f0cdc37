"""The answer to a return visit."""

import pytest
from sqlalchemy import select

from scheduler.programmes.planning import plan_visits
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.feedback import SatisfactionEntry
from store.tables.outreach import Visit
from tests.factories import COMPANY, make_customer
from tests.scheduler.test_return_visits import CHANNELS, LONG_AGO
from tests.talk import Talk, button_data, texts


@pytest.fixture
def buttons(talk: Talk) -> list[str]:
    """The five buttons of a visit to the customer who speaks as "77"."""
    with talk.database.transaction() as session:
        make_customer(session, sender="77", last_contact_at=LONG_AGO)
        plan_visits(session, company=COMPANY, now=talk.now, channels=CHANNELS)
    (message,) = talk.deliver()
    return button_data(message)


def entries(talk: Talk) -> list[float]:
    with talk.database.reading() as session:
        return [
            entry.value for entry in session.scalars(select(SatisfactionEntry)) if entry.visit_id is not None
        ]


def test_a_mark_is_kept_and_moves_the_record(talk: Talk, buttons: list[str]) -> None:
    assert texts(talk.taps(buttons[4])) == ["Thank you, that is good to hear!"]
    with talk.database.reading() as session:
        visit = session.scalars(select(Visit)).one()
        assert (visit.rating, visit.answered_at) == (5, talk.now)
        assert session.scalars(select(Customer)).one().index is not None
    assert entries(talk) == [100.0]


def test_a_later_mark_replaces_the_earlier(talk: Talk, buttons: list[str]) -> None:
    talk.taps(buttons[0])
    talk.taps(buttons[4])
    with talk.database.reading() as session:
        assert session.scalars(select(Visit)).one().rating == 5
    assert entries(talk) == [100.0]


def test_after_a_low_mark_the_next_words_are_a_complaint(talk: Talk, buttons: list[str]) -> None:
    assert "What went wrong?" in texts(talk.taps(buttons[1]))[0]
    talk.says("The parcel took six weeks.")
    with talk.database.reading() as session:
        assert session.scalars(select(Complaint)).one().text == "The parcel took six weeks."


def test_after_a_better_second_thought_they_are_not(talk: Talk, buttons: list[str]) -> None:
    talk.taps(buttons[0])
    assert "What could we do better?" in texts(talk.taps(buttons[2]))[0]
    talk.says("More colours would be nice.")
    with talk.database.reading() as session:
        assert session.scalars(select(Complaint)).all() == []


def test_another_customers_visit_cannot_be_rated(talk: Talk, buttons: list[str]) -> None:
    assert "no longer does anything" in texts(talk.taps(buttons[0], sender="78"))[0]
    assert entries(talk) == []


@pytest.mark.parametrize(
    "data",
    ["visit", "visit:1", "visit:1:6", "visit:1:0", "visit:x:3", "visit:99999:3", "visit:1:3:1", "visit:1:٣"],
)
def test_forged_marks_change_nothing(talk: Talk, buttons: list[str], data: str) -> None:
    assert "no longer does anything" in texts(talk.taps(data))[0]
    assert entries(talk) == []


def test_an_answer_is_a_contact_so_the_next_visit_is_a_period_away(talk: Talk, buttons: list[str]) -> None:
    talk.passes(days=1)
    talk.taps(buttons[3])
    talk.passes(days=COMPANY.visit_every_days - 0.5)
    with talk.database.transaction() as session:
        plan_visits(session, company=COMPANY, now=talk.now, channels=CHANNELS)  # their turn, but they wrote
        assert len(session.scalars(select(Visit)).all()) == 1
    talk.passes(days=1)
    with talk.database.transaction() as session:
        assert plan_visits(session, company=COMPANY, now=talk.now, channels=CHANNELS) == 1
        assert len(session.scalars(select(Visit)).all()) == 1 + 1
