"""At the door: codes that people can read out, everybody checked in once, never more than fit."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.events.door import (
    ALPHABET,
    CODE_LENGTH,
    DoorClosedError,
    NotGoingError,
    check_in,
    events_at_the_door,
    find_ticket,
    give_ticket,
    guests_called,
    is_code,
    tidy,
    turnout,
)
from scheduler.events.guests import find_guest
from store.engine import Database
from store.errors import NotFoundError
from store.tables.customers import Customer
from store.tables.outreach import Event, Rsvp
from tests.scheduler.events.ground import START, announce, answer


@given(st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH), st.sampled_from(["-", " ", "", " - "]))
def test_a_code_is_read_as_people_type_it(code: str, between: str) -> None:
    written = f"{code[:4].lower()}{between}{code[4:]}"
    assert is_code(written)
    assert tidy(written) == code


@pytest.mark.parametrize(
    "words", ["", "Mei Lin", "ABCD123O", "ABCDEFG", "ABCDEFGHJ", "ＡＢＣＤＥＦＧＨ", "林梅"]
)
def test_what_is_no_code_is_none(words: str) -> None:
    assert not is_code(words)


def test_a_guest_is_checked_in_once(any_database: Database) -> None:
    event_id, (ana, ben) = announce(any_database, 2, companions=2)
    with any_database.transaction() as session:
        answer(session, event_id, ana, companions=1)
        answer(session, event_id, ben)
        guest = find_guest(session, event_id, ana)
        assert guest is not None
        code = give_ticket(session, guest)
        assert give_ticket(session, guest) == code
        event, found, customer = find_ticket(session, f" {code.lower()} ")
        assert (event.id, found.customer_id, customer.id) == (event_id, ana, ana)
        assert turnout(session, event_id).expected == 3
        first = check_in(session, event_id, ana, staff_id=None, now=START)
        assert (first.before, first.people) == (None, 2)
        again = check_in(session, event_id, ana, staff_id=None, now=START + timedelta(minutes=5))
        assert again.before == START
        assert turnout(session, event_id).arrived == 2
        with pytest.raises(NotFoundError):
            find_ticket(session, "ZZZZZZZZ")


def test_who_is_not_on_the_list_gets_a_place_only_where_one_is_left(any_database: Database) -> None:
    event_id, (ana, ben, cleo) = announce(any_database, 3, capacity=2)
    with any_database.transaction() as session:
        answer(session, event_id, ana)
        answer(session, event_id, ben, Rsvp.MAYBE)
        with pytest.raises(NotGoingError) as refused:
            check_in(session, event_id, ben, staff_id=None, now=START)
        assert (refused.value.answer, refused.value.places_left) == (Rsvp.MAYBE, 1)
        check_in(session, event_id, ben, staff_id=None, now=START, let_in=True)
        with pytest.raises(NotGoingError) as refused:
            check_in(session, event_id, cleo, staff_id=None, now=START, let_in=True)
        assert (refused.value.answer, refused.value.places_left) == (None, 0)
        assert turnout(session, event_id).expected == 2


def test_the_door_is_open_around_the_event_alone(database: Database) -> None:
    event_id, (ana,) = announce(database, 1)
    with database.transaction() as session:
        answer(session, event_id, ana)
        for away in (timedelta(days=-1), timedelta(days=2)):
            assert events_at_the_door(session, START + away) == []
            with pytest.raises(DoorClosedError):
                check_in(session, event_id, ana, staff_id=None, now=START + away)
        assert [event.id for event in events_at_the_door(session, START)] == [event_id]
        session.get_one(Event, event_id).cancelled_at = START
        session.flush()
        assert events_at_the_door(session, START) == []
        with pytest.raises(DoorClosedError):
            check_in(session, event_id, ana, staff_id=None, now=START)


def test_guests_are_found_by_any_part_of_their_name(database: Database) -> None:
    event_id, (ana, mei, no) = announce(database, 3)
    with database.transaction() as session:
        for customer_id, name in ((ana, "Ana Ångström"), (mei, "林梅"), (no, "Ana No")):
            session.get_one(Customer, customer_id).display_name = name
        answer(session, event_id, ana, Rsvp.MAYBE)
        answer(session, event_id, mei)
        answer(session, event_id, no, Rsvp.NO)

        def called(name: str) -> list[int]:
            return [customer.id for _, customer in guests_called(session, event_id, name, limit=5)]

        assert called("ångström ana") == [ana]
        assert called("梅") == [mei]
        assert called("ana") == [ana, no]  # who said no stands last
        assert called("%") == []


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_what_another_door_noted_meanwhile_is_seen(any_database: Database) -> None:
    event_id, (ana,) = announce(any_database, 1)
    with any_database.transaction() as session:
        answer(session, event_id, ana)
    with any_database.transaction() as session:
        assert guests_called(session, event_id, "", limit=5)  # read before the other door commits
        with any_database.transaction() as other:
            assert check_in(other, event_id, ana, staff_id=None, now=START).before is None
        assert check_in(session, event_id, ana, staff_id=None, now=START).before == START
