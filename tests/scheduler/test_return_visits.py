"""Who is visited again, when, with which words, and how often at most."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from customers.consent import set_consent
from scheduler.definitions.programme import PERIODIC
from scheduler.programmes import next_dates, planning
from scheduler.programmes.next_dates import LEAST_A_DAY, daily_limit
from scheduler.programmes.overtaken import see_overtaken, withdraw_overtaken
from scheduler.programmes.planning import plan_visits
from scheduler.programmes.turn_rows import due_statement
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, Identity
from store.tables.outreach import Visit, VisitTurn
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.tables.staff import Staff
from tests.factories import COMPANY, NOW, make_customer, make_staff
from tests.talk import button_data

PERIOD = timedelta(days=COMPANY.visit_every_days)
LONG_AGO = NOW - PERIOD - timedelta(days=3)
CHANNELS = frozenset({"telegram", "webchat"})


def plan(database: Database, now: datetime = NOW, **changes: Any) -> int:
    """Let the planner run once; tell how many visits it queued."""
    before = len(outbox(database))
    with database.transaction() as session:
        plan_visits(session, company=replace(COMPANY, **changes), now=now, channels=CHANNELS)
    return len(outbox(database)) - before


def withdraw(database: Database, now: datetime) -> int:
    with database.reading() as session:
        seen = see_overtaken(session, now=now, channels=CHANNELS)
    with database.transaction() as session:
        return withdraw_overtaken(session, seen, now=now)


def outbox(database: Database) -> list[OutboxMessage]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def silent(database: Database, **fields: Any) -> int:
    with database.transaction() as session:
        return make_customer(session, **({"last_contact_at": LONG_AGO} | fields)).id


def add_complaint(session: Session, customer_id: int, state: ComplaintState) -> Complaint:
    complaint = Complaint(
        customer_id=customer_id,
        channel="telegram",
        address="1",
        state=state,
        resolved_at=NOW if state is ComplaintState.RESOLVED else None,
        text="The lid leaks.",
        opened_at=NOW,
        first_response_due_at=NOW,
        resolution_due_at=NOW,
    )
    session.add(complaint)
    return complaint


def test_a_customer_who_was_silent_for_the_period_is_asked_how_things_are(any_database: Database) -> None:
    customer_id = silent(any_database, display_name="Ana Lopes")
    assert plan(any_database) == 1
    (message,) = outbox(any_database)
    assert message.kind is MessageKind.VISIT
    assert message.customer_id == customer_id
    assert message.body["text"].startswith("Hello Ana! This is Lantern Tea.")
    with any_database.reading() as session:
        visit = session.scalars(select(Visit)).one()
    assert button_data(message) == [f"visit:{visit.id}:{mark}" for mark in range(1, 6)]
    assert message.dedupe_key == f"visit:{customer_id}:{visit.due_on}"
    assert visit.due_on == (LONG_AGO + PERIOD).date()
    assert message.expires_at == message.not_before + timedelta(days=2)


def test_one_who_spoke_within_the_period_is_left_alone(any_database: Database) -> None:
    silent(any_database, last_contact_at=NOW - PERIOD + timedelta(seconds=1))
    assert plan(any_database) == 0


def test_planning_twice_changes_nothing(any_database: Database) -> None:
    silent(any_database)
    assert plan(any_database) == 1
    assert plan(any_database) == 0
    assert plan(any_database, NOW + timedelta(days=1)) == 0
    assert len(outbox(any_database)) == 1


def test_an_unanswered_visit_comes_again_only_after_another_period(any_database: Database) -> None:
    silent(any_database)
    plan(any_database)
    assert plan(any_database, NOW + PERIOD - timedelta(minutes=1)) == 0
    assert plan(any_database, NOW + PERIOD) == 1
    assert len({message.dedupe_key for message in outbox(any_database)}) == 2


@pytest.mark.parametrize("state", [ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.RESOLVED])
def test_nobody_is_visited_while_a_complaint_is_open(any_database: Database, state: ComplaintState) -> None:
    customer_id = silent(any_database)
    with any_database.transaction() as session:
        add_complaint(session, customer_id, state)
    assert plan(any_database) == 0


def test_a_confirmed_complaint_is_no_obstacle(any_database: Database) -> None:
    customer_id = silent(any_database)
    with any_database.transaction() as session:
        add_complaint(session, customer_id, ComplaintState.CONFIRMED)
    assert plan(any_database) == 1


def test_who_said_stop_is_not_visited(any_database: Database) -> None:
    customer_id = silent(any_database)
    with any_database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=NOW)
    assert plan(any_database) == 0


def test_who_cannot_be_reached_on_a_live_channel_is_not_visited(any_database: Database) -> None:
    silent(any_database, channel="replay")
    blocked = silent(any_database)
    with any_database.transaction() as session:
        session.scalars(select(Identity).where(Identity.customer_id == blocked)).one().unreachable_since = NOW
    assert plan(any_database) == 0


def test_the_address_that_was_used_last_is_taken(any_database: Database) -> None:
    customer_id = silent(any_database)
    with any_database.transaction() as session:
        for channel, days in (("webchat", 1), ("replay", 2)):
            used = NOW + timedelta(days=days)
            session.add(
                Identity(
                    customer_id=customer_id,
                    channel=channel,
                    sender="w",
                    address=f"on {channel}",
                    created_at=NOW,
                    last_used_at=used,
                )
            )
    plan(any_database)
    assert [(row.channel, row.address) for row in outbox(any_database)] == [("webchat", "on webchat")]


def test_a_designated_contact_speaks_by_name_and_one_who_left_does_not(any_database: Database) -> None:
    with any_database.transaction() as session:
        mei, tom = make_staff(session, name="Mei"), make_staff(session, name="Tom")
        session.get_one(Staff, tom.id).active = False
    silent(any_database, contact_id=mei.id)
    silent(any_database, contact_id=tom.id)
    plan(any_database)
    first, second = outbox(any_database)
    assert "This is Mei from Lantern Tea." in first.body["text"]
    assert "Tom" not in second.body["text"]


def test_the_customer_reads_it_in_their_language_and_without_a_name_too(any_database: Database) -> None:
    silent(any_database, language="zh", display_name="")
    plan(any_database)
    assert outbox(any_database)[0].body["text"].startswith("您好！这里是Lantern Tea。")


def test_at_night_it_waits_for_the_morning_where_the_customer_is(any_database: Database) -> None:
    silent(any_database, timezone="Asia/Tokyo")  # noon in London is 21:00 there
    plan(any_database)
    leaves = outbox(any_database)[0].not_before.astimezone(ZoneInfo("Asia/Tokyo"))
    assert (leaves.date(), leaves.hour) == (date(2026, 11, 22), 9)


def test_the_due_date_is_that_of_the_customers_place(any_database: Database) -> None:
    silent(any_database, timezone="Pacific/Auckland")
    plan(any_database)
    assert outbox(any_database)[0].dedupe_key.endswith(
        (LONG_AGO + PERIOD).astimezone(ZoneInfo("Pacific/Auckland")).date().isoformat()
    )


def test_a_waiting_visit_is_withdrawn_when_the_customer_writes_first(any_database: Database) -> None:
    customer_id = silent(any_database, timezone="Asia/Tokyo")
    plan(any_database)
    later = NOW + timedelta(hours=2)
    with any_database.transaction() as session:
        session.get_one(Customer, customer_id).last_contact_at = later
    assert withdraw(any_database, later) == 1
    (message,) = outbox(any_database)
    assert (message.state, message.reason) == (OutboxState.SKIPPED, "the customer wrote first")


def test_a_waiting_visit_is_withdrawn_when_the_customer_complains(any_database: Database) -> None:
    customer_id = silent(any_database, timezone="Asia/Tokyo")
    plan(any_database)
    later = NOW + timedelta(hours=2)
    with any_database.transaction() as session:
        session.get_one(Customer, customer_id).last_contact_at = later
        add_complaint(session, customer_id, ComplaintState.OPEN)
    assert withdraw(any_database, later) == 1
    (message,) = outbox(any_database)
    assert (message.state, message.reason) == (OutboxState.SKIPPED, "a complaint is open")


def test_planners_that_run_at_once_visit_each_customer_once(any_database: Database) -> None:
    people = {silent(any_database) for _ in range(20)}
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: plan(any_database), range(8)))
    assert sorted(message.customer_id or 0 for message in outbox(any_database)) == sorted(people)


def test_one_run_plans_a_limited_number_the_longest_silent_first(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PER_RUN", 2)
    ages = [1, 3, 2]
    people = [silent(any_database, last_contact_at=LONG_AGO - timedelta(days=age)) for age in ages]
    assert plan(any_database) == 2
    assert [row.customer_id for row in outbox(any_database)] == [people[1], people[2]]
    assert plan(any_database) == 1


def test_no_day_is_flooded(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_dates, "LEAST_A_DAY", 3)
    for _ in range(5):
        silent(any_database)
    assert plan(any_database) == 3
    assert plan(any_database, NOW + timedelta(hours=23)) == 0
    assert plan(any_database, NOW + timedelta(hours=25)) == 2


def test_who_is_held_back_does_not_stand_in_the_way_and_is_looked_at_again_the_next_day(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PER_RUN", 1)
    stopped = silent(any_database, last_contact_at=LONG_AGO - timedelta(days=1))
    ready = silent(any_database)
    with any_database.transaction() as session:
        set_consent(session, stopped, granted=False, now=NOW)
    assert [plan(any_database) for _ in range(3)] == [0, 1, 0]
    assert [row.customer_id for row in outbox(any_database)] == [ready]
    with any_database.transaction() as session:
        assert session.get_one(Customer, stopped).visited_at is None
        set_consent(session, stopped, granted=True, now=NOW)
    assert plan(any_database, NOW + timedelta(hours=23)) == 0
    later = NOW + timedelta(hours=25)
    assert sum(plan(any_database, later) for _ in range(2)) == 1  # the other one is seen to be on its way


@given(customers=st.integers(0, 10_000_000), days=st.integers(1, 3650))
def test_the_daily_limit_always_lets_everybody_be_visited_once_a_period(customers: int, days: int) -> None:
    limit = daily_limit(customers, days)
    assert limit >= LEAST_A_DAY
    assert limit * days >= 2 * customers


def test_who_writes_keeps_their_place_in_line_until_its_turn_comes(any_database: Database) -> None:
    wrote = NOW - timedelta(days=1)
    customer_id = silent(any_database, last_contact_at=wrote - PERIOD)
    plan(any_database, wrote - timedelta(hours=1))  # they get in line
    with any_database.transaction() as session:
        session.get_one(Customer, customer_id).last_contact_at = wrote
    assert place_of(any_database, customer_id) == wrote
    assert plan(any_database) == 0
    assert place_of(any_database, customer_id) == wrote + PERIOD
    assert plan(any_database, wrote + PERIOD - timedelta(minutes=1)) == 0
    assert plan(any_database, wrote + PERIOD) == 1
    assert place_of(any_database, customer_id) == wrote + 2 * PERIOD


def test_who_wrote_does_not_stand_in_the_way(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = NOW - timedelta(days=3)
    wrote = [silent(any_database, last_contact_at=begin - PERIOD + timedelta(hours=age)) for age in (1, 2)]
    silent(any_database, last_contact_at=begin - PERIOD + timedelta(hours=3))
    plan(any_database, begin)
    monkeypatch.setattr(planning, "PER_RUN", 1)
    with any_database.transaction() as session:
        for customer_id in wrote:
            session.get_one(Customer, customer_id).last_contact_at = NOW
    with any_database.transaction() as session:
        turns = [plan_visits(session, company=COMPANY, now=NOW, channels=CHANNELS) for _ in range(4)]
    assert turns == [1, 1, 1, 0]
    assert len(outbox(any_database)) == 1


def place_of(database: Database, customer_id: int) -> datetime:
    """Tell when a customer's turn comes."""
    with database.reading() as session:
        return session.get_one(VisitTurn, ("periodic", customer_id)).due_at


def test_a_shorter_period_counts_at_once(any_database: Database) -> None:
    silent(any_database, last_contact_at=NOW - timedelta(days=40))
    assert plan(any_database) == 0
    assert plan(any_database, visit_every_days=30) == 1


def test_what_is_due_is_found_by_an_index(any_database: Database) -> None:
    with any_database.transaction() as session:
        statement = due_statement().params(line=PERIODIC, due_by=NOW, most=10)
        plan_text = explain(session, statement)
    assert "ix_visit_turns_programme" in plan_text


def explain(session: Session, statement: Any) -> str:
    """How the database would run a statement, with tables held to be large."""
    dialect = session.get_bind().dialect
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    if dialect.name == "sqlite":
        return "\n".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in session.execute(text(f"EXPLAIN {compiled}")))
