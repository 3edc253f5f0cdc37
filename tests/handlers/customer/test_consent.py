"""Stopping and resuming what we send first."""

import pytest

from handlers.incoming import IncomingKind
from store.outbox import Draft, enqueue
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW, make_customer, make_incoming
from tests.handlers.rooms import StaffRoom, answer
from tests.talk import Talk


def queue(talk: Talk, customer_id: int, kind: MessageKind, key: str, purpose: Purpose | None = None) -> None:
    with talk.database.transaction() as session:
        draft = Draft(
            kind, "telegram", "77", "words", dedupe_key=key, customer_id=customer_id, purpose=purpose
        )
        enqueue(session, [draft], now=NOW)


def state_of(talk: Talk, key: str) -> OutboxState:
    with talk.database.reading() as session:
        return session.query(OutboxMessage).filter_by(dedupe_key=key).one().state


def test_stop_confirms_and_names_the_way_back(talk: Talk) -> None:
    text = answer(talk.says("/stop"))

    assert text.startswith("Done:")
    assert "/resume" in text


def test_stop_twice_says_that_it_was_so_already(talk: Talk) -> None:
    talk.says("/stop")

    assert answer(talk.says("/stop")).startswith("We already do not write to you first.")


def test_resume_brings_it_back_and_twice_says_so(talk: Talk) -> None:
    talk.says("/stop")

    assert answer(talk.says("/resume")).startswith("Welcome back")
    assert answer(talk.says("/resume")).startswith("We may write to you first, as before.")


@pytest.mark.parametrize("words", ["stop sending me messages", "Please unsubscribe me", "不要再给我发消息了"])
def test_opting_out_in_own_words_is_the_same_as_the_command(talk: Talk, words: str) -> None:
    assert answer(talk.says(words)) == answer(Talk(talk.database).says("/stop", sender="78"), "78")


def test_stop_holds_back_what_would_speak_first_and_nothing_else(talk: Talk) -> None:
    with talk.database.transaction() as session:
        mine = make_customer(session, sender="77").id
        other = make_customer(session, sender="78").id
    queue(talk, mine, MessageKind.GREETING, "mine-greeting", Purpose.GREETINGS)
    queue(talk, mine, MessageKind.CAMPAIGN, "mine-offer", Purpose.OFFERS)
    queue(talk, mine, MessageKind.ANSWER, "mine-answer")
    queue(talk, other, MessageKind.GREETING, "other-greeting", Purpose.GREETINGS)

    talk.says("/stop")

    assert state_of(talk, "mine-greeting") is OutboxState.SKIPPED
    assert state_of(talk, "mine-offer") is OutboxState.SKIPPED
    assert state_of(talk, "mine-answer") is OutboxState.SENT
    assert state_of(talk, "other-greeting") is OutboxState.SENT


def test_after_stop_questions_are_still_answered(talk: Talk) -> None:
    talk.says("/stop")

    assert answer(talk.says("/status"))


@pytest.mark.parametrize(
    "text",
    [
        "Stop sending me broken parcels!",
        "不要再发广告了，我的快递还没到",
        "Unsubscribe me. My order never came",
    ],
)
def test_an_opt_out_with_a_problem_is_both(room: StaffRoom, text: str) -> None:
    messages = room.talk.says(text)

    assert answer(messages).startswith("Done: we will not write to you first any more.")
    assert "C-1001" in answer(messages)
    assert [message.dedupe_key for message in room.shown(messages)] == ["alert:1"]


def test_an_opt_out_with_more_about_an_open_complaint_joins_it(room: StaffRoom) -> None:
    room.talk.says("The teapot arrived broken, terrible")

    assert "added this to C-1001" in answer(room.talk.says("Stop sending me broken parcels!"))


@pytest.mark.parametrize("text", ["stop sending me messages", "/stop", "退订"])
def test_a_correction_can_be_an_opt_out(room: StaffRoom, text: str) -> None:
    room.talk.says("the green door on Tuesday", message_id="m1")

    edit = make_incoming(text, kind=IncomingKind.EDIT, message_id="m1")

    assert answer(room.talk.receives(edit)).startswith("Done: we will not write")
    assert answer(room.talk.says("/stop")).startswith("We already do not")


def test_a_correction_can_be_an_opt_out_and_a_complaint(room: StaffRoom) -> None:
    room.talk.says("the green door on Tuesday", message_id="m1")

    edit = make_incoming("Stop sending me broken parcels!", kind=IncomingKind.EDIT, message_id="m1")

    assert "C-1001" in answer(room.talk.receives(edit))
