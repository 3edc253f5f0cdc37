"""Who was wrongly taken to complain says so: the case is taken back, or they are asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.complaints import find_complaint, history
from feedback.learning.labels import find_labels
from feedback.promises import promise
from store.tables.complaints import ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import Feedback, FeedbackKind, SatisfactionEntry
from store.tables.learning import StaffCorrection
from store.tables.staff import Staff
from tests.factories import make_staff
from tests.handlers.customer.cases import BROKEN, count, state
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.talk import button_data, texts

DANGER = "The kettle caught fire last night"
CLOSED = (
    "Then I got you wrong, and I am sorry. C-1001 is closed. If something is wrong after all, just write it."
)
ASKED = "I took what you wrote for a complaint: C-1001. Shall I close it, since it was none?"
BUTTONS = ["misread:1:yes", "misread:1:no"]


@pytest.fixture
def opened(room: StaffRoom) -> StaffRoom:
    """The staff chat, with a case of Ana's that was just opened."""
    assert "C-1001" in answer(room.talk.says(BROKEN))
    room.talk.passes(minutes=3)
    return room


@pytest.mark.parametrize("text", ["That was no complaint", "I wasn't complaining!", "我不是投诉"])
def test_a_case_is_closed_on_a_clear_word(opened: StaffRoom, text: str) -> None:
    messages = opened.talk.says(text)

    assert answer(messages) == CLOSED
    told, changed = opened.shown(messages)
    said = "🚫 The customer says that it was no complaint, so it is closed."
    assert told.body["text"].endswith(f"{said}\n“{text}”")
    assert changed.edits == "alert:1"
    assert changed.body["text"].splitlines()[-1] == (
        "🚫 The customer says that it was no complaint. It is closed."
    )
    assert button_data(changed) == ["undismiss:1", "more:1"]
    assert state(opened.talk) is ComplaintState.DISMISSED
    assert count(opened.talk) == 1


def test_the_record_and_what_is_learnt_are_as_if_staff_had_said_it(opened: StaffRoom) -> None:
    opened.talk.says("That was no complaint")

    with opened.talk.database.reading() as session:
        assert session.scalars(select(SatisfactionEntry)).all() == []
        assert session.scalars(select(Feedback.kind)).all() == [FeedbackKind.OTHER]
        correction = session.scalars(select(StaffCorrection)).one()
        assert (correction.kind, correction.staff_id) == (FeedbackKind.OTHER, None)
        (label,) = find_labels(session)
        assert (label.text, label.complaint) == (BROKEN, False)
        customer, case, last = session.scalars(select(Customer)).one(), find_complaint(session, 1), None
        last = history(session, 1)[-1]
        assert customer.last_contact_at == opened.talk.now
        assert (case.closed_at, case.next_step_at) == (opened.talk.now, None)
        assert (last.what, last.staff_id) == ("withdrawn", None)
    (told,) = texts(opened.taps("take:1"))
    assert told.startswith("C-1001 is closed: the customer says that it was no complaint · ")
    assert "said that it was no complaint" in texts(opened.taps("history:1"))[0]


def test_what_was_promised_and_not_told_goes_and_comes_with_the_case(opened: StaffRoom) -> None:
    with opened.talk.database.transaction() as session:
        promise(
            session,
            find_complaint(session, 1),
            staff=session.scalars(select(Staff)).first() or make_staff(session),
            text="A new pot arrives",
            due_at=opened.talk.now + timedelta(days=2),
            company=opened.talk.company,
            now=opened.talk.now,
            is_told=False,
        )

    messages = opened.talk.says("That was no complaint")

    assert answer(messages) == CLOSED
    assert "your promise “A new pot arrives” is withdrawn" in texts(opened.shown(messages))[-1]
    opened.taps("undismiss:1")
    with opened.talk.database.reading() as session:
        assert session.scalars(select(Promise.state)).all() == [PromiseState.OPEN]


def test_staff_can_have_it_back(opened: StaffRoom) -> None:
    opened.talk.says("That was no complaint")

    messages = opened.taps("undismiss:1")

    assert "is open again" in answer(messages)
    assert state(opened.talk) is ComplaintState.OPEN
    with opened.talk.database.reading() as session:
        assert session.scalars(select(Feedback.kind)).all() == [FeedbackKind.COMPLAINT]
        assert len(session.scalars(select(SatisfactionEntry)).all()) == 2
        assert session.scalars(select(StaffCorrection)).all() == []


def test_what_was_meant_is_taken_for_what_it_is(opened: StaffRoom) -> None:
    messages = opened.talk.says("I was not complaining. Do you have oolong in stock?")

    assert answer(messages).startswith(f"{CLOSED}\n\nI cannot answer that myself, so I have passed")
    assert "Do you have oolong in stock?" in texts(opened.shown(messages))[-1]
    assert state(opened.talk) is ComplaintState.DISMISSED


@pytest.mark.parametrize("text", ["You got me wrong", "No, that's not what I meant", "你误会了"])
def test_who_was_only_got_wrong_is_asked(opened: StaffRoom, text: str) -> None:
    messages = opened.talk.says(text)

    (asked,) = to_customer(messages)
    assert (asked.body["text"], button_data(asked)) == (ASKED, BUTTONS)
    assert text in texts(opened.shown(messages))[0]
    assert state(opened.talk) is ComplaintState.OPEN
    assert answer(opened.talk.taps("misread:1:yes")) == CLOSED
    assert state(opened.talk) is ComplaintState.DISMISSED
    assert "C-1001 is closed already." in answer(opened.talk.taps("misread:1:no"))


