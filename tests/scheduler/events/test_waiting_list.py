"""The waiting list against a slow, obvious one: nobody is overtaken, never more people than places."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from customers.consent import set_consent
from customers.erasure import erase
from scheduler.events.changes import change_event
from scheduler.events.guests import guests_named, places_held
from scheduler.events.offers import OFFERED_IN_VAIN, move_waiting_lists
from scheduler.events.refusals import FullError, TooFewError
from scheduler.events.waiting_line import SHORTEST, joins_at, next_up, offered_until
from store.engine import Database
from store.errors import InputError
from store.tables.customers import Customer, Identity
from store.tables.outreach import Event, EventGuest, Rsvp, Suppression
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.events.ground import START, announce, answer, standing, told
from tests.talk import button_data

OFFER = timedelta(minutes=240)
SIX, TWO = 6, 2


ALWAYS_AWAKE = replace(COMPANY, quiet_from_hour=0, quiet_until_hour=0)


@dataclass(frozen=True)
class Party:
    """Somebody who waits."""

    name: int
    size: int


@dataclass
class SlowList:
    """An event's guests, as somebody with pencil and paper would keep them; every message arrives at once."""

    capacity: int
    now: datetime = NOW
    going: dict[int, int] = field(default_factory=dict)
    offered: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    waiting: list[tuple[int, int]] = field(default_factory=list)

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.capacity - sum(self.going.values()) - sum(size for size, _ in self.offered.values())

    def lapse(self) -> None:
        """End the offers whose time is over."""
        self.offered = {who: offer for who, offer in self.offered.items() if offer[1] > self.now}

    def taps(self, who: int, said: Rsvp, companions: int | None) -> None:
        """Take an answer."""
        self.lapse()
        if said is not Rsvp.GOING:
            self.leaves(who)
            self.move()
        elif who in self.going or who in self.offered:
            self.comes(who, companions)
        else:
            sizes = dict(self.waiting)
            before = sizes.get(who, 1)
            size = before if companions is None else 1 + companions
            if who in sizes:
                self.waiting = [(one, size if one == who else other) for one, other in self.waiting]
            else:
                self.waiting.append((who, size))
            self.move(present=who)

    def comes(self, who: int, companions: int | None) -> None:
        """Let somebody come who has places already; more are given only where nobody waits for them."""
        has = self.going[who] if who in self.going else self.offered[who][0]
        wants = has if companions is None else 1 + companions
        fit = self.free if not any(size <= self.capacity for _, size in self.waiting) else 0
        if wants - has > max(fit, 0):
            return
        self.offered.pop(who, None)
        self.going[who] = wants
        self.move()

    def leaves(self, who: int) -> None:
        """Let somebody neither come nor wait."""
        self.going.pop(who, None)
        self.offered.pop(who, None)
        self.waiting = [(one, size) for one, size in self.waiting if one != who]

    def move(self, present: int | None = None) -> None:
        """Give what is free to who is next."""
        for who, size in list(self.waiting):
            if size > self.capacity:
                continue
            if size > self.free:
                break
            self.waiting.remove((who, size))
            if who == present:
                self.going[who] = size
            else:
                until = self.now + OFFER
                self.offered[who] = (size, until.replace(second=0, microsecond=0))


TAPS = st.tuples(
    st.just("tap"),
    st.integers(0, SIX - 1),
    st.sampled_from([Rsvp.GOING, Rsvp.GOING, Rsvp.GOING, Rsvp.GOING, Rsvp.MAYBE, Rsvp.NO]),
    st.sampled_from([None, None, 0, 1, TWO]),
)
OTHERS = st.one_of(
    st.tuples(st.just("capacity"), st.integers(1, 5)),
    st.tuples(st.just("wait"), st.sampled_from([1, 120, 240]), st.booleans()),
)
STEPS = st.one_of(TAPS, TAPS, TAPS, OTHERS)


