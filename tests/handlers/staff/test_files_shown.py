"""What customers send along is shown to staff as the real thing, and goes when they are erased."""

from typing import Any

from sqlalchemy import select

from handlers.incoming import Attachment, AttachmentKind, IncomingKind
from store.tables.queues import OutboxMessage
from tests.factories import make_incoming
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.talk import Talk, texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"


def photo(reference: str = "file-1") -> Attachment:
    return Attachment(AttachmentKind.PHOTO, reference)


def files(messages: list[OutboxMessage]) -> list[tuple[str, str, str]]:
    """Kind, app and reference of all that goes along with these messages."""
    return [
        (kind, channel, reference)
        for message in messages
        for kind, channel, reference, *_ in message.body.get("attachments", ())
    ]


def sends(talk: Talk, *items: Attachment, text: str = "", **fields: Any) -> list[OutboxMessage]:
    return talk.says(text, attachments=items, **fields)


def test_a_picture_of_a_new_case_stands_under_its_alert(room: StaffRoom) -> None:
    shown = room.shown(sends(room.talk, photo(), text=BROKEN))

    alert, picture = shown
    assert alert.body["text"].splitlines()[1] == f"“{BROKEN} [a photo]”"
    assert (picture.body["text"], picture.reply_to, picture.about) == (
        "C-1001 · Ana",
        "alert:1",
        "complaint:1",
    )
    assert files([picture]) == [("photo", "telegram", "file-1")]
    assert files([alert]) == []


def test_what_comes_later_joins_the_case_with_its_words(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    voice = Attachment(AttachmentKind.VOICE, "voice-1")
    (shown,) = room.shown(sends(room.talk, voice, text="Here is what they said to me"))

    assert shown.body["text"] == "C-1001 · Ana: Here is what they said to me [a voice message]"
    assert (shown.reply_to, files([shown])) == ("alert:1", [("voice", "telegram", "voice-1")])


def test_a_picture_without_words_joins_the_open_case(room: StaffRoom) -> None:
    room.talk.says(BROKEN)

    messages = sends(room.talk, photo())

    assert answer(messages).startswith("I have added this to C-1001.")
    assert files(room.shown(messages)) == [("photo", "telegram", "file-1")]


def test_each_picture_of_an_album_is_shown_and_the_album_answered_once(room: StaffRoom) -> None:
    sends(room.talk, photo("file-1"), text=BROKEN, album="9")

    later = [*sends(room.talk, photo("file-2"), album="9"), *sends(room.talk, photo("file-3"), album="9")]

    assert len(to_customer(later)) == 1
    assert [reference for _, _, reference in files(room.shown(later))] == ["file-2", "file-3"]
    assert len(to_customer(sends(room.talk, photo("file-4"), album="10"))) == 1


def test_a_picture_that_came_just_before_the_words_belongs_to_them(room: StaffRoom) -> None:
    sends(room.talk, photo("an old one"))
    room.talk.passes(minutes=20)
    sends(room.talk, photo("the crack"))
    room.talk.passes(minutes=1)

    shown = room.shown(sends(room.talk, photo("the box"), text=BROKEN))

    assert [reference for _, _, reference in files(shown)] == ["the crack", "the box"]


def test_a_picture_of_somebody_else_is_not_shown_with_a_case(room: StaffRoom) -> None:
    sends(room.talk, photo("not hers"), sender="78")

    assert files(room.shown(sends(room.talk, text=BROKEN))) == []


def test_a_place_and_a_contact_are_said_in_words(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    place = Attachment(AttachmentKind.LOCATION, "51.5,-0.1")

    (shown,) = room.shown(sends(room.talk, place))

    assert shown.body["text"] == "C-1001 · Ana: [a place: 51.5,-0.1]"
    assert files([shown]) == []


def test_what_is_no_case_but_for_a_person_keeps_its_file(room: StaffRoom) -> None:
    messages = sends(room.talk, photo(), text="Which of the two lids fits this teapot?")

    assert files(room.shown(messages)) == [("photo", "telegram", "file-1")]


def test_what_is_too_large_for_another_app_is_told(room: StaffRoom) -> None:
    video = Attachment(AttachmentKind.VIDEO, "w-1/long", size=30_000_000)
    room.talk.says(BROKEN, channel="webchat", sender="w-ana")

    (shown,) = room.shown(sends(room.talk, video, channel="webchat", sender="w-ana"))

    ((_, _, _, _, otherwise, *_),) = shown.body["attachments"]
    assert otherwise == "⚠️ [a video] is too large to be shown here: ask for it in another way."


def test_a_corrected_caption_does_not_show_the_picture_again(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    sends(room.talk, photo(), text="the lid", message_id="m-7")

    correction = make_incoming(
        "the lid and the cup",
        kind=IncomingKind.EDIT,
        message_id="m-7",
        attachments=(photo(),),
        at=room.talk.now,
    )
    (shown,) = room.shown(room.talk.receives(correction))

    assert "corrected" in shown.body["text"]
    assert files([shown]) == []


def test_an_erased_customers_pictures_are_taken_back(room: StaffRoom) -> None:
    shown = room.shown(sends(room.talk, photo(), text=BROKEN))
    room.talk.says("/forget")

    overwritten = room.shown(room.talk.taps("forget:yes"))

    taken_back = {message.edits: message.body.get("takes_back", False) for message in overwritten}
    assert taken_back == {shown[0].dedupe_key: False, shown[1].dedupe_key: True}
    with room.talk.database.reading() as session:
        kept = session.scalars(select(OutboxMessage.body).where(OutboxMessage.about == "complaint:1"))
        assert [body for body in kept if body.get("attachments")] == []


def test_my_data_names_what_was_sent(room: StaffRoom) -> None:
    sends(room.talk, photo(), text=BROKEN)

    (data,) = to_customer(room.talk.says("/mydata"))

    assert '"reference": "file-1"' in data.body["document"][2]
    assert texts([data]) == ["This is everything we hold on you."]
