"""Who got enough lately, as the preview foresees it, against what a lane does then."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from customers.outreach import Outreach
from scheduler.audience import Reach
from scheduler.campaigns.room_share import ALL_HAVE_ROOM, Roomless, find_roomless, in_room
from scheduler.campaigns.times import Timing, set_timing
from scheduler.delivery.clearance import TOO_MANY
from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import take_turn
from store.engine import Database
from store.outbox import Draft, enqueue, find_by_key, mark_sent
from store.tables.customers import Customer, Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import draft, messages_of, start

AWAKE = replace(COMPANY, quiet_from_hour=0, quiet_until_hour=0, outreach=Outreach(most=2))
HOUR = timedelta(hours=1)
HERE = ("Europe/London", "GB")

messages = st.tuples(
    st.sampled_from([MessageKind.CAMPAIGN, MessageKind.VISIT, MessageKind.ANSWER]),
    st.integers(-200, 100).filter(bool).map(lambda hours: NOW + hours * HOUR),
)


def give(session: Session, customer_id: int, got: list[tuple[MessageKind, datetime]]) -> None:
    """Let somebody have got some messages, and wait for others."""
    for number, (kind, at) in enumerate(got):
        purpose = {MessageKind.CAMPAIGN: Purpose.OFFERS, MessageKind.VISIT: Purpose.VISITS}.get(kind)
        key = f"{kind}:{customer_id}:{number}"
        one = Draft(
            kind=kind,
            channel="telegram",
            address=str(customer_id),
            customer_id=customer_id,
            purpose=purpose,
            text="Hello",
            dedupe_key=key,
            not_before=at,
        )
        enqueue(session, [one], now=NOW - 300 * HOUR)
        if at < NOW:
            row = find_by_key(session, key)
            assert row is not None
            mark_sent(session, row.id, external_id=key, now=at)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.lists(messages, max_size=4), min_size=1, max_size=3))
def test_it_is_what_the_lane_does(
    database: Database, people: list[list[tuple[MessageKind, datetime]]]
) -> None:
    with database.transaction() as session:
        for table in (OutboxMessage, Customer):
            session.execute(delete(table))
        for got in people:
            give(session, make_customer(session).id, got)
        campaign = draft(session)
        foreseen = find_roomless(session, campaign, company=AWAKE, now=NOW)
        assert start(session, campaign)
        wish = Wish(limit=50, reserved={}, held=Gate(0.0, frozenset()))
        take_turn(session, notes=(), wish=wish, channel="telegram", company=AWAKE, now=NOW, claims=[])
        session.expire_all()
        became = Counter(row.state for row in messages_of(session, campaign) if row.reason == TOO_MANY)
    assert sum(foreseen.never.values()) == became[OutboxState.SKIPPED]
    assert sum(foreseen.waits.values()) == became[OutboxState.QUEUED]


def test_what_leaves_after_all_that_counts_now_is_not_foreseen(database: Database) -> None:
    with database.transaction() as session:
        got = [(MessageKind.CAMPAIGN, NOW - HOUR), (MessageKind.CAMPAIGN, NOW - 2 * HOUR)]
        give(session, make_customer(session, timezone=HERE[0], country=HERE[1]).id, got)
        campaign = draft(session)
        for days, waits in ((5, True), (7, False)):
            set_timing(campaign, Timing(NOW + timedelta(days=days)))
            foreseen = find_roomless(session, campaign, company=AWAKE, now=NOW)
            assert (foreseen != ALL_HAVE_ROOM) is waits
        set_timing(campaign, Timing(NOW + timedelta(days=3)))
        assert find_roomless(session, campaign, company=AWAKE, now=NOW).never == {(*HERE, "en"): 1}


def test_who_never_gets_it_is_taken_out_of_the_reach() -> None:
    reach = Reach(4, {"stopped": 1}, {HERE: 2, (None, None): 1}, {"en": 2, "zh": 1})
    found = in_room(reach, Roomless(never={(*HERE, "en"): 2}))
    assert (found.recipients, found.total) == (1, 4)
    assert found.left_out == {"stopped": 1, "too many": 2}
    assert (found.places, found.languages) == ({(None, None): 1}, {"zh": 1})
    assert in_room(reach, ALL_HAVE_ROOM) is reach
