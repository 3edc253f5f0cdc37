"""At the door and afterwards, as guests and staff see it in their chats."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scheduler.events.changes import cancel_event
from store.engine import Database
from store.outbox import Body
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.outreach import Event, EventGuest
from store.tables.staff import Role
from tests.factories import make_staff
from tests.handlers.rooms import MEI, StaffRoom, to_customer
from tests.scheduler.events.ground import START, make_event
from tests.talk import Talk, button_data, texts


@pytest.fixture
def room(talk: Talk) -> StaffRoom:
    return StaffRoom.opened(talk)


def announced(talk: Talk, **event: Any) -> int:
    """Let Ana (77) and Ben (88) be known, and announce an event."""
    talk.says("Hello")
    talk.says("Hello", sender="88")
    with talk.database.transaction() as session:
        for sender, name in (("77", "Ana Gil"), ("88", "Ben Gil")):
            customer = session.scalars(select(Customer)).all()[0 if sender == "77" else 1]
            customer.display_name = name
        event_id = make_event(session, **event).id
        session.get_one(Event, event_id).referrals = True
    talk.deliver()
    return event_id


def ticket_of(database: Database, event_id: int) -> str:
    with database.reading() as session:
        guest = session.scalars(select(EventGuest).where(EventGuest.event_id == event_id)).first()
        assert guest is not None
        assert guest.ticket is not None
        return guest.ticket


def test_who_comes_gets_a_ticket_and_a_link_once(talk: Talk) -> None:
    event_id = announced(talk)
    got = talk.taps(f"rsvp:{event_id}:going")
    ticket = next(message for message in got if message.dedupe_key.startswith("ticket:"))
    (picture,) = Body.from_json(ticket.body).attachments
    code = ticket_of(talk.database, event_id)
    assert (picture.kind, picture.reference) == ("photo", code)
    assert f"{code[:4]}-{code[4:]}" in ticket.body["text"]
    link = next(message for message in got if message.dedupe_key.startswith("friends:"))
    assert "/friends/" in link.body["text"]
    talk.taps(f"rsvp:{event_id}:no")
    assert not [one for one in talk.taps(f"rsvp:{event_id}:going") if "ticket" in one.dedupe_key]


def test_staff_check_in_by_code_and_by_name(talk: Talk, room: StaffRoom) -> None:
    event_id = announced(talk)
    talk.taps(f"rsvp:{event_id}:going")
    talk.taps(f"rsvp:{event_id}:maybe", sender="88")
    talk.now = START
    code = ticket_of(talk.database, event_id)
    (here,) = texts(room.says(f"/checkin {code[:4].lower()}-{code[4:]}"))
    assert here.splitlines() == ["✓ Ana Gil is here.", "“Tea evening”: 1 of 1 are here."]
    assert "was checked in already" in texts(room.says("/checkin ana"))[0]
    shown = room.says("/checkin gil")
    assert [message.body["text"].split(" · ")[2] for message in shown] == ["comes", "said maybe"]
    assert len({message.about for message in shown}) == len(shown)
    (refused,) = room.taps(button_data(shown[1])[0])
    assert "Ben Gil is not on the list: said maybe." in refused.body["text"]
    (let_in,) = texts(room.taps(button_data(refused)[0]))
    assert let_in.splitlines()[1] == "“Tea evening”: 2 of 2 are here."
    assert texts(room.says("/door")) == ["“Tea evening”: 2 of 2 are here."]
    assert texts(room.says(f"/door {event_id}")) == ["“Tea evening”: 2 of 2 are here."]


def test_at_the_door_of_a_cancelled_event_a_used_ticket_is_told_that_it_is(
    talk: Talk, room: StaffRoom
) -> None:
    event_id = announced(talk)
    talk.taps(f"rsvp:{event_id}:going")
    talk.now = START - timedelta(hours=2)
    code = ticket_of(talk.database, event_id)
    assert "Ana Gil is here" in texts(room.says(f"/checkin {code}"))[0]
    with talk.database.transaction() as session:
        cancel_event(session, event_id, now=talk.now)
    assert texts(room.says(f"/checkin {code}")) == ["This event is cancelled, so nobody was checked in."]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/checkin", "Who is there? Send the code of the ticket"),
        ("/checkin Zoë", "nobody on the list is called so"),
        ("/checkin ZZZZ-ZZZZ", "nobody on the list is called so"),
        ("/door 999", "There is no event 999."),
    ],
)
def test_what_cannot_be_found_is_said(talk: Talk, room: StaffRoom, words: str, answer: str) -> None:
    announced(talk)
    talk.now = START
    assert answer in texts(room.says(words))[0]


def test_who_is_there_stays_asked_until_it_is_answered(talk: Talk, room: StaffRoom) -> None:
    event_id = announced(talk)
    talk.taps(f"rsvp:{event_id}:going")
    talk.now = START
    code = ticket_of(talk.database, event_id)
    asked, wrong = "Who is there?", "There is no such code"
    assert asked in texts(talk.says("/checkin", sender=MEI))[0]
    assert wrong in texts(talk.says("ZZZZ-ZZZZ", sender=MEI))[0]
    assert wrong in texts(talk.says("Zoë", sender=MEI))[0]
    assert "Ana Gil is here" in texts(talk.says(code, sender=MEI))[0]
    assert "To answer a customer" in texts(talk.says(code, sender=MEI))[0]
    assert wrong in texts(talk.says("/checkin Zoë", sender=MEI))[0]
    assert "was checked in already" in texts(talk.says("ana", sender=MEI))[0]
    with talk.database.reading() as session:
        assert not session.scalars(select(Message).where(Message.text.contains("Zoë"))).all()
    talk.says("/checkin", sender=MEI)
    talk.says("/cancel", sender=MEI)
    assert "To answer a customer" in texts(talk.says("ana", sender=MEI))[0]


@pytest.mark.parametrize("written", ["{0}", "#{0}", "Customer no. {0}", "customer no. {0} (#{0})"])
def test_who_has_no_name_is_found_by_their_number(talk: Talk, room: StaffRoom, written: str) -> None:
    event_id = announced(talk)
    with talk.database.transaction() as session:
        ben = session.scalars(select(Customer).where(Customer.display_name == "Ben Gil")).one()
        ben.display_name = ""
    talk.taps(f"rsvp:{event_id}:going", sender="88")
    talk.now = START
    assert "nobody on the list is called so" in texts(room.says("/checkin 999"))[0]
    here = texts(room.says(f"/checkin {written.format(ben.id)}"))[0]
    assert here.startswith(f"✓ Customer no. {ben.id} is here.")


def test_a_ticket_of_another_day_leaves_the_question_open(talk: Talk, room: StaffRoom) -> None:
    event_id = announced(talk)
    with talk.database.transaction() as session:
        later = make_event(session, starts_at=START + timedelta(days=2)).id
    talk.taps(f"rsvp:{event_id}:going")
    talk.taps(f"rsvp:{later}:going", sender="88")
    talk.now = START
    talk.says("/checkin", sender=MEI)
    wrong_day = texts(talk.says(ticket_of(talk.database, later), sender=MEI))[0]
    assert "Nobody was checked in: “Tea evening” is on" in wrong_day
    assert "Ana Gil is here" in texts(talk.says("Ana", sender=MEI))[0]
    assert "To answer a customer" in texts(talk.says("Ana", sender=MEI))[0]


def test_in_the_staff_chat_only_a_reply_says_who_is_there(talk: Talk, room: StaffRoom) -> None:
    event_id = announced(talk)
    talk.taps(f"rsvp:{event_id}:going")
    talk.now = START
    (asked,) = room.says("/checkin")
    assert asked.body["text"].endswith("Reply to this message with your answer.")
    assert room.says("Ana") == []
    (again,) = room.replies(asked, "Zoë")
    assert "Ana Gil is here" in texts(room.replies(again, "Ana"))[0]


def test_a_question_of_another_talk_stays_open_at_the_door(talk: Talk, room: StaffRoom) -> None:
    announced(talk)
    talk.now = START
    with talk.database.transaction() as session:
        make_staff(session, name="Eva", role=Role.MARKETER, sender="9004")
    talk.says("/broadcast", sender="9004")
    assert "There is no such code" in texts(talk.says("/checkin Zoë", sender="9004"))[0]
    assert "Who gets it?" in texts(talk.says("Hello!", sender="9004"))[0]


@pytest.mark.parametrize("data", ["checkin", "checkin:x:1", "checkin:1", "letin:99999:1", "checkin:1:99999"])
def test_a_forged_button_checks_nobody_in(talk: Talk, room: StaffRoom, data: str) -> None:
    announced(talk)
    talk.now = START
    assert "no longer does anything" in texts(room.taps(data))[0]
    assert "no longer" in texts(talk.taps(data))[0]  # customers have no such button at all


def test_without_an_event_today_nobody_is_checked_in(talk: Talk, room: StaffRoom) -> None:
    event_id = announced(talk)
    talk.taps(f"rsvp:{event_id}:going")
    code = ticket_of(talk.database, event_id)
    assert "Nobody was checked in: “Tea evening” is on" in texts(room.says(f"/checkin {code}"))[0]
    for words in ("/checkin", "/checkin Ana"):
        (none,) = texts(room.says(words))
        assert none == "No event is on today, so nobody can be checked in."
    assert "No event is on today" in texts(room.says("/door"))[0]


def test_stars_afterwards_are_entered_once_and_few_ask_why(talk: Talk, room: StaffRoom) -> None:
    event_id = announced(talk)
    talk.taps(f"rsvp:{event_id}:going")
    assert "no longer" in texts(talk.taps(f"liked:{event_id}:5"))[0]  # it has not been yet
    talk.now = START + timedelta(days=1)
    assert texts(talk.taps(f"liked:{event_id}:5"))[0].startswith("★★★★★")
    assert "What went wrong?" in texts(talk.taps(f"liked:{event_id}:1"))[0]
    told = talk.says("The tea was cold and nobody helped")
    assert "complaint has the number" in " ".join(texts(to_customer(told)))
    with talk.database.reading() as session:
        entries = session.scalars(
            select(SatisfactionEntry).where(SatisfactionEntry.source == EntrySource.EVENT)
        ).all()
        assert [entry.evidence["stars"] for entry in entries] == [1]
        stars = session.scalars(select(EventGuest.stars).where(EventGuest.event_id == event_id)).all()
    assert stars == [1]
    assert "no longer" in texts(talk.taps(f"liked:{event_id}:5", sender="88"))[0]  # was no guest


def test_a_friend_comes_by_a_link_and_the_referrer_is_thanked(talk: Talk) -> None:
    event_id = announced(talk, audience="key")
    with talk.database.transaction() as session:
        ana = session.scalars(select(Customer)).first()
        assert ana is not None
        session.add(EventGuest(event_id=event_id, customer_id=ana.id, answer="maybe", answered_at=talk.now))
    got = talk.taps(f"rsvp:{event_id}:going")
    link = next(one.body["text"] for one in got if one.dedupe_key.startswith("friends:"))
    payload = "ref_" + link.rpartition("/friends/")[2]
    greeting = to_customer(talk.says(f"/start {payload}", sender="88"), "88")
    invitation = greeting[-1]
    assert "Your friend brought you here" in invitation.body["text"]
    told = talk.taps(button_data(invitation)[0], sender="88")
    (thanks,) = [one for one in to_customer(told) if one.dedupe_key.startswith("referred:")]
    assert thanks.body["text"] == "A friend of yours comes to “Tea evening” by your link. Thank you!"
    assert texts(to_customer(talk.says("/start ref_nobody", sender="88"), "88"))[-1] == (
        "This invitation is no longer open."
    )


def test_links_that_would_lead_nowhere_are_refused_and_who_comes_already_gets_theirs_once(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_staff(session, name="Lin", sender="9003", role=Role.MARKETER)
    event_id = announced(talk)
    switch = f"event:{event_id}:friends"
    talk.taps(switch, sender="9003")
    talk.taps(f"rsvp:{event_id}:going")
    here, talk.company = talk.company, replace(talk.company, pages_url=None)
    assert "RAPPORT_PUBLIC_URL" in texts(talk.taps(switch, sender="9003"))[0]
    talk.company = here
    (link, card) = talk.taps(switch, sender="9003")
    assert "Who comes already gets theirs now: 1." in card.body["text"]
    assert "https://tea.example/friends/" in link.body["text"]
    talk.taps(switch, sender="9003")
    assert len(talk.taps(switch, sender="9003")) == 1
    assert not [one for one in talk.taps(f"rsvp:{event_id}:going") if "/friends/" in one.body["text"]]


def test_marketers_switch_links_on_and_see_what_came_of_it(talk: Talk) -> None:
    with talk.database.transaction() as session:
        make_staff(session, name="Lin", sender="9003", role=Role.MARKETER)
    event_id = announced(talk)
    (card,) = talk.taps(f"event:{event_id}:friends", sender="9003")
    assert "those they have lead nowhere" in card.body["text"]
    (card,) = talk.taps(f"event:{event_id}:friends", sender="9003")
    assert "Guests have links for friends: 0 come by one." in card.body["text"]
    talk.taps(f"rsvp:{event_id}:going")
    talk.now = START + timedelta(minutes=1)
    talk.says(f"/checkin {ticket_of(talk.database, event_id)}", sender="9003")
    talk.taps(f"liked:{event_id}:4")
    (card,) = talk.says(f"/event {event_id}", sender="9003")
    assert "At the door: 1 of 1 people." in card.body["text"]
    assert "Liked: 4.0 of 5 stars (1 rating)." in card.body["text"]
    (refused,) = talk.taps(f"event:{event_id}:friends", sender="9003")
    assert "has begun" in refused.body["text"]
