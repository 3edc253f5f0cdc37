"""Several programmes side by side: whose turn it is in which, and what becomes of it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from customers.consent import set_consent
from customers.outreach import Outreach
from scheduler.left_out import LeftOut
from scheduler.programmes import next_dates
from scheduler.programmes.deciding import Missed
from scheduler.programmes.stragglers import add_stragglers, see_stragglers
from scheduler.trials.listing import list_trials
from scheduler.trials.results import results_of
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, Standing
from store.tables.outreach import Purchase, Suppression, TaskKind, TrialMember, VisitState, VisitTurn
from tests.factories import COMPANY, NOW, make_staff
from tests.scheduler.programmes.house import House
from tests.scheduler.test_return_visits import add_complaint


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_each_is_visited_by_the_programme_of_their_segment(any_database: Database) -> None:
    house = House(any_database)
    house.defines("key", segment="key", period_days=30, priority=80)
    house.defines("others", segment="regular", period_days=90)
    key, other = house.silent(standing=Standing.KEY), house.silent()
    assert [message.customer_id for message in house.plans()] == [key]
    assert [message.customer_id for message in house.plans(days=30)] == [key]
    assert {message.customer_id for message in house.plans(days=30)} == {other, key}
    assert {(visit.programme, visit.customer_id) for visit in house.visits()} == {
        ("key", key),
        ("others", other),
    }


def test_who_comes_into_a_segment_is_seen_within_a_week(house: House) -> None:
    house.defines("key", segment="key")
    customer_id = house.silent()
    assert house.plans() == []
    with house.database.transaction() as session:
        session.get_one(Customer, customer_id).standing = Standing.KEY
    assert [message.customer_id for message in house.plans(days=7)] == [customer_id]


def test_one_visit_resets_all_and_the_highest_priority_asks(house: House) -> None:
    house.defines("often", period_days=30, priority=20, retry_after_days=None)
    house.defines("seldom", period_days=60, priority=70, retry_after_days=None)
    house.silent(timedelta(days=60))
    asked = [len(house.plans(days=1)) for _ in range(29)]
    assert sum(asked) == 1
    assert [visit.programme for visit in house.visits()] == ["seldom"]
    house.plans(days=2)
    assert [visit.programme for visit in house.visits()] == ["seldom", "often"]


def test_who_is_due_tomorrow_in_a_higher_programme_waits_for_it(house: House) -> None:
    house.defines("low", period_days=30, priority=20)
    house.defines("high", period_days=30.5, priority=70)
    house.silent()
    house.plans()
    house.plans(hours=13)
    assert [visit.programme for visit in house.visits()] == ["high"]


def test_openings_are_dealt_out_kept_with_the_visit_and_compared(any_database: Database) -> None:
    house = House(any_database)
    openings = {"A": {"en": "Hello, {first_name|friend}!"}, "B": {"en": "Tea time, {first_name|friend}."}}
    house.defines("all", openings=openings, retry_after_days=3)
    people = [house.silent() for _ in range(24)]
    first = {message.customer_id: message.body["text"] for message in house.plans()}
    arms = {visit.customer_id: visit.arm for visit in house.visits()}
    begins = {"A": "Hello, ", "B": "Tea time, "}
    assert set(arms.values()) == set(begins)
    assert all(first[one].startswith(begins[arms[one] or ""]) for one in people)
    house.sends()
    house.plans(minutes=10)
    assert len(house.plans(days=3)) == len(people)
    with any_database.reading() as session:
        (trial,) = list_trials(session, limit=9)
        results = results_of(session, trial.name, now=house.now)
    assert {group.arm: group.people for group in results.groups} == Counter(arms.values())


def test_an_open_complaint_makes_the_visit_a_task_for_the_contact_once(any_database: Database) -> None:
    house = House(any_database)
    house.defines("all")
    with any_database.transaction() as session:
        mei = make_staff(session).id
    customer_id = house.silent(contact_id=mei)
    with any_database.transaction() as session:
        add_complaint(session, customer_id, ComplaintState.OPEN)
    assert house.plans() == []
    (visit,) = house.visits()
    assert (visit.state, visit.reason, visit.contact_id) == (VisitState.MISSED, LeftOut.COMPLAINT, mei)
    (task,) = house.tasks()
    assert (task.kind, task.staff_id, task.visit_id) == (TaskKind.COMPLAINT_OPEN, mei, visit.id)
    for _ in range(5):
        house.plans(days=1)
    assert len(house.tasks()) == 1
    with any_database.reading() as session:
        assert session.scalars(select(Suppression.reason)).all() == [LeftOut.COMPLAINT]


def test_visits_of_several_programmes_make_one_task_that_names_them(any_database: Database) -> None:
    house = House(any_database)
    house.defines("high", priority=90)
    house.defines("low", priority=10)
    customer_id = house.silent()
    with any_database.transaction() as session:
        add_complaint(session, customer_id, ComplaintState.OPEN)
    assert house.plans() == []
    assert [visit.reason for visit in house.visits()] == [LeftOut.COMPLAINT] * 2
    (task,) = house.tasks()
    assert task.text == "high, low"
    for _ in range(5):
        house.plans(days=1)
    assert len(house.tasks()) == 1


def test_a_complaint_that_comes_while_a_visit_waits_makes_a_task_too(house: House) -> None:
    house.defines("all")
    customer_id = house.silent(timezone="Asia/Tokyo")  # it is night there
    assert len(house.plans()) == 1
    with house.database.transaction() as session:
        add_complaint(session, customer_id, ComplaintState.OPEN)
    house.plans(hours=13)
    assert [(visit.state, visit.reason) for visit in house.visits()] == [
        (VisitState.MISSED, LeftOut.COMPLAINT)
    ]
    assert [task.kind for task in house.tasks()] == [TaskKind.COMPLAINT_OPEN]


def test_who_stays_held_back_is_missed_with_the_reason_after_the_lateness(house: House) -> None:
    house.defines("all", late_days=3)
    customer_id = house.silent()
    with house.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=house.now)
    states = []
    for _ in range(5):
        house.plans(days=1)
        states.append([(visit.state, visit.reason) for visit in house.visits()])
    assert states[0] == [(VisitState.DUE, LeftOut.STOPPED)]
    assert states[-1] == [(VisitState.MISSED, LeftOut.STOPPED)]
    assert house.outbox() == []


def test_a_mass_that_falls_due_on_one_day_is_visited_in_time(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_dates, "LEAST_A_DAY", 2)
    house = House(any_database)
    house.defines("all", late_days=4, retry_after_days=None)
    for _ in range(20):
        house.silent()
    assert [len(house.plans(hours=0 if day == 0 else 24)) for day in range(6)] == [5, 5, 5, 5, 0, 0]
    assert VisitState.MISSED not in {visit.state for visit in house.visits()}


def test_missed_beats_are_caught_up_oldest_first_and_dropped_after_the_lateness(house: House) -> None:
    house.defines("all", late_days=5)
    ages = [20, 24, 22, 26]
    people = [house.silent(timedelta(days=age)) for age in ages]
    house.plans()  # they get in line, and then nobody plans for a while
    queued = house.plans(days=12)  # they fell due 2, 6, 4 and 8 days ago
    assert [message.customer_id for message in queued] == [people[2], people[0]]
    missed = {visit.customer_id: visit.reason for visit in house.visits() if visit.state is VisitState.MISSED}
    assert missed == {people[1]: LeftOut.TOO_LATE, people[3]: LeftOut.TOO_LATE}
    assert house.plans() == []


def test_after_an_import_nobody_is_too_late(house: House) -> None:
    house.defines("all", late_days=2)
    people = [house.silent(timedelta(days=400)) for _ in range(5)]
    assert sorted(message.customer_id or 0 for message in house.plans()) == people


def test_a_contact_gets_no_more_than_they_can_handle(house: House) -> None:
    house.defines("all", most_a_day=2)
    with house.database.transaction() as session:
        mei = make_staff(session).id
    for _ in range(5):
        house.silent(contact_id=mei)
    house.silent()
    days = []
    for _ in range(5):
        days.append(len(house.plans()))
        house.sends()
        house.now += timedelta(days=1, minutes=1)
    assert days == [3, 2, 1, 0, 0]


def test_visits_of_one_day_are_spread_over_the_window(house: House) -> None:
    house.defines("all", window={"days": 5})
    for _ in range(40):
        house.silent()
    days = [len(house.plans(days=bool(day))) for day in range(6)]
    assert sum(days) == 40
    assert all(2 <= number <= 16 for number in days[:5])


def test_it_leaves_in_the_window_by_the_customers_clock(house: House) -> None:
    house.defines("all", window={"weekdays": ["tue"], "from_hour": 15, "until_hour": 17})
    house.silent(timezone="America/New_York")
    (message,) = house.plans()
    leaves = message.not_before.astimezone(ZoneInfo("America/New_York"))
    assert (leaves.weekday(), leaves.hour, leaves.minute) == (1, 15, 0)
    assert message.expires_at == message.not_before + timedelta(hours=2)


@pytest.mark.parametrize(
    ("holdout", "asked"),
    [(0.0, 60), (0.5, range(15, 46))],
)
def test_who_is_held_out_gets_nothing_and_keeps_getting_nothing(
    house: House, holdout: float, asked: Any
) -> None:
    house.company = replace(COMPANY, outreach=Outreach(seed="fixed"))
    house.defines("all", holdout=holdout, retry_after_days=None)
    for _ in range(60):
        house.silent()
    first = {message.customer_id for message in house.plans()}
    house.sends()
    second = {message.customer_id for message in house.plans(days=31)}
    assert first == second
    assert len(first) in (asked if isinstance(asked, range) else [asked])
    out = [visit for visit in house.visits() if visit.reason == Missed.HELD_OUT]
    assert len({visit.customer_id for visit in out}) == 60 - len(first)
    with house.database.reading() as session:
        noted = set(session.scalars(select(TrialMember.customer_id)))
    assert len(noted) == (60 if holdout else 0)


def buys(house: House, customer_id: int, reference: str, **ago: float) -> None:
    with house.database.transaction() as session:
        at = house.now - timedelta(**ago)
        session.add(Purchase(customer_id=customer_id, reference=reference, at=at))


def test_after_a_purchase_one_visit_follows_for_each(any_database: Database) -> None:
    house = House(any_database)
    house.defines("bought", trigger="purchase", period_days=3)
    customer_id = house.silent()
    buys(house, customer_id, "R1", days=1)
    assert house.plans() == []
    assert len(house.plans(days=2)) == 1
    house.sends()
    assert [len(house.plans(days=1)) for _ in range(4)] == [0, 0, 0, 0]
    buys(house, customer_id, "R2", hours=1)
    assert len(house.plans(days=3)) == 1
    assert [visit.programme for visit in house.visits()] == ["bought", "bought"]


def test_a_purchase_of_long_ago_brings_no_visit(house: House) -> None:
    house.defines("bought", trigger="purchase", period_days=3, late_days=7)
    buys(house, house.silent(), "R1", days=11)
    assert house.plans() == []
    assert house.visits() == []


def test_contact_after_a_purchase_moves_the_visit_but_not_for_ever(house: House) -> None:
    house.defines("bought", trigger="purchase", period_days=3)
    customer_id = house.silent()
    buys(house, customer_id, "R1", minutes=1)
    queued = 0
    for _ in range(12):
        house.now += timedelta(days=1)
        house.writes(customer_id)
        queued += len(house.plans(hours=1))
    assert queued == 0
    assert [(visit.state, visit.reason) for visit in house.visits()] == [(VisitState.MISSED, Missed.IN_TOUCH)]


def test_after_a_complaint_that_is_solved_a_visit_follows(any_database: Database) -> None:
    house = House(any_database)
    house.defines("solved", trigger="resolved", period_days=7)
    customer_id = house.silent(timedelta(days=2))
    with any_database.transaction() as session:
        add_complaint(session, customer_id, ComplaintState.CONFIRMED)
        complaint = session.scalars(select(Complaint)).one()
        complaint.resolved_at = complaint.closed_at = NOW
    assert house.plans(days=6) == []
    (message,) = house.plans(days=1)
    assert "Something went wrong a while ago." in message.body["text"]
    house.sends()
    assert sum(len(house.plans(days=1)) for _ in range(4)) == 0


def test_a_programme_that_ends_leaves_nobody_in_line(house: House) -> None:
    house.defines("first")
    house.silent()
    house.plans()
    with house.database.transaction() as session:
        session.execute(update(VisitTurn).values(programme="gone"))
    house.plans()
    with house.database.reading() as session:
        assert session.scalars(select(VisitTurn.programme)).all() == ["first"]


def test_a_programme_whose_segment_cannot_be_read_rests_and_the_others_go_on(house: House) -> None:
    house.defines("one", priority=60)
    customer_id = house.silent()
    house.plans()
    house.defines("one", segment="gone", priority=60)
    house.defines("two", segment="all")
    house.sends()
    house.plans(days=31)
    assert [visit.programme for visit in house.visits()] == ["one", "two"]
    assert house.visits()[0].state is VisitState.DUE
    with house.database.reading() as session:
        assert session.get(VisitTurn, ("one", customer_id)) is not None


def test_a_visit_held_back_is_not_made_after_another_programme_asked(house: House) -> None:
    house.defines("high", priority=90, most_a_day=1)
    house.defines("low", period_days=31, priority=10, most_a_day=9)
    with house.database.transaction() as session:
        mei = make_staff(session).id
    for _ in range(3):
        house.silent(contact_id=mei)
    asked = [message.customer_id for _ in range(6) for message in house.plans(days=1)]
    assert len(asked) == len(set(asked)) == 3


def test_a_straggler_is_put_in_line(house: House) -> None:
    first, second = house.silent(timedelta(0)), house.silent(timedelta(0))
    house.plans()
    with house.database.transaction() as session:
        session.delete(session.get_one(VisitTurn, ("periodic", first)))
    house.plans()
    with house.database.transaction() as session:
        seen = see_stragglers(session, company=COMPANY, now=house.now)
        assert seen == {"periodic": [first]}
        assert add_stragglers(session, seen, company=COMPANY, now=house.now) == 1
        assert add_stragglers(session, seen, company=COMPANY, now=house.now) == 0
    with house.database.reading() as session:
        assert sorted(session.scalars(select(VisitTurn.customer_id))) == [first, second]


def test_planners_of_several_programmes_at_once_visit_each_customer_once(any_database: Database) -> None:
    house = House(any_database)
    house.defines("one", priority=10)
    house.defines("two", priority=20)
    people = {house.silent() for _ in range(12)}
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: House(any_database).plans(), range(8)))
    assert sorted(message.customer_id or 0 for message in house.outbox()) == sorted(people)


def test_leap_days_and_midnights_are_no_obstacle(house: House) -> None:
    house.now = datetime(2028, 2, 29, 23, 59, tzinfo=UTC)
    house.defines("all", period_days=365)
    house.silent(timedelta(days=365), timezone="Pacific/Kiritimati")
    (message,) = house.plans()
    assert message.dedupe_key.endswith(":2028-03-01")