OFFERED_TWICE_IN_A_MINUTE = [
    ("tap", 1, Rsvp.GOING, None),
    ("tap", 0, Rsvp.GOING, None),
    ("capacity", 2),
    ("tap", 0, Rsvp.MAYBE, None),
    ("capacity", 1),
    ("tap", 0, Rsvp.GOING, None),
    ("capacity", 2),
    ("wait", 1, True),
]


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(capacity=1, steps=OFFERED_TWICE_IN_A_MINUTE)
@given(capacity=st.integers(1, 3), steps=st.lists(STEPS, min_size=20, max_size=30))
def test_it_is_the_slow_list(database: Database, capacity: int, steps: list[tuple[object, ...]]) -> None:
    event_id, people = announce(database, SIX, capacity=capacity, companions=TWO)
    slow = SlowList(capacity)
    with database.transaction() as session:
        for step in steps:
            match step:
                case ("tap", int(place), Rsvp() as said, None | int() as companions):
                    _tap(session, event_id, people[place], (said, companions), slow)
                case ("capacity", int(wanted)):
                    _resize(session, event_id, wanted, slow)
                case ("wait", int(minutes), beat):
                    slow.now += timedelta(minutes=minutes)
                    _deliver(session)
                    if beat:
                        slow.lapse()
                        slow.move()
                        move_waiting_lists(session, company=ALWAYS_AWAKE, now=slow.now)
            _compare(session, event_id, slow)
        session.rollback()


def _tap(session: Session, event_id: int, who: int, what: tuple[Rsvp, int | None], slow: SlowList) -> None:
    said, companions = what
    slow.now += timedelta(microseconds=1)  # no two taps are one
    say = partial(answer, now=slow.now, companions=companions, company=ALWAYS_AWAKE)
    if companions is not None and companions >= slow.capacity:
        with pytest.raises(InputError):
            say(session, event_id, who, said)
        return
    before = standing(session, event_id)
    try:
        say(session, event_id, who, said)
    except FullError:
        assert standing(session, event_id) == before
    slow.taps(who, said, companions)


def _resize(session: Session, event_id: int, wanted: int, slow: SlowList) -> None:
    change = partial(
        change_event, session, event_id, {"capacity": wanted}, company=ALWAYS_AWAKE, now=slow.now
    )
    slow.lapse()
    held = slow.capacity - slow.free
    if wanted < held:
        with pytest.raises(TooFewError) as refused:
            change()
        assert refused.value.held == held
    else:
        change()
        slow.capacity = wanted
        slow.move()


def _deliver(session: Session) -> None:
    session.execute(
        update(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED).values(state=OutboxState.SENT)
    )


def _compare(session: Session, event_id: int, slow: SlowList) -> None:
    session.expire_all()
    rows = session.scalars(select(EventGuest).where(EventGuest.event_id == event_id)).all()
    going = {row.customer_id: 1 + row.companions for row in rows if row.answer is Rsvp.GOING}
    offered = {
        row.customer_id: (1 + row.companions, row.offered_until)
        for row in rows
        if row.answer is Rsvp.OFFERED and row.offered_until is not None
    }
    line = guests_named(session, event_id, [Rsvp.WAITING], limit=SIX)
    assert going == slow.going
    assert offered == slow.offered
    assert [(guest.customer_id, 1 + guest.companions) for guest, _ in line] == slow.waiting
    assert places_held(session, event_id) <= slow.capacity


@given(sizes=st.lists(st.integers(1, 5), max_size=12), free=st.integers(-2, 8), capacity=st.integers(1, 8))
def test_who_is_next_is_never_overtaken(sizes: list[int], free: int, capacity: int) -> None:
    line = [Party(name, size) for name, size in enumerate(sizes)]
    chosen = next_up(line, free=free, capacity=capacity)
    assert sum(party.size for party in chosen) <= max(free, 0)
    fitting = [party for party in line if party.size <= capacity]
    assert chosen == fitting[: len(chosen)]
    rest, left = fitting[len(chosen) :], free - sum(party.size for party in chosen)
    assert not rest or rest[0].size > left or left <= 0


