"""Questions to staff: what answers them, and that an answer never reaches a customer by mistake."""

import pytest

from store.tables.complaints import ComplaintState
from tests.handlers.customer.cases import BROKEN, state
from tests.handlers.rooms import MEI, TOM, StaffRoom, to_customer
from tests.talk import texts

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
