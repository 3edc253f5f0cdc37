"""Stopping and resuming what we send first."""

import pytest

from store.outbox import Draft, enqueue
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW, make_customer
from tests.handlers.rooms import answer
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
