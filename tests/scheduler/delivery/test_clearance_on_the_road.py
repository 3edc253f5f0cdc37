"""What changed since a message was queued is looked at right before it leaves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.consent import set_consent
from customers.identities import mark_unreachable
from scheduler.delivery.pacing import ChatRule, LaneRules
from store.errors import TemporaryError
from store.outbox import Draft
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Consent, Customer, Purpose
from store.tables.desk import Promise, PromiseState
from store.tables.queues import MessageKind, OutboxState
from tests.factories import NOW, make_customer
from tests.scheduler.delivery.fakes import Scene, draft

SPOKEN_FIRST = (
    MessageKind.VISIT,
    MessageKind.REMINDER,
    MessageKind.GREETING,
    MessageKind.INVITATION,
    MessageKind.CAMPAIGN,
)


def customer(scene: Scene, **fields: Any) -> int:
    with scene.database.transaction() as session:
        return make_customer(session, sender="77", **fields).id


def complain(scene: Scene, customer_id: int, state: ComplaintState) -> None:
    with scene.database.transaction() as session:
        session.add(
            Complaint(
                customer_id=customer_id,
                channel="telegram",
                address="77",
                state=state,
                text="It broke.",
                opened_at=NOW,
                first_response_due_at=NOW,
                resolution_due_at=NOW,
            )
        )


def offer(customer_id: int, text: str = "offer", **fields: Any) -> Draft:
    values = {"kind": MessageKind.CAMPAIGN, "purpose": Purpose.OFFERS, "customer_id": customer_id}
    return draft(text, **(values | fields))


async def test_in_the_quiet_hours_of_the_customer_it_waits_for_the_morning(scene: Scene) -> None:
    customer_id = customer(scene, timezone="Asia/Tokyo")  # 21:00 there at noon UTC
    await scene.starts()
    await scene.sends(offer(customer_id), draft("answer", customer_id=customer_id))
    row = scene.row("offer")
    assert scene.channel.texts == ["answer"]
    assert (row.state, row.reason, row.attempts) == (OutboxState.QUEUED, "quiet hours", 0)
    assert row.not_before == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    await scene.stops()
    await scene.time.passes(12 * 3600 + 1)
    await scene.starts()
    assert scene.channel.texts == ["answer", "offer"]


async def test_a_customer_who_travels_is_spoken_to_by_the_clock_where_they_are(scene: Scene) -> None:
    """Queued for noon in London; by then they are in Tokyo, where it is 21:00, and then back."""
    customer_id = customer(scene, timezone="Europe/London")
    scene.queue(offer(customer_id))
    await fly(scene, customer_id, to="Asia/Tokyo")
    await scene.starts()
    assert scene.row("offer").not_before == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)

    await scene.stops()
    await fly(scene, customer_id, to="America/New_York")
    await scene.time.passes(12 * 3600 + 1)  # 9:00 in Tokyo, and 19:00 in New York
    await scene.starts()
    assert scene.channel.texts == ["offer"]


async def fly(scene: Scene, customer_id: int, *, to: str) -> None:
    with scene.database.transaction() as session:
        session.get_one(Customer, customer_id).timezone = to


async def test_what_expires_in_the_quiet_hours_is_skipped(scene: Scene) -> None:
    customer_id = customer(scene, timezone="Asia/Tokyo")
    await scene.starts()
    await scene.sends(offer(customer_id, expires_at=NOW + timedelta(hours=5)))
    assert scene.row("offer").state is OutboxState.SKIPPED


async def test_a_promise_broken_after_queueing(scene: Scene) -> None:
    customer_id = customer(scene)
    scene.queue(offer(customer_id), draft("answer", customer_id=customer_id))
    with scene.database.transaction() as session:
        session.add(
            Promise(
                customer_id=customer_id,
                text="It comes",
                state=PromiseState.BROKEN,
                made_at=NOW,
                due_at=NOW,
                closed_at=NOW,
            )
        )
    await scene.starts()
    assert scene.channel.texts == ["answer"]
    row = scene.row("offer")
    assert (row.state, row.reason) == (OutboxState.SKIPPED, "a promise was broken")


async def test_consent_withdrawn_after_queueing(scene: Scene) -> None:
    customer_id = customer(scene)
    scene.queue(offer(customer_id), draft("answer", customer_id=customer_id))
    with scene.database.transaction() as session:
        set_consent(session, customer_id, granted=False, now=NOW)
    await scene.starts()
    assert scene.channel.texts == ["answer"]
    assert scene.row("offer").reason == "consent withdrawn"


async def test_consent_is_asked_for_the_purpose(scene: Scene) -> None:
    customer_id = customer(scene)
    with scene.database.transaction() as session:
        session.add(Consent(customer_id=customer_id, purpose=Purpose.VISITS, granted=False, changed_at=NOW))
    await scene.starts()
    await scene.sends(offer(customer_id), offer(customer_id, "visit", purpose=Purpose.VISITS))
    await scene.sends(offer(customer_id, "for nothing named", purpose=None))
    assert scene.channel.texts == ["offer"]


@pytest.mark.parametrize("kind", SPOKEN_FIRST)
@pytest.mark.parametrize("state", list(ComplaintState))
async def test_no_marketing_while_a_complaint_is_open(
    scene: Scene, kind: MessageKind, state: ComplaintState
) -> None:
    customer_id = customer(scene)
    complain(scene, customer_id, state)
    await scene.starts()
    await scene.sends(offer(customer_id, kind=kind))
    is_open = state in (ComplaintState.OPEN, ComplaintState.CLAIMED, ComplaintState.WAITING)
    held_back = is_open and kind is not MessageKind.REMINDER
    assert scene.row("offer").state is (OutboxState.SKIPPED if held_back else OutboxState.SENT)


async def test_what_expired_is_skipped(scene: Scene) -> None:
    scene.queue(draft("old", expires_at=NOW - timedelta(seconds=1)))
    await scene.starts()
    row = scene.row("old")
    assert (row.state, row.reason) == (OutboxState.SKIPPED, "expired before it could be sent")


async def test_who_blocked_us_gets_nothing_until_they_write(scene: Scene) -> None:
    customer_id = customer(scene)
    with scene.database.transaction() as session:
        mark_unreachable(session, channel="telegram", address="77", now=NOW)
    await scene.starts()
    await scene.sends(offer(customer_id), draft("answer", customer_id=customer_id))
    assert scene.channel.tries == 0
    assert set(scene.states().values()) == {OutboxState.UNREACHABLE}


async def test_an_edit_changes_the_message_that_was_sent(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(draft("10 %", dedupe_key="progress"))
    await scene.sends(draft("50 %", edits="progress"))
    [first, second] = scene.channel.calls
    assert (second.is_edit, second.external_id, second.text) == (True, first.external_id, "50 %")
    assert scene.row("50 %").external_id == first.external_id


async def test_an_edit_waits_for_its_original(scene: Scene) -> None:
    scene.channel.fails("77", TemporaryError("too many requests", retry_after_s=5))
    await scene.starts()
    await scene.sends(
        draft("alert", kind=MessageKind.ALERT),
        draft("taken", edits="alert", kind=MessageKind.ANSWER),
        seconds=4,
    )
    assert scene.channel.texts == []
    await scene.time.passes(10)
    assert [(call.text, call.is_edit) for call in scene.channel.calls] == [("alert", False), ("taken", True)]


async def test_an_urgent_edit_of_a_message_that_waits_its_turn(scene: Scene) -> None:
    scene.queue(
        draft("alert", kind=MessageKind.ALERT), draft("taken", edits="alert", kind=MessageKind.ANSWER)
    )
    await scene.starts()
    await scene.time.passes(2)
    assert [(call.text, call.is_edit) for call in scene.channel.calls] == [("alert", False), ("taken", True)]


async def test_an_edit_of_what_was_never_sent_is_a_new_message(scene: Scene) -> None:
    scene.queue(draft("gone", expires_at=NOW - timedelta(seconds=1)))
    await scene.starts()
    await scene.sends(draft("instead", edits="gone"), draft("unknown", edits="nobody knows"))
    assert [(call.text, call.is_edit) for call in scene.channel.calls] == [
        ("instead", False),
        ("unknown", False),
    ]


async def test_an_edit_never_reaches_into_another_chat(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(draft("alert", address="88"))
    await scene.sends(draft("taken", address="99", edits="alert"))
    assert [call.is_edit for call in scene.channel.calls] == [False, False]


async def test_of_queued_edits_only_the_newest_leaves(scene: Scene) -> None:
    await scene.starts(LaneRules(private=ChatRule(1, burst=1)))
    await scene.sends(draft("0 %", dedupe_key="progress"))
    await scene.sends(*(draft(f"{number} %", edits="progress") for number in (10, 20, 30)), seconds=5)
    assert scene.channel.texts == ["0 %", "30 %"]
    assert scene.row("10 %").reason == "superseded"
    assert scene.row("20 %").state is OutboxState.SKIPPED


async def test_an_edit_that_may_have_arrived_is_repeated_whatever_its_kind(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(draft("sale", kind=MessageKind.CAMPAIGN))
    scene.channel.fails("77", TemporaryError("reset", maybe_delivered=True))
    await scene.sends(draft("sale over", kind=MessageKind.CAMPAIGN, edits="sale"), seconds=5)
    assert scene.channel.texts == ["sale", "sale over"]
    assert not scene.row("sale over").maybe_repeat


async def test_a_reply_is_shown_under_its_message(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(draft("alert"))
    await scene.sends(draft("their answer", reply_to="alert"), draft("lost", reply_to="unknown"))
    assert [call.message.reply_to for call in scene.channel.calls] == [None, "x1", None]
