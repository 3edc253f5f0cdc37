"""How many messages that nobody asked for a customer gets: the rule, and its hours in the life of a lane."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.outreach import YIELDING, Outreach
from scheduler.delivery.room import COUNTED, Full, Room, Waiting, no_room, room_at
from scheduler.delivery.rooms import select_busy
from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import Note, take_turn
from scheduler.left_out import LeftOut
from store.departures import Claimed, Sent
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.customers import Identity, Purpose
from store.tables.outreach import Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer
from tests.postgres import PostgresServer
from tests.scheduler.delivery.fakes import Scene, draft
from tests.scheduler.test_return_visits import explain

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
AWAKE = replace(COMPANY, quiet_from_hour=0, quiet_until_hour=0)
KINDS = {
    Purpose.VISITS: MessageKind.VISIT,
    Purpose.GREETINGS: MessageKind.GREETING,
    Purpose.INVITATIONS: MessageKind.INVITATION,
    Purpose.OFFERS: MessageKind.CAMPAIGN,
}

hours = st.integers(-400, 400).map(lambda hours: NOW + hours * HOUR)
outreaches = st.builds(
    Outreach,
    most=st.integers(1, 3),
    within=st.sampled_from([DAY, WEEK]),
    yielding=st.permutations(YIELDING),
)
rooms = st.builds(
    Room,
    taken=st.lists(hours, max_size=4).map(tuple),
    waiting=st.lists(st.builds(Waiting, st.sampled_from(Purpose), hours), max_size=4).map(tuple),
)


def slow_no_room(room: Room, purpose: Purpose, outreach: Outreach) -> bool:
    """Count one by one."""
    count = 0
    for at in room.taken:
        if abs(at - NOW) < outreach.within or at == NOW + outreach.within:
            count += 1
    if count >= outreach.most:
        return True
    more_important = outreach.yielding[outreach.yielding.index(purpose) + 1 :]
    for one in room.waiting:
        if one.purpose in more_important and one.from_ - NOW < outreach.within:
            count += 1
    return count >= outreach.most


@given(rooms, st.sampled_from(Purpose), outreaches)
def test_there_is_room_where_counting_finds_some(room: Room, purpose: Purpose, outreach: Outreach) -> None:
    full = no_room(room, purpose, outreach, now=NOW)

    assert (full is not None) == slow_no_room(room, purpose, outreach)
    if full is None:
        return
    assert full.again_at > NOW
    if full.is_final:  # then as much has dropped out as is needed, and not a moment earlier
        left = replace(room, waiting=())
        assert no_room(left, purpose, outreach, now=full.again_at - timedelta(microseconds=1)) is not None
        early = replace(left, taken=tuple(at for at in left.taken if at <= NOW + outreach.within))
        assert no_room(early, purpose, outreach, now=full.again_at) is None


def test_a_clock_that_was_wrong_by_years_does_not_silence_us_for_years() -> None:
    put_back = Room((NOW + HOUR, NOW + DAY * 400))

    assert no_room(put_back, Purpose.OFFERS, Outreach(most=2), now=NOW) is None
    assert no_room(put_back, Purpose.OFFERS, Outreach(most=1), now=NOW) == Full(
        NOW + HOUR + WEEK, is_final=True
    )


def spoken_first(customer_id: int, name: str, purpose: Purpose, *, days: float = 30, **fields: Any) -> Draft:
    """A first-spoken message that is worth sending for a while."""
    values: dict[str, Any] = {
        "kind": KINDS[purpose],
        "purpose": purpose,
        "customer_id": customer_id,
        "dedupe_key": name,
        "expires_at": NOW + DAY * days,
    }
    return draft(name, **(values | fields))


async def starts(scene: Scene, most: int = 2) -> None:
    """Start the lane of a company without quiet hours."""
    scene.company = replace(AWAKE, outreach=Outreach(most=most))
    await scene.starts()


async def days_pass(scene: Scene, days: float) -> None:
    """Let days go by, in which the lane need not look every other second."""
    await scene.stops()
    await scene.time.passes(days * 24 * 3600)
    await scene.starts()


def customer(scene: Scene) -> int:
    with scene.database.transaction() as session:
        return make_customer(session, sender="77").id


def reasons(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(one.occasion, one.reason) for one in session.scalars(select(Suppression))]


async def test_no_more_leave_than_may_and_what_waits_leaves_when_there_is_room(scene: Scene) -> None:
    ana = customer(scene)
    await starts(scene)
    for number in range(4):
        await scene.sends(spoken_first(ana, f"offer {number}", Purpose.OFFERS))
    assert scene.channel.texts == ["offer 0", "offer 1"]
    row = scene.row("offer 3")
    assert (row.state, row.reason) == (OutboxState.QUEUED, "too many messages lately")

    await days_pass(scene, 7.001)

    assert scene.channel.texts == ["offer 0", "offer 1", "offer 2", "offer 3"]
    assert reasons(scene.database) == []


async def test_what_finds_no_room_in_its_lifetime_is_given_up_with_a_record(scene: Scene) -> None:
    ana = customer(scene)
    await starts(scene)
    for number in range(3):
        await scene.sends(spoken_first(ana, f"offer:{number}", Purpose.OFFERS, days=3))
    row = scene.row("offer:2")

    assert (row.state, row.reason) == (OutboxState.SKIPPED, "too many messages lately")
    assert reasons(scene.database) == [("offer:2", LeftOut.TOO_MANY)]


async def test_what_is_more_important_goes_first_though_it_came_later(scene: Scene) -> None:
    ana = customer(scene)
    await starts(scene)
    later = NOW + 5 * HOUR
    scene.queue(
        spoken_first(ana, "visit", Purpose.VISITS, not_before=later),
        spoken_first(ana, "invitation", Purpose.INVITATIONS, not_before=later),
    )
    await scene.sends(spoken_first(ana, "offer", Purpose.OFFERS, days=3))
    assert scene.channel.texts == []

    await days_pass(scene, 0.25)

    assert set(scene.channel.texts) == {"visit", "invitation"}
    assert scene.row("offer").state is OutboxState.SKIPPED
    assert reasons(scene.database) == [("offer", LeftOut.TOO_MANY)]


async def test_where_what_is_more_important_does_not_go_there_is_room(scene: Scene) -> None:
    ana = customer(scene)
    await starts(scene, most=1)
    scene.queue(spoken_first(ana, "visit", Purpose.VISITS, not_before=NOW + 5 * HOUR))
    await scene.sends(spoken_first(ana, "offer", Purpose.OFFERS, days=3))
    assert scene.channel.texts == []
    with scene.database.transaction() as session:
        visit = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key == "visit")).one()
        visit.state = OutboxState.SKIPPED

    await days_pass(scene, 0.25)

    assert scene.channel.texts == ["offer"]


async def test_what_guests_expect_is_neither_counted_nor_held_back(scene: Scene) -> None:
    ana = customer(scene)
    await starts(scene)
    for number, kind in enumerate((MessageKind.REMINDER, MessageKind.FOLLOW_UP) * 2):
        await scene.sends(spoken_first(ana, f"expected {number}", Purpose.INVITATIONS, kind=kind))
    for number in range(2):
        await scene.sends(spoken_first(ana, f"offer {number}", Purpose.OFFERS))
    await scene.sends(spoken_first(ana, "expected 4", Purpose.INVITATIONS, kind=MessageKind.REMINDER))
    assert len(scene.channel.texts) == 7


async def test_a_correction_takes_no_room(scene: Scene) -> None:
    ana = customer(scene)
    await starts(scene)
    await scene.sends(
        *(spoken_first(ana, f"offer {number}", Purpose.OFFERS) for number in range(2)), seconds=5
    )
    await scene.sends(spoken_first(ana, "better", Purpose.OFFERS, edits="offer 1"))
    assert scene.channel.texts[-1] == "better"


@pytest.mark.parametrize("state", [OutboxState.UNCERTAIN, OutboxState.SENDING])
async def test_what_may_have_arrived_counts(scene: Scene, state: OutboxState) -> None:
    ana = customer(scene)
    scene.queue(spoken_first(ana, "lost", Purpose.OFFERS, days=1, channel="webchat"))
    with scene.database.transaction() as session:
        session.scalars(select(OutboxMessage)).one().state = state
    await starts(scene, most=1)
    await scene.sends(spoken_first(ana, "offer", Purpose.OFFERS))
    assert scene.channel.texts == []

    await days_pass(scene, 8.001)

    assert scene.channel.texts == ["offer"]


def turn(database: Database, channel: str, now: datetime, notes: Sequence[Note] = ()) -> list[int]:
    """Take a lane's turn; returns which messages may leave."""
    with database.transaction() as session:
        return turn_in(session, channel, now, notes)


