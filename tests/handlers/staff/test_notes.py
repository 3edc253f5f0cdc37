"""Notes stay among staff: every road to a customer is tried."""

import pytest
from sqlalchemy import select

from bot.channels.webchat.past import Past
from customers.erasure import erase
from feedback.case_history import Side, timeline
from feedback.case_notes import is_note, without_mark
from handlers.incoming import Attachment, AttachmentKind, Incoming, IncomingKind
from handlers.staff.albums import WORDS_COME_WITHIN
from store.history import read_history
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY, make_incoming
from tests.handlers.rooms import MEI, TOM, StaffRoom, to_customer
from tests.talk import texts

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
SECRET = "zebra"  # a word that stands in notes alone


@pytest.fixture
def complained(room: StaffRoom) -> StaffRoom:
    """The staff chat, with one complaint of Ana's, who writes in our web chat."""
    room.talk.says(BROKEN, channel="webchat", sender="w-ana-abcdef")
    return room


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("// he is a friend of Tom's", "he is a friend of Tom's"),
        ("//he", "he"),
        ("  📝 call him", "call him"),
        ("📝\ufe0f call him", "call him"),
        ("／／ 中文备注", "中文备注"),
        ("///", ""),
    ],
)
def test_marks_of_notes(words: str, bare: str) -> None:
    assert is_note(words)
    assert without_mark(words) == bare


@pytest.mark.parametrize("words", ["Call him", "/open", "https://example.org", "a // b", ""])
def test_words_without_a_mark_are_no_notes(words: str) -> None:
    assert not is_note(words)


def test_a_marked_reply_is_kept_in_the_case_and_goes_to_nobody(complained: StaffRoom) -> None:
    messages = complained.replies(complained.alert("alert:1"), f"// {SECRET}")

    assert texts(messages) == ["📝 Kept as a note in C-1001. Only we see it."]
    assert complained.shown(messages) == messages
    assert _notes(complained) == [SECRET]


def test_a_note_by_command_is_shown_to_colleagues(complained: StaffRoom) -> None:
    messages = complained.talk.says(f"/note C-1001 {SECRET}", sender=MEI)

    own, shown = messages
    assert own.body["text"] == "📝 Kept as a note in C-1001. Only we see it."
    assert (shown.body["text"], shown.reply_to) == (f"📝 C-1001 · Mei: {SECRET}", "alert:1")
    assert _notes(complained) == [SECRET]


def test_a_command_as_a_reply_needs_no_number(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), f"/note {SECRET}")

    assert _notes(complained) == [SECRET]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"/note {SECRET}", "Which case?"),
        (f"/note C-9999 {SECRET}", "There is no such case."),
        ("/note C-1001", "There is nothing in that note"),
        ("/note C-1001 //", "There is nothing in that note"),
    ],
)
def test_a_note_that_cannot_be_kept_is_told(complained: StaffRoom, words: str, told: str) -> None:
    messages = complained.says(words)

    assert texts(messages)[0].startswith(told)
    assert _notes(complained) == []


def test_a_note_changes_nothing_in_the_case(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), f"// {SECRET}", sender=TOM)

    (changed,) = complained.taps("take:1")
    assert changed.body["text"].endswith("✋ Mei has it.")


