"""Stopping and resuming what we send first."""

import pytest
from sqlalchemy import select

from customers.consent import consents_of
from handlers.incoming import IncomingKind
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW, make_customer, make_incoming
from tests.handlers.rooms import StaffRoom, answer
from tests.talk import Talk, button_data


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


def allowed(talk: Talk, sender: str = "77") -> set[Purpose]:
    """What a customer lets us write about."""
    with talk.database.reading() as session:
        found = session.scalars(select(Customer).order_by(Customer.id)).all()
        return {purpose for purpose, granted in consents_of(session, found[-1].id).items() if granted}


EVERYTHING = set(Purpose)


def test_each_purpose_is_turned_off_and_on_by_a_tap_in_one_place(talk: Talk) -> None:
    [panel] = talk.says("/consent")
    assert button_data(panel) == [
        "consent:visits:off",
        "consent:greetings:off",
        "consent:invitations:off",
        "consent:offers:off",
        "consent:all:off",
    ]

    [changed] = talk.taps("consent:offers:off", message_id=f"out-{panel.id}")

    assert allowed(talk) == EVERYTHING - {Purpose.OFFERS}
    assert changed.edits == panel.dedupe_key
    assert "consent:offers:on" in button_data(changed)
    assert changed.body["buttons"][3][0][0] == "🔕 Offers and news"

    talk.taps("consent:offers:on", message_id=f"out-{panel.id}")
    assert allowed(talk) == EVERYTHING


def test_all_is_one_tap(talk: Talk) -> None:
    [panel] = talk.says("/consent")

    [off] = talk.taps("consent:all:off", message_id=f"out-{panel.id}")
    assert (allowed(talk), button_data(off)[-1]) == (set(), "consent:all:on")

    [on] = talk.taps("consent:all:on", message_id=f"out-{panel.id}")
    assert (allowed(talk), button_data(on)[-1]) == (EVERYTHING, "consent:all:off")


@pytest.mark.parametrize("data", ["consent", "consent:spam:off", "consent:offers", "consent:offers:maybe"])
def test_a_forged_tap_changes_nothing(talk: Talk, data: str) -> None:
    talk.says("/consent")

    assert answer(talk.taps(data)).startswith("This button no longer does anything.")
    assert allowed(talk) == EVERYTHING


@pytest.mark.parametrize(
    ("words", "purpose", "named"),
    [
        ("No more offers, please", Purpose.OFFERS, "offers and news"),
        ("stop sending me invitations", Purpose.INVITATIONS, "invitations to events"),
        ("别再发优惠了", Purpose.OFFERS, "offers and news"),
        ("plus de sondages", Purpose.VISITS, "questions how things are"),
        ("non mandatemi più auguri", Purpose.GREETINGS, "greetings on festivals"),
    ],
)
def test_words_that_name_something_stop_only_that(
    talk: Talk, words: str, purpose: Purpose, named: str
) -> None:
    first = answer(talk.says(words))
    assert first.startswith(f"Done: from now on you get none of these from us: {named}.")
    assert allowed(talk) == EVERYTHING - {purpose}
    assert answer(talk.says(words)).startswith(f"You already get none of these from us: {named}.")

    assert answer(talk.says("stop")).startswith("Done: we will not write to you first any more.")
    assert allowed(talk) == set()


def test_what_is_queued_is_held_back_at_once_and_noted(talk: Talk) -> None:
    talk.says("hello")
    with talk.database.reading() as session:
        ana = session.scalars(select(Customer.id)).one()
    queue(talk, ana, MessageKind.CAMPAIGN, f"campaign:5:{ana}", Purpose.OFFERS)
    queue(talk, ana, MessageKind.VISIT, f"visit:{ana}:2026-11-21", Purpose.VISITS)

    talk.says("no more offers")

    assert state_of(talk, f"campaign:5:{ana}") is OutboxState.SKIPPED
    assert state_of(talk, f"visit:{ana}:2026-11-21") is OutboxState.SENT
    with talk.database.reading() as session:
        [one] = session.scalars(select(Suppression))
    assert (one.customer_id, one.occasion, one.purpose, one.reason) == (
        ana,
        "campaign:5",
        Purpose.OFFERS,
        "stopped",
    )


def test_a_problem_in_the_same_breath_as_no_more_offers(room: StaffRoom) -> None:
    messages = room.talk.says("No more offers! The teapot arrived broken")

    assert answer(messages).startswith("Done: from now on you get none of these from us: offers and news.")
    assert "C-1001" in answer(messages)
    assert allowed(room.talk) == EVERYTHING - {Purpose.OFFERS}
