"""Free words, and what is sent without any."""

import pytest
from sqlalchemy import select

from feedback.complaints import find_complaint
from handlers.incoming import Attachment, AttachmentKind, IncomingKind, Sender
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from tests.factories import make_incoming
from tests.handlers.customer.cases import BROKEN
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts

PRAISE = "I love your tea, it is wonderful"


def kinds(talk: Talk) -> list[FeedbackKind]:
    with talk.database.reading() as session:
        return list(session.scalars(select(Feedback.kind).order_by(Feedback.id)))


def customer(talk: Talk) -> Customer:
    with talk.database.reading() as session:
        return session.scalars(select(Customer)).one()


def test_praise_is_thanked_for_and_asks_for_stars(room: StaffRoom) -> None:
    messages = room.talk.says(PRAISE)

    (thanks,) = messages
    assert thanks.body["text"].startswith("Thank you")
    assert button_data(thanks) == [f"rate:f1:{stars}" for stars in range(1, 6)]


def test_stars_are_not_asked_for_again_within_a_week(room: StaffRoom) -> None:
    room.talk.says(PRAISE)
    room.talk.passes(days=6)
    assert button_data(room.talk.says(PRAISE)[0]) == []
    room.talk.passes(days=1)
    assert button_data(room.talk.says(PRAISE)[0]) != []


def test_stars_for_praise_are_entered(room: StaffRoom) -> None:
    room.talk.says(PRAISE)

    assert answer(room.talk.taps("rate:f1:5")) == "★★★★★ Thank you for your rating!"
    with room.talk.database.reading() as session:
        entry = session.scalars(select(SatisfactionEntry).filter_by(source=EntrySource.RATING)).one()
    assert entry.feedback_id == 1
    assert entry.value == 100


def test_few_stars_are_met_with_a_question(room: StaffRoom) -> None:
    room.talk.says(PRAISE)

    assert "What should we have done better?" in answer(room.talk.taps("rate:f1:1"))


@pytest.mark.parametrize(
    "words",
    [
        "my son choked on a piece of plastic from your toy",
        "不想活了",
        "because I am black your guard threw me out",
        "I want to kill myself",
    ],
)
def test_what_is_severe_becomes_a_case_whatever_kind_it_is(room: StaffRoom, words: str) -> None:
    messages = room.talk.says(words)

    assert kinds(room.talk) != [FeedbackKind.COMPLAINT]
    assert "C-1001" in answer(messages)
    (alert,) = room.shown(messages)
    assert alert.dedupe_key == "alert:1"
    with room.talk.database.reading() as session:
        assert find_complaint(session, 1).urgent is ("black" not in words)


