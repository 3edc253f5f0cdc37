"""Two of the staff in one case: the second sees the first, and no words are lost."""

import pytest

from handlers.incoming import Attachment, AttachmentKind
from store.tables.queues import OutboxMessage
from tests.handlers.rooms import MEI, TOM, StaffRoom, answer, to_customer
from tests.talk import button_data, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
ASKS = "Your words have not gone out. What shall I do?"


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's."""
    room.talk.says(BROKEN)
    return room


def held(messages: list[OutboxMessage]) -> OutboxMessage:
    """The one question that was asked instead of sending."""
    (question,) = messages
    assert question.body["text"].endswith(ASKS)
    return question


def test_who_taps_reply_second_sees_who_is_writing(complained: StaffRoom) -> None:
    complained.taps("reply:1", sender=TOM)

    (question,) = complained.taps("reply:1")

    assert question.body["text"].startswith("✍️ Tom is writing to Ana right now.\nReply to this message")


def test_who_was_told_and_writes_all_the_same_is_not_asked_again(complained: StaffRoom) -> None:
    complained.taps("reply:1", sender=TOM)
    (question,) = complained.taps("reply:1")

    assert answer(complained.replies(question, "Hello Ana")) == "Mei from Lantern Tea: Hello Ana"


def test_who_asked_first_is_not_held_up_by_the_second(complained: StaffRoom) -> None:
    (question,) = complained.taps("reply:1", sender=TOM)
    complained.taps("reply:1")

    assert answer(complained.replies(question, "Hello", sender=TOM)) == "Tom from Lantern Tea: Hello"


def test_a_reply_while_another_writes_waits_and_is_sent_on_a_tap(complained: StaffRoom) -> None:
    complained.taps("reply:1", sender=TOM)

    question = held(complained.replies(complained.alert("alert:1"), "Hello Ana"))

    assert question.body["text"].startswith("✍️ Tom is writing to Ana right now.")
    send, cancel = button_data(question)
    assert answer(complained.taps(send)) == "Mei from Lantern Tea: Hello Ana"
    assert to_customer(complained.taps(send)) == []
    assert to_customer(complained.taps(cancel)) == []


def test_a_reply_just_after_another_answered_waits(complained: StaffRoom) -> None:
    alert = complained.alert("alert:1")
    complained.talk.passes(minutes=1)
    complained.replies(alert, "It leaves today,\nI promise", sender=TOM)
    complained.talk.passes(minutes=2)

    question = held(complained.replies(alert, "Which size?"))

    assert question.body["text"].startswith("💬 Tom answered 2 minutes ago: “It leaves today, I promise”")
    _, cancel = button_data(question)
    assert to_customer(complained.taps(cancel)) == []


def test_somebody_else_cannot_decide(complained: StaffRoom) -> None:
    complained.taps("reply:1", sender=TOM)
    send, _ = button_data(held(complained.replies(complained.alert("alert:1"), "Hello Ana")))

    messages = complained.taps(send, sender=TOM)

    assert to_customer(messages) == []
    assert texts(messages) == ["Only who wrote it can decide that."]


def test_a_held_picture_goes_out_with_its_words(complained: StaffRoom) -> None:
    complained.taps("reply:1", sender=TOM)
    photo = (Attachment(AttachmentKind.PHOTO, "file-1"),)
    send, _ = button_data(held(complained.replies(complained.alert("alert:1"), "Look", attachments=photo)))

    (sent,) = to_customer(complained.taps(send))

    assert sent.body["text"] == "Mei from Lantern Tea: Look"
    assert sent.body["attachments"][0][:3] == ["photo", "telegram", "file-1"]


def test_who_answers_after_the_question_was_asked_is_seen(complained: StaffRoom) -> None:
    alert = complained.alert("alert:1")
    (question,) = complained.taps("reply:1")
    complained.talk.passes(minutes=1)
    complained.replies(alert, "It leaves today", sender=TOM)  # Tom was told of nobody: he is held first
    send = button_data(complained.talk.sent[-1])[0]
    complained.taps(send, sender=TOM)

    question = held(complained.replies(question, "Hello"))

    assert question.body["text"].startswith("💬 Tom has answered just now: “It leaves today”")


def test_a_reply_to_what_came_after_the_answer_has_seen_it(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "Which size?", sender=TOM)
    complained.talk.passes(minutes=1)
    (shown,) = complained.shown(complained.talk.says("The large one"))

    assert answer(complained.replies(shown, "Thanks")) == "Mei from Lantern Tea: Thanks"


@pytest.mark.parametrize("minutes", [11, 60])
def test_who_stopped_writing_and_what_was_answered_long_ago_hold_nobody_up(
    complained: StaffRoom, minutes: int
) -> None:
    complained.replies(complained.alert("alert:1"), "It leaves today", sender=TOM)
    complained.taps("reply:1", sender=TOM)
    complained.talk.passes(minutes=minutes)

    assert answer(complained.replies(complained.alert("alert:1"), "Hi")) == "Mei from Lantern Tea: Hi"


def test_one_does_not_stand_in_ones_own_way(complained: StaffRoom) -> None:
    alert = complained.alert("alert:1")
    complained.taps("reply:1", sender=MEI)

    assert answer(complained.replies(alert, "One")) == "Mei from Lantern Tea: One"
    assert answer(complained.replies(alert, "Two")) == "Mei from Lantern Tea: Two"


def test_who_writes_about_another_case_is_in_nobodys_way(complained: StaffRoom) -> None:
    complained.talk.says(BROKEN, sender="78")
    complained.taps("reply:2", sender=TOM)

    assert answer(complained.replies(complained.alert("alert:1"), "Hi")) == "Mei from Lantern Tea: Hi"


def test_who_writes_alone_with_the_bot_is_seen_too(complained: StaffRoom) -> None:
    complained.talk.taps("reply:1", sender=TOM)

    question = held(complained.replies(complained.alert("alert:1"), "Hello Ana"))

    assert question.body["text"].startswith("✍️ Tom is writing to Ana right now.")