def turn_in(session: Session, channel: str, now: datetime, notes: Sequence[Note] = ()) -> list[int]:
    claims: list[Claimed] = []
    wish = Wish(limit=50, reserved={}, held=Gate(0.0, frozenset()))
    company = replace(AWAKE, outreach=Outreach(most=1))
    found = take_turn(
        session, notes=notes, wish=wish, channel=channel, company=company, now=now, claims=claims
    )
    return [ready.row.id for ready in found.ready]


def on_both(database: Database, customers: int) -> None:
    """Queue a message for each of some customers on each of two channels."""
    with database.transaction() as session:
        for number in range(customers):
            ana = make_customer(session, sender=f"t{number}").id
            session.add(
                Identity(
                    customer_id=ana,
                    channel="webchat",
                    sender=f"w{number}",
                    address=f"w{number}",
                    created_at=NOW,
                    last_used_at=NOW,
                )
            )
            for channel, address in (("telegram", f"t{number}"), ("webchat", f"w{number}")):
                one = spoken_first(
                    ana, f"{channel} {number}", Purpose.OFFERS, channel=channel, address=address
                )
                enqueue(session, [one], now=NOW)


def test_two_lanes_at_once_do_not_both_take_the_last_place(postgres_server: PostgresServer) -> None:
    """Neither sees what the other has decided and not committed."""
    with postgres_server.new_database(tables=True) as url:
        one, other = Database(url), Database(url)
        on_both(one, 5)
        with one.transaction() as first:
            gone = turn_in(first, "telegram", NOW)
            assert turn(other, "webchat", NOW) == []
        assert turn(other, "webchat", NOW + 2 * SECOND) == []
        with other.reading() as session:
            waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "webchat")).all()
        one.close()
        other.close()

    assert len(gone) == 5
    assert {(row.state, row.attempts) for row in waiting} == {(OutboxState.QUEUED, 0)}
    assert {row.not_before for row in waiting} == {NOW + 2 * SECOND + WEEK}


