"""Whom a segment picks: the same as a slow look at each customer; and what it names must be there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from scheduler.segments.conditions import condition_as_kept, condition_of
from scheduler.segments.fields import FIELDS
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.tree import Tree, written
from store.engine import Database
from store.tables.customers import Customer
from store.tables.outreach import Campaign
from store.tables.staff import Staff
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.segments.people import PEOPLE, Person, add_person, lay_ground
from tests.scheduler.segments.reference import CONDITIONS, TREES, meets


def picked(session: Session, source: str) -> set[int]:
    condition = condition_of(session, source, company=COMPANY, now=NOW)
    found = set(session.scalars(select(Customer.id).where(condition)))
    at_once = condition_of(session, source, company=COMPANY, now=NOW, of_all=True)
    assert set(session.scalars(select(Customer.id).where(at_once))) == found
    others = set(session.scalars(select(Customer.id).where(not_(condition))))
    assert found | others == set(session.scalars(select(Customer.id)))  # of nobody it is neither
    return found


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    people=st.lists(PEOPLE, min_size=1, max_size=4),
    trees=st.lists(TREES | CONDITIONS, min_size=12, max_size=20),
)
def test_the_database_picks_whom_a_slow_look_at_each_does(
    any_database: Database, people: Sequence[Person], trees: Sequence[Tree]
) -> None:
    with any_database.transaction() as session:
        ground = lay_ground(session)
        added = {add_person(session, person, ground).id: person for person in people}
        for tree in trees:
            expected = {number for number, person in added.items() if meets(tree, person)}
            assert picked(session, written(tree)) == expected, written(tree)
        session.rollback()


def test_every_field_can_be_asked_by_its_example(any_database: Database) -> None:
    with any_database.transaction() as session:
        lay_ground(session)
        sale = Campaign(name="Spring sale", text="", audience="all", channel="", address="", created_at=NOW)
        session.add(sale)
        make_customer(session)
        session.flush()
        for field in FIELDS:
            picked(session, field.example)


MISTAKES = (
    ("standing = kye", "           ^^^ there is no standing “kye”. Did you mean: key, regular?"),
    ("standing key", "^^^^^^^^^^^^ “standing” is written like this: standing = key"),
    ("indx < 60", "^^^^ I do not know “indx”. Did you mean: index?"),
    ("zh or de", "      ^^ “language” is written like this: language = de"),
    ("index = low", "        ^^^ a number belongs here"),
    ("index within 3 days", "^^^^^ “index” is written like this: index < 60"),
    ("standing = 3", "           ^ a word belongs here; put others in quotes"),
    ("country = Germny", "          ^^^^^^ there is no country “Germny”. Did you mean: germany, guernsey?"),
    ("language = english", "           ^^^^^^^ there is no language “english”"),
    ("contact = Tim", "          ^^^ there is no contact “Tim”. Did you mean: Mei, Tom?"),
    ('going to "Tea"', "         ^^^^^ “going to”: there is no “Tea”. Did you mean: 春茶会, Tea evening?"),
    ('segment "VIP"', "        ^^^^^ there is no segment “VIP”"),
    ("segment = 3 within 2 days", '^^^^^^^ “segment” is written like this: segment "VIP"'),
    ("at risk = high", "^^^^^^^ “at risk” is written like this: at risk"),
    ("tag = ''", "      ^ “'” has no meaning here: put a text in quotes"),
)


@pytest.mark.parametrize(("source", "pointed"), MISTAKES)
def test_what_does_not_exist_is_pointed_at_with_what_may_be_meant(
    source: str, pointed: str, database: Database
) -> None:
    with database.transaction() as session:
        lay_ground(session)
        with pytest.raises(SegmentError) as caught:
            condition_of(session, source, company=COMPANY, now=NOW)
    assert str(caught.value) == f"{source}\n{pointed}"


def test_a_mistake_is_in_the_companys_language(database: Database) -> None:
    company = replace(COMPANY, language="zh")
    with (
        database.transaction() as session,
        pytest.raises(SegmentError, match="我不认识「indx」。您是想写：index？"),
    ):
        condition_of(session, "indx < 60", company=company, now=NOW)


def test_of_what_is_gone_nobody_is_in_a_segment_that_was_kept(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        ground = lay_ground(session)
        mei = make_customer(session, contact_id=ground.staff["Mei"])
        kept = condition_as_kept(session, "contact = mei", company=COMPANY, now=NOW)
        assert session.scalars(select(Customer.id).where(kept)).all() == [mei.id]
        session.get_one(Staff, ground.staff["Mei"]).active = False
        session.flush()
        kept = condition_as_kept(session, "not contact = mei", company=COMPANY, now=NOW)
        assert session.scalars(select(Customer.id).where(kept)).all() == []
    assert "there is no contact “mei”. Did you mean: Tom?" in caplog.text


def test_nothing_of_a_text_is_ever_sql(database: Database) -> None:
    nasty = "x') or 1=1; drop table customers; --"
    with database.transaction() as session:
        make_customer(session)
        for source in (f'tag = "{nasty}"', f'source = "{nasty}"', f'source in ("{nasty}", "%", "_")'):
            condition = condition_of(session, source, company=COMPANY, now=NOW)
            assert nasty not in str(condition)
            assert picked(session, source) == set()


@pytest.mark.parametrize("words", ["everybody", "Everyone", "所有人"])
def test_everybody_is_understood_by_other_names(database: Database, words: str) -> None:
    with database.transaction() as session:
        everybody = {make_customer(session).id for _ in range(3)}
        assert picked(session, words) == everybody
