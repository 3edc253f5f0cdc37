"""Complaints in the database: one owner, due times, and a history of every move."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from feedback import complaints
from feedback.complaint_rules import REOPEN_WITHIN, MoveError, TakenError
from store.cases import WORD_AWAITED
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from store.tables.staff import Staff
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.feedback.cases import happened, make_complaint, settle

LATER = NOW + timedelta(hours=1)


def test_a_complaint_goes_its_way(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei = make_staff(session, name="Mei")
        complaint = make_complaint(session)
        assert complaint.state is ComplaintState.OPEN
        assert complaint.first_response_due_at == NOW + timedelta(hours=COMPANY.first_response_hours)
        complaints.take(session, complaint, staff=mei, now=LATER)
        assert (complaint.state, complaint.owner_id) == (ComplaintState.CLAIMED, mei.id)
        complaints.respond(session, complaint, staff=mei, text="So sorry!", company=COMPANY, now=LATER)
        complaints.add_words(session, complaint, text="It is the red one", company=COMPANY, now=LATER)
        settle(session, complaint, staff=mei, now=LATER)
        complaints.confirm(session, complaint, now=LATER)
    with any_database.reading() as session:
        stored = complaints.find_complaint(session, complaint.id)
        assert stored.state is ComplaintState.CONFIRMED
        assert stored.first_response_at == stored.resolved_at == stored.closed_at == LATER
        events = complaints.history(session, complaint.id)
        assert [event.what for event in events] == [
            "opened",
            "taken",
            "responded",
            "words_added",
            "resolved",
            "confirmed",
        ]
        assert [event.text for event in events][2:4] == ["So sorry!", "It is the red one"]
        assert [event.staff_id for event in events] == [None, mei.id, mei.id, None, mei.id, None]


def test_the_second_who_takes_it_learns_who_was_first(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        complaint = make_complaint(session)
        complaints.take(session, complaint, staff=mei, now=NOW)
        with pytest.raises(TakenError) as refusal:
            complaints.take(session, complaint, staff=tom, now=NOW)
        assert refusal.value.owner_name == "Mei"
        assert isinstance(refusal.value, InputError)
        complaints.take(session, complaint, staff=mei, now=NOW)
        assert happened(session, complaint) == ["opened", "taken"]


def test_of_many_who_tap_at_once_one_gets_it(any_database: Database) -> None:
    with any_database.transaction() as session:
        staff = [make_staff(session, name=f"Agent {number}") for number in range(6)]
        complaint_id = make_complaint(session).id
    start = threading.Barrier(len(staff))

    def tap(member: Staff) -> str:
        start.wait()
        try:
            with any_database.transaction() as session:
                complaint = complaints.find_complaint(session, complaint_id)
                complaints.take(session, complaint, staff=member, now=NOW)
        except TakenError as refusal:
            return refusal.owner_name
        return "mine"

    with ThreadPoolExecutor(len(staff)) as threads:
        answers = list(threads.map(tap, staff))
    assert answers.count("mine") == 1
    winner = staff[answers.index("mine")].name
    assert set(answers) == {"mine", winner}
    with any_database.reading() as session:
        assert happened(session, complaints.find_complaint(session, complaint_id)) == ["opened", "taken"]


def test_of_many_who_resolve_at_once_one_does(any_database: Database) -> None:
    with any_database.transaction() as session:
        staff = [make_staff(session, name=f"Agent {number}") for number in range(6)]
        complaint_id = make_complaint(session).id
    start = threading.Barrier(len(staff))

    def tap(member: Staff) -> str | None:
        start.wait()
        try:
            with any_database.transaction() as session:
                complaint = complaints.find_complaint(session, complaint_id)
                settle(session, complaint, staff=member, now=NOW)
        except MoveError as refusal:
            return refusal.by
        return "mine"

    with ThreadPoolExecutor(len(staff)) as threads:
        answers = list(threads.map(tap, staff))
    assert answers.count("mine") == 1
    assert set(answers) == {"mine", staff[answers.index("mine")].name}
    with any_database.reading() as session:
        complaint = complaints.find_complaint(session, complaint_id)
        assert happened(session, complaint) == ["opened", "resolved"]
        assert complaint.owner_id == staff[answers.index("mine")].id


def test_who_responds_first_owns_it(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        complaint = make_complaint(session)
        complaints.respond(session, complaint, staff=mei, text="Hello", company=COMPANY, now=NOW)
        complaints.respond(session, complaint, staff=tom, text="Me too", company=COMPANY, now=LATER)
        assert (complaint.owner_id, complaint.first_response_at) == (mei.id, NOW)
        assert complaint.state is ComplaintState.CLAIMED


def test_a_complaint_whose_owner_was_deleted_can_be_taken(database: Database) -> None:
    with database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        complaint = make_complaint(session)
        complaints.take(session, complaint, staff=mei, now=NOW)
        session.flush()
        session.delete(mei)
        session.flush()
        complaints.take(session, complaint, staff=tom, now=NOW)
        assert complaint.owner_id == tom.id


def test_reopening_begins_the_due_times_anew(database: Database) -> None:
    with database.transaction() as session:
        mei = make_staff(session)
        complaint = make_complaint(session)
        complaints.note_alerted(complaint, key="alert:1", now=NOW)
        for days in (3, 8):
            settle(session, complaint, staff=mei, now=NOW + timedelta(days=days))
            again = NOW + timedelta(days=days + 1)
            complaints.reopen(session, complaint, text="It broke again", company=COMPANY, now=again)
            assert complaint.state is ComplaintState.OPEN
            assert complaint.first_response_due_at == again + timedelta(hours=COMPANY.first_response_hours)
            assert complaint.resolution_due_at == again + timedelta(hours=COMPANY.resolution_hours)
            assert (complaint.first_response_at, complaint.resolved_at, complaint.remedy) == (None,) * 3
            assert complaint.owner_id == mei.id  # who had it is there, so they keep it
            assert (complaint.alerted_at, complaint.alert_count) == (None, 0)


def test_a_case_closed_long_ago_stays_closed(database: Database) -> None:
    with database.transaction() as session:
        complaint = make_complaint(session)
        complaints.confirm(session, complaint, now=NOW)
        late = NOW + REOPEN_WITHIN + timedelta(days=1)
        with pytest.raises(MoveError):
            complaints.reopen(session, complaint, text="again", company=COMPANY, now=late)
        assert complaint.state is ComplaintState.CONFIRMED
        complaints.reopen(session, complaint, text="again", company=COMPANY, now=NOW + REOPEN_WITHIN)


def current(session: Session, customer: Customer, *, now: datetime) -> Complaint | None:
    return complaints.current_complaints(session, [customer.id], now=now).get(customer.id)


def test_the_current_complaint_is_the_newest_not_confirmed(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        assert current(session, customer, now=LATER) is None
        first, second = make_complaint(session, customer), make_complaint(session, customer, LATER)
        assert current(session, customer, now=LATER) is second
        complaints.confirm(session, second, now=LATER)
        assert current(session, customer, now=LATER) is first
        assert list(complaints.complaints_of(session, customer.id)) == [second, first]


def test_each_customer_has_their_own_current_complaint(any_database: Database) -> None:
    with any_database.transaction() as session:
        one, other, content = (make_customer(session) for _ in range(3))
        theirs = {customer.id: make_complaint(session, customer) for customer in (one, other)}
        everybody = [customer.id for customer in (one, other, content)]
        assert complaints.current_complaints(session, everybody, now=LATER) == theirs
        assert complaints.current_complaints(session, [], now=LATER) == {}


def test_a_customer_who_never_says_whether_it_is_solved_is_free_again(database: Database) -> None:
    with database.transaction() as session:
        customer, staff = make_customer(session), make_staff(session)
        case = make_complaint(session, customer)
        settle(session, case, staff=staff, now=NOW)
        soon, late = NOW + WORD_AWAITED - timedelta(seconds=1), NOW + WORD_AWAITED
        assert current(session, customer, now=soon) is case
        assert current(session, customer, now=late) is None


def test_open_complaints_are_listed_by_due_time(database: Database) -> None:
    with database.transaction() as session:
        later, sooner, done = (make_complaint(session, now=at) for at in (LATER, NOW, NOW))
        settle(session, done, staff=make_staff(session), now=NOW)
        assert list(complaints.open_complaints(session, limit=10, channels=["telegram"])) == [sooner, later]
        assert list(complaints.open_complaints(session, limit=1, channels=["telegram"])) == [sooner]


def test_an_alert_that_nobody_took_is_due_again(any_database: Database) -> None:
    wait = timedelta(minutes=15)
    with any_database.transaction() as session:
        alerted, taken, unheard = (make_complaint(session) for _ in range(3))
        complaints.note_alerted(alerted, key="alert:1", now=NOW + timedelta(minutes=5))
        complaints.take(session, taken, staff=make_staff(session), now=NOW)

        def due(minutes: float) -> list[Complaint]:
            now = NOW + timedelta(minutes=minutes)
            return list(complaints.due_for_repeat(session, now=now, after=wait, channels=["telegram"]))

        assert due(14) == []
        assert due(15) == [unheard]
        assert due(20) == [alerted, unheard]
        complaints.note_alerted(alerted, key="alert:1:2", now=NOW + timedelta(minutes=20))
        assert (alerted.alert_count, alerted.alert_key) == (2, "alert:1:2")
        assert due(21) == [unheard]


def test_a_complaint_that_does_not_exist_is_not_found(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(NotFoundError, match="C-1099"):
            complaints.find_complaint(session, 99)
        with pytest.raises(NotFoundError):
            complaints.find_complaint(session, 10**17)


def test_a_complaint_that_was_erased_meanwhile_is_not_found(any_database: Database) -> None:
    with any_database.transaction() as session:
        complaint = make_complaint(session)
    with any_database.transaction() as session:
        session.delete(session.get_one(Customer, complaint.customer_id))
    with any_database.transaction() as session, pytest.raises(NotFoundError):
        complaints.confirm(session, complaint, now=NOW)


def test_only_channels_that_are_switched_on_reach_staff(database: Database) -> None:
    with database.transaction() as session:
        make_complaint(session).channel = "replay"
        session.flush()
        assert list(complaints.open_complaints(session, limit=10, channels=COMPANY.channels)) == []
        wait = timedelta(minutes=15)
        assert complaints.due_for_repeat(session, now=LATER, after=wait, channels=COMPANY.channels) == []
        assert len(complaints.open_complaints(session, limit=10, channels=["replay"])) == 1


def test_a_second_complaint_is_not_the_first(database: Database) -> None:
    with database.transaction() as session:
        customer = make_customer(session)
        first, second, other = (make_complaint(session, one) for one in (customer, customer, None))
        assert [complaints.is_first(session, one) for one in (first, second, other)] == [True, False, True]
