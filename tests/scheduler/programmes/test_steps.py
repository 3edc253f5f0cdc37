"""What follows a visit: it left or not, was answered or not; once more, a person, a longer period."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from customers.desk import Desk
from scheduler.definitions.kept import remove_definition
from scheduler.programmes.deciding import Missed
from scheduler.suppressions import list_suppressed
from store.engine import Database
from store.outbox import withdraw_queued
from store.tables.complaints import ComplaintState
from store.tables.conversations import Dialogue
from store.tables.customers import Standing
from store.tables.definitions import DefinitionKind
from store.tables.outreach import TaskKind, VisitState, VisitTurn
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY, make_staff
from tests.scheduler.programmes.house import House
from tests.scheduler.test_return_visits import add_complaint


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def stretch_of(house: House, programme: str, customer_id: int) -> float:
    with house.database.reading() as session:
        return session.get_one(VisitTurn, (programme, customer_id)).stretch


def test_silence_brings_one_gentle_retry_then_a_task_then_a_longer_period(any_database: Database) -> None:
    house = House(any_database)
    house.defines("all", retry_after_days=5, longer=1.5, longest=2)
    with any_database.transaction() as session:
        mei = make_staff(session).id
    customer_id = house.silent(contact_id=mei)
    (first,) = house.plans()
    house.sends()
    sent_at = house.now
    assert house.plans(minutes=10) == []
    (visit,) = house.visits()
    assert (visit.state, visit.made_at) == (VisitState.MADE, sent_at)
    assert [len(house.plans(days=1)) for _ in range(4)] == [0, 0, 0, 0]
    (again,) = house.plans(days=1)
    assert again.dedupe_key == f"{first.dedupe_key}:again"
    assert "I do not want to press you." in again.body["text"]
    assert again.body["buttons"] == first.body["buttons"]
    house.sends()
    asked_again_at = house.now
    assert sum(len(house.plans(days=1)) for _ in range(6)) == 0
    (visit,) = house.visits()
    assert (visit.state, visit.attempt) == (VisitState.UNANSWERED, 1)
    (task,) = house.tasks()
    assert (task.kind, task.staff_id) == (TaskKind.NO_ANSWER, mei)
    assert stretch_of(house, "all", customer_id) == 1.5
    house.now = asked_again_at
    assert house.plans(days=45, minutes=-1) == []
    assert len(house.plans(minutes=1)) == 1


def test_the_period_grows_to_its_longest_and_an_answer_makes_it_usual_again(house: House) -> None:
    house.defines("all", retry_after_days=None, longer=2, longest=3)
    customer_id = house.silent()
    grown = []
    for _ in range(3):
        while not house.plans(days=1):
            pass
        house.sends()
        house.plans(days=8)
        grown.append(stretch_of(house, "all", customer_id))
    assert grown == [2, 3, 3]
    while not house.plans(days=1):
        pass
    house.sends()
    house.plans(days=8)
    house.writes(customer_id)  # late, but they did
    assert [message for _ in range(29) for message in house.plans(days=1)] == []
    assert len(house.plans(days=1)) == 1
    assert stretch_of(house, "all", customer_id) == 1


def test_words_instead_of_a_tap_are_an_answer(house: House) -> None:
    house.defines("all")
    customer_id = house.silent()
    house.plans()
    house.sends()
    house.plans(minutes=10)
    house.writes(customer_id)
    wrote_at = house.now
    assert house.plans(days=6) == []
    (visit,) = house.visits()
    assert (visit.state, visit.answered_at, visit.attempt) == (VisitState.ANSWERED, wrote_at, 0)
    assert house.tasks() == []


def test_regular_customers_whom_nobody_looks_after_bring_no_task(house: House) -> None:
    house.defines("all", retry_after_days=None)
    house.silent()
    house.silent(standing=Standing.KEY)
    house.plans()
    house.sends()
    house.plans(minutes=10)
    house.plans(days=8)
    assert {visit.state for visit in house.visits()} == {VisitState.UNANSWERED}
    assert [task.customer_id for task in house.tasks()] == [house.visits()[1].customer_id]


@pytest.mark.parametrize(
    ("state", "reason", "noted"),
    [
        (OutboxState.SKIPPED, "the customer wrote first", Missed.IN_TOUCH),
        (OutboxState.SKIPPED, "consent withdrawn", "stopped"),
        (OutboxState.FAILED, "the app refused it", Missed.NOT_SENT),
        (OutboxState.UNREACHABLE, "the customer cannot be reached on this channel", "unreachable"),
    ],
)
def test_what_did_not_leave_is_missed_with_its_reason(
    house: House, state: OutboxState, reason: str, noted: str
) -> None:
    house.defines("all")
    house.silent()
    house.plans()
    with house.database.transaction() as session:
        message = session.scalars(select(OutboxMessage)).one()
        message.state, message.reason = state, reason
    assert house.plans(hours=1) == []
    (visit,) = house.visits()
    assert (visit.state, visit.reason, visit.made_at) == (VisitState.MISSED, noted, None)
    assert house.plans(days=28) == []


def test_what_may_have_arrived_counts_as_made_and_what_waits_is_waited_for(house: House) -> None:
    house.defines("all", retry_after_days=None)
    house.silent()
    (message,) = house.plans()
    house.plans(hours=1)
    assert house.visits()[0].state is VisitState.DUE
    with house.database.transaction() as session:
        session.get_one(OutboxMessage, message.id).state = OutboxState.UNCERTAIN
    house.plans(hours=1)
    assert house.visits()[0].state is VisitState.MADE


def test_a_visit_whose_programme_ended_goes_no_further(house: House) -> None:
    house.defines("old")
    house.silent()
    house.plans()
    house.sends()
    house.plans(hours=1)
    with house.database.transaction() as session:
        remove_definition(session, DefinitionKind.PROGRAMME, "old")
    house.defines("new", period_days=300)
    assert [message for _ in range(20) for message in house.plans(days=1)] == []
    assert house.visits()[0].state is VisitState.UNANSWERED


def test_where_words_are_asked_for_the_next_ones_answer(house: House) -> None:
    house.defines("all", questions=[{"kind": "text", "text": {"en": "What shall we bake?"}}])
    house.silent(sender="77")
    (message,) = house.plans()
    assert message.body["text"].endswith("What shall we bake?")
    assert message.body["buttons"] == []
    house.sends()
    house.plans(minutes=6)
    with house.database.reading() as session:
        talk = session.scalars(select(Dialogue)).one()
    assert (talk.step, talk.data) == ("visit", {"visit": house.visits()[0].id, "key": "text"})


def test_who_answered_in_words_before_we_looked_is_not_waited_for(house: House) -> None:
    house.defines("all", questions=[{"kind": "text"}])
    customer_id = house.silent(sender="77")
    house.plans()
    house.sends()
    house.now += timedelta(seconds=20)
    house.writes(customer_id)
    house.plans(minutes=1)
    with house.database.reading() as session:
        assert session.scalars(select(Dialogue)).all() == []
    house.plans(days=6)
    assert house.visits()[0].state is VisitState.ANSWERED


def test_one_name_for_all_is_used_in_the_retry_too(house: House) -> None:
    house.company = replace(COMPANY, desk=Desk(speaks_as="The Lantern team"))
    house.defines(
        "all", retry={"en": "{contact|Somebody} asks again, {first_name|friend}."}, retry_after_days=1
    )
    with house.database.transaction() as session:
        mei = make_staff(session).id
    house.silent(contact_id=mei, display_name="Bo Li")
    house.plans()
    house.sends()
    house.plans(minutes=10)
    (again,) = house.plans(days=1)
    assert again.body["text"].startswith("The Lantern team asks again, Bo.\nHow are things with us?")


def test_a_retry_waits_for_its_window_and_is_given_up_with_it(house: House) -> None:
    house.defines("all", retry_after_days=3, late_days=2)
    customer_id = house.silent()
    house.plans()
    house.sends()
    house.plans(minutes=10)
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    assert [message for _ in range(8) for message in house.plans(days=1)] == []
    assert house.visits()[0].state is VisitState.UNANSWERED
    assert house.now - house.visits()[0].created_at > timedelta(days=7)


@pytest.mark.parametrize("when", ["before it is asked once more", "while that waits"])
def test_what_kept_us_from_asking_once_more_is_nobodys_silence(any_database: Database, when: str) -> None:
    house = House(any_database)
    house.defines("all", retry_after_days=3, longer=2)
    with any_database.transaction() as session:
        mei = make_staff(session).id
    customer_id = house.silent(contact_id=mei)
    house.plans()
    house.sends()
    house.plans(minutes=10)
    if when == "while that waits":
        assert len(house.plans(days=3)) == 1
        with any_database.transaction() as session:
            withdraw_queued(session, reason="a complaint is open")
    with any_database.transaction() as session:
        add_complaint(session, customer_id, ComplaintState.OPEN)
    assert [message for _ in range(4) for message in house.plans(days=1)] == []

    (visit,) = house.visits()
    assert (visit.state, visit.next_step_at) == (VisitState.UNANSWERED, None)
    assert [task.kind for task in house.tasks()] == [TaskKind.COMPLAINT_OPEN]
    assert stretch_of(house, "all", customer_id) == 1
    with any_database.reading() as session:
        (unsaid,) = list_suppressed(session, limit=9)
    assert unsaid.reason == "complaint"
    assert unsaid.occasion.endswith(":again")


def test_two_visits_held_back_of_one_customer_bring_one_question(house: House) -> None:
    house.defines("all", period_days=3, late_days=7, retry_after_days=None)
    customer_id = house.silent()
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    assert [message for _ in range(4) for message in house.plans(days=1)] == []
    assert [visit.state for visit in house.visits()] == [VisitState.DUE] * 2
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=True, now=house.now)
    assert len(house.plans(days=1)) == 1
    first, second = house.visits()
    assert (first.state, first.reason) == (VisitState.DUE, None)
    assert (second.state, second.reason) == (VisitState.MISSED, Missed.IN_TOUCH)


def test_a_visit_that_falls_due_late_does_not_wait_for_as_long_once_more(house: House) -> None:
    house.defines("all", late_days=4, retry_after_days=None)
    customer_id = house.silent()
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    assert house.plans(days=3) == []  # the program was off
    (visit,) = house.visits()
    assert (visit.state, house.now - visit.created_at) == (VisitState.DUE, timedelta())
    house.plans(days=1, hours=1)
    assert house.visits()[0].state is VisitState.MISSED


def test_who_is_asked_once_more_is_not_asked_by_a_held_visit_in_the_same_run(house: House) -> None:
    house.defines("all", period_days=3, late_days=7, retry_after_days=None)
    customer_id = house.silent()
    house.plans()
    house.sends()
    house.plans(minutes=10)
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    for _ in range(6):
        house.plans(days=1)
    assert [visit.state for visit in house.visits()][:2] == [VisitState.MADE, VisitState.DUE]
    house.defines("all", period_days=40, retry_after_days=5)
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=True, now=house.now)
    assert len(house.plans(days=1)) == 1


def test_a_visit_that_was_held_back_keeps_the_arm_by_which_it_is_asked(any_database: Database) -> None:
    house = House(any_database)
    house.defines("all", openings={"A": {"en": "Hello!"}, "B": {"en": "Tea time."}}, retry_after_days=None)
    customer_id = house.silent()
    with any_database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    assert house.plans() == []
    with any_database.transaction() as session:
        set_consent(session, customer_id, granted=True, now=house.now)
    (message,) = house.plans(days=1)
    (visit,) = house.visits()
    assert str(message.body["text"]).startswith({"A": "Hello!", "B": "Tea time."}[visit.arm or ""])
