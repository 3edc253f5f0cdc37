"""Who comes, and then cannot, says so in words: the place is given back, and no case is opened."""

import pytest

from handlers.customer.short_answers import read_rsvp, speaks_of_coming
from handlers.customer.staying_away import stays_away, thinks_better
from store.tables.outreach import Rsvp
from tests.handlers.customer.cases import BROKEN, count
from tests.handlers.rooms import StaffRoom, answer, to_customer
from tests.scheduler.events.ground import make_event, standing
from tests.talk import Talk, texts

CLEAR = [
    "Sorry, something came up, I can't make it",
    "I cannot come after all",
    "no, I cannot make it",
    "We won't be able to come",
    "we can't come any more",
    "We can't come anymore :(",
    "Unfortunately I'm unable to attend the tasting.",
    "I'm sick and can't come tomorrow, I am so sorry",
    "I don't think I can make it",
    "I've changed my mind, I'm not coming",
    "You got me wrong, I just cannot come to the tasting",
    "来不了了",
    "有事去不了",
    "不好意思，临时有事，来不了了",
    "還是有事去不了",
    "对不起，我不能来参加活动了",
]
AFTER_AN_INVITATION = [
    "actually no",
    "Sorry, actually no.",
    "something came up",
    "Changed my mind",
    "临时有事",
]
SOMETHING_ELSE = [
    "I can't make it work",
    "I can't come to terms with your service",
    "I can't go on like this",
    "I'm not going to pay",
    "I could not come to the shop",
    "My order could not come",
    "Can't I come?",
    "You can't come",
    "I am ill",
    "快递来不了了",
    "打不开，用不了",
]


def guest(talk: Talk, *, capacity: int = 4) -> int:
    """Let Ana (77) say that she comes to an event; where there is one place only, Ben (88) has it."""
    for sender in ("77", "88"):
        talk.says("hello", sender=sender)
    talk.passes(minutes=1)
    event_id = planned(talk, capacity=capacity)
    if capacity == 1:
        talk.taps(f"rsvp:{event_id}:going", sender="88")
    talk.taps(f"rsvp:{event_id}:going")
    return event_id


def planned(talk: Talk, *, capacity: int = 4) -> int:
    with talk.database.transaction() as session:
        event_id = make_event(session, capacity=capacity).id
    talk.deliver()
    return event_id


def stands(talk: Talk, event_id: int) -> Rsvp | None:
    """Tell what Ana, the first customer, said."""
    with talk.database.reading() as session:
        return standing(session, event_id).get(1)


@pytest.mark.parametrize("text", CLEAR)
def test_words_that_say_by_themselves_that_somebody_does_not_come(text: str) -> None:
    assert stays_away(text)
    assert speaks_of_coming(text)
    assert read_rsvp(text) == "no"


@pytest.mark.parametrize("text", AFTER_AN_INVITATION)
def test_words_that_say_so_only_after_an_invitation(text: str) -> None:
    assert thinks_better(text)
    assert not stays_away(text)
    assert read_rsvp(text) == "no"


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_words_that_say_something_else(text: str) -> None:
    assert not stays_away(text)
    assert read_rsvp(text) is None


@pytest.mark.parametrize("text", [*CLEAR, *AFTER_AN_INVITATION])
@pytest.mark.parametrize("capacity", [4, 1])
def test_a_place_is_given_back_in_words(room: StaffRoom, text: str, capacity: int) -> None:
    event_id = guest(room.talk, capacity=capacity)

    assert "A pity" in texts(to_customer(room.talk.says(text)))[0]
    assert stands(room.talk, event_id) is Rsvp.NO
    assert count(room.talk) == 0


def test_a_place_is_given_back_days_later_while_a_case_is_open(room: StaffRoom) -> None:
    event_id = guest(room.talk)
    room.talk.passes(days=3)
    room.talk.says(BROKEN)

    assert "A pity" in answer(room.talk.says("You got me wrong, I just cannot come to the tasting"))
    assert stands(room.talk, event_id) is Rsvp.NO


def test_after_a_day_only_words_that_name_an_event_give_a_place_back(room: StaffRoom) -> None:
    event_id = guest(room.talk)
    room.talk.passes(days=3)
    room.talk.says("I cannot come after all")
    assert stands(room.talk, event_id) is Rsvp.GOING

    assert "A pity" in answer(room.talk.says("I cannot come to the tasting after all"))
    assert stands(room.talk, event_id) is Rsvp.NO


def test_a_place_is_kept_by_words_that_say_something_else(room: StaffRoom) -> None:
    event_id = guest(room.talk)
    for text in ("I can't make it work", "I can't come to terms with your service"):
        room.talk.says(text)

    assert stands(room.talk, event_id) is Rsvp.GOING


def test_of_two_places_none_is_given_back_unasked(room: StaffRoom) -> None:
    events = [guest(room.talk), planned(room.talk)]
    room.talk.taps(f"rsvp:{events[1]}:going")
    room.talk.passes(days=3)
    room.talk.says("I cannot come to the tasting")

    assert [stands(room.talk, event_id) for event_id in events] == [Rsvp.GOING, Rsvp.GOING]


def test_who_has_no_place_gives_none_back(room: StaffRoom) -> None:
    room.talk.says("hello")
    event_id = planned(room.talk)
    room.talk.passes(days=3)

    assert "A pity" not in answer(room.talk.says("I cannot come to the tasting"))
    assert stands(room.talk, event_id) is None


def test_what_a_person_asked_is_answered_to_them(room: StaffRoom) -> None:
    event_id = guest(room.talk)
    room.talk.passes(days=3)
    (asked,) = room.shown(room.talk.says("Do you have oolong tea in stock?"))
    room.replies(asked, "Yes. Can you come to the shop tomorrow?")

    assert len(room.shown(room.talk.says("Sorry, I can't come to the tasting"))) == 1
    assert stands(room.talk, event_id) is Rsvp.GOING


def test_a_reply_to_another_event_gives_no_place_back(room: StaffRoom) -> None:
    event_id = guest(room.talk)
    room.talk.passes(days=3)
    other = planned(room.talk)
    (entry,) = [row for row in room.talk.says("/events") if row.about == f"event:{other}"]
    room.talk.passes(days=2)
    room.talk.says("I can't make it", reply_to=f"out-{entry.id}")

    assert stands(room.talk, event_id) is Rsvp.GOING


def test_a_reply_to_the_ticket_gives_the_place_back(room: StaffRoom) -> None:
    event_id = guest(room.talk)
    (ticket,) = [row for row in room.talk.sent if row.dedupe_key.startswith("ticket:")]
    room.talk.passes(days=3)
    room.talk.says("I can't make it", reply_to=f"out-{ticket.id}")

    assert stands(room.talk, event_id) is Rsvp.NO
