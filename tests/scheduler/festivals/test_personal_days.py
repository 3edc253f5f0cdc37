"""Birthdays and the days on which customers came: a greeting on the day, once a year."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from customers.consent import set_consent
from scheduler.festivals import personal_days
from scheduler.festivals.choices import choose_festival, tell_birthday
from scheduler.festivals.personal_days import see_personal_days
from store.engine import Database
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY
from tests.scheduler.festivals.planning import CHANNELS, outbox, person, run, write_plan
from tests.store.test_indexes import plans

THIRD_OF_MAY = datetime(2027, 5, 3, 7, tzinfo=UTC)


def test_a_birthday_is_greeted_on_its_day_at_ten_once(any_database: Database) -> None:
    customer = person(any_database, birthday="05-03")
    person(any_database, birthday="05-04")
    person(any_database)

    assert run(any_database, THIRD_OF_MAY) == [f"festival:{customer}:birthday:2027"]
    assert run(any_database, THIRD_OF_MAY.replace(hour=12)) == []
    (message,) = outbox(any_database)
    assert message.body["text"].startswith("Hello Ana! Happy birthday!")
    assert message.not_before == datetime(2027, 5, 3, 9, tzinfo=UTC)  # ten o'clock in London
    assert run(any_database, THIRD_OF_MAY.replace(year=2028)) == [f"festival:{customer}:birthday:2028"]


@pytest.mark.parametrize(
    ("year", "day", "greeted"),
    [(2027, 28, True), (2028, 28, False), (2028, 29, True)],
)
def test_who_was_born_on_the_leap_day_is_greeted_on_the_28th_in_common_years(
    database: Database, *, year: int, day: int, greeted: bool
) -> None:
    person(database, birthday="02-29")

    assert bool(run(database, datetime(year, 2, day, 12, tzinfo=UTC))) is greeted


def test_it_is_the_day_where_the_customer_is_and_travelling_brings_no_second_greeting(
    database: Database,
) -> None:
    customer = person(database, birthday="01-01", timezone="Pacific/Auckland")
    new_year_there = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)

    assert f"festival:{customer}:birthday:2027" in run(database, new_year_there)
    with database.transaction() as session:
        session.get_one(Customer, customer).timezone = "America/Los_Angeles"
    assert run(database, datetime(2027, 1, 1, 18, tzinfo=UTC)) == []


def test_who_is_held_back_is_so_for_the_day(database: Database) -> None:
    customer = person(database, birthday="05-03")
    with database.transaction() as session:
        set_consent(session, customer, granted=False, now=THIRD_OF_MAY)
    assert run(database, THIRD_OF_MAY) == []
    with database.transaction() as session:
        set_consent(session, customer, granted=True, now=THIRD_OF_MAY)

    assert run(database, THIRD_OF_MAY) == []


def test_who_wants_no_birthday_greeting_gets_none(database: Database) -> None:
    customer = person(database, birthday="05-03")
    with database.transaction() as session:
        choose_festival(session, customer, "birthday", wanted=False, now=THIRD_OF_MAY)

    assert run(database, THIRD_OF_MAY) == []


def test_the_day_of_coming_is_greeted_only_where_the_company_plans_it(any_database: Database) -> None:
    customer = person(any_database, created_at=datetime(2024, 5, 2, 23, 30, tzinfo=UTC))  # the 3rd in London
    person(any_database, created_at=datetime(2027, 5, 3, 1, tzinfo=UTC))  # this year: no anniversary yet
    assert run(any_database, THIRD_OF_MAY) == []
    write_plan(any_database, "anniversary", holdout=0.0)

    assert run(any_database, THIRD_OF_MAY) == [f"festival:{customer}:anniversary:2027"]
    assert run(any_database, THIRD_OF_MAY) == []


def test_who_came_on_the_leap_day_is_greeted_on_the_28th_in_common_years(database: Database) -> None:
    customer = person(database, created_at=datetime(2024, 2, 29, 12, tzinfo=UTC))
    write_plan(database, "anniversary", holdout=0.0)

    assert run(database, datetime(2027, 2, 28, 12, tzinfo=UTC)) == [f"festival:{customer}:anniversary:2027"]


def test_a_plan_says_the_words_the_hour_and_how_long_before(database: Database) -> None:
    person(database, birthday="05-06", language="zh", display_name="小明")
    write_plan(
        database,
        "birthday",
        lead_days=3,
        hour=15,
        holdout=0.0,
        messages={"A": {"zh": "{first_name|朋友}，生日前一份小礼物。", "en": "A gift before your birthday."}},
    )

    assert len(run(database, THIRD_OF_MAY)) == 1
    (message,) = outbox(database)
    assert message.body["text"] == "小明，生日前一份小礼物。"
    assert message.not_before == datetime(2027, 5, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize("holdout", [0.0, 1e-9], ids=["all", "compared"])
def test_a_birthday_that_is_corrected_on_the_morning_is_greeted_on_its_day(
    any_database: Database, holdout: float
) -> None:
    customer = person(any_database, birthday="05-03")
    write_plan(any_database, "wishes", festival="birthday", holdout=holdout)
    assert run(any_database, THIRD_OF_MAY) == [f"festival:{customer}:birthday:2027"]
    with any_database.transaction() as session:
        tell_birthday(session, session.get_one(Customer, customer), "05-05")

    assert run(any_database, THIRD_OF_MAY) == []
    assert run(any_database, THIRD_OF_MAY.replace(day=5)) == [f"festival:{customer}:birthday:2027"]
    assert [row.state for row in outbox(any_database)] == [OutboxState.SKIPPED, OutboxState.QUEUED]


def test_who_would_be_held_out_by_the_day_their_birthday_is_corrected_to_has_one_turn(
    database: Database,
) -> None:
    people = [person(database, birthday="05-03") for _ in range(20)]
    write_plan(database, "birthday", holdout=1e-9)
    assert len(run(database, THIRD_OF_MAY)) == 20
    write_plan(database, "birthday", holdout=0.5)
    with database.transaction() as session:
        for customer in people:
            tell_birthday(session, session.get_one(Customer, customer), "05-05")

    assert 2 < len(run(database, THIRD_OF_MAY.replace(day=5))) < 18
    with database.reading() as session:
        about: dict[str, Any] = {"company": COMPANY, "now": THIRD_OF_MAY.replace(day=5), "channels": CHANNELS}
        assert see_personal_days(session, **about) == []


def test_who_was_greeted_and_then_corrects_their_birthday_is_not_greeted_again(database: Database) -> None:
    customer = person(database, birthday="05-03")
    run(database, THIRD_OF_MAY)
    with database.transaction() as session:
        session.execute(update(OutboxMessage).values(state=OutboxState.SENT))
        tell_birthday(session, session.get_one(Customer, customer), "05-05")

    assert run(database, THIRD_OF_MAY.replace(day=5)) == []


@pytest.mark.parametrize(("day", "made_up"), [(1, True), (3, True), (4, False)])
def test_a_birthday_with_a_lead_is_made_up_until_the_day(
    database: Database, *, day: int, made_up: bool
) -> None:
    customer = person(database, birthday="05-03")
    write_plan(database, "birthday", lead_days=3, holdout=0.0)
    assert run(database, datetime(2027, 4, 29, 7, tzinfo=UTC)) == []

    greeted = run(database, THIRD_OF_MAY.replace(day=day))
    assert greeted == ([f"festival:{customer}:birthday:2027"] if made_up else [])
    assert run(database, THIRD_OF_MAY.replace(day=day, hour=9)) == []
    for message in outbox(database):
        assert message.not_before == datetime(2027, 5, day, 9, tzinfo=UTC)


def test_who_is_held_out_has_had_their_turn(database: Database) -> None:
    person(database, birthday="05-03")
    write_plan(database, "birthday", holdout=0.5)

    everybody = [person(database, birthday="05-03") for _ in range(30)]
    first = run(database, THIRD_OF_MAY)
    assert 5 < len(first) < 26 < len(everybody)
    assert run(database, THIRD_OF_MAY) == []


def test_a_large_base_is_greeted_run_by_run(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_days, "PER_RUN", 2)
    for _ in range(3):
        person(database, birthday="05-03")
    with database.reading() as session:
        seen = see_personal_days(session, company=COMPANY, now=THIRD_OF_MAY, channels=CHANNELS)
    assert len(seen) == 2

    assert [len(run(database, THIRD_OF_MAY)) for _ in range(3)] == [2, 1, 0]


def test_celebrants_are_found_by_indexes(any_database: Database) -> None:
    write_plan(any_database, "anniversary", holdout=0.0)
    person(any_database, created_at=datetime(2024, 5, 3, 12, tzinfo=UTC))

    found = plans(
        any_database,
        lambda session: see_personal_days(session, company=COMPANY, now=THIRD_OF_MAY, channels=CHANNELS),
    )
    for name in ("ix_customers_birthday", "ix_customers_created_at"):
        assert any(name in plan for plan in found)
    assert [plan for plan in found if "SCAN customers" in plan and "USING" not in plan] == []