def test_of_a_customer_with_two_addresses_on_one_app_one_leaves(database: Database) -> None:
    with database.transaction() as session:
        ana = make_customer(session, sender="t1").id
        drafts = [spoken_first(ana, f"offer {at}", Purpose.OFFERS, address=at) for at in ("t1", "t2")]
        enqueue(session, drafts, now=NOW)

    gone = turn(database, "telegram", NOW)

    assert len(gone) == 1
    assert turn(database, "telegram", NOW + HOUR, []) == []
    assert set(COUNTED) == set(KINDS.values())
    sent = Note("t1", Sent(gone[0], "x1", NOW))
    assert turn(database, "telegram", NOW + 2 * HOUR, [sent]) == []
    assert turn(database, "telegram", NOW + WEEK, []) != []


def test_who_may_have_no_room_is_found_by_what_was_sent_lately_and_what_waits(any_database: Database) -> None:
    with any_database.transaction() as session:
        plan_text = explain(session, select_busy({"telegram"}, outreach=Outreach(), now=NOW))
    assert "ix_outbox_sent" in plan_text
    assert "ix_outbox_due" in plan_text
    assert "Seq Scan on outbox" not in plan_text
    assert "SCAN outbox" not in plan_text


@given(rooms, st.sampled_from(Purpose), outreaches, st.integers(0, 400).map(lambda hours: NOW + hours * HOUR))
def test_what_may_leave_by_then_has_left_by_then(
    room: Room, purpose: Purpose, outreach: Outreach, at: datetime
) -> None:
    later = room_at(room, purpose, outreach, at=at)
    yields = outreach.yielding[: outreach.yielding.index(purpose)]
    stays = [one for one in room.waiting if one.from_ > at or one.purpose in yields]
    assert list(later.waiting) == stays
    assert len(later.taken) + len(later.waiting) == len(room.taken) + len(room.waiting)
    assert set(room.taken) <= set(later.taken)
