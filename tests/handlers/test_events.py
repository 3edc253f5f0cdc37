"""What customers see of events, and their answers by one tap."""

from datetime import timedelta

import pytest

from scheduler.events.changes import change_event
from store.engine import Database
from tests.factories import NOW, make_customer
from tests.scheduler.events.ground import START, make_event
from tests.scheduler.events.ground import answer as answer_event
from tests.talk import Talk, button_data, texts


def add_event(database: Database, *, capacity: int = 10, audience: str = "all") -> int:
    with database.transaction() as session:
        make_customer(session, sender="77")
        return make_event(session, capacity=capacity, audience=audience).id


def test_events_shows_what_is_coming_with_the_customers_answer(talk: Talk) -> None:
    event_id = add_event(talk.database)
    talk.deliver()
    (entry,) = talk.says("/events")
    assert entry.body["text"].splitlines() == [
        "Tea evening",
        "Tue, 1 Dec 2026, 12:00 (London time)",
        "Harbour Hall",
        "Will you come?",
    ]
    assert button_data(entry) == [f"rsvp:{event_id}:{answer}" for answer in ("going", "maybe", "no")]
    talk.taps(f"rsvp:{event_id}:maybe")
    assert texts(talk.says("/events"))[0].endswith("You said maybe.")


def test_without_events_it_says_so_kindly(talk: Talk) -> None:
    assert texts(talk.says("/events")) == [
        "Nothing is planned at the moment. As soon as there is, we will tell you."
    ]


def test_an_answer_by_one_tap_can_be_changed(talk: Talk) -> None:
    event_id = add_event(talk.database)
    talk.deliver()
    assert "you are on the list" in texts(talk.taps(f"rsvp:{event_id}:going"))[0]
    assert "maybe for “Tea evening”" in texts(talk.taps(f"rsvp:{event_id}:maybe"))[0]
    assert "Thank you for telling us" in texts(talk.taps(f"rsvp:{event_id}:no"))[0]


@pytest.mark.parametrize("answer", ["maybe", "going"])
def test_who_answers_an_invitation_from_before_a_change_reads_what_holds_now(talk: Talk, answer: str) -> None:
    event_id = add_event(talk.database, capacity=1)
    with talk.database.transaction() as session:
        other = make_customer(session, sender="88").id
        answer_event(session, event_id, other)
        change_event(session, event_id, {"place": "Garden Room"}, company=talk.company, now=talk.now)
    talk.deliver()
    (told,) = talk.taps(f"rsvp:{event_id}:{answer}")
    assert told.body["text"].endswith("Tea evening\nTue, 1 Dec 2026, 12:00 (London time)\nGarden Room")


def test_who_comes_too_late_waits_sees_their_place_and_is_offered_what_comes_free(talk: Talk) -> None:
    event_id = add_event(talk.database, capacity=1)
    talk.deliver()
    for sender in ("88", "99"):
        talk.says("hello", sender=sender)
    talk.taps(f"rsvp:{event_id}:going", sender="88")
    (waiting,) = talk.taps(f"rsvp:{event_id}:going")
    assert "on the waiting list.\nYou are next." in waiting.body["text"]
    talk.taps(f"rsvp:{event_id}:going", sender="99")
    assert texts(talk.says("/events", sender="99"))[0].endswith("waiting list. You are number 2 in line.")
    offer = next(row for row in talk.taps(f"rsvp:{event_id}:no", sender="88") if row.address == "77")
    assert "1 place came free" in offer.body["text"]
    assert "by Sat, 21 Nov 2026, 16:00 (London time)" in offer.body["text"]
    assert "A place is free for you until" in texts(talk.says("/events"))[0]
    assert "you are on the list" in texts(talk.taps(f"rsvp:{event_id}:going"))[0]


