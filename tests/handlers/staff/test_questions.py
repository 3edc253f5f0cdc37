"""Questions to staff: what answers them, and that an answer never reaches a customer by mistake."""

import pytest

from store.tables.complaints import ComplaintState
from store.tables.staff import Role
from tests.factories import make_staff
from tests.handlers.customer.cases import BROKEN, state
from tests.handlers.rooms import MEI, TOM, StaffRoom, to_customer
from tests.handlers.staff.test_waiting import days_go_by
from tests.talk import button_data, texts

NOWHERE = "Nothing went out: I cannot tell which customer that message is about."


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """Ana has complained."""
    room.talk.says(BROKEN)
    return room


def test_a_remedy_for_us_only_stays_so_after_a_second_try(complained: StaffRoom) -> None:
    (question,) = complained.taps("remedy:1:product:own")
    (again,) = complained.replies(question, "x" * 301)
    assert again.about is None
    assert again.body["text"].endswith("\nReply to this message with your answer.")

    messages = complained.replies(again, "Sent a secret lid")

    assert "C-1001 is resolved. Product: Sent a secret lid (Mei)" in texts(messages)[0]
    assert not [text for text in texts(to_customer(messages)) if "secret" in text]


@pytest.mark.parametrize(
    "tap",
    ["promise:1", "promise:1:14400", "concede:1:apology", "remedy:1:product:own", "withdraw:1"],
)
def test_banter_answers_no_question(complained: StaffRoom, tap: str) -> None:
    complained.says("/promise C-1001 2d Replacement arrives")
    (question,) = complained.taps(tap)
    (of_tom,) = complained.says("/promises", sender=TOM)

    for reply_to in ("tom-1", of_tom.external_id):
        messages = complained.says("2d no way, he never does that", reply_to=reply_to)
        assert to_customer(messages) == []
        assert texts(messages)[0].startswith(NOWHERE)

    messages = complained.replies(question, "2d We call you")
    assert texts(messages)
    assert not [text for text in texts(messages) if text.startswith(NOWHERE)]


def test_a_question_that_another_replaced_is_no_longer_answered(complained: StaffRoom) -> None:
    (by_when,) = complained.taps("promise:1")
    complained.taps("promise:1:14400")

    (told,) = complained.replies(by_when, "Friday 17:00 The replacement arrives")

    assert told.body["text"].startswith(NOWHERE)
    assert state(complained.talk) is ComplaintState.OPEN


def test_alone_with_the_bot_plain_words_answer_and_replies_to_others_do_not(complained: StaffRoom) -> None:
    talk = complained.talk
    (help_,) = talk.says("/help", sender=MEI)
    talk.taps("promise:1", sender=MEI)

    (told,) = talk.says("2d We call you", sender=MEI, reply_to=help_.external_id)
    assert told.body["text"].startswith(NOWHERE)

    assert to_customer(talk.says("2d We call you", sender=MEI))


@pytest.mark.parametrize(
    "taps",
    [
        ("resolve:1",),
        ("cause:1:product",),
        ("remedy:1:nothing:replaced", "cause:1:nothing"),
        ("concede:1",),
        ("more:1",),
        ("quick:1",),
        ("quick:1:thanks-wait",),
    ],
)
def test_a_reply_to_a_question_with_buttons_reaches_no_customer(
    complained: StaffRoom, taps: tuple[str, ...]
) -> None:
    for tap in taps:
        (question,) = complained.taps(tap)
        assert button_data(question)

        messages = complained.replies(question, "She is a pain, give her nothing")

        assert to_customer(messages) == []
        assert texts(messages)[0].startswith(NOWHERE)


def test_nor_does_one_to_whether_an_urgent_case_was_none(room: StaffRoom) -> None:
    room.talk.says("The teapot exploded and burned my hand, I am in hospital and will sue you")
    (question,) = room.taps("nocase:1")
    assert button_data(question) == ["nocaseyes:1", "nocaseno:1"]

    assert to_customer(room.replies(question, "Yes, she always says so")) == []


def test_nor_does_one_to_what_waits_for_leave(complained: StaffRoom) -> None:
    with complained.talk.database.transaction() as session:
        make_staff(session, name="Lea", role=Role.LEAD, sender="9101")
    (card,) = complained.says("/concession C-1001 voucher 50 Late delivery")
    assert button_data(card) == ["approve:1", "refuse:1"]

    messages = complained.replies(card, "Much too much for her", sender="9101")

    assert to_customer(messages) == []
    assert texts(messages)[0].startswith(NOWHERE)


def test_nor_does_one_to_what_a_case_that_ended_lacks(complained: StaffRoom) -> None:
    complained.taps("take:1")
    complained.replies(complained.alert("alert:1"), "Which teapot is it?")
    complained.taps("wait:1")
    for _ in range(2):
        days_go_by(complained)
    ended, _ = days_go_by(complained)
    (unfiled,) = days_go_by(complained)

    for question in (ended, unfiled):
        assert button_data(question) == ["resolve:1"]
        assert to_customer(complained.replies(question, "She never paid")) == []


def test_what_a_question_became_is_hidden_with_the_customer_it_names(complained: StaffRoom) -> None:
    (menu,) = complained.taps("quick:1")
    (preview,) = complained.talk.taps(
        "quick:1:thanks-wait", sender=MEI, address="-100123", private=False, message_id=menu.external_id
    )
    assert preview.edits == menu.dedupe_key
    assert "Ana" in preview.body["text"]

    complained.talk.says("/forget")
    messages = complained.talk.taps("forget:yes")

    (hidden,) = [message for message in messages if message.edits == menu.dedupe_key]
    assert "was erased at their wish" in hidden.body["text"]
