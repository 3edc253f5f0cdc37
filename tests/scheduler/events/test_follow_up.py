"""The day after: each guest hears once, thanks or that they were missed, in the morning of the place."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from customers.consent import set_consent
from scheduler.events import follow_up
from scheduler.events.changes import change_event
from scheduler.events.door import check_in
from scheduler.events.follow_up import plan_follow_ups
from scheduler.events.reminders import plan_event_reminders
from store.engine import Database
from store.tables.outreach import Event, Rsvp, Suppression
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import COMPANY, make_customer
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


def unsaid(database: Database) -> set[tuple[int, str, str]]:
    with database.reading() as session:
        rows = session.execute(select(Suppression.customer_id, Suppression.occasion, Suppression.reason))
        return {(row[0], row[1], row[2]) for row in rows}


def test_who_came_is_thanked_and_who_did_not_is_missed(any_database: Database) -> None:
    event_id, (ana, ben, cleo, stopped) = announce(any_database, 4, reminders=())
    with any_database.transaction() as session:
        for guest in (ana, ben, stopped):
            answer(session, event_id, guest)
        answer(session, event_id, cleo, Rsvp.MAYBE)
        check_in(session, event_id, ana, staff_id=None, now=START)
        set_consent(session, stopped, granted=False, now=START)
    assert plan(any_database, MORNING - timedelta(minutes=1)) == 0
    assert plan(any_database, MORNING) == 3
    assert plan(any_database, MORNING + timedelta(hours=1)) == 0
    assert unsaid(any_database) == {(stopped, f"followup:{event_id}", "stopped")}
    sent = written(any_database)
    assert set(sent) == {ana, ben}
    assert "Thank you for coming" in sent[ana].body["text"]
    assert [data for _, data in sent[ana].body["buttons"][0]] == [
        f"liked:{event_id}:{n}" for n in range(1, 6)
    ]
    assert "We missed you" in sent[ben].body["text"]
    assert sent[ben].body["buttons"] == []


def test_where_nobody_was_checked_in_nobody_is_missed(database: Database) -> None:
    event_id, (ana,) = announce(database, 1, reminders=())
    with database.transaction() as session:
        answer(session, event_id, ana)
    assert plan(database, MORNING) == 1
    assert "Thank you for coming" in written(database)[ana].body["text"]


def test_the_morning_is_that_of_the_place(database: Database) -> None:
    zone: dict[str, Any] = {"timezone": "Asia/Shanghai", "ends_at": START + timedelta(hours=5)}
    event_id, (ana,) = announce(database, 1, reminders=(), **zone)
    with database.transaction() as session:
        answer(session, event_id, ana)
    there = ZoneInfo("Asia/Shanghai")
    over = (START + timedelta(hours=5)).astimezone(there)
    morning = datetime.combine(over.date() + timedelta(days=1), datetime.min.time(), there) + timedelta(
        hours=10
    )
    assert plan(database, morning - timedelta(minutes=1)) == 0
    assert plan(database, morning) == 1


@pytest.mark.parametrize("hour", [1, 10, 19, 23])
def test_an_event_of_which_no_end_is_known_is_followed_the_next_morning(
    database: Database, hour: int
) -> None:
    starts = START.replace(hour=hour)
    event_id, (ana,) = announce(database, 1, reminders=(), starts_at=starts, timezone="UTC")
    with database.transaction() as session:
        answer(session, event_id, ana)
    morning = starts.replace(hour=10) + timedelta(days=1)
    assert plan(database, morning - timedelta(minutes=1)) == 0
    assert plan(database, morning) == 1


@pytest.mark.parametrize(("end", "thanked_after_days"), [(None, 1), (timedelta(hours=7), 2)])
def test_of_an_evening_the_door_is_open_when_guests_are_written_to(
    database: Database, end: timedelta | None, thanked_after_days: int
) -> None:
    starts = START.replace(hour=19)
    ends = None if end is None else starts + end
    event_id, (ana, ben) = announce(database, 2, reminders=(), starts_at=starts, ends_at=ends, timezone="UTC")
    with database.transaction() as session:
        for guest in (ana, ben):
            answer(session, event_id, guest)
        check_in(session, event_id, ana, staff_id=None, now=starts)
    ten = starts.replace(hour=10) + timedelta(days=1)
    is_thanked = thanked_after_days == 1
    assert plan(database, ten) == (2 if is_thanked else 0)
    with database.transaction() as session:
        check_in(session, event_id, ben, staff_id=None, now=ten + timedelta(minutes=30))
    assert plan(database, starts.replace(hour=10) + timedelta(days=2)) == (0 if is_thanked else 2)
    assert ("We missed you" in written(database)[ben].body["text"]) is is_thanked


def test_many_guests_are_written_to_in_several_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "PER_RUN", 2)
    event_id, guests = announce(database, 5, reminders=())
    with database.transaction() as session:
        for guest in guests:
            answer(session, event_id, guest)
    assert [plan(database, MORNING) for _ in range(4)] == [2, 2, 1, 0]
    assert set(written(database)) == set(guests)


def test_what_was_dropped_while_nothing_ran_is_noted_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "PER_RUN", 2)
    event_id, (ana, ben, late, stopped) = announce(database, 4, reminders=(7 * 1440, 1440))
    day = f"reminder:{event_id}:{START:%Y%m%dT%H%M}:1440"
    with database.transaction() as session:
        for guest in (ana, ben, stopped):
            answer(session, event_id, guest)
        plan_event_reminders(session, company=COMPANY, now=START - timedelta(days=7), channels=CHANNELS)
        answer(session, event_id, late, now=START - timedelta(days=3))
        answer(session, event_id, ben, Rsvp.MAYBE, now=START - timedelta(days=3))
        set_consent(session, stopped, granted=False, now=START - timedelta(days=2))
    # from then on until four days after the event nothing runs
    assert [plan(database, MORNING + timedelta(days=4)) for _ in range(5)] == [2, 2, 2, 1, 0]
    day_s = {
        (ana, day, "too late"),
        (ben, day, "too late"),
        (late, day, "too late"),
        (stopped, day, "stopped"),
    }
    followed = {(who, f"followup:{event_id}", why) for who, _, why in day_s if who != ben}
    assert unsaid(database) == day_s | followed  # the reminder of the week before was there
    assert written(database) == {}


def test_guests_on_an_app_that_is_switched_off_are_noted_as_not_reached(database: Database) -> None:
    event_id, _ = announce(database, reminders=(1440,))
    with database.transaction() as session:
        elsewhere = make_customer(session, channel="carrier pigeon").id
        answer(session, event_id, elsewhere)
    assert [plan(database, MORNING) for _ in range(3)] == [2, 0, 0]
    assert unsaid(database) == {
        (elsewhere, f"reminder:{event_id}:{START:%Y%m%dT%H%M}:1440", "unreachable"),
        (elsewhere, f"followup:{event_id}", "unreachable"),
    }


def test_in_place_of_a_reminder_came_the_news_of_a_change(database: Database) -> None:
    event_id, (ana,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, ana)
        later = START - timedelta(hours=20)
        change_event(session, event_id, {"place": "Garden Room"}, company=COMPANY, now=later)
    plan(database, MORNING + timedelta(days=4))
    assert unsaid(database) == {(ana, f"followup:{event_id}", "too late")}


def test_what_is_too_old_or_was_cancelled_is_left_at_that(database: Database) -> None:
    event_id, (ana,) = announce(database, 1, reminders=())
    with database.transaction() as session:
        answer(session, event_id, ana)
    assert plan(database, MORNING + timedelta(days=3)) == 1
    assert plan(database, MORNING + timedelta(days=3)) == 0
    with database.transaction() as session:
        assert session.get_one(Event, event_id).followed_up
    other, (ben,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, other, ben)
        session.get_one(Event, other).cancelled_at = START
    assert plan(database, MORNING) == 0
    assert written(database) == {}
