"""What becomes of promises once their case turns out to be no complaint, or is solved."""

import pytest

from store.tables.desk import PromiseState
from store.tables.staff import Role
from tests.factories import make_staff
from tests.handlers.customer.cases import BROKEN
from tests.handlers.rooms import TOM, StaffRoom, answer, to_customer
from tests.handlers.staff.test_promises import LINE, beat, the_promise
from tests.talk import button_data


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's, and a manager."""
    with room.talk.database.transaction() as session:
        make_staff(session, name="Max", role=Role.MANAGER, sender="9102")
    room.talk.says(BROKEN)
    return room


def test_what_is_promised_in_no_complaint_is_withdrawn_without_a_word_to_the_customer(
    complained: StaffRoom,
) -> None:
    complained.says(LINE)

    messages = complained.taps("nocase:1", sender=TOM)

    assert answer(messages).startswith("I took what you wrote for a complaint.")
    card, told = [one for one in complained.shown(messages) if "Replacement" in one.body["text"]]
    assert (card.edits, button_data(card)) == ("promise:1", [])
    assert card.body["text"].endswith("↩️ It was withdrawn.")
    assert told.body["text"] == (
        "Mei: C-1001 was no complaint, so your promise “Replacement arrives” is withdrawn. The customer "
        "hears nothing more of it."
    )
    assert the_promise(complained).state is PromiseState.WITHDRAWN
    assert beat(complained, days=3) == []


def test_it_holds_again_where_the_case_is_had_back(complained: StaffRoom) -> None:
    complained.says(LINE)
    complained.taps("nocase:1")

    messages = complained.taps("undismiss:1")

    (card,) = [one for one in complained.shown(messages) if one.edits == "promise:1"]
    assert button_data(card) == ["kept:1", "withdraw:1", "reply:1"]
    made = the_promise(complained)
    assert (made.state, made.closed_at) == (PromiseState.OPEN, None)
    (half,) = beat(complained, hours=24)
    assert half.body["text"].startswith("⏳ Mei: “Replacement arrives”")


def test_what_is_promised_holds_after_the_customer_said_that_it_is_solved(complained: StaffRoom) -> None:
    complained.says(LINE)
    complained.taps("remedy:1:product:refunded")
    complained.talk.taps("solved:1:yes")

    assert the_promise(complained).state is PromiseState.OPEN


def test_nobody_apologises_in_the_morning_for_what_was_no_complaint(complained: StaffRoom) -> None:
    complained.says("/promise C-1001 11h Replacement arrives")
    beat(complained, hours=11)
    complained.taps("nocase:1")

    assert to_customer(beat(complained, hours=10)) == []