@given(left_m=st.integers(0, 20_000), offer_minutes=st.integers(30, 10_000))
def test_an_offer_ends_in_time_for_others(left_m: int, offer_minutes: int) -> None:
    leaves = START - timedelta(minutes=left_m)
    until = offered_until(leaves, starts_at=START, offer_minutes=offer_minutes)
    if timedelta(minutes=left_m) < SHORTEST:
        assert until is None
    else:
        assert until is not None
        assert leaves + SHORTEST <= until <= START
        assert until - leaves <= max(SHORTEST, min(timedelta(minutes=offer_minutes), (START - leaves) / 4))


@given(later_s=st.floats(-1e6, 1e6))
def test_who_comes_later_waits_behind_even_if_the_clock_is_put_back(later_s: float) -> None:
    later = NOW + timedelta(seconds=later_s)
    assert joins_at(later, NOW) > NOW
    assert joins_at(later, NOW) == later or later <= NOW
    assert joins_at(later, None) == later


def test_an_offer_that_nobody_takes_goes_to_the_next(any_database: Database) -> None:
    event_id, (going, first, second) = announce(any_database, 3, capacity=1)
    with any_database.transaction() as session:
        for customer in (going, first, second):
            answer(session, event_id, customer)
        answer(session, event_id, going, Rsvp.NO)
        (offer,) = told(session, event_id, "offer:")
        assert (offer.customer_id, offer.expires_at) == (first, NOW + OFFER)
        assert button_data(offer) == [f"rsvp:{event_id}:{said}" for said in ("going", "maybe", "no")]
        _deliver(session)
    for now, expected in ((OFFER - timedelta(seconds=1), Rsvp.OFFERED), (OFFER, Rsvp.NO)):
        with any_database.transaction() as session:
            while move_waiting_lists(session, company=COMPANY, now=NOW + now):
                pass
            assert standing(session, event_id)[first] is expected
    with any_database.transaction() as session:
        assert standing(session, event_id)[second] is Rsvp.OFFERED
        late = answer(session, event_id, first, now=NOW + OFFER)  # who comes back joins the end of the line
        assert (late.guest.answer, late.place) == (Rsvp.WAITING, 1)


def test_who_was_never_told_keeps_their_place_but_not_for_ever(database: Database) -> None:
    event_id, (going, waiting) = announce(database, 2, capacity=1)
    with database.transaction() as session:
        answer(session, event_id, going)
        since = answer(session, event_id, waiting).guest.waiting_since
        answer(session, event_id, going, Rsvp.NO)
        now, made = NOW, 1
        while standing(session, event_id)[waiting] is Rsvp.OFFERED:
            guest = session.get_one(EventGuest, (event_id, waiting))
            assert guest.waiting_since == since
            assert guest.offered_until is not None
            now = guest.offered_until
            assert [row.state for row in told(session, event_id, "offer:")][-1] is OutboxState.QUEUED
            move_waiting_lists(session, company=COMPANY, now=now)
            made = len(told(session, event_id, "offer:"))
        assert made == OFFERED_IN_VAIN
        assert standing(session, event_id)[waiting] is Rsvp.NO


def test_an_offer_that_reached_nobody_moves_on_at_once(database: Database) -> None:
    event_id, (going, blocked, after) = announce(database, 3, capacity=1)
    with database.transaction() as session:
        for customer in (going, blocked, after):
            answer(session, event_id, customer)
        answer(session, event_id, going, Rsvp.NO)
        session.execute(update(Identity).where(Identity.customer_id == blocked).values(unreachable_since=NOW))
        told(session, event_id, "offer:")[0].state = OutboxState.UNREACHABLE
        session.flush()
        assert move_waiting_lists(session, company=COMPANY, now=NOW) == 2
        assert standing(session, event_id) == {
            going: Rsvp.NO,
            blocked: Rsvp.WAITING,
            after: Rsvp.OFFERED,
        }


