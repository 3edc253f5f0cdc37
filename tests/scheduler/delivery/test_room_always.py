"""Whatever is queued, whenever, on two apps: no window has more than may be, nothing waits for ever."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.outreach import YIELDING, Outreach
from scheduler.delivery.room import COUNTED
from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import Note, take_turn
from store.departures import Ended, PutBack, Sent, Settlement
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Identity, Purpose
from store.tables.outreach import Suppression
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer

HOUR = timedelta(hours=1)
CHANNELS = ("telegram", "webchat")
KINDS = {
    Purpose.VISITS: MessageKind.VISIT,
    Purpose.GREETINGS: MessageKind.GREETING,
    Purpose.INVITATIONS: MessageKind.INVITATION,
    Purpose.OFFERS: MessageKind.CAMPAIGN,
}
LAST_TURNS = 20
"""Nine hours apart: after them whatever was queued is stale."""

ENDS = ("sent", "uncertain", "failed", "again")
"""What becomes of a call."""


@dataclass(frozen=True)
class Step:
    """Somebody queues a message, time goes by, and a lane takes a turn.

    ``wait_h`` and ``lifetime_h`` are hours until the message may leave, and until it is stale; ``hours`` go
    by before the turn, backwards where the clock is put back.
    """

    purpose: Purpose
    kind: MessageKind | None
    channel: str
    wait_h: int
    lifetime_h: int
    hours: int
    end: str


steps = st.builds(
    Step,
    purpose=st.sampled_from(Purpose),
    kind=st.sampled_from([None, None, None, MessageKind.REMINDER, MessageKind.FOLLOW_UP]),
    channel=st.sampled_from(CHANNELS),
    wait_h=st.sampled_from([0, 0, 5, 30]),
    lifetime_h=st.sampled_from([3, 40, 100]),
    hours=st.sampled_from([0, 0, 1, 7, 20, -2]),
    end=st.sampled_from([*ENDS, "sent", "sent"]),
)
outreaches = st.builds(
    Outreach,
    most=st.integers(1, 3),
    within=st.sampled_from([timedelta(hours=10), timedelta(days=2)]),
    yielding=st.permutations(YIELDING),
)


def with_two_addresses(session: Session) -> int:
    ana = make_customer(session, sender="t").id
    values = {"channel": "webchat", "sender": "w", "address": "w", "created_at": NOW, "last_used_at": NOW}
    session.add(Identity(customer_id=ana, **values))
    session.flush()
    return ana


def queue(session: Session, ana: int, step: Step, number: int, now: datetime) -> None:
    leaves = now + step.wait_h * HOUR
    draft = Draft(
        kind=step.kind or KINDS[step.purpose],
        channel=step.channel,
        address=step.channel[0],
        text="words",
        customer_id=ana,
        purpose=step.purpose,
        dedupe_key=f"message:{number}:{ana}",
        not_before=leaves,
        expires_at=leaves + step.lifetime_h * HOUR,
    )
    enqueue(session, [draft], now=now)


def settlement(row: int, attempts: int, end: str, now: datetime) -> Settlement:
    if end == "sent":
        return Sent(row, f"x{row}", now)
    if end == "again":
        return PutBack(row, now, attempts, maybe_repeat=False, reason="busy", retry_at=now)
    return Ended(row, OutboxState(end), "the line broke")


def turn(session: Session, channel: str, end: str, company: Company, now: datetime) -> int:
    """Let a lane take a turn, and note at once what became of its calls; returns how many of them count."""
    wish = Wish(limit=9, reserved={}, held=Gate(0.0, frozenset()))
    found = take_turn(session, notes=(), wish=wish, channel=channel, company=company, now=now, claims=[])
    notes = [
        Note(ready.row.address, settlement(ready.row.id, ready.row.attempts, end, now))
        for ready in found.ready
    ]
    none = Wish(limit=0, reserved={}, held=Gate(0.0, frozenset()))
    take_turn(session, notes=notes, wish=none, channel=channel, company=company, now=now, claims=[])
    return sum(ready.row.kind in COUNTED for ready in found.ready) if end in ("sent", "uncertain") else 0


def most_in_any(moments: Sequence[datetime], within: timedelta) -> int:
    """Count, window by window, how many lie in the fullest."""
    return max((sum(at - within < one <= at for one in moments) for at in moments), default=0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(steps, min_size=4, max_size=14), outreach=outreaches)
def test_no_window_is_too_full_and_nothing_waits_for_ever(
    database: Database, taken: list[Step], outreach: Outreach
) -> None:
    company = replace(COMPANY, outreach=outreach, quiet_from_hour=0, quiet_until_hour=0)
    counted: list[datetime] = []
    now = NOW
    with database.transaction() as session:
        for table in (OutboxMessage, Suppression, Customer):
            session.execute(delete(table))
        ana = with_two_addresses(session)
        for number, step in enumerate(taken):
            queue(session, ana, step, number, now)
            now += step.hours * HOUR
            counted += [now] * turn(session, step.channel, step.end, company, now)
        for _ in range(LAST_TURNS):
            now += 9 * HOUR
            for channel in CHANNELS:
                counted += [now] * turn(session, channel, "sent", company, now)
        session.expire_all()
        rows = session.scalars(select(OutboxMessage)).all()
        noted = {one.occasion: one.reason for one in session.scalars(select(Suppression))}

    assert most_in_any(counted, outreach.within) <= outreach.most
    assert {row.state for row in rows}.isdisjoint({OutboxState.QUEUED, OutboxState.SENDING})
    for row in rows:
        skipped = row.state is OutboxState.SKIPPED
        assert (row.dedupe_key.rsplit(":", 1)[0] in noted) == skipped
        if skipped and row.kind not in COUNTED:
            assert noted[row.dedupe_key.rsplit(":", 1)[0]] == "too late"
