"""Festival greetings: who gets one, when it leaves, and that it comes once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from customers.consent import set_consent
from scheduler.festivals import greetings
from scheduler.festivals.greetings import plan_festivals, see_festivals
from scheduler.festivals.places import Place, places
from scheduler.festivals.plans import Plans
from scheduler.festivals.sending import Ground
from scheduler.festivals.turns import DEALT_WITH, Turn, asked_of, left_statement, turn_statement
from store.engine import Database
from store.tables.complaints import ComplaintState
from store.tables.customers import Customer
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import COMPANY, make_customer
from tests.scheduler.test_return_visits import CHANNELS, add_complaint, explain

BY_PLACE = "ix_customers_language_country_timezone_greeted_on"
CHRISTMAS = datetime(2026, 12, 25, 6, 0, tzinfo=UTC)
SPRING_FESTIVAL = datetime(2027, 2, 6, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai


def plan(database: Database, now: datetime, **changes: Any) -> int:
    """Run the planner once; returns how many greetings it queued."""
    before = len(outbox(database))
    with database.transaction() as session:
        plan_festivals(session, company=replace(COMPANY, **changes), now=now, channels=CHANNELS)
    return len(outbox(database)) - before


def person(database: Database, **fields: Any) -> int:
    with database.transaction() as session:
        return make_customer(session, **fields).id


def outbox(database: Database) -> list[OutboxMessage]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_everybody_is_greeted_on_the_festival_of_their_country_at_ten(any_database: Database) -> None:
    chinese = person(any_database, country="CN", timezone="Asia/Shanghai", language="zh", display_name="小明")
    person(any_database, country="US", timezone="America/New_York")
    assert plan(any_database, SPRING_FESTIVAL) == 1
    (message,) = outbox(any_database)
    assert message.dedupe_key == f"festival:{chinese}:spring_festival:2027"
    assert message.kind is MessageKind.GREETING
    assert "春节快乐" in message.body["text"]
    shanghai = ZoneInfo("Asia/Shanghai")
    assert message.not_before == datetime(2027, 2, 6, 10, 0, tzinfo=shanghai)
    assert message.expires_at == datetime(2027, 2, 7, 0, 0, tzinfo=shanghai)


def test_one_of_whom_we_know_no_country_celebrates_as_the_company_does(any_database: Database) -> None:
    person(any_database)
    assert plan(any_database, CHRISTMAS) == 1
    assert "Merry Christmas!" in outbox(any_database)[0].body["text"]


def test_planning_again_changes_nothing(any_database: Database) -> None:
    person(any_database)
    assert plan(any_database, CHRISTMAS) == 1
    assert plan(any_database, CHRISTMAS) == 0
    assert plan(any_database, CHRISTMAS + timedelta(hours=5)) == 0


def test_the_next_year_has_its_own_greeting(any_database: Database) -> None:
    person(any_database)
    assert plan(any_database, CHRISTMAS) == 1
    assert plan(any_database, CHRISTMAS.replace(year=2027)) == 1


def test_late_in_the_evening_it_is_too_late(any_database: Database) -> None:
    person(any_database)
    assert plan(any_database, CHRISTMAS.replace(hour=21, minute=30)) == 0


def test_in_the_afternoon_it_leaves_at_once(any_database: Database) -> None:
    person(any_database)
    afternoon = CHRISTMAS.replace(hour=15)
    assert plan(any_database, afternoon) == 1
    assert outbox(any_database)[0].not_before == afternoon


def test_it_waits_for_the_end_of_long_quiet_hours(any_database: Database) -> None:
    person(any_database)
    plan(any_database, CHRISTMAS, quiet_until_hour=11)
    assert outbox(any_database)[0].not_before == CHRISTMAS.replace(hour=11)


def test_stop_a_complaint_or_no_live_address_hold_it_back(any_database: Database) -> None:
    stopped, complaining = person(any_database), person(any_database)
    person(any_database, channel="replay")
    with any_database.transaction() as session:
        set_consent(session, stopped, granted=False, now=CHRISTMAS)
        add_complaint(session, complaining, ComplaintState.CLAIMED)
    assert plan(any_database, CHRISTMAS) == 0


def test_who_wrote_today_is_greeted_all_the_same(any_database: Database) -> None:
    person(any_database, last_contact_at=CHRISTMAS)
    assert plan(any_database, CHRISTMAS) == 1


def test_two_festivals_on_one_day_are_both_greeted(any_database: Database) -> None:
    person(any_database, country="IR", timezone="Asia/Tehran")
    assert plan(any_database, datetime(2026, 3, 21, 8, tzinfo=UTC)) == 2
    assert {row.dedupe_key.split(":")[2] for row in outbox(any_database)} == {"eid_al_fitr", "nowruz"}


def test_who_moves_is_greeted_once_all_the_same(any_database: Database) -> None:
    customer_id = person(any_database, country="NZ", timezone="Pacific/Auckland")
    assert plan(any_database, datetime(2026, 12, 24, 20, tzinfo=UTC)) == 1
    with any_database.transaction() as session:
        customer = session.get_one(Customer, customer_id)
        customer.country, customer.timezone, customer.greeted_on = "GB", "Europe/London", None
    assert plan(any_database, CHRISTMAS) == 0


def test_an_ordinary_day_brings_nothing(any_database: Database) -> None:
    person(any_database)
    assert plan(any_database, datetime(2026, 11, 21, 8, tzinfo=UTC)) == 0


def test_an_unknown_country_or_zone_breaks_nothing(any_database: Database) -> None:
    person(any_database, country="XX", timezone="Mars/Olympus")
    person(any_database)
    assert plan(any_database, CHRISTMAS) == 1


def test_a_large_base_is_greeted_run_by_run(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greetings, "PER_RUN", 2)
    for zone in ("Europe/London", "Europe/London", None):
        person(any_database, timezone=zone)
    assert [plan(any_database, CHRISTMAS) for _ in range(3)] == [2, 1, 0]


def test_many_who_said_stop_do_not_end_the_round(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greetings, "PER_RUN", 2)
    with database.transaction() as session:
        for _ in range(3):
            set_consent(session, make_customer(session).id, granted=False, now=CHRISTMAS)
        make_customer(session)
    dealt_with = []
    for _ in range(3):
        with database.transaction() as session:
            dealt_with.append(plan_festivals(session, company=COMPANY, now=CHRISTMAS, channels=CHANNELS))
    assert dealt_with == [2, 2, 0]
    assert len(outbox(database)) == 1


def test_who_celebrates_is_found_by_an_index(any_database: Database) -> None:
    place, plans = Place("en", "GB", "Europe/London"), Plans()
    turn = Turn(place, CHRISTMAS.date(), plans.due_on("GB", "en", CHRISTMAS.date()))
    with any_database.transaction() as session:
        ground = Ground(session, COMPANY, CHRISTMAS, CHANNELS, plans)
        for dealt_with in range(len(DEALT_WITH)):
            statement = turn_statement(ground, turn, dealt_with).params(asked_of(ground, turn, limit=10))
            assert BY_PLACE in explain(session, statement)
        left = left_statement(place).params(asked_of(ground, turn, limit=1))
        assert explain(session, left).count(BY_PLACE) == len(DEALT_WITH)


def test_where_everybody_has_been_dealt_with_nothing_is_seen(any_database: Database) -> None:
    person(any_database)
    assert len(_seen(any_database)) == 1
    plan(any_database, CHRISTMAS)
    assert _seen(any_database) == []
    person(any_database)
    assert len(_seen(any_database)) == 1


def _seen(database: Database) -> Sequence[Place]:
    with database.reading() as session:
        return see_festivals(session, company=COMPANY, now=CHRISTMAS, channels=CHANNELS)


LANGUAGES = st.sampled_from(["en", "zh"])
COUNTRIES = st.sampled_from([None, "CN", "GB", "US"])
ZONES = st.sampled_from([None, "Asia/Shanghai", "Europe/London", "UTC"])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.lists(st.tuples(LANGUAGES, COUNTRIES, ZONES), max_size=6))
def test_every_place_where_a_customer_is_is_found_once(
    any_database: Database, where: list[tuple[str, str | None, str | None]]
) -> None:
    with any_database.transaction() as session:
        session.execute(delete(Customer))
        for language, country, timezone in where:
            make_customer(session, language=language, country=country, timezone=timezone)
        found = places(session)
    assert len(set(found)) == len(found)
    assert {Place(*one) for one in where} <= set(found)
    spoken = {language for language, _, _ in where}
    assert {place.language for place in found} <= spoken
    assert {place.country for place in found} <= {country for _, country, _ in where} | {None}
