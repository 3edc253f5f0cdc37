"""Complaints as a customer lives them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from feedback.complaints import find_complaint
from handlers.incoming import Attachment, AttachmentKind, IncomingKind, Sender
from store.engine import Database
from store.tables.complaints import ComplaintState
from store.tables.customers import Customer
from tests.factories import COMPANY, make_incoming, make_staff
from tests.handlers.customer.cases import BROKEN, count, state, words_of
from tests.handlers.rooms import TOM, StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts


def test_a_complaint_gets_a_reference_and_who_answers_by_when_in_the_customers_time(room: StaffRoom) -> None:
    ana = Sender(id="77", name="Ana", language="en", timezone="Asia/Tokyo")

    text = answer(room.talk.says(BROKEN, sender=ana))

    assert "C-1001" in text
    assert "Mei will answer you here by Sat, 21 Nov, 23:00 (Tokyo time)" in text
    assert "just write" in text


def test_a_designated_contact_is_named(room: StaffRoom) -> None:
    room.talk.says("hello")
    with room.talk.database.transaction() as session:
        session.scalars(select(Customer)).one().contact_id = make_staff(session, name="Lin", sender="9003").id

    messages = room.talk.says(BROKEN)

    assert "Lin will answer you here" in answer(messages)
    assert "Designated contact: Lin" in texts(room.shown(messages))[0]


def test_a_time_zone_that_does_not_exist_breaks_nothing(room: StaffRoom) -> None:
    ana = Sender(id="77", name="Ana", language="en", timezone="Mars/Olympus")

    assert "(London time)" in answer(room.talk.says(BROKEN, sender=ana))


def test_a_complaint_in_chinese_is_answered_in_chinese_and_shown_to_staff_in_english(room: StaffRoom) -> None:
    messages = room.talk.says(
        "茶壶碎了，太差了，我要投诉！", sender=Sender(id="77", name="小安", language="zh")
    )

    assert "您的投诉编号是 C-1001" in answer(messages)
    assert "Answer due:" in texts(room.shown(messages))[0]


def test_writing_on_adds_to_the_complaint_and_shows_it_under_the_alert(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    messages = room.talk.says("The lid is missing as well")

    assert answer(messages) == "I have added this to C-1001. Mei sees it at once."
    (shown,) = room.shown(messages)
    assert shown.body["text"] == "C-1001 · Ana: The lid is missing as well"
    assert shown.reply_to == "alert:1"
    assert shown.about == "complaint:1"
    assert ("words_added", "The lid is missing as well") in words_of(room.talk)
    assert count(room.talk) == 1


def test_who_asks_about_a_complaint_learns_how_it_stands(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("take:1")

    messages = room.talk.says("When do I get the refund you promised?")

    assert "Mei is on it and will answer by Sat, 21 Nov, 14:00" in answer(messages)
    assert len(room.shown(messages)) == 1


def test_words_that_name_a_complaint_join_that_one(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.says("/complaint The invoice is wrong")

    assert "added this to C-1002" in answer(room.talk.says("The lid is missing as well"))
    assert "added this to C-1001" in answer(room.talk.says("c-1001: the lid is missing as well"))
    assert "added this to C-1002" in answer(room.talk.says("C-9999: the lid is missing as well"))


def test_naming_somebody_elses_complaint_does_not_touch_it(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    messages = room.talk.says("C-1001: the lid is missing as well", sender="666")

    assert all(message.about != "complaint:1" for message in messages)
    assert len(words_of(room.talk)) == 1


@pytest.mark.parametrize("words", ["hello", "stop sending me messages"])
def test_what_is_clearly_something_else_does_not_join(room: StaffRoom, words: str) -> None:
    room.talk.says(BROKEN)

    messages = room.talk.says(words)

    assert room.shown(messages) == []
    assert len(words_of(room.talk)) == 1


def test_a_greeting_while_a_complaint_is_open_tells_who_has_it(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("take:1")

    assert "C-1001 is with Mei" in answer(room.talk.says("hello"))


def test_a_photo_joins_the_complaint(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    messages = room.talk.says("", attachments=(Attachment(AttachmentKind.PHOTO, "file-1"),))

    assert texts(room.shown(messages)) == ["C-1001 · Ana: [a photo]"]
    assert "added this to C-1001" in answer(messages)


def test_words_after_it_was_resolved_are_added_and_asked_about(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")

    messages = room.talk.says("It is still broken")

    (asked,) = to_customer(messages)
    assert button_data(asked) == ["solved:1:yes", "solved:1:no"]
    assert texts(room.shown(messages)) == ["C-1001 · Ana: It is still broken"]
    assert state(room.talk) is ComplaintState.RESOLVED


def test_after_the_end_a_new_complaint_is_a_new_case(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.taps("solved:1:yes")

    messages = room.talk.says("Now the kettle is broken too, terrible")

    assert "C-1002" in answer(messages)
    assert room.shown(messages)[0].dedupe_key == "alert:2"


def test_the_command_asks_what_happened_and_takes_any_words_for_it(room: StaffRoom) -> None:
    assert answer(room.talk.says("/complaint")).startswith("What happened?")

    messages = room.talk.says("It was Tuesday and the door was green")

    assert "C-1001" in answer(messages)
    assert room.shown(messages)[0].dedupe_key == "alert:1"
    assert "C-100" not in answer(Talk(room.talk.database).says("the door", sender="78"), "78")


def test_the_command_takes_words_that_stand_behind_it(room: StaffRoom) -> None:
    messages = room.talk.says("/complaint The door was green")

    assert "C-1001" in answer(messages)
    assert "“The door was green”" in texts(room.shown(messages))[0]


def test_the_command_opens_a_further_case_and_says_how_to_add_to_the_first(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    assert "If it is about C-1001, send /cancel" in answer(room.talk.says("/complaint"))
    assert "C-1002" in answer(room.talk.says("The invoice is wrong"))


def test_a_picture_alone_does_not_answer_what_happened(room: StaffRoom) -> None:
    room.talk.says("/complaint")

    assert "few words" in answer(room.talk.says("", attachments=(Attachment(AttachmentKind.PHOTO, "f"),)))
    assert "C-1001" in answer(room.talk.says("the door was green"))


def test_words_long_after_the_question_are_free_words(room: StaffRoom) -> None:
    room.talk.says("/complaint")
    room.talk.passes(hours=2)

    room.talk.says("hello")

    assert count(room.talk) == 0


def test_opting_out_is_no_answer_to_what_happened(room: StaffRoom) -> None:
    room.talk.says("/complaint")

    assert answer(room.talk.says("stop sending me messages")).startswith("Done:")
    assert count(room.talk) == 0


def test_status_without_complaints(talk: Talk) -> None:
    assert answer(talk.says("/status")).startswith("You have no complaints with us.")


def test_status_follows_the_case(room: StaffRoom) -> None:
    talk = room.talk
    talk.says(BROKEN)
    assert "received. Mei will answer by Sat, 21 Nov, 14:00" in answer(talk.says("/status"))
    room.taps("take:1")
    assert "Mei is on it and will answer by Sat, 21 Nov, 14:00" in answer(talk.says("/status"))
    room.replies(room.alert("alert:1"), "A new one is on its way")
    assert "Mei is on it; to be settled by Mon, 23 Nov, 00:00" in answer(talk.says("/status"))
    room.taps("remedy:1:product:replaced")
    (asked,) = talk.says("/status")
    assert "Mei says it is solved" in asked.body["text"]
    assert button_data(asked) == ["solved:1:yes", "solved:1:no"]
    talk.taps("solved:1:yes")
    assert answer(talk.says("/status")).endswith(": solved.")


def test_a_corrected_complaint_is_shown_to_staff_as_corrected(room: StaffRoom) -> None:
    room.talk.says(BROKEN, message_id="m1")

    messages = room.talk.receives(
        make_incoming(BROKEN + " of 20 pounds", kind=IncomingKind.EDIT, message_id="m1")
    )

    assert to_customer(messages) == []
    (shown,) = room.shown(messages)
    assert shown.reply_to == "alert:1"
    assert "corrected: " + BROKEN + " of 20 pounds" in shown.body["text"]


def test_a_correction_that_makes_it_a_complaint_opens_one(room: StaffRoom) -> None:
    room.talk.says("The teapot arrived", message_id="m1")

    messages = room.talk.receives(make_incoming(BROKEN, kind=IncomingKind.EDIT, message_id="m1"))

    assert "C-1001" in answer(messages)
    assert room.shown(messages)[0].dedupe_key == "alert:1"


def test_somebody_elses_message_cannot_be_corrected(room: StaffRoom) -> None:
    room.talk.says("The teapot arrived", message_id="m1")

    edit = make_incoming(BROKEN, kind=IncomingKind.EDIT, message_id="m1", sender="666", address="77")

    assert room.talk.receives(edit) == []


def test_a_correction_of_something_unknown_has_no_effect(room: StaffRoom) -> None:
    assert room.talk.receives(make_incoming(BROKEN, kind=IncomingKind.EDIT, message_id="never")) == []


def test_a_correction_by_a_stranger_makes_them_no_customer(room: StaffRoom) -> None:
    room.talk.receives(make_incoming(BROKEN, kind=IncomingKind.EDIT, message_id="never", sender="555"))

    with room.talk.database.reading() as session:
        assert session.scalars(select(Customer.id)).all() == []


def test_long_words_are_quoted_short_and_kept_whole(room: StaffRoom) -> None:
    text = BROKEN + " and so on" * 1000

    messages = room.talk.says(text)

    assert len(texts(room.shown(messages))[0]) < 1500
    with room.talk.database.reading() as session:
        assert find_complaint(session, 1).text == text


def test_staff_of_another_country_read_their_language(database: Database) -> None:
    talk = Talk(database, company=replace(COMPANY, language="zh", timezone="Asia/Shanghai"))
    room = StaffRoom.opened(talk)

    messages = talk.says(BROKEN)

    (alert,) = room.shown(messages)
    assert "回复期限：11月21日周六 22:00（上海时间）" in alert.body["text"]
    assert alert.body["buttons"][0][0][0] == "我来处理"
    assert room.taps("take:1", sender=TOM)[0].body["text"].endswith("✋ Tom 正在处理。")
