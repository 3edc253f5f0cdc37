"""What is not said is noted once for each customer and occasion, whoever notes it and how often."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.erasure import erase
from scheduler.suppressions import (
    KEPT,
    PRUNED_AT_ONCE,
    count_suppressed,
    list_suppressed,
    occasion_of_campaign,
    prune_suppressed,
)
from store.engine import Database
from store.suppressions import Suppressed, note_suppressed, occasion_of
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Campaign, Suppression
from tests.factories import NOW, make_customer

DAY = timedelta(days=1)


def number_of(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Suppression)) or 0


def test_the_first_reason_stays_and_nothing_is_counted_twice(any_database: Database) -> None:
    with any_database.transaction() as session:
        people = [make_customer(session).id for _ in range(700)]
        first = [Suppressed(one, "campaign:1", Purpose.OFFERS, "complaint") for one in people]
        again = [replace_reason(one) for one in first]
        assert note_suppressed(session, first, now=NOW) == 700
        assert note_suppressed(session, (*again, *again), now=NOW + DAY) == 0
        assert note_suppressed(session, [], now=NOW) == 0

        assert count_suppressed(session) == {Purpose.OFFERS: {"complaint": 700}}
        assert count_suppressed(session, since=NOW) == {}
        assert count_suppressed(session, occasion="campaign:2") == {}


def replace_reason(one: Suppressed) -> Suppressed:
    return Suppressed(one.customer_id, one.occasion, one.purpose, "stopped")


def test_the_newest_are_listed(database: Database) -> None:
    with database.transaction() as session:
        ana = make_customer(session).id
        for ago in range(5):
            note_suppressed(
                session, [Suppressed(ana, f"visit:{ago}", Purpose.VISITS, "promise")], now=NOW - ago * DAY
            )
        listed = list_suppressed(session, since=NOW - 3 * DAY, limit=2)
        assert [one.occasion for one in listed] == ["visit:0", "visit:1"]
        assert count_suppressed(session, since=NOW - 3 * DAY) == {Purpose.VISITS: {"promise": 3}}
        assert count_suppressed(session, most=2) == {Purpose.VISITS: {"promise": 2}}
        assert [one.occasion for one in list_suppressed(session, occasion="visit:4", limit=9)] == ["visit:4"]


def test_it_goes_with_its_customer_and_with_time(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana, bo = make_customer(session), make_customer(session)
        for who, at in ((ana, NOW), (bo, NOW), (bo, NOW - KEPT - DAY)):
            one = Suppressed(who.id, f"offer {at}", Purpose.OFFERS, "rating")
            note_suppressed(session, [one], now=at)
        erase(session, session.get_one(Customer, ana.id), now=NOW)
        assert number_of(session) == 2

        assert prune_suppressed(session, now=NOW) == 1
        assert prune_suppressed(session, now=NOW) == 0
        assert number_of(session) == 1
        assert PRUNED_AT_ONCE


def test_a_campaign_is_an_occasion() -> None:
    assert occasion_of_campaign(Campaign(id=12)) == occasion_of("campaign:12:7", 7) == "campaign:12"
    assert occasion_of_campaign(Campaign(id=12, event_id=3)) == occasion_of("invite:3:7", 7) == "invite:3"


@pytest.mark.parametrize("customer", [2, 7, 2027])
def test_a_year_is_no_customer(customer: int) -> None:
    assert occasion_of(f"festival:{customer}:birthday:2027", customer) == "festival:birthday:2027"
    assert occasion_of(f"festival:{customer}:eid_al_fitr:2033:2", customer) == "festival:eid_al_fitr:2033:2"
    assert occasion_of(f"change:2027:2:{customer}", customer) == "change:2027:2"


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(1, 3))
def test_an_occasion_is_a_key_without_one_mention_of_the_customer(parts: list[int], customer: int) -> None:
    key = ":".join(["kind", *map(str, parts)])
    found = occasion_of(key, customer).split(":")
    assert len(found) == 1 + len(parts) - (customer in parts)