def test_companions_are_chosen_by_one_tap(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_customer(session, sender="77")
        event_id = make_event(session, capacity=3, companions=2).id
    talk.deliver()
    thanks, *_ = talk.taps(f"rsvp:{event_id}:going")
    assert "One place is yours." in thanks.body["text"]
    assert button_data(thanks)[3:] == [f"rsvp:{event_id}:with:{number}" for number in range(3)]
    assert "You are 3 in all." in texts(talk.taps(f"rsvp:{event_id}:with:2"))[0]
    talk.says("hello", sender="88")
    assert "waiting list" in texts(talk.taps(f"rsvp:{event_id}:with:1", sender="88"))[0]
    talk.taps(f"rsvp:{event_id}:with:1")
    fewer = texts(talk.says("/events", sender="88"))[0]
    assert "You are next." in fewer
    assert "1 place is free now" in texts(talk.taps(f"rsvp:{event_id}:with:1", sender="88"))[0]
    assert "no place is left for anybody else" in texts(talk.taps(f"rsvp:{event_id}:with:2"))[0]
    assert "you are on the list" in texts(talk.taps(f"rsvp:{event_id}:with:0", sender="88"))[0]


def test_who_waits_reads_for_how_many_however_often_they_say_it(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_customer(session, sender="77")
        event_id = make_event(session, capacity=2, companions=1).id
    talk.deliver()
    talk.says("hello", sender="88")
    talk.taps(f"rsvp:{event_id}:with:1")
    (waiting,) = talk.taps(f"rsvp:{event_id}:going", sender="88")
    assert "on the waiting list.\nYou wait for 1 place. You are next." in waiting.body["text"]
    for _ in range(2):
        assert "You wait for 2 places. You are next." in texts(talk.says("+1", sender="88"))[0]
    assert "You wait for 2 places. You are next." in texts(talk.says("/events", sender="88"))[0]


def test_only_as_many_companions_are_offered_as_ever_fit(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_customer(session, sender="77")
        event_id = make_event(session, capacity=2, companions=2).id
    talk.deliver()
    thanks, *_ = talk.taps(f"rsvp:{event_id}:going")
    assert button_data(thanks)[3:] == [f"rsvp:{event_id}:with:0", f"rsvp:{event_id}:with:1"]
    too_many = texts(talk.taps(f"rsvp:{event_id}:with:2"))  # as on a button from before it had fewer places
    assert too_many == ["I am sorry, there are only 2 places in all. Your earlier answer stands."]


def test_a_tap_on_companions_says_only_what_has_changed(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_customer(session, sender="77")
        event_id = make_event(session, capacity=5, companions=2).id
    talk.deliver()
    talk.taps(f"rsvp:{event_id}:going")
    (more,) = talk.taps(f"rsvp:{event_id}:with:1")
    assert (more.body["text"], more.body["document"]) == ("You are 2 in all.", None)
    (alone,) = talk.taps(f"rsvp:{event_id}:with:0")
    assert alone.body["text"] == "One place is yours."
    assert "nothing has changed" in texts(talk.taps(f"rsvp:{event_id}:going"))[0]


def test_who_comes_no_longer_gets_the_entry_taken_off_and_a_newer_one_if_they_come_again(talk: Talk) -> None:
    event_id = add_event(talk.database)
    talk.deliver()
    assert talk.taps(f"rsvp:{event_id}:no")[0].body["document"] is None
    files = []
    for answer in ("going", "no", "no", "going"):
        document = talk.taps(f"rsvp:{event_id}:{answer}")[0].body["document"]
        files.append(document and [part for part in document[2].split() if part.startswith(("METH", "SEQ"))])
    assert files == [
        ["METHOD:PUBLISH", "SEQUENCE:0"],
        ["METHOD:CANCEL", "SEQUENCE:1"],
        None,
        ["METHOD:PUBLISH", "SEQUENCE:2"],
    ]


def test_who_comes_gets_an_entry_for_their_calendar(talk: Talk) -> None:
    event_id = add_event(talk.database)
    talk.deliver()
    thanks, *_ = talk.taps(f"rsvp:{event_id}:going")
    name, media_type, text = thanks.body["document"]
    assert (name, media_type) == ("event.ics", "text/calendar")
    assert "SUMMARY:Tea evening" in text
    assert talk.taps(f"rsvp:{event_id}:maybe")[0].body["document"] is None


def test_after_the_start_the_list_is_closed(talk: Talk) -> None:
    event_id = add_event(talk.database)
    talk.deliver()
    talk.now = START + timedelta(minutes=1)
    assert "already begun" in texts(talk.taps(f"rsvp:{event_id}:going"))[0]
    assert "Nothing is planned" in texts(talk.says("/events"))[0]


@pytest.mark.parametrize(
    "data",
    [
        "rsvp",
        "rsvp:1",
        "rsvp:1:perhaps",
        "rsvp:x:going",
        "rsvp:-1:no",
        "rsvp:999999:going",
        "rsvp:0:going",
        "rsvp:1:going:2",
        "rsvp:1:with:1",
        "rsvp:1:with:-1",
        "rsvp:1:with",
        "rsvp:1:offered",
    ],
)
def test_forged_answers_change_nothing(talk: Talk, data: str) -> None:
    add_event(talk.database)
    talk.deliver()
    assert "no longer does anything" in texts(talk.taps(data))[0]


def test_who_does_not_belong_to_the_audience_and_was_not_invited_cannot_answer(talk: Talk) -> None:
    event_id = add_event(talk.database, audience="zh")
    talk.deliver()
    assert "no longer does anything" in texts(talk.taps(f"rsvp:{event_id}:going"))[0]
    assert NOW < START
