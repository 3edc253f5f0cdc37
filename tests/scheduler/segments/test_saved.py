"""Segments by name: used in others, in no circle, and not taken away while something makes use of them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.phrases import phrases
from customers.tags import tag_customer
from scheduler.definitions.kept import write_definition
from scheduler.events.plans import upcoming_events
from scheduler.segments import counting
from scheduler.segments.conditions import MOST_CONDITIONS
from scheduler.segments.counting import Count, count_segment, estimate_segment, sample
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.names import is_name
from scheduler.segments.saved import (
    SavedSegment,
    Use,
    UsedError,
    User,
    list_segments,
    remove_segment,
    save_segment,
    uses_of,
)
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.customers import Customer, Standing
from store.tables.definitions import DefinitionKind
from store.tables.outreach import CampaignState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import draft
from tests.scheduler.events.ground import make_event


def save(session: Session, name: str, source: str) -> SavedSegment:
    return save_segment(session, name, source, company=COMPANY, staff_id=None, now=NOW)


def count(session: Session, source: str) -> int:
    return count_segment(session, source, company=COMPANY, now=NOW).inside


def test_a_saved_segment_stands_wherever_a_filter_does(any_database: Database) -> None:
    with any_database.transaction() as session:
        for number in range(6):
            make_customer(session, index=10.0 * number, language="zh" if number % 2 else "en")
        assert save(session, "Unhappy  ones", "index < 40") == SavedSegment("Unhappy ones", "index < 40")
        save(session, "春茶 2027", "unhappy ones and zh")
        assert count(session, "UNHAPPY ONES") == 4
        assert count(session, 'not segment "unhappy ones"') == 2
        assert count(session, "春茶 2027") == 2
        assert count(session, "segment = “春茶 2027” or index > 40") == 3
        assert [one.name for one in list_segments(session)] == ["Unhappy ones", "春茶 2027"]


def test_who_is_in_a_saved_segment_follows_it_as_it_changes(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session, language="zh")
        save(session, "Guests", "en")
        assert count(session, "guests") == 0
        assert save(session, "guests", "zh").name == "Guests"
        assert count(session, "guests") == 1
        assert list_segments(session) == [SavedSegment("Guests", "zh")]


def test_segments_are_not_made_of_each_other(database: Database) -> None:
    with database.transaction() as session:
        save(session, "A", "all")
        save(session, "B", "A and zh")
        save(session, "C", 'segment "B"')
        for source in ("C", "key or not (segment = c)", "A"):
            with pytest.raises(SegmentError, match=r"these segments are made of each other: .*A → "):
                save(session, "A", source)
        assert list_segments(session)[0] == SavedSegment("A", "all")  # what it was, it still is


def test_what_grows_by_names_within_names_is_refused(database: Database) -> None:
    with database.transaction() as session:
        save(session, "N", " or ".join(["all"] * 50))
        save(session, "M", " or ".join(["n"] * 3))
        with pytest.raises(SegmentError, match=f"more than {MOST_CONDITIONS} conditions"):
            save(session, "L", "m or m")
        assert count(session, "m") == 0


@pytest.mark.parametrize("name", ["VIP", "春茶 2027", "unhappy ones", "a-b_c", "3rd wave"])
def test_a_segment_can_be_called_so(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "key", "ZH", "at risk", "not x", "a and b", "segment", 'a"b', "a:b", "a=b", "x" * 41],
)
def test_a_segment_cannot_be_called_so(name: str, database: Database) -> None:
    assert not is_name(name)
    with database.transaction() as session, pytest.raises(InputError, match="cannot be called"):
        save(session, name, "all")


@pytest.mark.parametrize("name", ["all", "key", "zh", "standing = key"])
def test_a_filter_means_itself_whatever_segment_is_called_so(name: str, database: Database) -> None:
    with database.transaction() as session:
        make_customer(session, language="zh", standing=Standing.KEY)
        write_definition(
            session, DefinitionKind.SEGMENT, name, {"filter": "number = 0"}, staff_id=None, now=NOW
        )
        assert count(session, name) == 1


def test_what_is_in_use_is_not_taken_away(database: Database) -> None:
    with database.transaction() as session:
        save(session, "Tea friends", "zh")
        assert uses_of(session, "Tea friends", now=NOW) == []
        save(session, "Other", "not tea friends")
        body = {"segment": 'segment "tea friends" or key'}
        write_definition(session, DefinitionKind.PROGRAMME, "often", body, staff_id=None, now=NOW)
        draft(session, text="Not sent", audience="tea friends")
        for text, state in (("Sale!", CampaignState.RUNNING), ("Over", CampaignState.DONE)):
            draft(session, text=text, audience="TEA FRIENDS").state = state
        session.flush()
        uses = [Use(User.SEGMENT, "Other"), Use(User.PROGRAMME, "often"), Use(User.CAMPAIGN, "Sale!")]
        with pytest.raises(UsedError, match=r"in use \(segment Other, programme often, campaign") as caught:
            remove_segment(session, "tea Friends", now=NOW)
        assert caught.value.uses == uses
        assert remove_segment(session, "other", now=NOW) == SavedSegment("Other", "not tea friends")
        with pytest.raises(NotFoundError):
            remove_segment(session, "other", now=NOW)


def test_a_count_says_nobody_and_everybody(database: Database) -> None:
    with database.transaction() as session:
        assert not count_segment(session, "all", company=COMPANY, now=NOW).is_everybody  # there is nobody
        for _ in range(3):
            make_customer(session)
        assert count_segment(session, "all", company=COMPANY, now=NOW) == Count(3, 3)
        assert count_segment(session, "all", company=COMPANY, now=NOW).is_everybody
        assert count_segment(session, "zh", company=COMPANY, now=NOW).is_nobody


def test_a_sample_is_the_same_each_time_and_is_in_the_segment(database: Database) -> None:
    with database.transaction() as session:
        for number in range(20):
            make_customer(session, language="zh" if number % 2 else "en")
        few = sample(session, "zh", company=COMPANY, now=NOW)
        assert len({one.id for one in few}) == 3
        assert {one.language for one in few} == {"zh"}
        assert sample(session, "zh", company=COMPANY, now=NOW) == few
        assert sample(session, "zh and en", company=COMPANY, now=NOW) == []


def test_of_very_many_some_are_looked_at(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED_AT_ONCE", 100)
    with any_database.transaction() as session:
        for number in range(400):
            session.add(_customer(number))
        session.flush()
        estimate = estimate_segment(session, "zh", company=COMPANY, now=NOW)
        assert (estimate.total, estimate.looked_at) == (400, 100)
        assert estimate.inside == 100
        assert estimate_segment(session, "key", company=COMPANY, now=NOW).is_nobody
        assert session.scalar(select(func.count()).select_from(Customer)) == 400


def _customer(number: int) -> Customer:
    language = "zh" if number < 100 else "en"
    return Customer(display_name="", language=language, created_at=NOW, last_contact_at=NOW)


def test_an_event_is_open_to_who_is_in_its_segment_as_it_is_now(database: Database) -> None:
    with database.transaction() as session:
        save(session, "Friends", "tag = friend")
        event = make_event(session, audience="friends and not zh")
        ana, ben = make_customer(session), make_customer(session, language="zh")
        for one in (ana, ben):
            assert upcoming_events(session, one.id, company=COMPANY, now=NOW, limit=5) == []
            tag_customer(session, one.id, ["friend"], say=phrases("en"), now=NOW)
        assert upcoming_events(session, ana.id, company=COMPANY, now=NOW, limit=5) == [(event, None)]
        assert upcoming_events(session, ben.id, company=COMPANY, now=NOW, limit=5) == []
