"""Places last under simultaneous taps, the rest wait in order; who may come, with whom, until when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from scheduler.events.guests import count_guests, count_people, find_guest, guests_named
from scheduler.events.plans import upcoming_events
from scheduler.events.refusals import CancelledError, ClosedError, FullError
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.customers import Customer, Standing
from store.tables.outreach import Event, Rsvp
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.events.ground import START, announce, answer, make_event, standing

TAPS, PLACES = 200, 10


def test_of_200_who_tap_at_once_exactly_those_come_who_fit_and_the_rest_wait_in_order(
    any_database: Database,
) -> None:
    event_id, people = announce(any_database, TAPS, capacity=PLACES)

    together = Barrier(TAPS)

    def tap(customer_id: int) -> tuple[Rsvp, int | None]:
        together.wait()
        with any_database.transaction() as session:
            answered = answer(session, event_id, customer_id)
            return answered.guest.answer, answered.place

    with ThreadPoolExecutor(TAPS) as threads:
        outcomes = list(threads.map(tap, people))
    assert outcomes.count((Rsvp.GOING, None)) == PLACES
    waiting = sorted(place for said, place in outcomes if said is Rsvp.WAITING and place is not None)
    assert waiting == list(range(1, TAPS - PLACES + 1))
    with any_database.reading() as session:
        assert count_guests(session, event_id) == {Rsvp.GOING: PLACES, Rsvp.WAITING: TAPS - PLACES}
        line = [guest.customer_id for guest, _ in guests_named(session, event_id, [Rsvp.WAITING], limit=TAPS)]
    told = {customer: place for customer, (_, place) in zip(people, outcomes, strict=True)}
    assert [told[customer] for customer in line] == list(range(1, TAPS - PLACES + 1))


def test_a_place_that_is_given_back_goes_to_who_is_next_and_can_be_had_again(any_database: Database) -> None:
    event_id, (first, second) = announce(any_database, 2, capacity=1)
    with any_database.transaction() as session:
        answer(session, event_id, first)
        answer(session, event_id, first)
        assert answer(session, event_id, second).place == 1
        answer(session, event_id, first, Rsvp.NO)
        assert standing(session, event_id) == {first: Rsvp.NO, second: Rsvp.OFFERED}
        assert answer(session, event_id, second).guest.answer is Rsvp.GOING
        assert answer(session, event_id, first).place == 1


def test_a_second_tap_keeps_the_place_in_line(database: Database) -> None:
    event_id, (first, *others) = announce(database, 3, capacity=1)
    with database.transaction() as session:
        answer(session, event_id, first)
        assert [answer(session, event_id, one).place for one in others] == [1, 2]
        assert answer(session, event_id, others[0], now=NOW + timedelta(hours=1)).place == 1
        answer(session, event_id, others[0], Rsvp.MAYBE)
        assert answer(session, event_id, others[0]).place == 2


def test_companions_take_places_too_and_can_be_changed(any_database: Database) -> None:
    event_id, (first, second) = announce(any_database, 2, capacity=4, companions=2)
    with any_database.transaction() as session:
        assert answer(session, event_id, first, companions=2).left == 1
        with pytest.raises(InputError):
            answer(session, event_id, second, companions=3)
        assert answer(session, event_id, second, companions=1).place == 1
        assert count_people(session, event_id) == {Rsvp.GOING: 3, Rsvp.WAITING: 2}
        assert answer(session, event_id, second, companions=0).guest.answer is Rsvp.GOING
        with pytest.raises(FullError) as full:
            answer(session, event_id, second, companions=1)
        assert full.value.more == 0
        answer(session, event_id, first, companions=0)
        assert answer(session, event_id, second, companions=2).left == 0
        assert answer(session, event_id, second).guest.companions == 2


def test_a_friend_who_is_added_overtakes_nobody_who_waits(database: Database) -> None:
    event_id, (going, waiting) = announce(database, 2, capacity=3, companions=2)
    with database.transaction() as session:
        answer(session, event_id, going, companions=0)
        assert answer(session, event_id, waiting, companions=2).place == 1  # two places are free, not three
        with pytest.raises(FullError):
            answer(session, event_id, going, companions=1)
        assert standing(session, event_id) == {going: Rsvp.GOING, waiting: Rsvp.WAITING}


def test_who_comes_while_somebody_waits_goes_to_the_end_of_the_line(any_database: Database) -> None:
    event_id, (alone, two, late) = announce(any_database, 3, capacity=2, companions=1)
    with any_database.transaction() as session:
        answer(session, event_id, alone)
        assert answer(session, event_id, two, companions=1).place == 1
        assert answer(session, event_id, late).place == 2  # though a place is free
        answer(session, event_id, two, Rsvp.NO)
        assert standing(session, event_id) == {alone: Rsvp.GOING, two: Rsvp.NO, late: Rsvp.OFFERED}


def test_nobody_may_bring_more_than_fit_at_all(database: Database) -> None:
    event_id, (customer,) = announce(database, 1, capacity=2, companions=5)
    with database.transaction() as session, pytest.raises(InputError):
        answer(session, event_id, customer, companions=2)


def test_after_the_start_and_after_the_end_the_list_is_closed(database: Database) -> None:
    event_id, (customer,) = announce(database, 1, ends_at=START + timedelta(hours=2))
    with database.transaction() as session:
        for now, is_over in ((START, False), (START + timedelta(hours=2), True)):
            with pytest.raises(ClosedError) as closed:
                answer(session, event_id, customer, now=now)
            assert closed.value.is_over is is_over


def test_nobody_can_answer_a_cancelled_event(database: Database) -> None:
    event_id, (customer,) = announce(database, 1)
    with database.transaction() as session:
        session.get_one(Event, event_id).cancelled_at = NOW
        with pytest.raises(CancelledError):
            answer(session, event_id, customer)
        assert upcoming_events(session, customer, company=COMPANY, now=NOW, limit=5) == []


def test_an_event_is_open_to_its_audience_and_to_who_was_invited(any_database: Database) -> None:
    with any_database.transaction() as session:
        invited = make_customer(session, language="zh")
        event = make_event(session, audience="zh")
        newcomer, other = make_customer(session, language="zh"), make_customer(session)
        session.get_one(Customer, invited.id).language = "en"
        session.flush()
        for welcome in (invited, newcomer):
            answer(session, event.id, welcome.id, Rsvp.MAYBE)
            guest = find_guest(session, event.id, welcome.id)
            assert upcoming_events(session, welcome.id, company=COMPANY, now=NOW, limit=5) == [(event, guest)]
        with pytest.raises(NotFoundError):
            answer(session, event.id, other.id)
        assert upcoming_events(session, other.id, company=COMPANY, now=NOW, limit=5) == []


def test_standing_is_an_audience_too(any_database: Database) -> None:
    with any_database.transaction() as session:
        event = make_event(session, audience="key")
        key = make_customer(session, standing=Standing.KEY)
        assert upcoming_events(session, key.id, company=COMPANY, now=NOW, limit=5) == [(event, None)]
        assert upcoming_events(session, make_customer(session).id, company=COMPANY, now=NOW, limit=5) == []


def test_an_event_that_was_not_sent_does_not_exist_for_customers(database: Database) -> None:
    with database.transaction() as session:
        event, customer = make_event(session, sent=False), make_customer(session)
        assert upcoming_events(session, customer.id, company=COMPANY, now=NOW, limit=5) == []
        for event_id in (event.id, 10**15):
            with pytest.raises(NotFoundError):
                answer(session, event_id, customer.id)


def test_what_becomes_of_an_answer_is_none(database: Database) -> None:
    event_id, (customer,) = announce(database, 1)
    with database.transaction() as session, pytest.raises(ValueError, match="becomes"):
        answer(session, event_id, customer, Rsvp.OFFERED)
