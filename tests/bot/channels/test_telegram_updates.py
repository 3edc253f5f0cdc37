"""What an update of Telegram's becomes, and what is none of our business."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.updates import Me, Reading, read_update
from handlers.incoming import Attachment, AttachmentKind, Incoming, IncomingKind, Sender
from tests.botapi.world import entities_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
ME = Me(id=111, username="Lantern_Tea_bot")
ANA = {
    "id": 77,
    "is_bot": False,
    "first_name": "Ana",
    "last_name": "Ruiz",
    "username": "ana_r",
    "language_code": "es",
}
OUR_BOT = {"id": 111, "is_bot": True, "first_name": "Tea", "username": "Lantern_Tea_bot"}
PRIVATE = {"id": 77, "type": "private", "first_name": "Ana"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Staff"}
PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60},
    {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 600},
]
FILE: dict[str, Any] = {"file_id": "f1", "file_unique_id": "u1"}


def _message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    message = {
        "message_id": 9,
        "from": ANA,
        "chat": chat,
        "date": int(WRITTEN.timestamp()),
        **content,
    }
    if entities := entities_of(message.get("text", "")):
        message["entities"] = entities
    return message


def _read(moves: GroupMoves | None = None, **content: Any) -> Reading:
    return read_update({"update_id": 5, **content}, me=ME, moves=moves or GroupMoves(), now=NOW)


def _incoming(**content: Any) -> Incoming:
    incoming = _read(**content).incoming
    assert incoming is not None
    return incoming


def test_a_text() -> None:
    assert _incoming(message=_message(text="The tea was <b>cold</b>.")) == Incoming(
        channel="telegram",
        update_id="5",
        kind=IncomingKind.MESSAGE,
        address="77",
        sender=Sender("77", "Ana Ruiz", "ana_r", "es"),
        at=WRITTEN,
        text="The tea was <b>cold</b>.",
        message_id="9",
    )


@pytest.mark.parametrize(
    ("content", "attachment"),
    [
        ({"photo": PHOTO}, Attachment(AttachmentKind.PHOTO, "large")),
        ({"voice": {**FILE, "duration": 3}}, Attachment(AttachmentKind.VOICE, "f1")),
        (
            {"video": {**FILE, "width": 1, "height": 1, "duration": 3, "file_name": "a.mp4"}},
            Attachment(AttachmentKind.VIDEO, "f1", "a.mp4"),
        ),
        ({"video_note": {**FILE, "length": 1, "duration": 3}}, Attachment(AttachmentKind.VIDEO_NOTE, "f1")),
        (
            {"document": {**FILE, "file_name": "bill.pdf"}},
            Attachment(AttachmentKind.DOCUMENT, "f1", "bill.pdf"),
        ),
        (
            {"contact": {"phone_number": "+44123", "first_name": "Bo", "last_name": "Li"}},
            Attachment(AttachmentKind.CONTACT, "+44123", "Bo Li"),
        ),
        (
            {"contact": {"phone_number": "+44123", "first_name": "Ana", "last_name": "Ruiz", "user_id": 78}},
            Attachment(AttachmentKind.CONTACT, "+44123", "Ana Ruiz"),
        ),
        (
            {"contact": {"phone_number": "+44123", "first_name": "Anita", "user_id": 77}},
            Attachment(AttachmentKind.CONTACT, "+44123", "Anita", own=True),
        ),
        (
            {"location": {"latitude": 51.5, "longitude": -0.12}},
            Attachment(AttachmentKind.LOCATION, "51.5,-0.12"),
        ),
        (
            {
                "location": {"latitude": 1.0, "longitude": 2.0},
                "venue": {
                    "location": {"latitude": 1.0, "longitude": 2.0},
                    "title": "Tea house",
                    "address": "Here",
                },
            },
            Attachment(AttachmentKind.LOCATION, "1.0,2.0", "Tea house"),
        ),
        (
            {
                "sticker": {
                    **FILE,
                    "type": "regular",
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                    "emoji": "🫖",
                }
            },
            Attachment(AttachmentKind.STICKER, "f1", "🫖"),
        ),
        ({"audio": {**FILE, "duration": 3}}, Attachment(AttachmentKind.AUDIO, "f1")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Attachment(AttachmentKind.OTHER, "", "dice")),
        ({"hologram": {"depth": 3}}, Attachment(AttachmentKind.OTHER, "", "hologram")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_comes_along(content: dict[str, Any], attachment: Attachment) -> None:
    incoming = _incoming(message=_message(**content))
    assert incoming.attachments == (attachment,)
    assert incoming.text == ""


def test_what_the_library_does_not_know_about_a_text_is_nothing_that_came_along() -> None:
    assert _incoming(message=_message(text="The tea was cold.", mood="sour")).attachments == ()


def test_a_caption_is_the_text() -> None:
    incoming = _incoming(message=_message(photo=PHOTO, caption="Look at this crack"))
    assert incoming.text == "Look at this crack"
    assert incoming.attachments == (Attachment(AttachmentKind.PHOTO, "large"),)


def test_each_picture_of_an_album_names_it_and_tells_its_size() -> None:
    photo = [{**PHOTO[1], "file_size": 12_345}]
    incoming = _incoming(message=_message(photo=photo, media_group_id="13900001"))
    assert incoming.album == "13900001"
    assert incoming.attachments[0].size == 12_345


def test_an_edit_keeps_the_message_id_and_happens_when_it_was_edited() -> None:
    incoming = _incoming(edited_message=_message(text="cold!", edit_date=int(NOW.timestamp())))
    assert (incoming.kind, incoming.message_id, incoming.at) == (IncomingKind.EDIT, "9", NOW)


def test_a_live_location_that_moves_is_no_edit() -> None:
    location = {"latitude": 1.0, "longitude": 2.0}
    assert _read(edited_message=_message(location=location, edit_date=int(NOW.timestamp()))) == Reading()


def test_a_reply_names_the_message() -> None:
    assert _incoming(message=_message(text="yes", reply_to_message=_message(text="?"))).reply_to == "9"


def _tap(**changes: Any) -> dict[str, Any]:
    message = {**_message(text="Solved?"), "from": OUR_BOT}
    return {
        "id": "tap1",
        "from": ANA,
        "chat_instance": "1",
        "data": "solved:7:yes",
        "message": message,
        **changes,
    }


def test_a_tap() -> None:
    reading = _read(callback_query=_tap())
    assert reading.tap_id == "tap1"
    assert reading.incoming == Incoming(
        channel="telegram",
        update_id="5",
        kind=IncomingKind.BUTTON,
        address="77",
        sender=Sender("77", "Ana Ruiz", "ana_r", "es"),
        at=NOW,
        message_id="9",
        button="solved:7:yes",
    )


def test_a_tap_under_a_message_too_old_to_be_shown() -> None:
    reading = _read(callback_query=_tap(message={"chat": GROUP, "message_id": 3, "date": 0}))
    assert reading.incoming is not None
    assert (reading.incoming.address, reading.incoming.message_id) == ("-100123", "3")
    assert not reading.incoming.private
    assert reading.incoming.at == NOW


@pytest.mark.parametrize("changes", [{"message": None}, {"data": None}, {"from": OUR_BOT}])
def test_a_tap_that_is_not_on_our_buttons_is_only_answered(changes: dict[str, Any]) -> None:
    assert _read(callback_query=_tap(**changes)) == Reading(tap_id="tap1")


def _membership(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    kicked = {"until_date": 0} if status == "kicked" else {}
    return {
        "chat": chat,
        "from": ANA,
        "date": int(WRITTEN.timestamp()),
        "old_chat_member": {"user": OUR_BOT, "status": "left"},
        "new_chat_member": {"user": OUR_BOT, "status": status, **kicked},
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("kicked", IncomingKind.BLOCKED),
        ("left", IncomingKind.BLOCKED),
        ("member", IncomingKind.UNBLOCKED),
    ],
)
def test_a_customer_blocks_or_unblocks_us(status: str, kind: IncomingKind) -> None:
    incoming = _incoming(my_chat_member=_membership(status))
    assert (incoming.kind, incoming.address, incoming.sender.id) == (kind, "77", "77")
    assert incoming.at == WRITTEN


def test_what_becomes_of_us_in_a_group_is_no_customers_doing() -> None:
    assert _read(my_chat_member=_membership("kicked", GROUP)) == Reading()


@pytest.mark.parametrize(
    "text",
    [
        "/open",
        "/open@lantern_tea_bot now",
        "/open@LANTERN_TEA_BOT",
        "hey @lantern_tea_bot, look",
        "🫖 @Lantern_Tea_Bot",
    ],
)
def test_in_a_group_what_is_said_to_us_is_heard(text: str) -> None:
    incoming = _incoming(message=_message(GROUP, text=text))
    assert (incoming.text, incoming.address, incoming.private) == (text, "-100123", False)


@pytest.mark.parametrize(
    "text",
    ["hello all", "/open@other_bot", "ask @other_bot", "mail me@lantern_tea_bot.example", "/@other_bot"],
)
def test_in_a_group_all_else_is_not(text: str) -> None:
    assert _read(message=_message(GROUP, text=text)) == Reading()


def test_in_a_group_a_reply_to_us_is_heard() -> None:
    ours = {**_message(GROUP, text="alert"), "from": OUR_BOT, "message_id": 4}
    incoming = _incoming(message=_message(GROUP, text="We are sorry", reply_to_message=ours))
    assert (incoming.reply_to, incoming.private) == ("4", False)


def test_in_a_group_a_reply_to_a_person_is_not() -> None:
    theirs = {**_message(GROUP, text="lunch?"), "message_id": 4}
    assert _read(message=_message(GROUP, text="yes", reply_to_message=theirs)) == Reading()


def test_in_a_group_a_person_named_by_our_id_means_us() -> None:
    message = _message(GROUP, text="Tea, look")
    message["entities"] = [{"type": "text_mention", "offset": 0, "length": 3, "user": OUR_BOT}]
    assert _incoming(message=message).text == "Tea, look"


def test_in_a_group_a_caption_can_mention_us() -> None:
    caption = "@lantern_tea_bot look"
    message = _message(GROUP, photo=PHOTO, caption=caption, caption_entities=entities_of(caption))
    assert _incoming(message=message).text == caption


def test_in_a_topic_the_first_message_is_no_reply() -> None:
    first = {
        **_message(GROUP, forum_topic_created={"name": "Complaints", "icon_color": 1}),
        "from": OUR_BOT,
    }
    assert _read(message=_message(GROUP, text="lunch?", reply_to_message=first)) == Reading()


@pytest.mark.parametrize(
    "update",
    [
        {"channel_post": {**_message({**GROUP, "type": "channel"}, text="news"), "from": None}},
        {"message": {**_message(text="beep"), "from": OUR_BOT}},
        {"message": {**_message(text="beep"), "from": None}},
        {"message": _message(delete_chat_photo=True)},
        {"message": _message(GROUP, new_chat_members=[OUR_BOT])},
        {"edited_channel_post": _message({**GROUP, "type": "channel"}, text="news")},
        {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": True,
                  "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}},
        {"telepathy": {"thought": "tea"}},
        {},
    ],
    ids=lambda update: next(iter(update), "nothing"),
)  # fmt: skip
def test_what_is_not_for_us(update: dict[str, Any]) -> None:
    assert _read(**update) == Reading()


@pytest.mark.parametrize(
    "update",
    [
        {"message": "not an object"},
        {"message": {"text": "no chat, no date"}},
        {"message": _message(text="x", date="yesterday")},
        {"message": _message(date=10**30, text="x")},
        {"callback_query": []},
    ],
)
def test_an_update_of_no_known_form_is_an_error(update: dict[str, Any]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the library raises
        _read(**update)


def test_a_group_that_moved_keeps_the_name_we_know() -> None:
    moves = GroupMoves()
    small = {"id": -55, "type": "group", "title": "Staff"}
    assert _read(moves, message=_message(small, migrate_to_chat_id=-100123)) == Reading()
    reading = _read(moves, message=_message(GROUP, text="/open"))
    assert reading.incoming is not None
    assert reading.incoming.address == "-55"
    assert moves.current("-55") == "-100123"


def test_a_move_is_learnt_from_the_new_group_too() -> None:
    moves = GroupMoves()
    assert _read(moves, message=_message(GROUP, migrate_from_chat_id=-55)) == Reading()
    assert (moves.current("-55"), moves.original("-100123")) == ("-100123", "-55")


def test_in_a_group_that_moved_a_message_is_named_with_the_new_group() -> None:
    moves = GroupMoves()
    moves.note("-55", "-100123")
    ours = {**_message(GROUP, text="alert"), "from": OUR_BOT, "message_id": 4}
    said = _read(moves, message=_message(GROUP, text="We are sorry", reply_to_message=ours)).incoming
    tapped = _read(moves, callback_query=_tap(message=ours)).incoming
    assert said is not None
    assert tapped is not None
    assert (said.message_id, said.reply_to) == ("-100123/9", "-100123/4")
    assert tapped.message_id == "-100123/4"
    late = _read(moves, message=_message({**GROUP, "id": -55}, text="/open")).incoming
    assert late is not None
    assert (late.address, late.message_id) == ("-55", "9")


def test_a_move_to_the_chat_that_the_settings_name_keeps_that_name() -> None:
    moves = GroupMoves(home="-100200")
    moves.note("-55", "-100200")
    assert moves.current("-55") == "-100200"
    assert moves.original("-100200") == "-100200"
    assert moves.name("-100200", 505) == "505"
    assert moves.number("-100200", "505", address="-100200") == 505
    assert moves.number("-100200", "505", address="-55") is None, "it is another chat's message"
