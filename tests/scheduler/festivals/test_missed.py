"""Days that were over before anybody looked: who would have been greeted is noted, once, as too late."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from customers.consent import set_consent
from scheduler.festivals import greetings, personal_days
from scheduler.festivals.choices import choose_festival
from scheduler.festivals.greetings import see_festivals
from scheduler.festivals.missed import LOOKED_BACK, count_as_looked
from scheduler.festivals.sending import closes_at, window_on
from scheduler.left_out import LeftOut
from scheduler.suppressions import count_suppressed
from store.engine import Database
from store.tables.customers import Purpose
from store.tables.outreach import Suppression
from tests.factories import COMPANY
from tests.scheduler.festivals.planning import CHANNELS, outbox, person, run, run_in, write_plan

CHRISTMAS = datetime(2026, 12, 25, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TOO_LATE = str(LeftOut.TOO_LATE)


def unsaid(database: Database) -> Mapping[tuple[int, str], str]:
    """Give what was noted as not said: the reason by customer and occasion."""
    with database.reading() as session:
        rows = session.scalars(select(Suppression))
        return {(row.customer_id, row.occasion): row.reason for row in rows}


def test_a_festival_that_was_slept_through_is_noted_once_for_each_who_was_meant(
    any_database: Database,
) -> None:
    meant = person(any_database)
    run(any_database, CHRISTMAS - 2 * DAY)
    stopped = person(any_database, created_at=CHRISTMAS - DAY)
    person(any_database, created_at=CHRISTMAS.replace(hour=21, minute=30))  # it was too late by then
    with any_database.transaction() as session:
        set_consent(session, stopped, granted=False, now=CHRISTMAS)

    back = CHRISTMAS + DAY
    assert run(any_database, back) == []
    noted = {(meant, "festival:christmas:2026"): TOO_LATE, (stopped, "festival:christmas:2026"): "stopped"}
    assert unsaid(any_database) == noted
    assert run(any_database, back + timedelta(hours=1)) == run(any_database, back + 3 * DAY) == []
    assert unsaid(any_database) == noted
    with any_database.reading() as session:
        counted = count_suppressed(session, since=back - DAY)
    assert counted == {Purpose.GREETINGS: {"stopped": 1, TOO_LATE: 1}}


def test_the_festivals_after_it_are_greeted_as_ever(database: Database) -> None:
    """Christmas was missed; the New Year's greeting should have left before it, and still may."""
    write_plan(database, "new_year", what="greeting", lead_days=9)
    customer = person(database)
    run(database, CHRISTMAS - 10 * DAY)

    assert run(database, CHRISTMAS + DAY) == [f"festival:{customer}:new_year:2027"]
    assert unsaid(database) == {(customer, "festival:christmas:2026"): TOO_LATE}
    assert run(database, CHRISTMAS + 10 * DAY) == []


def test_at_night_nothing_is_lost_that_may_leave_in_the_morning(database: Database) -> None:
    write_plan(database, "new_year", what="greeting", lead_days=9)
    customer = person(database)
    run(database, CHRISTMAS - 10 * DAY)

    night = CHRISTMAS.replace(hour=22)
    assert run(database, night) == []
    assert run(database, night + timedelta(hours=1)) == []
    assert run(database, CHRISTMAS + DAY) == [f"festival:{customer}:new_year:2027"]
    assert unsaid(database) == {(customer, "festival:christmas:2026"): TOO_LATE}


def test_who_comes_back_on_the_evening_of_the_day_notes_it_at_once(database: Database) -> None:
    customer = person(database)
    run(database, CHRISTMAS - DAY)

    assert run(database, CHRISTMAS.replace(hour=21, minute=1)) == []
    assert unsaid(database) == {(customer, "festival:christmas:2026"): TOO_LATE}


def test_a_day_ends_where_the_customer_is(database: Database) -> None:
    east = person(database, country="NZ", timezone="Pacific/Auckland")
    west = person(database, country="US", timezone="America/Los_Angeles")
    run(database, CHRISTMAS - 2 * DAY)

    back = datetime(2026, 12, 25, 20, tzinfo=UTC)  # the 26th in Auckland, noon of the 25th in Los Angeles
    assert run(database, back) == [f"festival:{west}:christmas:2026"]
    assert unsaid(database) == {(east, "festival:christmas:2026"): TOO_LATE}


def test_what_was_not_theirs_was_not_missed(database: Database) -> None:
    write_plan(database, "christmas", what="greeting", segment="standing = key")
    regular, chooser = person(database), person(database, country="IR", timezone="Asia/Tehran")
    refuses = person(database)
    with database.transaction() as session:
        choose_festival(session, chooser, "eid_al_adha", wanted=False, now=CHRISTMAS)
        choose_festival(session, refuses, "new_year", wanted=False, now=CHRISTMAS)
        choose_festival(session, chooser, "new_year", wanted=True, now=CHRISTMAS)
    run(database, CHRISTMAS - DAY)
    run(database, CHRISTMAS + 10 * DAY)

    assert unsaid(database) == {
        (regular, "festival:new_year:2027"): TOO_LATE,
        (chooser, "festival:new_year:2027"): TOO_LATE,
    }