@pytest.mark.parametrize("text", ["yes", "Yes, close it", "it was no complaint", "关闭吧"])
def test_the_question_is_answered_in_words(opened: StaffRoom, text: str) -> None:
    opened.talk.says("You got me wrong")

    assert answer(opened.talk.says(text)) == CLOSED


def test_whoever_keeps_it_open_keeps_its_time(opened: StaffRoom) -> None:
    opened.talk.says("You got me wrong")

    assert answer(opened.talk.says("no")).startswith("All right, C-1001 stays open. ")
    assert state(opened.talk) is ComplaintState.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "I was not complaining but the tea was cold",
        "You got me wrong, the teapot is broken and I want my money back",
        "That was no complaint, it was a disaster",
        "You got my order wrong",
    ],
)
def test_words_that_complain_close_nothing(opened: StaffRoom, text: str) -> None:
    messages = opened.talk.says(text)

    assert not [row for row in to_customer(messages) if button_data(row) or "is closed" in row.body["text"]]
    assert state(opened.talk) is ComplaintState.OPEN


def test_an_urgent_case_is_asked_about(room: StaffRoom) -> None:
    room.talk.says(DANGER)

    (asked,) = to_customer(room.talk.says("That was no complaint"))

    assert button_data(asked) == BUTTONS
    assert state(room.talk) is ComplaintState.OPEN
    assert answer(room.talk.taps("misread:1:yes")) == CLOSED
    with room.talk.database.reading() as session:  # nobody learns from it that fire is nothing
        assert session.scalars(select(StaffCorrection)).all() == []


@pytest.mark.parametrize(
    "text",
    [
        "I'm not complaining, my son got a rash from your cream",
        "I'm not complaining, but I found a hair in the tea",
        "That was no complaint, that was a warning",
        "我没有投诉，我在茶里发现了玻璃",
    ],
)
def test_what_may_be_a_complaint_closes_nothing_unasked(opened: StaffRoom, text: str) -> None:
    messages = opened.talk.says(text)

    (asked,) = to_customer(messages)
    assert (asked.body["text"], button_data(asked)) == (ASKED, BUTTONS)
    assert text in texts(opened.shown(messages))[0]
    assert state(opened.talk) is ComplaintState.OPEN


def test_what_may_be_a_complaint_is_read_by_staff_without_a_case(room: StaffRoom) -> None:
    messages = room.talk.says("我没有投诉，我在茶里发现了玻璃")

    assert [text for text in texts(room.shown(messages)) if "我没有投诉，我在茶里发现了玻璃" in text]
    assert count(room.talk) == 0


def test_who_says_that_it_is_solved_did_complain(opened: StaffRoom) -> None:
    (asked,) = to_customer(opened.talk.says("No complaints, it is solved now"))

    assert button_data(asked) == ["solved:1:yes", "solved:1:no"]
    assert state(opened.talk) is ComplaintState.OPEN


def test_a_case_in_which_more_was_said_is_asked_about(opened: StaffRoom) -> None:
    opened.talk.says("And the parcel was torn, too")

    (asked,) = to_customer(opened.talk.says("I was not complaining"))

    assert button_data(asked) == BUTTONS


def test_what_staff_have_answered_goes_to_them(opened: StaffRoom) -> None:
    opened.talk.says("You got me wrong")
    opened.replies(opened.alert("alert:1"), "We are sorry!")

    messages = opened.talk.says("I was not complaining")

    assert "I have added this to C-1001" in answer(messages)
    assert "has answered you about C-1001 already" in answer(opened.talk.taps("misread:1:yes"))
    assert state(opened.talk) is ComplaintState.CLAIMED


def test_a_case_that_somebody_took_but_did_not_answer_is_closed(opened: StaffRoom) -> None:
    opened.taps("take:1")

    assert answer(opened.talk.says("That was no complaint")) == CLOSED


def test_after_a_day_it_is_for_staff_to_say(opened: StaffRoom) -> None:
    opened.talk.now += timedelta(days=1)

    assert "I have added this to C-1001" in answer(opened.talk.says("That was no complaint"))
    assert state(opened.talk) is ComplaintState.OPEN


def test_without_a_case_none_is_opened_by_it(room: StaffRoom) -> None:
    room.talk.says("hello")

    assert "in other words" in answer(room.talk.says("You got me wrong"))
    assert answer(room.talk.says("我不是投诉")).startswith("All right!")
    assert "C-1001" not in answer(room.talk.says("That was no complaint"))
    assert count(room.talk) == 0


def test_who_was_asked_what_happened_may_have_nothing_to_complain_of(room: StaffRoom) -> None:
    room.talk.says("I want to complain")

    assert "never mind" in answer(room.talk.says("No, that's not what I meant"))
    assert count(room.talk) == 0


@pytest.mark.parametrize("data", ["misread:2:yes", "misread", "misread:1", "misread:1:maybe"])
def test_a_button_that_we_did_not_make_changes_nothing(opened: StaffRoom, data: str) -> None:
    assert "no longer does anything" in answer(opened.talk.taps(data))
    other = opened.talk.taps("misread:1:yes", sender="88")
    assert "no longer does anything" in answer(other, "88")
    assert state(opened.talk) is ComplaintState.OPEN