def test_no_road_leads_from_a_note_to_a_customer(complained: StaffRoom) -> None:
    """Notes are written in every way, and then all is done that shows a customer something."""
    room, talk = complained, complained.talk
    ana = {"channel": "webchat", "sender": "w-ana-abcdef"}
    alert = room.alert("alert:1")
    room.taps("take:1")
    room.replies(alert, f"// {SECRET} 1")
    room.replies(alert, f"📝 {SECRET} 2", attachments=(Attachment(AttachmentKind.PHOTO, f"{SECRET}-file"),))
    room.replies(alert, f"/note {SECRET} 3")
    talk.says(f"/note C-1001 {SECRET} 4", sender=MEI)
    talk.taps("reply:1", sender=MEI)
    talk.says(f"// {SECRET} 5", sender=MEI)
    room.taps("reply:1")
    room.replies(room.talk.sent[-1], f"／／ {SECRET} 6")
    for button in ("promise:1", "concede:1", "resolve:1"):
        talk.taps(button, sender=MEI)
        talk.says(f"// {SECRET} in the middle of {button}", sender=MEI)
        talk.says("/cancel", sender=MEI)
    room.replies(alert, "We look into it", message_id="m-7")
    talk.receives(_corrected(f"// {SECRET} 7"))
    room.replies(alert, f"// {SECRET} 8", message_id="m-7")
    talk.receives(_corrected(f"{SECRET} 9"))

    for words in ("/status", "/mydata", "/help", "What did you note about me?", "It is still broken!"):
        talk.says(words, **ana)
    room.taps("resolve:1")
    talk.says("/status", **ana)
    talk.says("/mydata", **ana)

    with talk.database.reading() as session:
        to_customers = session.scalars(
            select(OutboxMessage).where(OutboxMessage.address != COMPANY.staff_chat.address)
        ).all()
        read = [row for row in to_customers if row.address == "w-ana-abcdef"]
        assert len(read) > 6
        assert [row.body for row in read if SECRET in str(row.body)] == []
        assert [row.body for row in to_customers if row.customer_id and SECRET in str(row.body)] == []
        page = read_history(session, channel="webchat", address="w-ana-abcdef", limit=500)
        assert SECRET not in str(Past(page, {}, latest=True))
    assert len([note for note in _notes(room) if SECRET in note]) >= 7


def test_what_is_marked_where_no_case_is_known_goes_nowhere(complained: StaffRoom) -> None:
    room = complained
    room.talk.says("Which lid fits the blue pot?", sender="78")
    question = room.talk.sent[-1]

    messages = [*room.replies(question, f"// {SECRET}"), *room.says(f"// {SECRET}", reply_to="unknown")]

    assert to_customer(messages, "78") == []
    assert SECRET not in str([message.body for message in messages])
    assert texts(messages)[0].startswith("A note belongs to a case, and this is none")


@pytest.mark.parametrize(
    ("first", "then"),
    [("// phone 111", "📝 phone 222"), ("/note C-1001 phone 111", "/note c-1001 phone 222")],
)
def test_a_corrected_note_is_noted_again_and_told(complained: StaffRoom, first: str, then: str) -> None:
    complained.replies(complained.alert("alert:1"), first, message_id="m-7")

    messages = complained.edits("m-7", then)

    assert texts(messages) == ["📝 Kept as a note in C-1001. Only we see it."]
    assert _notes(complained) == ["phone 111", "corrected: phone 222"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("// phone 111", "phone 222"),
        ("// phone 111", "/open"),
        ("/note phone 111", "/note C-1002 phone 222"),
        ("/note phone 111", "phone 222"),
        ("/open", "open"),
    ],
)
def test_what_is_no_note_any_more_or_never_was_changes_nothing_and_is_told(
    complained: StaffRoom, first: str, then: str
) -> None:
    complained.replies(complained.alert("alert:1"), first, message_id="m-7")
    before = _notes(complained)

    messages = complained.edits("m-7", then)

    assert texts(messages) == ["Nothing was changed, and nothing went out: write a new message instead."]
    assert complained.shown(messages) == messages
    assert _notes(complained) == before


def test_a_note_made_plain_and_a_note_again_is_still_corrected(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), "// phone 111", message_id="m-7")
    complained.edits("m-7", "phone 222")

    complained.edits("m-7", "// phone 222")

    assert _notes(complained) == ["phone 111", "corrected: phone 222"]


def test_a_colleague_in_the_group_may_write_slashes(complained: StaffRoom) -> None:
    assert complained.says("// lunch?") == []
    assert _notes(complained) == []


KEPT = "📝 Kept as a note in C-1001. Only we see it."


@pytest.mark.parametrize("words", [f"// {SECRET}", f"/note {SECRET}"])
def test_all_pictures_of_a_notes_album_are_notes(complained: StaffRoom, words: str) -> None:
    messages = [
        *complained.talk.receives(_picture(complained, words, "one"), _picture(complained, "", "two")),
        *complained.talk.receives(_picture(complained, "", "three")),
    ]

    assert complained.shown(messages) == messages
    assert texts(messages) == [KEPT]
    assert _notes(complained) == [f"{SECRET} [a photo]", "[a photo]", "[a photo]"]


