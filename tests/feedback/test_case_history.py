"""The timeline of a case: all that happened, once each, in its order; fast, however long it is."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from feedback.case_history import ALERTED, TOLD, WROTE, Side, customer_timeline, timeline
from feedback.complaint_rules import EventKind
from feedback.complaints import find_complaint
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintEvent
from store.tables.customers import Customer
from tests.factories import NOW, make_customer
from tests.handlers.rooms import StaffRoom
from tests.talk import Talk

EVENTS = 1_000


@pytest.fixture
def room(talk: Talk) -> StaffRoom:
    """The staff chat."""
    return StaffRoom.opened(talk)


def of_case(room: StaffRoom) -> list[tuple[Side, str, str]]:
    with room.talk.database.reading() as session:
        entries = timeline(session, find_complaint(session, 1))
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    return [(entry.side, entry.what, entry.why) for entry in entries]


def test_all_that_happened_is_told_once(room: StaffRoom) -> None:
    words = "My teapot arrived broken, this is terrible!"
    room.talk.says(words)
    room.talk.passes(minutes=1)
    room.replies(room.alert("alert:1"), "We are sorry, a new one is on its way.")
    room.talk.passes(minutes=1)
    room.talk.says("When will it be here?")

    told = of_case(room)

    assert (Side.CUSTOMER, EventKind.OPENED, words) in told
    assert (Side.STAFF, EventKind.RESPONDED, "We are sorry, a new one is on its way.") in told
    assert (Side.RAPPORT, ALERTED, "") in told
    assert [why for _, _, why in told if "new one is on its way" in why] == [
        "We are sorry, a new one is on its way."
    ]
    assert len([why for _, _, why in told if why == words]) == 1
    assert len([why for _, _, why in told if why == "When will it be here?"]) == 1
    assert any(what == TOLD and "C-1001" in why for _, what, why in told)


def test_a_customers_timeline_holds_what_is_outside_any_case(room: StaffRoom) -> None:
    room.talk.says("I love your tea!")
    room.talk.says("My teapot arrived broken, this is terrible!")
    with room.talk.database.reading() as session:
        entries = customer_timeline(session, session.get_one(Customer, 1))
        newest = customer_timeline(session, session.get_one(Customer, 1), limit=2)

    assert [entry.why for entry in entries if entry.what == WROTE] == ["I love your tea!"]
    assert {entry.complaint_id for entry in entries} == {None, 1}
    assert list(newest) == list(entries)[-2:]


def long_case(session: Session) -> Complaint:
    """Make a case in which much happened."""
    customer = make_customer(session)
    case = Complaint(
        customer_id=customer.id,
        channel="telegram",
        address="77",
        text="cold tea",
        opened_at=NOW,
        first_response_due_at=NOW,
        resolution_due_at=NOW,
    )
    session.add(case)
    session.flush()
    rows = [
        {
            "complaint_id": case.id,
            "at": NOW + timedelta(minutes=number),
            "what": "words_added",
            "text": f"and {number}",
        }
        for number in range(EVENTS)
    ]
    session.execute(insert(ComplaintEvent), rows)
    return case


def test_a_thousand_events_are_read_fast(any_database: Database) -> None:
    with any_database.transaction() as session:
        case = long_case(session)
        timeline(session, case)
        begun_s = time.perf_counter()
        entries = timeline(session, case)
        took_s = time.perf_counter() - begun_s

    assert len(entries) == EVENTS
    assert took_s < 0.5  # ten times what it may take where nothing else runs; benchmarks/desk.py measures


def test_what_happened_at_one_moment_stays_in_its_order(room: StaffRoom) -> None:
    room.talk.says("My teapot arrived broken, this is terrible!")
    room.says("/promise C-1001 2d Replacement arrives")

    told = of_case(room)

    taken = [what for side, what, _ in told if side is Side.STAFF]
    assert taken == [EventKind.PROMISED]  # it is an answer as well, which need not be told twice
    opened = told.index((Side.CUSTOMER, EventKind.OPENED, "My teapot arrived broken, this is terrible!"))
    assert [what for _, what, _ in told[:opened]] == []
    assert len([what for _, what, _ in told if what == ALERTED]) == 1
    room.talk.says("When will it be here?")
    assert len([what for _, what, _ in of_case(room) if what == ALERTED]) == 1  # nobody was alerted anew