def test_what_is_severe_joins_the_case_that_is_under_way(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    messages = room.talk.says("my son choked on a piece of plastic from your toy")

    (shown,) = room.shown(messages)
    assert shown.reply_to == "alert:1"
    assert shown.body["text"].startswith("🚨 Urgent: danger to somebody")


def test_a_sign_in_what_has_no_kind_reaches_staff(room: StaffRoom) -> None:
    (shown,) = room.shown(room.talk.says("you owe me 50 euros"))

    assert shown.body["text"].startswith("📨 Message")


def test_praise_with_a_severe_sign_is_thanked_for_and_shown(room: StaffRoom) -> None:
    messages = room.talk.says("Lovely tea, wonderful service, even my lawyer loves it")

    assert "that makes our day" in answer(messages)
    (shown,) = room.shown(messages)
    assert shown.body["text"].startswith("Signs: legal threat (“my lawyer”)")


@pytest.mark.parametrize(
    ("words", "kind", "heading"),
    [
        ("Do you have oolong tea in stock?", FeedbackKind.QUESTION, "❓ Question"),
        ("I would like to talk to a real person please", FeedbackKind.PERSON_REQUEST, "🙋 Asks for a person"),
        ("It would be nice if you sold smaller tins", FeedbackKind.SUGGESTION, "💡 Suggestion"),
    ],
)
def test_what_needs_a_person_goes_to_staff(
    room: StaffRoom, words: str, kind: FeedbackKind, heading: str
) -> None:
    messages = room.talk.says(words)

    assert kinds(room.talk) == [kind]
    assert len(to_customer(messages)) == 1
    (shown,) = room.shown(messages)
    assert shown.body["text"] == f"{heading}\nAna · new customer\n“{words}”"
    assert shown.about == "customer:1"
    assert button_data(shown) == ["reply:customer:1"]


def test_a_reply_to_a_question_reaches_the_customer_and_the_talk_goes_on(room: StaffRoom) -> None:
    (question,) = room.shown(room.talk.says("Do you have oolong tea in stock?"))
    messages = room.replies(question, "Yes, two kinds")
    assert answer(messages) == "Mei from Lantern Tea: Yes, two kinds"
    assert texts(room.shown(messages)) == ["✓ Sent to Ana."]

    messages = room.talk.says("The second one")

    assert answer(messages) == "I have passed it on."
    (shown,) = room.shown(messages)
    assert shown.body["text"] == "💬 Answer\nAna · new customer\n“The second one”"
    assert shown.reply_to is not None


def test_the_talk_ends_after_a_day(room: StaffRoom) -> None:
    (question,) = room.shown(room.talk.says("Do you have oolong tea in stock?"))
    room.replies(question, "Yes, two kinds")
    room.talk.passes(hours=25)

    assert room.shown(room.talk.says("The second one")) == []


def test_a_complaint_in_the_middle_of_a_talk_is_a_complaint(room: StaffRoom) -> None:
    (question,) = room.shown(room.talk.says("Do you have oolong tea in stock?"))
    room.replies(question, "Yes, two kinds")

    assert "C-1001" in answer(room.talk.says("The teapot arrived broken, I want a refund"))


def test_the_reply_button_of_a_question(room: StaffRoom) -> None:
    room.talk.says("Do you have oolong tea in stock?")
    (asked,) = room.taps("reply:customer:1")

    assert answer(room.replies(asked, "Yes, two kinds")) == "Mei from Lantern Tea: Yes, two kinds"


def test_a_corrected_question_is_shown_again(room: StaffRoom) -> None:
    room.talk.says("Do you have ooolng tea in stock?", message_id="m1")

    edit = make_incoming("Do you have oolong tea in stock?", kind=IncomingKind.EDIT, message_id="m1")
    (shown,) = room.talk.receives(edit)

    assert shown.body["text"].startswith("✏️ Corrected\nAna")


def test_kind_words_after_few_stars_are_no_praise(room: StaffRoom) -> None:
    room.talk.says("I love your tea")
    room.talk.taps("rate:f1:1")
    alert = room.shown(room.talk.says("Great job"))[0]

    assert alert.body["text"].startswith("⭐ After 1 of 5 stars")
    with room.talk.database.reading() as session:
        told = session.get_one(Feedback, 2)
    assert told.kind is FeedbackKind.OTHER
    assert told.polarity < -0.5


def test_a_greeting_is_returned(room: StaffRoom) -> None:
    assert answer(room.talk.says("hello")).startswith("Hello Ana, this is Lantern Tea. What can I do")


def test_words_that_say_nothing_clear_get_a_question_back(room: StaffRoom) -> None:
    assert "a little more" in answer(room.talk.says("the green door on Tuesday"))


def test_feedback_by_command_asks_and_takes(room: StaffRoom) -> None:
    assert answer(room.talk.says("/feedback")).startswith("What do you think of us?")
    assert answer(room.talk.says(PRAISE)).startswith("Thank you")
    assert answer(room.talk.says("/feedback The teapot arrived broken, terrible")).startswith("I am sorry")
    assert kinds(room.talk) == [FeedbackKind.PRAISE, FeedbackKind.COMPLAINT]


@pytest.mark.parametrize(
    ("attachment", "part"),
    [
        (Attachment(AttachmentKind.PHOTO, "file-1"), "what it is about"),
        (Attachment(AttachmentKind.VOICE, "file-1"), "what it is about"),
        (Attachment(AttachmentKind.DOCUMENT, "file-1", "bill.pdf"), "what it is about"),
        (Attachment(AttachmentKind.LOCATION, "51.5,-0.1"), "what it is about"),
        (Attachment(AttachmentKind.OTHER, ""), "what it is about"),
        (Attachment(AttachmentKind.CONTACT, "+44 20 7946 0000", "Ana", own=True), "phone number"),
        (Attachment(AttachmentKind.CONTACT, "+44 20 7946 0000", "Somebody Else"), "what it is about"),
    ],
)
def test_what_comes_without_words_is_acknowledged(room: StaffRoom, attachment: Attachment, part: str) -> None:
    assert part in answer(room.talk.says("", attachments=(attachment,)))
    assert kinds(room.talk) == []


def test_only_ones_own_number_is_kept(room: StaffRoom) -> None:
    for name in ("Somebody Else", "Ana", ""):
        room.talk.says("", attachments=(Attachment(AttachmentKind.CONTACT, "+44 1", name),))
        assert customer(room.talk).phone is None
    room.talk.says("", attachments=(Attachment(AttachmentKind.CONTACT, "+44 2", "Ana Ruiz", own=True),))
    assert customer(room.talk).phone == "+44 2"


@pytest.mark.parametrize(
    ("attachment", "shown"),
    [
        (Attachment(AttachmentKind.DOCUMENT, "file-1", "bill.pdf"), "[a file: bill.pdf]"),
        (Attachment(AttachmentKind.LOCATION, "51.5,-0.1"), "[a place: 51.5,-0.1]"),
        (Attachment(AttachmentKind.CONTACT, "+44 1", "Jo"), "[a contact: Jo +44 1]"),
        (Attachment(AttachmentKind.VOICE, "file-1"), "[a voice message]"),
    ],
)
def test_staff_read_what_came_along(room: StaffRoom, attachment: Attachment, shown: str) -> None:
    messages = room.talk.says("The teapot arrived broken, terrible", attachments=(attachment,))

    assert f"terrible {shown}”" in texts(room.shown(messages))[0]


def test_nothing_at_all_gets_an_answer(room: StaffRoom) -> None:
    assert "without words" in answer(room.talk.says(""))
    assert "without words" in answer(room.talk.says("  \n "))


def test_a_correction_changes_what_was_understood(room: StaffRoom) -> None:
    room.talk.says(PRAISE, message_id="m1")

    messages = room.talk.receives(
        make_incoming("the green door on Tuesday", kind=IncomingKind.EDIT, message_id="m1")
    )

    assert messages == []
    assert kinds(room.talk) == [FeedbackKind.OTHER]
    assert customer(room.talk).index is None
    with room.talk.database.reading() as session:
        message = session.scalars(select(Message)).one()
    assert message.text == "the green door on Tuesday"
    assert message.edited_at is not None


def test_words_in_chinese_are_understood(room: StaffRoom) -> None:
    messages = room.talk.says("你们的茶太好喝了，谢谢！", sender=Sender(id="77", name="小安", language="zh"))

    assert kinds(room.talk) == [FeedbackKind.PRAISE]
    assert answer(messages).startswith("谢谢您")


def test_a_correction_after_the_case_is_closed_opens_a_new_one(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.says("yes", message_id="m1")
    edit = make_incoming(
        "no! it is still broken and leaks, I want a refund", kind=IncomingKind.EDIT, message_id="m1"
    )

    messages = room.talk.receives(edit)

    assert "C-1002" in "\n".join(texts(messages))
    assert len(room.shown(messages)) == 1
