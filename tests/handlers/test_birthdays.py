"""``/birthday`` among staff."""

import pytest
from sqlalchemy import select

from store.tables.conversations import Message
from store.tables.customers import Customer
from tests.factories import make_customer, make_staff
from tests.talk import Talk, texts

MEI = "9001"


@pytest.fixture
def number(talk: Talk) -> int:
    """A customer's number; Mei is staff."""
    with talk.database.transaction() as session:
        make_staff(session, sender=MEI)
        return make_customer(session).id


def birthday(talk: Talk) -> str | None:
    with talk.database.reading() as session:
        return session.scalars(select(Customer)).one().birthday


def test_staff_note_tell_and_erase_a_birthday(talk: Talk, number: int) -> None:
    assert texts(talk.says(f"/birthday {number}", sender=MEI)) == ["We do not have the birthday of Ana."]
    assert texts(talk.says(f"/birthday {number} 3 May", sender=MEI)) == ["Ana has their birthday on 3 May."]
    assert birthday(talk) == "05-03"
    assert texts(talk.says(f"/birthday {number}", sender=MEI)) == ["Ana has their birthday on 3 May."]
    assert texts(talk.says(f"/birthday {number} off", sender=MEI)) == ["We do not have the birthday of Ana."]
    assert birthday(talk) is None


def test_what_names_a_customer_is_found_when_they_are_erased(talk: Talk, number: int) -> None:
    (answer,) = talk.says(f"/birthday {number} 3 May", sender=MEI)
    assert answer.about == f"customer:{number}"
    with talk.database.reading() as session:
        assert {row.about for row in session.scalars(select(Message))} == {f"customer:{number}"}


@pytest.mark.parametrize(
    ("words", "answer"),
    [("", "Whose birthday?"), ("x 3 May", "Whose birthday?"), ("99 3 May", "Whose birthday?")],
)
def test_nobodys_birthday_is_asked_back(talk: Talk, number: int, words: str, answer: str) -> None:
    assert number != 99
    assert answer in texts(talk.says(f"/birthday {words}", sender=MEI))[0]


def test_what_is_no_day_changes_nothing(talk: Talk, number: int) -> None:
    assert "There is no 31 April." in texts(talk.says(f"/birthday {number} 31 April", sender=MEI))[0]
    assert birthday(talk) is None
