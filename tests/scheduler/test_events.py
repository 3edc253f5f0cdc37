"""Places last under simultaneous taps; who may come; the reminder the day before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Chat
from customers.consent import set_consent
from scheduler.campaigns import draft_campaign, start_campaign
from scheduler.events.answers import ClosedError, FullError, answer_event
from scheduler.events.guests import count_guests
from scheduler.events.plans import EventPlan, add_event, upcoming_events
from scheduler.events.reminders import plan_event_reminders, unreminded_statement
from store.engine import Database
from store.errors import NotFoundError
from store.tables.customers import Customer, Standing
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.test_return_visits import CHANNELS, explain

START = NOW + timedelta(days=10)


def make_event(
    session: Session,
    *,
    capacity: int = 10,
    audience: str = "all",
    starts_at: datetime = START,
    sent: bool = True,
) -> Event:
    """Add an event; ``sent`` ones have had their invitations started."""
    plan = EventPlan("Tea evening", starts_at, "Harbour Hall", capacity, audience)
    event = add_event(session, plan, timezone="Europe/London", staff_id=None, now=NOW)
    campaign = draft_campaign(
        session,
        text=plan.title,
        audience=audience,
        event=event,
        staff_id=None,
        chat=Chat("telegram", "1"),
        now=NOW,
    )
    if sent:
        start_campaign(session, campaign, chat=Chat("telegram", "1"), company=COMPANY, now=NOW)
    return event


@pytest.mark.parametrize(("taps", "places"), [(50, 10)])
def test_places_last_under_simultaneous_taps(any_database: Database, taps: int, places: int) -> None:
    with any_database.transaction() as session:
        event_id = make_event(session, capacity=places).id
        people = [make_customer(session).id for _ in range(taps)]

    def tap(customer_id: int) -> bool:
        try:
            with any_database.transaction() as session:
                answer_event(session, event_id, customer_id, Rsvp.GOING, now=NOW)
        except FullError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        accepted = list(threads.map(tap, people))
    assert accepted.count(True) == places
    with any_database.reading() as session:
        assert count_guests(session, event_id) == {Rsvp.GOING: places}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    capacity=st.integers(1, 3),
    taps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(list(Rsvp))), max_size=25),
)
def test_never_more_are_going_than_there_are_places(
    database: Database, capacity: int, taps: list[tuple[int, Rsvp]]
) -> None:
    with database.transaction() as session:
        event_id = make_event(session, capacity=capacity).id
        people = [make_customer(session).id for _ in range(5)]
        expected: dict[int, Rsvp] = {}
        for place, answer in taps:
            going = [who for who, said in expected.items() if said is Rsvp.GOING and who != place]
            try:
                answer_event(session, event_id, people[place], answer, now=NOW)
            except FullError:
                assert answer is Rsvp.GOING
                assert len(going) == capacity
                continue
            expected[place] = answer
            assert sum(said is Rsvp.GOING for said in expected.values()) <= capacity
        rows = session.scalars(select(EventGuest).where(EventGuest.event_id == event_id))
        assert {people.index(row.customer_id): row.answer for row in rows} == expected


def test_a_place_given_back_can_be_taken(any_database: Database) -> None:
    with any_database.transaction() as session:
        event = make_event(session, capacity=1)
        first, second = make_customer(session).id, make_customer(session).id
        answer_event(session, event.id, first, Rsvp.GOING, now=NOW)
        answer_event(session, event.id, first, Rsvp.GOING, now=NOW)
        with pytest.raises(FullError):
            answer_event(session, event.id, second, Rsvp.GOING, now=NOW)
        answer_event(session, event.id, first, Rsvp.NO, now=NOW)
        answer_event(session, event.id, second, Rsvp.GOING, now=NOW)
        assert count_guests(session, event.id) == {Rsvp.GOING: 1, Rsvp.NO: 1}


def test_after_the_start_the_list_is_closed(database: Database) -> None:
    with database.transaction() as session:
        event, customer = make_event(session), make_customer(session)
        with pytest.raises(ClosedError):
            answer_event(session, event.id, customer.id, Rsvp.GOING, now=START)


def test_an_event_is_open_to_its_audience_and_to_who_was_invited(any_database: Database) -> None:
    with any_database.transaction() as session:
        invited = make_customer(session, language="zh")
        event = make_event(session, audience="zh")
        newcomer, other = make_customer(session, language="zh"), make_customer(session)
        session.get_one(Customer, invited.id).language = "en"
        session.flush()
        for welcome in (invited, newcomer):
            answer_event(session, event.id, welcome.id, Rsvp.MAYBE, now=NOW)
            assert upcoming_events(session, welcome.id, now=NOW, limit=5) == [(event, Rsvp.MAYBE)]
        with pytest.raises(NotFoundError):
            answer_event(session, event.id, other.id, Rsvp.GOING, now=NOW)
        assert upcoming_events(session, other.id, now=NOW, limit=5) == []


def test_standing_is_an_audience_too(any_database: Database) -> None:
    with any_database.transaction() as session:
        event = make_event(session, audience="key")
        key = make_customer(session, standing=Standing.KEY)
        assert upcoming_events(session, key.id, now=NOW, limit=5) == [(event, None)]
        assert upcoming_events(session, make_customer(session).id, now=NOW, limit=5) == []


def test_an_event_that_was_not_sent_does_not_exist_for_customers(database: Database) -> None:
    with database.transaction() as session:
        event, customer = make_event(session, sent=False), make_customer(session)
        assert upcoming_events(session, customer.id, now=NOW, limit=5) == []
        for event_id in (event.id, 10**15):
            with pytest.raises(NotFoundError):
                answer_event(session, event_id, customer.id, Rsvp.GOING, now=NOW)


def remind(database: Database, now: datetime) -> list[OutboxMessage]:
    with database.transaction() as session:
        plan_event_reminders(session, company=COMPANY, now=now, channels=CHANNELS)
        return list(
            session.scalars(
                select(OutboxMessage)
                .where(OutboxMessage.kind == MessageKind.REMINDER)
                .order_by(OutboxMessage.id)
            )
        )


def test_guests_are_reminded_the_day_before_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        event = make_event(session)
        people = {answer: make_customer(session).id for answer in Rsvp}
        for answer, customer_id in people.items():
            answer_event(session, event.id, customer_id, answer, now=NOW)
    assert remind(any_database, START - timedelta(days=1, minutes=1)) == []
    day_before = START - timedelta(days=1)
    remind(any_database, day_before)
    messages = remind(any_database, day_before + timedelta(minutes=5))
    assert {row.dedupe_key for row in messages} == {
        f"reminder:{event.id}:{people[answer]}" for answer in (Rsvp.GOING, Rsvp.MAYBE)
    }
    assert all(row.expires_at == START and row.not_before == day_before for row in messages)
    assert "Tea evening" in messages[0].body["text"]


def test_who_answered_within_the_last_day_needs_no_reminder(database: Database) -> None:
    with database.transaction() as session:
        event, customer = make_event(session), make_customer(session)
        answer_event(session, event.id, customer.id, Rsvp.GOING, now=START - timedelta(hours=3))
    assert remind(database, START - timedelta(hours=2)) == []


def test_a_reminder_keeps_the_quiet_hours_and_comes_before_the_start(database: Database) -> None:
    early = datetime(2026, 12, 5, 6, 30, tzinfo=UTC)  # half past six in London, in the quiet hours
    with database.transaction() as session:
        event, customer = make_event(session, starts_at=early), make_customer(session)
        answer_event(session, event.id, customer.id, Rsvp.GOING, now=NOW)
    assert (
        remind(database, early - timedelta(hours=3)) == []
    )  # planned too late: after the start it is no use
    (message,) = remind(database, early - timedelta(days=1))
    assert message.not_before.astimezone(ZoneInfo("Europe/London")).hour == 9
    assert message.not_before < early


def test_stop_holds_reminders_back_and_a_no_withdraws_one_that_waits(database: Database) -> None:
    early = datetime(2026, 12, 5, 6, 30, tzinfo=UTC)
    with database.transaction() as session:
        event = make_event(session, starts_at=early)
        stopped, waiting = make_customer(session).id, make_customer(session).id
        for customer_id in (stopped, waiting):
            answer_event(session, event.id, customer_id, Rsvp.GOING, now=NOW)
        set_consent(session, stopped, granted=False, now=NOW)
    (message,) = remind(database, early - timedelta(days=1))
    assert message.customer_id == waiting
    with database.transaction() as session:
        answer_event(session, event.id, waiting, Rsvp.NO, now=early - timedelta(hours=23))
        session.expire_all()
        assert session.get_one(OutboxMessage, message.id).state is OutboxState.SKIPPED


def test_who_needs_a_reminder_is_found_by_an_index(any_database: Database) -> None:
    with any_database.transaction() as session:
        event = make_event(session)
        plan_text = explain(session, unreminded_statement(event, channels=CHANNELS, limit=10))
    assert "event_guests" in plan_text
    assert "uq_outbox_dedupe_key" in plan_text or "sqlite_autoindex_outbox" in plan_text
