"""Written answers to what the bot asked count like taps."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.intake import handle_batch
from customers.consent import may_send
from store.outbox import Draft, enqueue
from store.tables.complaints import ComplaintState
from store.tables.conversations import Message
from store.tables.customers import Customer, Purpose
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.outreach import EventGuest
from store.tables.queues import MessageKind
from tests.factories import COMPANY, make_incoming
from tests.handlers.customer.cases import BROKEN, count, state, words_of
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.scheduler.events.ground import make_event
from tests.talk import Talk, texts

PRAISE = "I love your tea, it is wonderful"


def stars(talk: Talk) -> list[dict[str, int]]:
    with talk.database.reading() as session:
        rows = session.scalars(select(SatisfactionEntry).filter_by(source=EntrySource.RATING)).all()
        return [row.evidence for row in rows]


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5), ("five", 5), ("4 stars", 4), ("三星", 3), ("★★★★", 4)]
)
def test_stars_are_entered_as_if_tapped(room: StaffRoom, text: str, number: int) -> None:
    room.talk.says(PRAISE)

    messages = room.talk.says(text)

    assert answer(messages).startswith("★" * number + "☆" * (5 - number))
    assert stars(room.talk) == [{"stars": number}]


def test_stars_are_corrected_by_another_word(room: StaffRoom) -> None:
    room.talk.says(PRAISE)
    room.talk.says("2")
    room.talk.says("actually 3")

    assert stars(room.talk) == [{"stars": 3}]


def test_stars_count_after_some_small_talk(room: StaffRoom) -> None:
    room.talk.says(PRAISE)
    room.talk.says("lol")
    room.talk.says("5")

    assert stars(room.talk) == [{"stars": 5}]


def test_a_number_with_nothing_asked_is_no_rating(room: StaffRoom) -> None:
    messages = room.talk.says("5")

    assert stars(room.talk) == []
    assert room.shown(messages) == []


def test_a_question_is_open_for_a_day(room: StaffRoom) -> None:
    room.talk.says(PRAISE)
    room.talk.passes(hours=25)
    room.talk.says("5")

    assert stars(room.talk) == []


def test_what_a_person_asks_since_is_what_is_answered(room: StaffRoom) -> None:
    (asked,) = room.shown(room.talk.says("Do you have oolong tea in stock?"))
    room.talk.says(PRAISE)
    room.replies(asked, "Yes. How many tins would you like?")

    messages = room.talk.says("5")

    assert stars(room.talk) == []
    assert len(room.shown(messages)) == 1


def test_a_mark_for_a_settled_complaint_is_told_to_staff(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.says("yes")

    messages = room.talk.says("1")

    assert "rated 1 of 5" in texts(room.shown(messages))[0]


@pytest.mark.parametrize("text", ["yes", "Yes, it is solved", "解决了", "it's fixed, thanks"])
def test_a_written_yes_settles_the_complaint(room: StaffRoom, text: str) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")

    assert answer(room.talk.says(text)).startswith("Good to hear! C-1001 is closed.")
    assert state(room.talk) is ComplaintState.CONFIRMED


@pytest.mark.parametrize("text", ["no", "No, not yet", "还没"])
def test_a_written_no_opens_it_again(room: StaffRoom, text: str) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")

    messages = room.talk.says(text)

    assert "What is still wrong?" in answer(messages)
    assert state(room.talk) is ComplaintState.OPEN
    assert room.shown(messages)[0].dedupe_key == "alert:1:2"


def test_a_no_with_words_adds_the_words(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")

    messages = room.talk.says("no still nothing came")

    assert "open again with what you wrote" in answer(messages)
    assert ("reopened", "no still nothing came") in words_of(room.talk)
    assert texts(room.shown(messages))[-1] == "C-1001 · Ana: no still nothing came"


def test_a_second_no_with_words_is_added(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.says("no")

    messages = room.talk.says("no still nothing came")

    assert "added this to C-1001" in answer(messages)
    assert ("words_added", "no still nothing came") in words_of(room.talk)


def test_a_yes_to_staff_settles_nothing(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.replies(room.alert("alert:1"), "Shall we send a second one?")

    messages = room.talk.says("yes")

    assert state(room.talk) is ComplaintState.RESOLVED
    assert texts(room.shown(messages)) == ["C-1001 · Ana: yes"]


def test_forget_takes_a_plain_yes(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.says("/forget")

    assert answer(room.talk.says("yes")).startswith("Done: everything")
    with room.talk.database.reading() as session:
        assert session.scalars(select(Customer.id)).all() == []
        assert session.scalars(select(func.count(Message.id))).one() == 0


def test_forget_takes_a_plain_no(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.talk.says("/forget")

    assert answer(room.talk.says("no")) == "All right, nothing was erased."


def test_forget_is_not_answered_once_something_else_was_said(room: StaffRoom) -> None:
    room.talk.says("/forget")
    room.talk.says("hello")
    room.talk.says("yes")

    with room.talk.database.reading() as session:
        assert len(session.scalars(select(Customer.id)).all()) == 1


def test_a_language_is_written(room: StaffRoom) -> None:
    room.talk.says("/language")

    assert "中文" in answer(room.talk.says("中文"))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Going", "you are on the list"),
        ("I'll come", "you are on the list"),
        ("参加", "you are on the list"),
        ("maybe", "a maybe"),
        ("no", "A pity"),
    ],
)
def test_an_invitation_is_answered_in_words(room: StaffRoom, text: str, part: str) -> None:
    invite(room.talk)
    room.talk.says("/events")

    assert part in texts(to_customer(room.talk.says(text)))[0]
    assert "on the list" in texts(to_customer(room.talk.says("I'll come")))[0]
    with room.talk.database.reading() as session:
        assert len(session.scalars(select(EventGuest)).all()) == 1


def test_that_somebody_comes_is_understood_after_something_else_was_said(talk: Talk) -> None:
    talk.says("hello")
    with talk.database.transaction() as session:
        event_id = make_event(session, capacity=4, companions=2).id
    talk.deliver()
    talk.now += timedelta(minutes=1)
    talk.taps(f"rsvp:{event_id}:no")
    talk.now += timedelta(hours=20)
    assert "do you have a question?" in texts(talk.says("blue rather than green"))[0]
    assert "on the list" in texts(talk.says("I'll come"))[0]
    assert "do you have a question?" in texts(talk.says("blue rather than green"))[0]
    assert texts(talk.says("带一个朋友")) == ["You are 2 in all."]
    talk.now += timedelta(days=1, minutes=1)
    assert "A pity" not in texts(talk.says("not going"))[0]


def test_a_complaint_after_a_question_is_a_complaint(room: StaffRoom) -> None:
    room.talk.says(PRAISE)

    assert "C-1001" in answer(room.talk.says("5 of my cups were broken"))
    assert count(room.talk) == 1


def invite(talk: Talk) -> None:
    """Plan an event for everybody."""
    with talk.database.transaction() as session:
        make_event(session)


def test_what_waits_for_its_hour_closes_no_question(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    with room.talk.database.transaction() as session:
        enqueue(session, [_greeting(room)], now=room.talk.now)
    with room.talk.database.transaction() as session:
        handle_batch(session, [make_incoming("yes", at=room.talk.now)], company=COMPANY, now=room.talk.now)

    assert state(room.talk) is ComplaintState.CONFIRMED


def _greeting(room: StaffRoom) -> Draft:
    later = room.talk.now + timedelta(hours=9)
    return Draft(MessageKind.GREETING, "telegram", "77", "Happy new year!", dedupe_key="g", not_before=later)


def test_erasure_is_not_left_hanging(room: StaffRoom) -> None:
    room.talk.says("hello")
    room.talk.says("/forget")
    room.talk.passes(minutes=11)
    room.talk.says("yes")

    assert _customers(room) == 1


def test_a_reply_answers_what_it_replies_to(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    asked = room.taps("remedy:1:product:replaced")
    room.talk.says("/forget")
    (question,) = [message for message in asked if message.body["buttons"] and message.address == "77"]
    room.talk.says("yes", reply_to=f"out-{question.id}")

    assert _customers(room) == 1
    assert state(room.talk) is ComplaintState.CONFIRMED


def test_an_opt_out_answers_nothing_else(room: StaffRoom) -> None:
    room.talk.says(BROKEN)
    room.taps("remedy:1:product:replaced")
    room.talk.says("no more messages please")

    assert state(room.talk) is ComplaintState.RESOLVED
    with room.talk.database.reading() as session:
        assert not may_send(session, session.scalars(select(Customer.id)).one(), Purpose.OFFERS)


def test_a_number_long_after_the_stars_is_no_rating(room: StaffRoom) -> None:
    room.talk.says(PRAISE)
    room.talk.says("5")
    room.talk.passes(hours=20)
    room.talk.says("1")

    assert stars(room.talk) == [{"stars": 5}]


def _customers(room: StaffRoom) -> int:
    with room.talk.database.reading() as session:
        return len(session.scalars(select(Customer.id)).all())
