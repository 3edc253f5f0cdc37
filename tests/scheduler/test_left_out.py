"""Planners, counts and delivery say the same of who is left out, and why: over random customers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from customers.consent import set_consent
from customers.outreach import Hold, Outreach
from scheduler.audience import (
    LeftOut,
    count_reach,
    may_be_written_to,
    select_addressees,
    to_addressee,
    why_left_out,
)
from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import take_turn
from scheduler.left_out import REASONS, reasons_for
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, Identity, Purpose
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.outreach import Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer

CHANNELS = ("telegram",)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Life:
    """What happened to a customer.

    ``ratings`` are stars with the days since; ``broken_days`` are those since a promise was broken,
    ``solved_days`` since a complaint was resolved.
    """

    stopped: frozenset[Purpose]
    blocked: bool
    complaint: ComplaintState | None
    solved_days: float
    broken_days: float | None
    ratings: tuple[tuple[int, float, EntrySource], ...]


days = st.sampled_from([0.5, 6.9, 7.1, 13.9, 14.1, 40.0])
lives = st.builds(
    Life,
    stopped=st.frozensets(st.sampled_from(Purpose), max_size=2),
    blocked=st.booleans(),
    complaint=st.none() | st.sampled_from(ComplaintState),
    solved_days=days,
    broken_days=st.none() | days,
    ratings=st.lists(
        st.tuples(
            st.integers(1, 5),
            days,
            st.sampled_from([EntrySource.RATING, EntrySource.VISIT_ANSWER, EntrySource.FEEDBACK]),
        ),
        max_size=3,
    ).map(tuple),
)
outreaches = st.builds(
    Outreach,
    most=st.just(1000),
    bad_rating_days=st.sampled_from([7.0, 14.0]),
    holds=st.dictionaries(st.sampled_from(Purpose), st.frozensets(st.sampled_from(Hold))),
)


def live(session: Session, life: Life) -> int:
    """Make a customer to whom all this happened."""
    ana = make_customer(session)
    if life.stopped:
        set_consent(session, ana.id, granted=False, now=NOW, purposes=life.stopped)
    if life.blocked:
        session.query(Identity).filter_by(customer_id=ana.id).one().unreachable_since = NOW
    if life.complaint is not None:
        session.add(
            Complaint(
                customer_id=ana.id,
                channel="telegram",
                address="1",
                state=life.complaint,
                text="It broke.",
                opened_at=NOW - 50 * DAY,
                first_response_due_at=NOW,
                resolution_due_at=NOW,
                resolved_at=NOW - life.solved_days * DAY,
            )
        )
    if life.broken_days is not None:
        closed_at = NOW - life.broken_days * DAY
        values = {"made_at": NOW, "due_at": NOW, "closed_at": closed_at, "state": PromiseState.BROKEN}
        session.add(Promise(customer_id=ana.id, text="It comes", **values))
    for stars, ago, source in life.ratings:
        values = {"value": 25.0 * (stars - 1), "weight": 1.0, "at": NOW - ago * DAY}
        session.add(SatisfactionEntry(customer_id=ana.id, source=source, **values))
        session.flush()
    session.flush()
    return ana.id


def slow_reason(life: Life, purpose: Purpose, outreach: Outreach) -> LeftOut | None:
    """Tell why somebody is left out, from their life and in plain words."""
    holds = outreach.holds.get(purpose, frozenset(Hold))
    if purpose in life.stopped:
        return LeftOut.STOPPED
    if life.blocked:
        return LeftOut.UNREACHABLE
    unsolved = life.complaint in (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING)
    asked = life.complaint is ComplaintState.RESOLVED and life.solved_days < 7
    if (unsolved or asked) and Hold.COMPLAINT in holds:
        return LeftOut.COMPLAINT
    if life.broken_days is not None and life.broken_days < 14 and Hold.PROMISE in holds:
        return LeftOut.PROMISE
    rated = [(ago, stars) for stars, ago, source in life.ratings if source is not EntrySource.FEEDBACK]
    newest = min((ago for ago, _ in rated), default=None)
    if newest is not None and Hold.RATING in holds and newest < outreach.bad_rating_days:
        last = [stars for ago, stars in rated if ago == newest][-1]
        if last <= 2:
            return LeftOut.RATING
    return None


def as_it_leaves(session: Session, purpose: Purpose, outreach: Outreach) -> Mapping[int, str | None]:
    """Queue a message to each, and let clearance say which may leave, and why not."""
    company = replace(COMPANY, outreach=outreach, quiet_from_hour=0, quiet_until_hour=0)
    rows = session.execute(select(Customer.id, Identity.address).join(Identity)).all()
    drafts = [
        Draft(
            MessageKind.CAMPAIGN,
            "telegram",
            address,
            "words",
            dedupe_key=f"campaign:0:{number}",
            customer_id=number,
            purpose=purpose,
        )
        for number, address in rows
    ]
    enqueue(session, drafts, now=NOW)
    wish = Wish(limit=100, reserved={}, held=Gate(0.0, frozenset()))
    take_turn(session, notes=(), wish=wish, channel="telegram", company=company, now=NOW, claims=[])
    session.expire_all()
    noted = {one.customer_id: one.reason for one in session.scalars(select(Suppression))}
    leaving = session.scalars(select(OutboxMessage).where(OutboxMessage.state == OutboxState.SENDING))
    left = {one.customer_id for one in leaving}
    assert left.isdisjoint(noted)
    assert len(left) + len(noted) == len(rows)
    return {number: noted.get(number) for number, _ in rows}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(lives, min_size=1, max_size=8), purpose=st.sampled_from(Purpose), outreach=outreaches)
def test_all_say_the_same(
    any_database: Database, people: list[Life], purpose: Purpose, outreach: Outreach
) -> None:
    company = replace(COMPANY, outreach=outreach)
    with any_database.transaction() as session:
        for table in (OutboxMessage, Suppression, Customer):
            session.execute(delete(table))
        expected = {live(session, one): slow_reason(one, purpose, outreach) for one in people}
        query = select_addressees(CHANNELS)
        planned = session.execute(
            query.add_columns(why_left_out(purpose, company=company, now=NOW).label("reason"))
        ).all()
        conditions = may_be_written_to(purpose, company=company, now=NOW)
        picked = {to_addressee(row).customer_id for row in session.execute(query.where(*conditions))}
        reach = count_reach(session, "all", purpose=purpose, channels=CHANNELS, company=company, now=NOW)
        leaving = as_it_leaves(session, purpose, outreach)

    assert {row[0]: row.reason for row in planned} == expected
    assert picked == {number for number, reason in expected.items() if reason is None}
    assert leaving == expected
    counts = Counter(expected.values())
    assert reach.recipients == counts.pop(None, 0)
    assert reach.left_out == dict(counts)


def test_every_hold_has_its_reason_and_what_always_holds_comes_first() -> None:
    assert {one.hold for one in REASONS} == {None, *Hold}
    assert reasons_for(Purpose.OFFERS, Outreach()) == REASONS
    assert reasons_for(None, Outreach()) == REASONS
    free = Outreach(holds={Purpose.OFFERS: frozenset()})
    kept = [one.left_out for one in reasons_for(Purpose.OFFERS, free)]
    assert kept == [LeftOut.STOPPED, LeftOut.UNREACHABLE]
