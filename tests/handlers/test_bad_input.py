"""Whatever comes in gets an answer that makes sense, and what comes after it is not lost."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.intake import handle_batch
from handlers.incoming import MAX_TEXT, Sender
from store.engine import Database
from store.tables.conversations import Message
from store.tables.queues import InboxUpdate, OutboxMessage
from tests.factories import COMPANY, NOW, make_incoming
from tests.handlers.rooms import StaffRoom
from tests.talk import Talk

ZALGO = "t\u0300\u0301\u0302\u0303\u0304e\u0305\u0306\u0307\u0308a\u0309\u030a\u030b " * 20
ODD_TEXTS = {
    "empty": "",
    "spaces": " \t\n\u3000\u200b",
    "4096 characters": "tea " * 1024,
    "100 kB": "茶" * 100_000,
    "more than is kept": "x" * (MAX_TEXT + 5),
    "emoji": "😀👍🏽🇨🇳👨‍👩‍👧",
    "one emoji": "😡",
    "right to left": "\u202eمرحبا كيف الحال שלום",
    "zalgo": ZALGO,
    "NUL": "te\x00a\x00",
    "only NUL": "\x00\x00",
    "lone surrogates": "tea \ud83d pot \udc00",
    "HTML": "<b>&</b> <script>alert(1)</script>",
    "MarkdownV2": "_*[]()~`>#+-=|{}.!\\",
    "format": "{} {0} {name} %s %(name)s {reference!r}",
    "SQL": "'; DROP TABLE customers; --",
    "control characters": "\x01\x02\x1b[31mred\x7f",
    "slash alone": "/",
    "slash and space": "/ complaint",
    "slash and nothing but space": "/ ",
    "huge command": "/" + "x" * 5000,
    "command of another bot": "/help@some_other_bot",
}
ODD_TAPS = [
    "",
    ":",
    "::::",
    "take:1",
    "solved:1:yes",
    "rate:f1:5",
    "rate:c99999999999999999999:5",
    "visit:1:5",
    "rsvp:1:going",
    "visit:x:y",
    "rsvp:99999999999999999999:maybe",
    "language:../../etc",
    "newevent:1:send",
    "broadcast:1:send",
    "forget:yes:yes",
    "\x00\ud800",
    "x" * 10_000,
]


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_words_get_one_answer_and_the_next_message_too(room: StaffRoom, text: str) -> None:
    first = [message for message in room.talk.says(text) if message.address == "77"]
    second = room.talk.says("/status")

    assert len(first) == 1
    assert first[0].body["text"]
    assert "went wrong on our side" not in first[0].body["text"]
    assert len(second) == 1


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_words_of_a_complaint_reach_staff(room: StaffRoom, text: str) -> None:
    messages = room.talk.says(f"/complaint broken {text}")

    alert, *_ = room.shown(messages)
    assert "“broken" in alert.body["text"]
    assert len(alert.body["text"]) < 2000


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_words_of_staff_do_no_harm(room: StaffRoom, text: str) -> None:
    room.talk.says("/complaint broken")

    messages = room.replies(room.alert("alert:1"), text)

    assert all("went wrong on our side" not in message.body["text"] for message in messages)
    assert room.says("/open")


@pytest.mark.parametrize("data", ODD_TAPS)
def test_forged_taps_get_one_answer_and_the_next_message_too(room: StaffRoom, data: str) -> None:
    first = room.talk.taps(data)

    assert len(first) == 1
    assert "went wrong on our side" not in first[0].body["text"]
    assert len(room.talk.says("/status")) == 1


def test_what_is_kept_is_whole_up_to_the_limit(room: StaffRoom) -> None:
    room.talk.says("x" * (MAX_TEXT + 5))

    with room.talk.database.reading() as session:
        assert len(session.scalars(select(Message.text)).one()) == MAX_TEXT


@pytest.mark.parametrize("text", ["<b>&</b>", "_*[]()~`>#+-=|{}.!\\", "{name} {0} %s"])
def test_words_are_quoted_as_they_are(room: StaffRoom, text: str) -> None:
    (alert,) = room.shown(room.talk.says(f"/complaint {text}"))

    assert f"“{text}”" in alert.body["text"]


def test_a_name_is_never_markup_nor_a_format(room: StaffRoom) -> None:
    odd = Sender(id="77", name="<b>{Ana}</b>\x00\n*_", language="en")

    (answered,) = room.talk.says("hello", sender=odd)

    assert answered.body["text"].startswith("Hello <b>{Ana}</b>")


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "The teapot arrived broken, I want a refund"},
        {"text": "I love your tea, it is wonderful"},
        {"text": "/stop"},
        {"text": "Do you have oolong tea?"},
    ],
)
def test_an_update_that_comes_twice_has_one_effect(room: StaffRoom, fields: dict[str, Any]) -> None:
    update = make_incoming(**fields)

    first = room.talk.receives(update)
    again = room.talk.receives(update, update)

    assert first
    assert again == []


def test_all_odd_things_in_one_batch(any_database: Database) -> None:
    updates = [make_incoming(text) for text in ODD_TEXTS.values()]
    last = make_incoming("/status")

    with any_database.transaction() as session:
        handle_batch(session, [*updates, last], company=COMPANY, now=NOW)

    with any_database.reading() as session:
        assert session.scalars(select(InboxUpdate.error).where(InboxUpdate.error.is_not(None))).all() == []
        key = f"answer:telegram:{last.update_id}:0"
        assert session.scalars(select(OutboxMessage.id).filter_by(dedupe_key=key)).all()


def test_the_bot_of_a_company_that_has_no_staff_still_answers(talk: Talk) -> None:
    assert talk.says("The teapot arrived broken, I want a refund")