def test_birthdays_and_days_of_coming_are_noted_as_well(any_database: Database) -> None:
    write_plan(any_database, "anniversary", what="greeting")
    birthday = person(any_database, birthday="05-03")
    leap = person(any_database, birthday="02-29")
    old = person(any_database, created_at=datetime(2024, 5, 2, 12, tzinfo=UTC))
    person(any_database, birthday="05-02", created_at=datetime(2027, 5, 2, 22, tzinfo=UTC))  # came after it
    run(any_database, datetime(2027, 2, 27, 12, tzinfo=UTC))
    run(any_database, datetime(2027, 3, 1, 12, tzinfo=UTC))
    run(any_database, datetime(2027, 5, 1, 12, tzinfo=UTC))

    back = datetime(2027, 5, 4, 12, tzinfo=UTC)
    assert run(any_database, back) == run(any_database, back + DAY) == []
    own = {key: reason for key, reason in unsaid(any_database).items() if "easter" not in key[1]}
    assert own == {
        (leap, "festival:birthday:2027"): TOO_LATE,
        (birthday, "festival:birthday:2027"): TOO_LATE,
        (old, "festival:anniversary:2027"): TOO_LATE,
    }


def test_a_birthday_over_new_year_is_noted_in_its_own_year(database: Database) -> None:
    december, january = person(database, birthday="12-31"), person(database, birthday="01-02")
    run(database, datetime(2026, 12, 30, 12, tzinfo=UTC))

    assert run(database, datetime(2027, 1, 2, 12, tzinfo=UTC)) == [f"festival:{january}:birthday:2027"]
    assert unsaid(database)[december, "festival:birthday:2026"] == TOO_LATE
    assert (january, "festival:birthday:2027") not in unsaid(database)


@pytest.mark.parametrize("off", [timedelta(0), timedelta(hours=1, minutes=30)])
def test_nothing_was_missed_at_the_first_start_nor_between_two_beats(
    database: Database, *, off: timedelta
) -> None:
    person(database, birthday="12-25")
    if off:
        closing = CHRISTMAS.replace(hour=21)
        with database.transaction() as session:
            count_as_looked(session, now=closing - off / 2)
        run(database, closing + off / 2)
    else:
        run(database, CHRISTMAS + DAY)
    assert unsaid(database) == {}


def test_after_a_clock_was_put_back_nothing_is_noted_and_the_next_festival_is_greeted(
    database: Database,
) -> None:
    customer = person(database)
    run(database, CHRISTMAS.replace(year=2028))
    assert outbox(database)
    run(database, CHRISTMAS - DAY)

    assert unsaid(database) == {}
    assert run(database, CHRISTMAS) == [f"festival:{customer}:christmas:2026"]
    assert run(database, CHRISTMAS + timedelta(hours=2)) == []


def test_after_months_only_the_last_days_are_looked_for(database: Database) -> None:
    customer = person(database, birthday="07-01")
    run(database, datetime(2026, 6, 1, 12, tzinfo=UTC))
    run(database, CHRISTMAS + LOOKED_BACK)

    assert set(unsaid(database)) == {
        (customer, "festival:christmas:2026"),
        (customer, "festival:new_year:2027"),
    }


def test_many_are_noted_run_by_run(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greetings, "PER_RUN", 2)
    monkeypatch.setattr(personal_days, "PER_RUN", 2)
    for _ in range(5):
        person(any_database, birthday="12-25")
    run(any_database, CHRISTMAS - DAY)

    noted = []
    for _ in range(4):
        run(any_database, CHRISTMAS + DAY)
        noted.append(len(unsaid(any_database)))
    assert noted == [4, 8, 10, 10]


def test_an_hourly_look_reads_one_row_to_know_that_nothing_was_missed(database: Database) -> None:
    person(database)
    ordinary = datetime(2026, 11, 21, 8, tzinfo=UTC)
    about: dict[str, Any] = {"company": COMPANY, "channels": CHANNELS}

    def statements(now: datetime) -> list[str]:
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        with database.reading() as session:
            event.listen(database.engine, "before_cursor_execute", note)
            see_festivals(session, now=now, **about)
            event.remove(database.engine, "before_cursor_execute", note)
        return seen

    with database.transaction() as session:
        run_in(session, COMPANY, ordinary)
    after = statements(ordinary + timedelta(hours=1))
    assert sum("done_once" in one for one in after) == 1
    assert not any("greeted_on" in one for one in after)


QUIET = st.integers(0, 23)


@settings(max_examples=60, deadline=None)
@given(
    day=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    quiet=st.tuples(QUIET, QUIET),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Shanghai"]),
    minutes=st.integers(0, 24 * 60 - 1),
)
def test_a_day_closes_when_no_window_of_it_is_left(
    day: date, quiet: tuple[int, int], hour: int, zone: str, minutes: int
) -> None:
    company = replace(COMPANY, quiet_from_hour=quiet[0], quiet_until_hour=quiet[1])
    closes = closes_at(day, zone, company)
    begins = datetime.combine(day, time(), UTC) - DAY
    now = begins + timedelta(minutes=minutes * 2)
    if now >= closes:
        assert window_on(day, hour, zone, company, now) is None
    elif quiet[0] > quiet[1] + 1:  # a clock that is changed may skip an only hour
        assert window_on(day, hour, zone, company, min(now, closes - timedelta(minutes=1))) is not None
