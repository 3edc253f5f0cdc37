"""The day after: each guest hears once, thanks or that they were missed, in the morning of the place."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from scheduler.events import follow_up
from scheduler.events.door import check_in
from scheduler.events.follow_up import plan_follow_ups
from store.engine import Database
from store.tables.outreach import Event, Rsvp
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import COMPANY
from tests.scheduler.events.ground import CHANNELS, START, announce, answer

MORNING = (START + timedelta(days=1)).replace(hour=10, minute=0)


def plan(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return plan_follow_ups(session, company=COMPANY, now=now, channels=CHANNELS)


def written(database: Database) -> dict[int | None, OutboxMessage]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.FOLLOW_UP)).all()
    assert len({row.customer_id for row in rows}) == len(rows)
    return {row.customer_id: row for row in rows}


def test_who_came_is_thanked_and_who_did_not_is_missed(any_database: Database) -> None:
    event_id, (ana, ben, cleo, stopped) = announce(any_database, 4)
    with any_database.transaction() as session:
        for guest in (ana, ben, stopped):
            answer(session, event_id, guest)
        answer(session, event_id, cleo, Rsvp.MAYBE)
        check_in(session, event_id, ana, staff_id=None, now=START)
        set_consent(session, stopped, granted=False, now=START)
    assert plan(any_database, MORNING - timedelta(minutes=1)) == 0
    assert plan(any_database, MORNING) == 2
    assert plan(any_database, MORNING + timedelta(hours=1)) == 0
    sent = written(any_database)
    assert set(sent) == {ana, ben}
    assert "Thank you for coming" in sent[ana].body["text"]
    assert [data for _, data in sent[ana].body["buttons"][0]] == [
        f"liked:{event_id}:{n}" for n in range(1, 6)
    ]
    assert "We missed you" in sent[ben].body["text"]
    assert sent[ben].body["buttons"] == []


def test_where_nobody_was_checked_in_nobody_is_missed(database: Database) -> None:
    event_id, (ana,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, ana)
    assert plan(database, MORNING) == 1
    assert "Thank you for coming" in written(database)[ana].body["text"]


def test_the_morning_is_that_of_the_place(database: Database) -> None:
    event_id, (ana,) = announce(database, 1, timezone="Asia/Shanghai", ends_at=START + timedelta(hours=5))
    with database.transaction() as session:
        answer(session, event_id, ana)
    there = ZoneInfo("Asia/Shanghai")
    over = (START + timedelta(hours=5)).astimezone(there)
    morning = datetime.combine(over.date() + timedelta(days=1), datetime.min.time(), there) + timedelta(
        hours=10
    )
    assert plan(database, morning - timedelta(minutes=1)) == 0
    assert plan(database, morning) == 1


def test_many_guests_are_written_to_in_several_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "PER_RUN", 2)
    event_id, guests = announce(database, 5)
    with database.transaction() as session:
        for guest in guests:
            answer(session, event_id, guest)
    assert [plan(database, MORNING) for _ in range(4)] == [2, 2, 1, 0]
    assert set(written(database)) == set(guests)


def test_what_is_too_old_or_was_cancelled_is_left_at_that(database: Database) -> None:
    event_id, (ana,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, ana)
    assert plan(database, MORNING + timedelta(days=3)) == 0
    with database.transaction() as session:
        assert session.get_one(Event, event_id).followed_up
    other, (ben,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, other, ben)
        session.get_one(Event, other).cancelled_at = START
    assert plan(database, MORNING) == 0
    assert written(database) == {}
