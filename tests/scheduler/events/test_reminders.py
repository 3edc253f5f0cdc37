"""Reminders: at the times that an event has, once for each guest, by day, and never after the start."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from customers.consent import set_consent
from scheduler.events import reminders
from scheduler.events.reminders import due_reminder, plan_event_reminders, unreminded_statement
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.customers import Customer
from store.tables.outreach import Event, Rsvp, Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.events.ground import CHANNELS, START, announce, answer, make_event, told
from tests.scheduler.test_return_visits import explain

DAY, EVENING = timedelta(days=1), datetime(2026, 12, 5, 18, 30, tzinfo=UTC)
WEEK_DAY_HOURS = (7 * 24 * 60, 24 * 60, 120)


def remind(database: Database, now: datetime, event_id: int) -> Sequence[OutboxMessage]:
    with database.transaction() as session:
        plan_event_reminders(session, company=COMPANY, now=now, channels=CHANNELS)
        return told(session, event_id, "reminder:")


@given(
    minutes=st.lists(st.integers(1, 20_000), max_size=5, unique=True),
    left_m=st.integers(-1000, 25_000),
)
def test_the_last_reminder_that_is_due_is_the_one(minutes: list[int], left_m: int) -> None:
    due = due_reminder(minutes, START, now=START - timedelta(minutes=left_m))
    past = [before for before in minutes if 0 < left_m <= before]
    assert (due.minutes if due else None) == (min(past) if past else None)
    if due:
        assert START - timedelta(minutes=left_m) < due.until <= START
        assert all(
            START - timedelta(minutes=before) >= due.until for before in minutes if before < due.minutes
        )


def test_guests_are_reminded_the_day_before_once(any_database: Database) -> None:
    event_id, people = announce(any_database, 3)
    said = dict(zip((Rsvp.GOING, Rsvp.MAYBE, Rsvp.NO), people, strict=True))
    with any_database.transaction() as session:
        for one, customer_id in said.items():
            answer(session, event_id, customer_id, one)
    assert remind(any_database, START - DAY - timedelta(minutes=1), event_id) == []
    remind(any_database, START - DAY, event_id)
    messages = remind(any_database, START - DAY + timedelta(minutes=5), event_id)
    assert {row.customer_id for row in messages} == {said[Rsvp.GOING], said[Rsvp.MAYBE]}
    assert all(row.expires_at == START and row.not_before == START - DAY for row in messages)
    assert "Tea evening" in messages[0].body["text"]


def test_each_time_that_is_set_reminds_once(database: Database) -> None:
    event_id, (customer,) = announce(database, 1, starts_at=EVENING, reminders=WEEK_DAY_HOURS)
    with database.transaction() as session:
        answer(session, event_id, customer)
    for minutes in WEEK_DAY_HOURS:
        for _ in range(2):
            messages = remind(database, EVENING - timedelta(minutes=minutes), event_id)
    assert [row.not_before for row in messages] == [EVENING - timedelta(minutes=m) for m in WEEK_DAY_HOURS]
    ends = [EVENING - DAY, EVENING - timedelta(hours=2), EVENING]
    assert [row.expires_at for row in messages] == ends


def test_after_a_time_when_we_were_off_only_the_last_reminder_is_said(database: Database) -> None:
    event_id, (customer,) = announce(database, 1, starts_at=EVENING, reminders=WEEK_DAY_HOURS)
    with database.transaction() as session:
        answer(session, event_id, customer)
    messages = remind(database, EVENING - timedelta(hours=1), event_id)
    assert [row.expires_at for row in messages] == [EVENING]


def test_who_answered_within_the_last_day_needs_no_reminder_of_it(database: Database) -> None:
    event_id, (customer,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, customer, now=START - timedelta(hours=3))
    assert remind(database, START - timedelta(hours=2), event_id) == []


def test_a_reminder_keeps_the_quiet_hours_and_comes_before_the_start(database: Database) -> None:
    early = datetime(2026, 12, 5, 6, 30, tzinfo=UTC)  # half past six in London, in the quiet hours
    event_id, (customer,) = announce(database, 1, starts_at=early)
    with database.transaction() as session:
        answer(session, event_id, customer)
    (message,) = remind(database, early - DAY, event_id)
    assert message.not_before.astimezone(ZoneInfo("Europe/London")).hour == 9
    assert message.not_before < early


def test_a_reminder_that_could_only_come_too_late_is_noted_and_holds_up_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "REMINDERS_PER_RUN", 1)
    early = datetime(2026, 12, 5, 6, 30, tzinfo=UTC)  # in London, the quiet hours last until after the start
    event_id, (asleep,) = announce(database, 1, starts_at=early)
    with database.transaction() as session:
        awake = make_customer(session, timezone="Asia/Shanghai").id
        for customer_id in (asleep, awake):
            answer(session, event_id, customer_id)
    for _ in range(2):
        messages = remind(database, early - timedelta(hours=3), event_id)
    assert [row.customer_id for row in messages] == [awake]
    with database.reading() as session:
        noted = session.execute(select(Suppression.customer_id, Suppression.reason)).all()
    assert [(row[0], row[1]) for row in noted] == [(asleep, "too late")]
    assert len(remind(database, early - timedelta(hours=2), event_id)) == 1


def test_stop_holds_reminders_back_and_a_no_withdraws_one_that_waits(database: Database) -> None:
    early = datetime(2026, 12, 5, 6, 30, tzinfo=UTC)
    event_id, (stopped, waiting) = announce(database, 2, starts_at=early)
    with database.transaction() as session:
        for customer_id in (stopped, waiting):
            answer(session, event_id, customer_id)
        set_consent(session, stopped, granted=False, now=NOW)
    (message,) = remind(database, early - DAY, event_id)
    assert message.customer_id == waiting
    with database.transaction() as session:
        answer(session, event_id, waiting, Rsvp.NO, now=early - timedelta(hours=23))
        session.expire_all()
        assert session.get_one(OutboxMessage, message.id).state is OutboxState.SKIPPED


def test_who_was_reminded_before_the_program_knew_of_several_is_not_reminded_again(
    database: Database,
) -> None:
    event_id, (customer,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, customer)
        old = Draft(
            MessageKind.REMINDER, "telegram", "1", "See you!", dedupe_key=f"reminder:{event_id}:{customer}"
        )
        enqueue(session, [old], now=NOW)
    assert [row.body["text"] for row in remind(database, START - DAY, event_id)] == []


def test_a_traveller_sees_the_clock_of_the_place_and_their_own_where_it_differs(database: Database) -> None:
    with database.transaction() as session:
        event = make_event(session, starts_at=EVENING)
        zones = {
            zone: make_customer(session, timezone=zone).id for zone in ("Asia/Shanghai", "Europe/Dublin")
        }
        for customer_id in zones.values():
            answer(session, event.id, customer_id)
    texts = {row.customer_id: row.body["text"] for row in remind(database, EVENING - DAY, event.id)}
    assert (
        "18:30 (London time)\nOn your own clock: Sun, 6 Dec 2026, 02:30 (Shanghai time)"
        in (texts[zones["Asia/Shanghai"]])
    )
    assert "own clock" not in texts[zones["Europe/Dublin"]]  # it shows the same


def test_who_needs_a_reminder_is_found_by_an_index(any_database: Database) -> None:
    with any_database.transaction() as session:
        event = make_event(session)
        statement = unreminded_statement(event, 1440, channels=CHANNELS, limit=10)
        plan_text = explain(session, statement)
    assert "event_guests" in plan_text
    assert "uq_outbox_dedupe_key" in plan_text or "sqlite_autoindex_outbox" in plan_text


def test_a_cancelled_event_reminds_nobody(database: Database) -> None:
    event_id, (customer,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, customer)
        session.get_one(Event, event_id).cancelled_at = NOW
        assert session.get_one(Customer, customer).id
    assert remind(database, START - DAY, event_id) == []
