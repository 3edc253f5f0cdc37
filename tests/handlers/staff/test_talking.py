"""Staff talk with customers: files go along, names are those that the company chose, albums stay together."""

from dataclasses import replace
from typing import Any

import pytest

from customers.desk import Desk
from handlers.incoming import Attachment, AttachmentKind, IncomingKind
from store.engine import Database
from store.tables.queues import OutboxMessage
from store.tables.staff import Staff
from tests.factories import COMPANY, make_incoming
from tests.handlers.rooms import MEI, StaffRoom, answer, to_customer
from tests.talk import Talk, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
PHOTO = Attachment(AttachmentKind.PHOTO, "file-1")


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's."""
    room.talk.says(BROKEN)
    return room


def files(messages: list[OutboxMessage]) -> list[tuple[str, str, str]]:
    return [tuple(one[:3]) for message in messages for one in message.body.get("attachments", ())]


def test_a_picture_goes_to_the_customer_with_its_words(complained: StaffRoom) -> None:
    messages = complained.replies(complained.alert("alert:1"), "This is the new one", attachments=(PHOTO,))

    (sent,) = to_customer(messages)
    assert sent.body["text"] == "Mei from Lantern Tea: This is the new one"
    assert files([sent]) == [("photo", "telegram", "file-1")]
    assert texts(complained.shown(messages))[0] == "✓ Sent to Ana (C-1001)."


def test_a_voice_message_without_words_says_who_sends_it(complained: StaffRoom) -> None:
    voice = Attachment(AttachmentKind.VOICE, "voice-1")

    messages = complained.replies(complained.alert("alert:1"), "", attachments=(voice,))

    assert answer(messages) == "Mei from Lantern Tea sends you this."
    assert files(to_customer(messages)) == [("voice", "telegram", "voice-1")]


def test_what_was_sent_is_in_the_history_of_the_case(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "Look", attachments=(PHOTO,))

    (data,) = to_customer(complained.talk.says("/mydata"))

    assert '"text": "Look [a photo]"' in data.body["document"][2]
    assert '"attachments": [\n        {\n          "kind": "photo"' in data.body["document"][2]


def test_a_place_cannot_be_sent_on_and_staff_are_told(complained: StaffRoom) -> None:
    place = Attachment(AttachmentKind.LOCATION, "51.5,-0.1")

    messages = complained.replies(complained.alert("alert:1"), "", attachments=(place,))

    assert to_customer(messages) == []
    assert texts(messages) == [
        "I cannot send this on, so nothing went out. Write it, or send it as a photo or a file."
    ]


def test_a_file_too_large_for_the_customers_app_is_told_before_anything_goes_out(room: StaffRoom) -> None:
    room.talk.says(BROKEN, channel="webchat", sender="w-ana")
    film = Attachment(AttachmentKind.VIDEO, "film", size=21_000_000)

    messages = room.replies(room.alert("alert:1"), "See", attachments=(film,))

    assert to_customer(messages, "w-ana") == []
    assert texts(messages)[0].startswith("[a video] is larger than 20 MB and cannot be brought")


def test_within_one_app_no_file_is_too_large(complained: StaffRoom) -> None:
    film = Attachment(AttachmentKind.VIDEO, "film", size=900_000_000)

    messages = complained.replies(complained.alert("alert:1"), "See", attachments=(film,))

    assert files(to_customer(messages)) == [("video", "telegram", "film")]


def test_all_pictures_of_an_album_go_out_and_are_confirmed_once(complained: StaffRoom) -> None:
    def send(name: str, text: str = "") -> list[OutboxMessage]:
        item = Attachment(AttachmentKind.PHOTO, name)
        return complained.replies(complained.alert("alert:1"), text, attachments=(item,), album="5")

    messages = [*send("one", "All three"), *send("two"), *send("three")]

    assert [reference for _, _, reference in files(to_customer(messages))] == ["one", "two", "three"]
    assert texts(complained.shown(messages)).count("✓ Sent to Ana (C-1001).") == 2


def test_an_album_goes_whole_to_whom_we_asked_for_words_alone(complained: StaffRoom) -> None:
    talk = complained.talk
    talk.taps("reply:1", sender=MEI)

    def send(name: str, album: str | None) -> list[OutboxMessage]:
        item = Attachment(AttachmentKind.PHOTO, name)
        return talk.says("", sender=MEI, attachments=(item,), album=album)

    messages = [*send("one", "5"), *send("two", "5")]

    assert [reference for _, _, reference in files(to_customer(messages))] == ["one", "two"]
    assert to_customer(send("holiday", "6")) == []
    assert to_customer(talk.says("see you at lunch", sender=MEI)) == []


def test_the_name_that_somebody_goes_by(room: StaffRoom, database: Database) -> None:
    with database.transaction() as session:
        session.get_one(Staff, 1).public_name = "May"
    room.talk.says(BROKEN)

    messages = room.replies(room.alert("alert:1"), "On it")

    assert answer(messages) == "May from Lantern Tea: On it"
    (data,) = to_customer(room.talk.says("/mydata"))
    assert '"answered_by": "May"' in data.body["document"][2]
    assert "Mei" not in data.body["document"][2]


def test_one_name_for_all(database: Database) -> None:
    company = replace(COMPANY, desk=Desk(speaks_as="The tea people"))
    room = StaffRoom.opened(Talk(database, company))
    room.talk.says(BROKEN)

    messages = room.replies(room.alert("alert:1"), "On it")

    assert answer(messages) == "The tea people: On it"
    (data,) = to_customer(room.talk.says("/mydata"))
    assert "Mei" not in data.body["document"][2]
    assert "The tea people" in answer(room.talk.says("And when?"))


def test_the_caption_of_what_went_out_can_be_corrected(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "the lit", attachments=(PHOTO,), message_id="m-1")

    messages = complained.talk.receives(_correction(complained, "the lid", attachments=(PHOTO,)))

    (changed,) = to_customer(messages)
    assert (changed.body["text"], changed.edits is not None) == ("Mei from Lantern Tea: the lid", True)
    assert files([changed]) == []


def _correction(room: StaffRoom, text: str, **fields: Any) -> Any:
    return make_incoming(
        text,
        sender=MEI,
        kind=IncomingKind.EDIT,
        message_id="m-1",
        address=COMPANY.staff_chat.address,
        channel=COMPANY.staff_chat.channel,
        private=False,
        at=room.talk.now,
        **fields,
    )