@pytest.mark.parametrize("words", [f"// {SECRET}", f"/note {SECRET}"])
def test_a_picture_before_its_albums_note_is_kept_back(complained: StaffRoom, words: str) -> None:
    messages = complained.talk.receives(
        _picture(complained, "", "one"), _picture(complained, words, "two"), _picture(complained, "", "three")
    )

    assert to_customer(messages, "w-ana-abcdef") == []
    told = f"{KEPT}\nPictures of this album that were still waiting did not go out."
    assert told in texts(messages)
    assert not any(text.startswith("✓ Sent") for text in texts(messages))
    assert not _is_answered(complained)
    assert _told_of(complained) == [
        ("noted", f"{SECRET} [a photo]"),
        ("kept_back", "[a photo]"),
        ("noted", "[a photo]"),
    ]
    *_, data = complained.talk.says("/mydata", channel="webchat", sender="w-ana-abcdef")
    assert "[a photo]" not in data.body["document"][2]
    assert any("Write to them first" in text for text in texts(complained.taps("wait:1")))


def test_a_picture_that_left_before_its_albums_note_is_told(complained: StaffRoom) -> None:
    sent = to_customer(complained.talk.receives(_picture(complained, "", "one")), "w-ana-abcdef")

    messages = complained.talk.receives(_picture(complained, f"// {SECRET}", "two"))

    assert [message.not_before - complained.talk.now for message in sent] == [WORDS_COME_WITHIN]
    assert texts(messages) == [f"{KEPT}\n⚠️ Pictures of this album may have gone out before the note came."]
    assert _is_answered(complained)


def test_an_albums_note_where_no_case_is_known_keeps_its_pictures_here(complained: StaffRoom) -> None:
    complained.talk.says("Which lid fits the blue pot?", sender="78")
    question = complained.talk.sent[-1]

    messages = complained.talk.receives(
        _picture(complained, f"// {SECRET}", "one", to=question), _picture(complained, "", "two", to=question)
    )

    (told,) = texts(messages)
    assert told.startswith("A note belongs to a case, and this is none")


def test_notes_go_when_the_customer_is_erased(complained: StaffRoom) -> None:
    complained.replies(complained.alert("alert:1"), f"// {SECRET} 1")
    complained.talk.says(f"/note C-1001 {SECRET} 2", sender=MEI)

    with complained.talk.database.transaction() as session:
        erase(session, session.scalars(select(Customer)).one(), now=complained.talk.now)

    with complained.talk.database.reading() as session:
        kept = [*session.scalars(select(Message.text)), *session.scalars(select(ComplaintEvent.text))]
        assert [text for text in kept if SECRET in text] == []
        assert [body for body in session.scalars(select(OutboxMessage.body)) if SECRET in str(body)] == []


def _is_answered(room: StaffRoom) -> bool:
    with room.talk.database.reading() as session:
        return session.get_one(Complaint, 1).first_response_at is not None


def _told_of(room: StaffRoom) -> list[tuple[str, str]]:
    """Give what the timeline of the case tells of staff, and in which words."""
    with room.talk.database.reading() as session:
        entries = timeline(session, session.get_one(Complaint, 1))
        return [(entry.what, entry.why) for entry in entries if entry.side is Side.STAFF]


def _notes(room: StaffRoom) -> list[str]:
    with room.talk.database.reading() as session:
        query = select(ComplaintEvent.text).where(ComplaintEvent.what == "noted")
        return list(session.scalars(query.order_by(ComplaintEvent.id)))


def _corrected(text: str) -> Incoming:
    return make_incoming(
        text,
        sender=MEI,
        kind=IncomingKind.EDIT,
        message_id="m-7",
        address=COMPANY.staff_chat.address,
        channel=COMPANY.staff_chat.channel,
        private=False,
    )


def _picture(room: StaffRoom, words: str, name: str, *, to: OutboxMessage | None = None) -> Incoming:
    """Give one picture of an album, as a reply to the alert where nothing else is said."""
    return make_incoming(
        words,
        sender=MEI,
        reply_to=(to or room.alert("alert:1")).external_id,
        attachments=(Attachment(AttachmentKind.PHOTO, name),),
        album="5",
        address=COMPANY.staff_chat.address,
        channel=COMPANY.staff_chat.channel,
        private=False,
        at=room.talk.now,
    )
