"""A reply to a closed case or an old alert: nothing goes out before its writer says so, and then once."""

import pytest

from store.tables.complaints import ComplaintState
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage
from tests.factories import make_incoming
from tests.handlers.customer.cases import BROKEN, state
from tests.handlers.rooms import MEI, TOM, StaffRoom, answer, to_customer
from tests.talk import button_data, texts

WORDS = "Mei from Lantern Tea: It leaves today"


@pytest.fixture
def closed(room: StaffRoom) -> StaffRoom:
    """Ana's case is closed."""
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:yes")
    return room


def asked(room: StaffRoom) -> OutboxMessage:
    (question,) = room.replies(room.alert("alert:1"), "It leaves today", message_id="s1")
    return question


def test_nothing_goes_out_before_a_tap(closed: StaffRoom) -> None:
    question = asked(closed)

    assert to_customer([question]) == []
    assert [data.rpartition(":")[2] for data in button_data(question)] == ["send", "reopen", "cancel"]
    assert texts(closed.replies(question, "yes, send it"))[0].startswith("Nothing went out")


def test_sent_anyway_it_goes_out_once(closed: StaffRoom) -> None:
    send, reopen, cancel = button_data(asked(closed))

    assert answer(closed.taps(send)) == WORDS
    assert state(closed.talk) is ComplaintState.CONFIRMED
    for again in (send, reopen, cancel):
        assert texts(closed.taps(again)) == ["That is decided already."]


def test_reopened_it_goes_out_in_the_open_case(closed: StaffRoom) -> None:
    _, reopen, _ = button_data(asked(closed))

    messages = closed.taps(reopen)

    assert answer(messages) == WORDS
    assert any(text.startswith("🔄 Mei opened C-1001 again") for text in texts(messages))
    assert state(closed.talk) is ComplaintState.CLAIMED


def test_cancelled_it_never_goes_out(closed: StaffRoom) -> None:
    send, _, cancel = button_data(asked(closed))

    assert texts(closed.taps(cancel)) == ["Nothing went out."]
    assert texts(closed.taps(send)) == ["That is decided already."]


def test_only_its_writer_decides(closed: StaffRoom) -> None:
    send, _, _ = button_data(asked(closed))

    assert texts(closed.taps(send, sender=TOM)) == ["Only who wrote it can decide that."]
    assert answer(closed.taps(send)) == WORDS


def test_what_was_decided_late_is_written_again(closed: StaffRoom) -> None:
    send, _, _ = button_data(asked(closed))
    closed.talk.passes(days=2)

    assert texts(closed.taps(send)) == ["That took long, so nothing went out. Please write it again."]


@pytest.mark.parametrize("words", ["// zebra", "📝 zebra", "／／ zebra", "/note zebra", "/r thanks-wait"])
@pytest.mark.parametrize("choice", ["send", "reopen"])
def test_words_that_became_a_note_or_a_command_stay_here(closed: StaffRoom, words: str, choice: str) -> None:
    question = asked(closed)
    told = closed.edits("s1", words)

    messages = closed.taps(next(data for data in button_data(question) if data.endswith(choice)))

    assert texts(told) == ["Nothing was changed, and nothing went out: write a new message instead."]
    assert texts(messages) == [
        "Those words are a note or a command by now, so nothing went out. Please write it again."
    ]
    assert state(closed.talk) is ComplaintState.CONFIRMED


def test_words_corrected_while_they_wait_go_out_as_they_are_then(closed: StaffRoom) -> None:
    send, _, _ = button_data(asked(closed))
    assert closed.edits("s1", "It leaves tomorrow") == []

    assert answer(closed.taps(send)) == "Mei from Lantern Tea: It leaves tomorrow"


def test_a_quick_reply_that_waits_still_goes_out(closed: StaffRoom) -> None:
    (question,) = closed.replies(closed.alert("alert:1"), "/r resolved-ask", message_id="s1")

    assert "we have seen to C-1001" in answer(closed.taps(button_data(question)[0]))


def test_nothing_goes_to_who_was_erased_meanwhile(closed: StaffRoom) -> None:
    send, _, _ = button_data(asked(closed))
    with closed.talk.database.transaction() as session:
        session.delete(session.get_one(Customer, 1))

    assert to_customer(closed.taps(send)) == []


@pytest.mark.parametrize(
    "data",
    ["held:1:send", "held:999999:send", "held:1", "held:x:send", "held:-1:send", "held:2:steal"],
)
def test_forged_taps_send_nothing(closed: StaffRoom, data: str) -> None:
    messages = closed.taps(data)  # message no. 1 is Ana's own

    assert to_customer(messages) == []
    assert texts(messages)[0].startswith("This button no longer does anything.")


def test_from_another_chat_nothing_is_decided(closed: StaffRoom) -> None:
    send, _, _ = button_data(asked(closed))

    (told,) = closed.talk.taps(send, sender=MEI)  # alone with the bot

    assert told.body["text"].startswith("This button no longer does anything.")


def test_the_reply_button_of_a_closed_case_asks_too(closed: StaffRoom) -> None:
    closed.talk.taps("reply:1", sender=MEI)

    (question,) = closed.talk.receives(make_incoming("It leaves today", sender=MEI))

    assert question.body["text"].startswith("C-1001 is closed, so nothing went out yet.")


def test_an_old_alert_asks_and_a_recent_one_does_not(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.passes(days=14)
    assert answer(room.replies(room.alert("alert:1"), "It leaves today")) == WORDS
    room.talk.passes(minutes=1)

    (question,) = room.replies(room.alert("alert:1"), "It leaves today")

    assert question.body["text"].startswith("You reply to an old message (C-1001)")
    assert [data.rpartition(":")[2] for data in button_data(question)] == ["send", "cancel"]


def test_a_question_to_the_customer_offers_to_wait(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    _, confirmation, _ = room.replies(room.alert("alert:1"), "What is the order number?")

    assert button_data(confirmation) == ["wait:1"]
    room.taps("wait:1")
    assert state(room.talk) is ComplaintState.WAITING
