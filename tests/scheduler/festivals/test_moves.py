"""A calendar that is corrected: what was not sent moves along, and nothing is sent twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from scheduler import festival_calendar
from scheduler.festival_calendar import festivals_of
from scheduler.festivals.habits import occasions_of
from scheduler.festivals.known import BY_KEY
from scheduler.festivals.moves import see_moved
from scheduler.suppressions import list_suppressed
from store.engine import Database
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY
from tests.scheduler.festivals.planning import CHANNELS, outbox, person, run, write_plan
from tests.store.test_indexes import plans

EID = date(2027, 3, 10)
EID_EVENING = datetime(2027, 3, 9, 23, tzinfo=UTC)  # the 10th in Cairo
Correct = Callable[..., None]


def forget() -> None:
    """Read all calendars again."""
    festivals_of.cache_clear()
    occasions_of.cache_clear()


@pytest.fixture
def correct(monkeypatch: pytest.MonkeyPatch) -> Iterator[Correct]:
    """Let a new release of the calendars say on which days Egypt celebrates the end of Ramadan."""

    def release(*days: date, estimated: bool = True) -> None:
        label = "Eid al-Fitr (estimated)" if estimated else "Eid al-Fitr"
        calendar = {"EG": sorted((day, label) for day in days)}
        monkeypatch.setattr(festival_calendar, "_calendar", lambda country, _year: calendar.get(country, ()))
        forget()

    yield release
    monkeypatch.undo()
    forget()


def egyptian(database: Database) -> int:
    return person(database, country="EG", timezone="Africa/Cairo", language="ar")


def leaves(message: OutboxMessage) -> tuple[str, str]:
    """Tell from when until when a message may leave, by Cairo's winter clock."""
    assert message.expires_at is not None
    first, last = (at + timedelta(hours=2) for at in (message.not_before, message.expires_at))
    return f"{first:%m-%d %H:%M}", f"{last:%m-%d %H:%M}"


def test_what_waits_moves_with_the_festival_and_comes_once(any_database: Database, correct: Correct) -> None:
    customer = egyptian(any_database)
    correct(EID)
    assert run(any_database, EID_EVENING) == [f"festival:{customer}:eid_al_fitr:2027"]
    assert leaves(outbox(any_database)[0]) == ("03-10 10:00", "03-11 00:00")

    correct(EID + timedelta(days=1), estimated=False)  # Ramadan has thirty days
    assert run(any_database, EID_EVENING + timedelta(hours=1)) == []
    assert leaves(outbox(any_database)[0]) == ("03-11 10:00", "03-12 00:00")
    assert run(any_database, EID_EVENING + timedelta(days=1)) == []


def test_what_was_sent_is_not_sent_again_when_the_calendar_is_corrected(
    database: Database, correct: Correct
) -> None:
    egyptian(database)
    correct(EID)
    run(database, EID_EVENING)
    with database.transaction() as session:
        session.get_one(OutboxMessage, outbox(database)[0].id).state = OutboxState.SENT

    correct(EID + timedelta(days=1))
    assert run(database, EID_EVENING + timedelta(days=1, hours=10)) == []


def test_what_was_planned_for_tomorrow_leaves_today_when_the_festival_is_today(
    database: Database, correct: Correct
) -> None:
    customer = egyptian(database)
    correct(EID + timedelta(days=1))
    assert run(database, EID_EVENING) == []

    correct(EID)
    assert run(database, EID_EVENING + timedelta(hours=8)) == [f"festival:{customer}:eid_al_fitr:2027"]


def test_what_waits_for_a_day_that_is_over_is_dropped_with_a_reason(
    database: Database, correct: Correct
) -> None:
    egyptian(database)
    correct(EID)
    run(database, EID_EVENING)

    correct(EID - timedelta(days=1))
    run(database, EID_EVENING + timedelta(hours=1))
    (message,) = outbox(database)
    assert (message.state, message.reason) == (
        OutboxState.SKIPPED,
        "the day of the festival is over where the customer is",
    )
    with database.reading() as session:
        (unsaid,) = list_suppressed(session, limit=9)
    assert (unsaid.occasion, unsaid.reason) == ("festival:eid_al_fitr:2027", "too late")


def test_who_travels_east_on_the_day_gets_what_waits_by_the_clock_there(
    database: Database, correct: Correct
) -> None:
    customer = egyptian(database)
    correct(EID)
    run(database, EID_EVENING)
    with database.transaction() as session:
        session.get_one(Customer, customer).timezone = "Pacific/Auckland"

    assert run(database, EID_EVENING + timedelta(hours=1)) == []
    (message,) = outbox(database)
    assert message.expires_at == datetime(2027, 3, 10, 11, tzinfo=UTC)  # midnight in Auckland
    assert run(database, EID_EVENING + timedelta(hours=13)) == []
    assert len(outbox(database)) == 1


