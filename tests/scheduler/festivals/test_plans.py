"""Which festivals somebody keeps, what a company plans for them, and what one customer gets of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from customers.phrases import phrases
from scheduler.definitions.festival import FestivalPlan, read_plan, written_plan
from scheduler.festivals.choices import choose_festival, festivals_offered
from scheduler.festivals.habits import OF_LANGUAGE, Why, occasions_of
from scheduler.festivals.known import BY_KEY
from scheduler.festivals.plans import Plans, greetings_due
from scheduler.festivals.sending import window_on
from scheduler.festivals.wording import festival_name
from store.engine import Database
from store.errors import InputError
from store.tables.customers import Customer
from store.tables.outreach import Suppression, TrialMember
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW
from tests.scheduler.festivals.planning import outbox, person, run, write_plan

SPRING_FESTIVAL = datetime(2027, 2, 6, 16, tzinfo=UTC)  # Saturday, 11:00 in New York
DIWALI = datetime(2026, 11, 8, 12, tzinfo=UTC)
NEW_YORKER: Mapping[str, Any] = {"country": "US", "timezone": "America/New_York"}


def kept(country: str, language: str, year: int = 2027) -> dict[str, str]:
    return {
        one.occasion.festival: one.occasion.day.isoformat()
        for one in occasions_of(country, language, year)
        if one.why is not Why.COULD_ADD
    }


def test_a_language_brings_its_festivals_along_wherever_its_people_live() -> None:
    assert kept("US", "en").keys() == {"new_year", "easter", "thanksgiving", "christmas"}
    assert kept("US", "zh").keys() - kept("US", "en").keys() == {"spring_festival", "mid_autumn"}
    assert kept("XX", "ar-EG") == {"eid_al_fitr": "2027-03-09", "eid_al_adha": "2027-05-16"}
    assert kept("EG", "ar")["eid_al_fitr"] == "2027-03-09"
    assert kept("TH", "th")["songkran"] == "2027-04-13"


def test_of_two_festivals_that_are_one_the_languages_counts() -> None:
    assert "seollal" in kept("KR", "en")
    assert kept("KR", "zh").keys() & {"seollal", "spring_festival"} == {"spring_festival"}
    assert kept("VN", "zh").keys() & {"tet", "spring_festival"} == {"spring_festival"}


def test_every_language_brings_known_festivals_that_have_a_home() -> None:
    assert all(BY_KEY[key].home is not None for keys in OF_LANGUAGE.values() for key in keys)
    somewhere = {one.occasion.festival for one in occasions_of("XX", "en", 2027)}
    assert {festival.key for festival in BY_KEY.values() if festival.home is not None} == somewhere


def test_who_speaks_chinese_in_new_york_is_greeted_on_the_spring_festival(any_database: Database) -> None:
    chinese = person(any_database, **NEW_YORKER, language="zh")
    person(any_database, **NEW_YORKER)

    assert run(any_database, SPRING_FESTIVAL) == [f"festival:{chinese}:spring_festival:2027"]


def test_who_added_a_festival_is_greeted_and_who_took_one_out_is_not(any_database: Database) -> None:
    added = person(any_database, **NEW_YORKER)
    taken_out = person(any_database, **NEW_YORKER, language="zh")
    with any_database.transaction() as session:
        choose_festival(session, added, "spring_festival", wanted=True, now=NOW)
        choose_festival(session, taken_out, "spring_festival", wanted=False, now=NOW)

    assert run(any_database, SPRING_FESTIVAL) == [f"festival:{added}:spring_festival:2027"]
    assert run(any_database, SPRING_FESTIVAL) == []


def test_who_takes_a_festival_out_on_the_day_is_not_greeted_any_more(database: Database) -> None:
    customer = person(database, country="IN", timezone="Asia/Kolkata")
    run(database, DIWALI - timedelta(hours=9))
    with database.transaction() as session:
        choose_festival(session, customer, "diwali", wanted=False, now=DIWALI)

    (message,) = outbox(database)
    assert (message.state, message.reason) == ("skipped", "the customer does not keep this festival")


@pytest.mark.parametrize(("later_h", "state"), [(0, OutboxState.QUEUED), (24, OutboxState.SKIPPED)])
def test_who_takes_a_festival_out_and_in_again_is_greeted_while_it_lasts(
    database: Database, later_h: int, state: OutboxState
) -> None:
    customer, morning = person(database, country="IN", timezone="Asia/Kolkata"), DIWALI - timedelta(hours=9)
    person(database, country="IN", timezone="Asia/Kolkata")
    run(database, morning)
    with database.transaction() as session:
        choose_festival(session, customer, "diwali", wanted=False, now=morning)
        choose_festival(session, customer, "diwali", wanted=True, now=morning + timedelta(hours=later_h))

    (message,) = [row for row in outbox(database) if row.customer_id == customer]
    assert message.state is state


def test_on_one_day_there_is_one_greeting_for_festivals_that_are_one() -> None:
    plans = Plans()
    due = plans.due_on("VN", "en", date(2027, 2, 6))
    found = greetings_due(due, greeted_on=None, choices={"spring_festival": True}, is_meant={})
    assert [one.occasion.festival for one in found] == ["spring_festival"]


def test_a_plan_says_to_whom_what_and_when(database: Database) -> None:
    key, regular = (person(database, **NEW_YORKER, language="zh", standing=one) for one in ("key", "regular"))
    write_plan(
        database,
        "a_key",
        festival="spring_festival",
        segment="key",
        hour=12,
        holdout=0.0,
        messages={"A": {"zh": "{first_name|朋友}，春节好！"}},
    )
    assert run(database, SPRING_FESTIVAL) == [f"festival:{key}:spring_festival:2027"]
    (message,) = outbox(database)
    assert message.body["text"] == "Ana，春节好！"
    assert message.not_before == datetime(2027, 2, 6, 12, tzinfo=ZoneInfo("America/New_York"))

    write_plan(database, "b_rest", festival="spring_festival", holdout=0.0)
    with database.transaction() as session:
        session.get_one(Customer, regular).greeted_on = None
    assert run(database, SPRING_FESTIVAL) == [f"festival:{regular}:spring_festival:2027"]


def test_a_greeting_leaves_as_many_days_before_as_the_plan_says_once(database: Database) -> None:
    customer = person(database, **NEW_YORKER, language="zh")
    write_plan(database, "spring_festival", lead_days=3, holdout=0.0)

    assert run(database, SPRING_FESTIVAL - timedelta(days=4)) == []
    assert run(database, SPRING_FESTIVAL - timedelta(days=3)) == [f"festival:{customer}:spring_festival:2027"]
    assert run(database, SPRING_FESTIVAL - timedelta(days=2)) == []
    assert run(database, SPRING_FESTIVAL) == []


def test_a_greeting_with_a_lead_is_made_up_until_the_festival_and_not_after(database: Database) -> None:
    write_plan(database, "spring_festival", lead_days=3, holdout=0.0)
    customer = person(database, **NEW_YORKER, language="zh")
    assert run(database, SPRING_FESTIVAL - timedelta(days=1)) == [f"festival:{customer}:spring_festival:2027"]
    person(database, **NEW_YORKER, language="zh")
    assert run(database, SPRING_FESTIVAL + timedelta(days=1)) == []


def test_a_day_of_the_companys_own_is_kept_where_it_says(database: Database) -> None:
    here, _ = person(database), person(database, **NEW_YORKER)
    write_plan(
        database,
        "our_day",
        every_year="02-29",
        countries=["GB"],
        title={"en": "Our day"},
        holdout=0.0,
        messages={"A": {"en": "Thank you!"}},
    )
    noon = datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert run(database, noon) == [f"festival:{here}:our_day:2027"]
    assert run(database, datetime(2028, 2, 28, 12, tzinfo=UTC)) == []
    assert run(database, datetime(2028, 2, 29, 12, tzinfo=UTC)) == [f"festival:{here}:our_day:2028"]


def test_dates_of_a_year_are_occasions_of_their_own(database: Database) -> None:
    here = person(database)
    write_plan(
        database, "sale", dates=["2027-05-04", "2027-06-01"], holdout=0.0, messages={"A": {"en": "Sale!"}}
    )
    assert run(database, datetime(2027, 5, 4, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027-05-04"]
    assert run(database, datetime(2027, 6, 1, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027-06-01"]


def test_a_date_is_greeted_when_past_ones_are_tidied_away(database: Database) -> None:
    here = person(database)
    words: dict[str, Any] = {"holdout": 0.0, "messages": {"A": {"en": "Sale!"}}}
    write_plan(database, "sale", dates=["2027-05-04", "2027-06-01"], **words)
    run(database, datetime(2027, 5, 4, 12, tzinfo=UTC))
    write_plan(database, "sale", dates=["2027-06-01", "2027-07-01"], **words)

    assert run(database, datetime(2027, 6, 1, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027-06-01"]
    assert run(database, datetime(2027, 7, 1, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027-07-01"]


def test_who_was_greeted_by_the_old_name_of_a_date_is_not_greeted_again(database: Database) -> None:
    here, day = person(database), datetime(2027, 5, 4, 12, tzinfo=UTC)
    write_plan(database, "sale", dates=["2027-05-04"], holdout=0.0, messages={"A": {"en": "Sale!"}})
    run(database, day)
    with database.transaction() as session:
        session.execute(
            update(OutboxMessage).values(dedupe_key=f"festival:{here}:sale:2027", state=OutboxState.SENT)
        )

    assert run(database, day.replace(hour=15)) == []


def test_days_of_every_year_that_several_plans_give_are_told_apart(database: Database) -> None:
    here = person(database)
    words: dict[str, Any] = {"festival": "sale", "holdout": 0.0, "messages": {"A": {"en": "Sale!"}}}
    write_plan(database, "a", every_year="05-04", **words)
    write_plan(database, "b", every_year="06-01", **words)
    write_plan(database, "c", dates=["2027-06-01"], **words)

    assert run(database, datetime(2027, 5, 4, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027"]
    assert run(database, datetime(2027, 6, 1, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027:2"]


def test_days_that_several_plans_give_are_one_festivals(database: Database) -> None:
    here = person(database)
    words = {"A": {"en": "Sale!"}}
    write_plan(database, "a", festival="sale", dates=["2027-06-01"], holdout=0.0, messages=words)
    write_plan(database, "b", festival="sale", dates=["2027-05-04"], segment="key", messages=words)

    assert run(database, datetime(2027, 5, 4, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027-05-04"]
    assert run(database, datetime(2027, 6, 1, 12, tzinfo=UTC)) == [f"festival:{here}:sale:2027-06-01"]


def test_who_is_held_out_or_held_back_is_noted(database: Database) -> None:
    for _ in range(40):
        person(database, **NEW_YORKER, language="zh")
    person(database, **NEW_YORKER, language="zh", channel="replay")
    write_plan(database, "spring_festival", holdout=0.5)

    greeted = len(run(database, SPRING_FESTIVAL))
    with database.reading() as session:
        members = session.query(TrialMember).all()
        unsaid = session.query(Suppression).all()
    assert 8 < greeted < 32
    assert {one.trial for one in members} == {"festival:spring_festival@2027"}
    assert sum(one.arm == "held out" for one in members) == 40 - greeted
    assert [(one.occasion, one.reason) for one in unsaid] == [
        ("festival:spring_festival:2027", "unreachable")
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"every_year": "13-01", "messages": {"A": {"en": "x"}}}, "a month and a day"),
        ({"every_year": "02-30", "messages": {"A": {"en": "x"}}}, "a month and a day"),
        ({}, "there is no festival 'our_day'"),
        ({"every_year": "05-03"}, "needs messages"),
        ({"festival": "easter", "every_year": "05-03"}, "the calendar knows it"),
        ({"festival": "birthday", "what": "invitation"}, "each customer's own day"),
        ({"festival": "easter", "hour": 24}, "hour"),
        ({"festival": "easter", "lead_days": 61}, "lead_days"),
        ({"festival": "easter", "countries": ["Germany"]}, "there is no country 'Germany'"),
        ({"festival": "easter", "countries": ["UK"]}, "there is no country 'UK'"),
        ({"festival": "sprng_festival", "what": "invitation"}, "there is no festival 'sprng_festival'"),
        ({"festival": "easter", "messages": {"A": {"en": "Hi {nmae}"}}}, "There is no variable {nmae}"),
        ({"festival": "easter", "messages": {"A": {"en": "x" * 4097}}}, "4097 of at most 4096"),
        ({"festival": "easter", "colour": "red"}, "colour"),
        (
            {"every_year": "05-03", "dates": ["2027-05-03"], "messages": {"A": {"en": "x"}}},
            "either every_year or dates",
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_the_reason(body: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError) as told:
        read_plan("our_day", body)
    assert fault in str(told.value)


def test_a_plan_is_written_as_it_is_read() -> None:
    body = {"festival": "easter", "hour": 9, "dates": ["2027-03-28"], "messages": {"A": {"en": "Hi"}}}
    assert written_plan(read_plan("mine", body)) == body
    assert written_plan(read_plan("easter", {"hour": 9})) == {"hour": 9}


def test_a_plan_that_is_broken_in_the_database_greets_nobody_and_stops_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    person(database, **NEW_YORKER, language="zh")
    indian = person(database, country="IN", timezone="Asia/Kolkata")
    write_plan(database, "spring_festival", segment="standing = kye")
    write_plan(database, "broken", festival="easter", hour=99)

    assert run(database, SPRING_FESTIVAL) == []
    assert "the festival plan spring_festival is passed over" in caplog.text
    assert run(database, DIWALI) == [f"festival:{indian}:diwali:2026"]


@given(hour=st.integers(0, 23), quiet=st.tuples(st.integers(0, 23), st.integers(0, 23)))
def test_whatever_the_hour_a_greeting_has_its_time_on_the_day(hour: int, quiet: tuple[int, int]) -> None:
    company = replace(COMPANY, quiet_from_hour=quiet[0], quiet_until_hour=quiet[1])
    day = date(2027, 6, 1)
    midnight = datetime(2027, 5, 31, 23, tzinfo=UTC)
    window = window_on(day, hour, "Europe/London", company, midnight)
    quiet_hours = {one % 24 for one in range(quiet[0], quiet[1] + (24 if quiet[0] > quiet[1] else 0))}
    if len(quiet_hours) < 23 and quiet[1] < 23:
        assert window is not None
        local = window[0].astimezone(ZoneInfo("Europe/London"))
        assert local.date() == day
        assert local.hour not in quiet_hours


def test_an_hour_that_the_clock_skips_or_repeats_on_the_day() -> None:
    company = replace(COMPANY, quiet_from_hour=0, quiet_until_hour=0)
    before = datetime(2027, 3, 1, tzinfo=UTC)
    skipped = window_on(date(2027, 3, 28), 1, "Europe/London", company, before)
    repeated = window_on(date(2027, 10, 31), 1, "Europe/London", company, before)
    assert skipped is not None
    assert repeated is not None
    assert skipped[0] == datetime(2027, 3, 28, 1, tzinfo=UTC)  # 02:00 by summer time
    assert repeated[0] == datetime(2027, 10, 31, 0, tzinfo=UTC)  # the first of two
    assert repeated[1] - repeated[0] == timedelta(hours=24)


def test_what_is_offered_shows_the_next_day_of_each(database: Database) -> None:
    customer = person(database, **NEW_YORKER)
    write_plan(database, "christmas", active=False)
    with database.reading() as session:
        offered = festivals_offered(
            session, session.get_one(Customer, customer), company=COMPANY, now=SPRING_FESTIVAL
        )
    names = [one.occasion.festival for one in offered if one.theirs]
    assert names == ["easter", "thanksgiving", "new_year"]  # christmas is switched off
    assert all(one.occasion.day >= date(2027, 2, 6) for one in offered)
    assert {festival_name(one.occasion.festival, phrases("zh")) for one in offered} >= {"春节", "感恩节"}


def test_a_plan_needs_no_name_of_its_festival_where_it_is_its_own() -> None:
    assert FestivalPlan.model_validate({"name": "easter"}).festival == "easter"