def test_who_cannot_be_told_is_passed_over_and_keeps_their_place(database: Database) -> None:
    event_id, (going, stopped, gone, awake) = announce(database, 4, capacity=1)
    with database.transaction() as session:
        elsewhere = make_customer(session, channel="carrier pigeon").id
        for customer in (going, stopped, gone, elsewhere, awake):
            answer(session, event_id, customer)
        set_consent(session, stopped, granted=False, now=NOW)
        session.execute(update(Identity).where(Identity.customer_id == gone).values(unreachable_since=NOW))
        answer(session, event_id, going, Rsvp.NO)
        assert standing(session, event_id) == {
            going: Rsvp.NO,
            stopped: Rsvp.WAITING,
            gone: Rsvp.WAITING,
            elsewhere: Rsvp.WAITING,
            awake: Rsvp.OFFERED,
        }
        noted = session.execute(select(Suppression.customer_id, Suppression.reason, Suppression.occasion))
        passed = {row[0]: row[1] for row in noted if row[2].startswith(f"offer:{event_id}:")}
        assert passed == {stopped: "stopped", gone: "unreachable", elsewhere: "unreachable"}
        answer(session, event_id, awake, Rsvp.NO)
        assert answer(session, event_id, stopped).guest.answer is Rsvp.GOING  # they are here now


def test_an_offer_made_at_night_leaves_in_the_morning_and_counts_from_then(database: Database) -> None:
    night = datetime.combine(NOW, NOW.timetz()).replace(hour=23)
    event_id, (going, waiting) = announce(database, 2, capacity=1)
    with database.transaction() as session:
        for customer in (going, waiting):
            answer(session, event_id, customer)
        answer(session, event_id, going, Rsvp.NO, now=night)
        (offer,) = told(session, event_id, "offer:")
        assert offer.not_before == night + timedelta(hours=10)
        assert offer.expires_at == offer.not_before + OFFER


def test_near_the_start_offers_are_short_and_then_no_more_are_made(database: Database) -> None:
    event_id, (going, first, second) = announce(database, 3, capacity=1)
    hour_before = START - timedelta(hours=1)
    with database.transaction() as session:
        for customer in (going, first, second):
            answer(session, event_id, customer)
        answer(session, event_id, going, Rsvp.NO, now=hour_before)
        assert told(session, event_id, "offer:")[0].expires_at == hour_before + timedelta(minutes=15)
        answer(session, event_id, first, Rsvp.NO, now=START - timedelta(minutes=14))
        assert standing(session, event_id)[second] is Rsvp.WAITING
        at_the_door = answer(session, event_id, second, now=START - timedelta(minutes=1))
        assert at_the_door.guest.answer is Rsvp.GOING


def test_the_place_of_a_guest_who_is_erased_moves_on(database: Database) -> None:
    event_id, (going, waiting) = announce(database, 2, capacity=1)
    with database.transaction() as session:
        for customer in (going, waiting):
            answer(session, event_id, customer)
        erase(session, session.get_one(Customer, going), now=NOW)
    with database.transaction() as session:
        assert move_waiting_lists(session, company=COMPANY, now=NOW) == 1
        assert standing(session, event_id) == {waiting: Rsvp.OFFERED}
        assert move_waiting_lists(session, company=COMPANY, now=NOW) == 0


def test_a_cancelled_event_offers_nothing(database: Database) -> None:
    event_id, (going, waiting) = announce(database, 2, capacity=1)
    with database.transaction() as session:
        for customer in (going, waiting):
            answer(session, event_id, customer)
        session.get_one(Event, event_id).capacity = 2
        session.get_one(Event, event_id).cancelled_at = NOW
        session.flush()
        assert move_waiting_lists(session, company=COMPANY, now=NOW) == 0