def test_a_correction_across_the_years_end_brings_no_second_greeting(
    database: Database, correct: Correct
) -> None:
    customer = egyptian(database)
    correct(date(2032, 12, 31), date(2033, 12, 23))
    evening = datetime(2032, 12, 30, 23, tzinfo=UTC)
    assert run(database, evening) == [f"festival:{customer}:eid_al_fitr:2033"]

    correct(date(2033, 1, 1), date(2033, 12, 23))
    assert run(database, evening + timedelta(hours=2)) == []
    assert leaves(outbox(database)[0]) == ("01-01 10:00", "01-02 00:00")
    assert run(database, evening + timedelta(days=1)) == []
    assert run(database, datetime(2033, 12, 23, 6, tzinfo=UTC)) == [f"festival:{customer}:eid_al_fitr:2033:2"]


def test_the_company_can_say_the_day_itself(database: Database, correct: Correct) -> None:
    customer = egyptian(database)
    correct(EID)
    write_plan(database, "eid_al_fitr", dates=["2027-03-11"], countries=["EG"], holdout=0.0)

    assert run(database, EID_EVENING) == []
    assert run(database, EID_EVENING + timedelta(days=1)) == [f"festival:{customer}:eid_al_fitr:2027"]


def test_a_festival_that_is_switched_off_takes_what_waits_along(database: Database, correct: Correct) -> None:
    egyptian(database)
    correct(EID)
    run(database, EID_EVENING)

    write_plan(database, "eid_al_fitr", active=False)
    run(database, EID_EVENING + timedelta(hours=1))
    (message,) = outbox(database)
    assert message.state is OutboxState.SKIPPED


def test_a_plan_of_another_hour_leaves_what_waits_as_it_is(database: Database, correct: Correct) -> None:
    egyptian(database)
    correct(EID)
    run(database, EID_EVENING)
    write_plan(database, "eid_al_fitr", hour=16, holdout=0.0)

    run(database, EID_EVENING + timedelta(hours=1))
    assert leaves(outbox(database)[0]) == ("03-10 10:00", "03-11 00:00")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(releases=st.lists(st.tuples(st.integers(1, 9), st.integers(-1, 1)), min_size=4, max_size=9))
def test_however_often_it_is_corrected_one_greeting_leaves_at_most_and_on_the_day(
    database: Database, correct: Correct, releases: list[tuple[int, int]]
) -> None:
    """Each step: so many hours later, a calendar that is so many days off; then a beat, and a delivery."""
    with database.transaction() as session:
        session.execute(delete(Customer))
    egyptian(database)
    now = EID_EVENING - timedelta(days=1)
    days_of_sending = []
    for hours, off in releases:
        now += timedelta(hours=hours)
        correct(EID + timedelta(days=off))
        run(database, now)
        if deliver(database, now):
            days_of_sending.append((now + timedelta(hours=2)).date() - EID - timedelta(days=off))
    assert days_of_sending in ([], [timedelta()])


def deliver(database: Database, now: datetime) -> int:
    """Send what may leave, as a lane would; returns how many that were."""
    with database.transaction() as session:
        due = [
            one
            for one in session.scalars(select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED))
            if one.not_before <= now < (one.expires_at or now)
        ]
        for one in due:
            one.state = OutboxState.SENT
    return len(due)


def test_what_waits_is_found_by_an_index(any_database: Database) -> None:
    found = plans(
        any_database, lambda session: see_moved(session, company=COMPANY, now=EID_EVENING, channels=CHANNELS)
    )
    assert any("ix_outbox_due" in plan for plan in found), found


@given(rounds=st.integers(-20, 120), off=st.integers(-3, 3))
def test_a_moving_festival_has_one_name_however_its_day_is_corrected(rounds: int, off: int) -> None:
    festival = BY_KEY["eid_al_fitr"]
    assert festival.lunar_from is not None
    reckoned = festival.lunar_from + timedelta(days=round(rounds * festival_calendar.LUNAR_YEAR_DAYS))
    name = festival_calendar._name(festival, reckoned, 1)
    assert festival_calendar._name(festival, reckoned + timedelta(days=off), 1) == name
    following = festival_calendar._name(festival, reckoned + timedelta(days=354 + off), 1)
    assert following != name
