"""Everything that is held on a customer is shown when they ask, and gone when they wish."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from customers.erasure import scrub_farewells
from customers.staff import find_staff
from handlers.incoming import Attachment, AttachmentKind, IncomingKind, Sender
from store.engine import Database
from store.inbox import claim_update, record_failure, record_unreadable
from store.outbox import Draft, enqueue
from store.tables import Base
from store.tables.customers import Customer, ErasureTally, Purpose
from store.tables.outreach import Event, EventGuest, Rsvp, Visit
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW, make_incoming
from tests.handlers.rooms import MEI, StaffRoom, answer, to_customer
from tests.talk import Talk, button_data, texts

ANA = Sender(id="770077", name="Anastasia Quillfeather", username="quillana", language="en")
TRACES = ("Quillfeather", "quillana", "770077", "marmalade", "+44 7700 900123", "Dear Quill")
NEVER_SENT = "a greeting with marmalade"


@pytest.fixture
def room(any_database: Database) -> StaffRoom:
    """A staff chat on each kind of database."""
    return StaffRoom.opened(Talk(any_database))


def live(room: StaffRoom) -> None:
    """Let Ana do all that a customer can do, and somebody else a little."""
    talk = room.talk
    talk.says("/start marmalade-leaflet", sender=ANA)
    talk.says("I love your marmalade tea, it is wonderful", sender=ANA, message_id="m1")
    talk.taps("rate:f1:5", sender=ANA)
    contact = Attachment(AttachmentKind.CONTACT, "+44 7700 900123", ANA.name, own=True)
    talk.says("", sender=ANA, attachments=(contact,))
    (question,) = room.shown(talk.says("Do you have marmalade tea in stock?", sender=ANA))
    room.replies(question, "Dear Quillfeather, yes")
    talk.says("The marmalade one arrived broken, terrible", sender=ANA, message_id="m2")
    talk.receives(
        make_incoming("The marmalade pot arrived broken", sender=ANA, kind=IncomingKind.EDIT, message_id="m2")
    )
    talk.says("Where is my marmalade?", sender=ANA)
    room.replies(room.alert("alert:1"), "Dear Quillfeather, sorry")
    room.taps("remedy:1:product:replaced")
    talk.taps("solved:1:no", sender=ANA)
    talk.says("/stop", sender=ANA)
    room.taps("reply:1")
    talk.says("The kettle arrived broken, terrible", sender="88")
    talk.says("/complaint", sender=ANA)
    with talk.database.transaction() as session:
        customer = session.scalars(select(Customer).filter_by(display_name=ANA.name)).one()
        add_outreach(session, customer.id)
        add_failure(session)


def add_outreach(session: Any, customer_id: int) -> None:
    event = Event(
        title="Tasting",
        place="Shop",
        starts_at=NOW,
        timezone="Europe/London",
        capacity=5,
        audience="all",
        created_at=NOW,
    )
    session.add(event)
    session.add(
        Visit(customer_id=customer_id, programme="regular", due_on=date(2026, 11, 20), created_at=NOW)
    )
    session.flush()
    session.add(EventGuest(event_id=event.id, customer_id=customer_id, answer=Rsvp.GOING, answered_at=NOW))
    greeting = Draft(
        MessageKind.GREETING,
        "telegram",
        ANA.id,
        NEVER_SENT,
        dedupe_key="greeting",
        customer_id=customer_id,
        purpose=Purpose.GREETINGS,
    )
    enqueue(session, [greeting], now=NOW)


def add_failure(session: Any) -> None:
    failed = make_incoming("marmalade that broke us", sender=ANA)
    claim_update(session, channel="telegram", update_id="broken", now=NOW)
    payload = {**asdict(failed), "at": NOW.isoformat()}
    record_failure(
        session, channel="telegram", update_id="broken", error="ValueError: marmalade", payload=payload
    )
    as_the_app_sent_it = {"message": [{"from": {"id": int(ANA.id)}, "text": "marmalade", "date": "soon"}]}
    record_unreadable(
        session, channel="telegram", update_id="raw", error="TypeError", payload=as_the_app_sent_it, now=NOW
    )


def rows_with_traces(database: Database) -> list[str]:
    """Every row of every table in which something of Ana stands."""
    with database.reading() as session:
        rows = [
            f"{table.name}: {row}"
            for table in Base.metadata.tables.values()
            for row in session.execute(select(table)).all()
        ]
    return [row for row in rows if any(trace in row for trace in TRACES)]


def forget(room: StaffRoom) -> list[OutboxMessage]:
    *_, asked = room.talk.says("/forget", sender=ANA)
    assert button_data(asked) == ["forget:yes", "forget:no"]
    return room.talk.taps("forget:yes", sender=ANA)


def test_nothing_of_an_erased_customer_remains_in_any_table(room: StaffRoom) -> None:
    live(room)
    assert len(rows_with_traces(room.talk.database)) > 20

    forget(room)

    (farewell,) = rows_with_traces(room.talk.database)
    assert "farewell:1" in farewell
    with room.talk.database.transaction() as session:
        assert scrub_farewells(session, now=NOW) == 1
    assert rows_with_traces(room.talk.database) == []


def test_the_last_answer_reaches_them_and_belongs_to_nobody(room: StaffRoom) -> None:
    live(room)

    (farewell,) = to_customer(forget(room), ANA.id)

    assert farewell.body["text"].startswith("Done: everything we held on you is erased.")
    assert farewell.customer_id is None


def test_a_farewell_that_has_not_left_keeps_its_address(room: StaffRoom) -> None:
    live(room)
    forget(room)
    with room.talk.database.transaction() as session:
        row = session.scalars(select(OutboxMessage).filter_by(dedupe_key="farewell:1")).one()
        row.state = OutboxState.QUEUED
    with room.talk.database.transaction() as session:
        assert scrub_farewells(session, now=NOW) == 0


def test_what_staff_saw_is_overwritten_there(room: StaffRoom) -> None:
    live(room)
    seen = {
        message.dedupe_key
        for message in room.shown(room.talk.sent)
        if message.edits is None and any(trace in message.body["text"] for trace in TRACES)
    }

    changes = room.shown(forget(room))

    assert {change.edits for change in changes} >= seen
    assert {change.body["text"] for change in changes} == {
        "🗑 This customer was erased at their wish, and so were their words."
    }


def test_what_waits_for_staff_is_not_sent_any_more(room: StaffRoom) -> None:
    live(room)
    with room.talk.database.transaction() as session:
        enqueue(
            session,
            [
                Draft(
                    MessageKind.ALERT, "telegram", "-100123", "marmalade", dedupe_key="w", about="complaint:1"
                )
            ],
            now=NOW,
        )
        room_taps = make_incoming(sender=ANA, kind=IncomingKind.BUTTON, button="forget:yes", at=NOW)
    room.talk.receives(room_taps)

    with room.talk.database.reading() as session:
        waiting = session.scalars(select(OutboxMessage).filter_by(dedupe_key="w")).one()
    # `receives` "sends" all that is queued at the end: the row was skipped before.
    assert waiting.state is OutboxState.SKIPPED
    assert waiting.body["text"] == ""


def test_others_lose_nothing(room: StaffRoom) -> None:
    live(room)

    forget(room)

    assert "C-1002" in answer(room.talk.says("/status", sender="88"), "88")
    assert texts(room.says("/open"))[0].startswith("C-1002 ")
    with room.talk.database.reading() as session:
        assert find_staff(session, channel="telegram", sender="9001")
        kept = session.scalars(select(OutboxMessage).filter_by(dedupe_key="alert:2")).one()
    assert "kettle" in kept.body["text"]


def test_only_counts_stay(room: StaffRoom) -> None:
    live(room)

    forget(room)

    with room.talk.database.reading() as session:
        tallies = {row.what: row.count for row in session.scalars(select(ErasureTally))}
        months = set(session.scalars(select(ErasureTally.month)))
    assert months == {"2026-11"}
    assert tallies["customers"] == 1
    assert tallies["complaints"] == 1
    assert tallies["visits"] == 1
    assert tallies["messages_from_you"] >= 6


def test_counts_of_a_month_add_up(room: StaffRoom) -> None:
    for sender in ("501", "502"):
        room.talk.says("hello", sender=sender)
        room.talk.taps("forget:yes", sender=sender)

    with room.talk.database.reading() as session:
        assert session.get_one(ErasureTally, ("2026-11", "customers")).count == 2


def test_whoever_writes_again_is_new_and_a_new_complaint_gets_a_new_number(room: StaffRoom) -> None:
    room.talk.says("The teapot arrived broken, terrible", sender=ANA)
    forget(room)

    messages = room.talk.says("The lid arrived broken, terrible", sender=ANA)

    assert "C-1002" in answer(messages, ANA.id)
    assert room.shown(messages)[0].dedupe_key == "alert:2"


def test_staff_cannot_write_to_somebody_who_was_erased(room: StaffRoom) -> None:
    live(room)
    forget(room)

    messages = room.replies(room.alert("alert:1"), "Hello?")

    assert texts(messages) == ["There is no such customer any more: nothing went out."]
    assert texts(room.taps("take:1")) == [
        "This button no longer does anything. /open shows what waits for us."
    ]
    assert texts(room.taps("reply:1")) == ["There is no such customer any more: nothing went out."]
    assert room.says("Hello?") == []


def test_no_keeps_everything(room: StaffRoom) -> None:
    live(room)
    before = len(rows_with_traces(room.talk.database))

    *_, kept = room.talk.taps("forget:no", sender=ANA)

    assert kept.body["text"] == "All right, nothing was erased."
    assert len(rows_with_traces(room.talk.database)) >= before


def test_forgetting_twice_does_no_harm(room: StaffRoom) -> None:
    live(room)
    forget(room)

    again = answer(room.talk.taps("forget:yes", sender=ANA), ANA.id)

    assert again.startswith("This button no longer does anything.")


def test_my_data_shows_everything_as_json(room: StaffRoom) -> None:
    live(room)

    *_, sent = room.talk.says("/mydata", sender=ANA)

    name, media_type, text = sent.body["document"]
    assert (name, media_type) == ("my-data.json", "application/json")
    data = json.loads(text)
    assert data["profile"]["display_name"] == ANA.name
    assert data["profile"]["source"] == "marmalade-leaflet"
    assert data["profile"]["phone"] == "+44 7700 900123"
    assert data["identities"][0]["username"] == "quillana"
    assert {consent["granted"] for consent in data["consents"]} == {False}
    assert "I love your marmalade tea, it is wonderful" in [one["text"] for one in data["messages_from_you"]]
    assert any("Dear Quillfeather, sorry" in one["text"] for one in data["messages_to_you"])
    assert data["satisfaction_index"]["index"] is not None
    assert data["satisfaction_entries"]
    assert data["feedback"][0]["kind"] == "praise"
    (complaint,) = data["complaints"]
    assert {event["by"] for event in complaint["history"]} == {None, "Mei"}
    assert data["visits"][0]["due_on"] == "2026-11-20"
    (invitation,) = data["invitations"]
    assert invitation["event"] == "Tasting"
    assert invitation["answer"] == "going"
    assert invitation["answered_at"] == NOW.isoformat()


def test_my_data_holds_nothing_of_staff_or_others(room: StaffRoom) -> None:
    live(room)

    *_, sent = room.talk.says("/mydata", sender=ANA)

    text = sent.body["document"][2]
    assert MEI not in text.replace("900123", "")
    assert "staff_id" not in text
    assert "kettle" not in text
    assert "-100123" not in text


def test_my_data_of_somebody_new(room: StaffRoom) -> None:
    *_, sent = room.talk.says("/mydata", sender=ANA)

    data = json.loads(sent.body["document"][2])
    assert data["complaints"] == []
    assert data["satisfaction_index"]["index"] is None
