"""What goes wrong on the way out, and what becomes of the message."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scheduler.delivery.calls import WITHOUT_PICTURE
from scheduler.delivery.channel import FileMissingError, RefusedError, UnreachableError
from scheduler.delivery.pacing import TELEGRAM
from scheduler.delivery.turns import Turn
from store.errors import TemporaryError
from store.outbox import Enclosure, withdraw_queued
from store.tables.customers import Identity
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW, make_customer
from tests.scheduler.delivery.fakes import Scene, draft, many

TOO_FAST = TemporaryError("too many requests", retry_after_s=7)
NOT_CONNECTED = TemporaryError("no connection")
RESET = TemporaryError("connection reset", maybe_delivered=True)


async def test_a_failed_call_is_tried_again(scene: Scene) -> None:
    scene.channel.fails("77", NOT_CONNECTED)
    await scene.starts()
    await scene.sends(draft("hi"))
    row = scene.row("hi")
    assert (row.state, row.reason, row.maybe_repeat) == (OutboxState.QUEUED, "no connection", False)
    await scene.time.passes(1.1)
    row = scene.row("hi")
    assert (row.state, row.attempts, row.reason) == (OutboxState.SENT, 2, None)


async def test_words_go_alone_where_their_picture_is_gone_and_it_is_noted(scene: Scene) -> None:
    picture = Enclosure("photo", "telegram", "gone", may_be_missing=True)
    scene.channel.fails("77", FileMissingError("it is gone"))
    await scene.starts()
    await scene.sends(draft("New oolong!", attachments=(picture,)))
    (call,) = scene.channel.calls
    assert (call.text, call.message.attachments) == ("New oolong!", ())
    row = scene.row("New oolong!")
    assert (row.state, row.reason, row.attempts) == (OutboxState.SENT, WITHOUT_PICTURE, 1)


async def test_the_wait_that_the_app_asked_for_is_kept(scene: Scene) -> None:
    scene.channel.fails("77", TOO_FAST)
    await scene.starts(TELEGRAM)
    start = scene.time.seconds
    await scene.sends(draft("hi"), draft("and"), draft("other", address="88"), seconds=6)
    assert scene.channel.texts == ["other"]
    await scene.time.passes(3)
    assert scene.channel.texts == ["other", "hi", "and"]
    assert scene.channel.calls[1].at - start == pytest.approx(7, abs=0.2)


async def test_a_retry_is_not_overtaken_by_the_next_message_of_its_chat(any_scene: Scene) -> None:
    any_scene.channel.fails("77", NOT_CONNECTED, NOT_CONNECTED, NOT_CONNECTED)
    await any_scene.starts()
    await any_scene.sends(draft("first"), seconds=2)
    await any_scene.sends(draft("second"), seconds=20)
    assert any_scene.channel.texts == ["first", "second"]


async def test_nor_is_an_old_one_in_a_broadcast(any_scene: Scene) -> None:
    old: dict[str, Any] = {"not_before": any_scene.time.clock() - timedelta(minutes=1)}
    others = [draft(f"to {chat}", address=str(chat), **old) for chat in range(100, 300)]
    in_line = [draft("first", **old), *others[:5], draft("second", **old), *others[5:]]
    any_scene.channel.fails("77", NOT_CONNECTED)
    await any_scene.starts(TELEGRAM)
    await any_scene.sends(*in_line, seconds=10)
    assert len(any_scene.channel.texts) == len(in_line)
    assert any_scene.channel.texts.index("first") < any_scene.channel.texts.index("second")


async def test_nor_after_a_restart(any_scene: Scene) -> None:
    any_scene.channel.fails("77", TOO_FAST)
    await any_scene.starts()
    await any_scene.sends(draft("first"))
    await any_scene.dies()
    await any_scene.starts()
    await any_scene.sends(draft("second"), seconds=10)
    assert any_scene.channel.texts == ["first", "second"]


async def test_an_answer_that_may_have_arrived_is_repeated(scene: Scene) -> None:
    scene.channel.fails("77", RESET)
    await scene.starts()
    await scene.sends(draft("hi"), seconds=2)
    assert scene.channel.texts == ["hi"]
    assert scene.row("hi").maybe_repeat


async def test_an_alert_that_may_be_a_repeat_says_so(scene: Scene) -> None:
    scene.channel.fails("77", RESET, NOT_CONNECTED)
    await scene.starts()
    await scene.sends(draft("C-1001 opened", kind=MessageKind.ALERT), seconds=10)
    assert scene.channel.texts == ["(may be a repeat)\nC-1001 opened"]


async def test_marketing_that_may_have_arrived_stays_uncertain(scene: Scene) -> None:
    scene.channel.fails("77", RESET)
    await scene.starts()
    await scene.sends(draft("sale", kind=MessageKind.CAMPAIGN), seconds=600)
    row = scene.row("sale")
    assert (row.state, row.reason) == (OutboxState.UNCERTAIN, "connection reset")
    assert scene.channel.tries == 1


async def test_marketing_that_surely_did_not_arrive_is_tried_again(scene: Scene) -> None:
    scene.channel.fails("77", TOO_FAST)
    await scene.starts()
    await scene.sends(draft("sale", kind=MessageKind.CAMPAIGN), seconds=10)
    assert scene.channel.texts == ["sale"]


async def test_a_refused_message_fails_and_the_next_goes_on(scene: Scene) -> None:
    scene.channel.fails("77", RefusedError("message is too long"))
    await scene.starts()
    await scene.sends(draft("bad"), draft("good"))
    row = scene.row("bad")
    assert (row.state, row.reason) == (OutboxState.FAILED, "message is too long")
    assert scene.channel.texts == ["good"]


async def test_a_fault_of_ours_fails_one_message_and_is_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.channel.fails("77", ZeroDivisionError("oops"))
    await scene.starts()
    await scene.sends(draft("bad"), draft("good"))
    assert scene.row("bad").state is OutboxState.FAILED
    assert scene.channel.texts == ["good"]
    assert "oops" in caplog.text


async def test_who_cannot_be_reached_is_not_tried_again(scene: Scene) -> None:
    with scene.database.transaction() as session:
        customer = make_customer(session, sender="77")
    scene.channel.fails("77", UnreachableError("bot was blocked by the user"))
    await scene.starts()
    campaign = {"kind": MessageKind.CAMPAIGN, "customer_id": customer.id}
    await scene.sends(draft("one", **campaign), draft("two", **campaign), draft("three", **campaign))
    assert scene.channel.tries == 1
    assert set(scene.states().values()) == {OutboxState.UNREACHABLE}
    assert scene.row("one").reason == "bot was blocked by the user"
    with scene.database.reading() as session:
        assert session.scalars(select(Identity)).one().unreachable_since == NOW


async def test_alerts_wait_for_a_staff_chat_that_cannot_be_reached_and_the_log_says_what_to_do(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    staff = "-100123"
    scene.channel.fails(staff, *[UnreachableError("chat not found")] * 40)
    await scene.starts(TELEGRAM)
    alerts = [draft(f"alert {number}", kind=MessageKind.ALERT, address=staff) for number in range(3)]
    await scene.sends(*alerts, draft("answer", address="77"), seconds=1800)
    assert scene.channel.texts == ["answer"]
    assert scene.channel.tries < 40
    assert {row for key, row in scene.states().items() if key != "answer"} == {OutboxState.QUEUED}
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert 3 <= len(warnings) <= 4
    assert "telegram:-100123 (chat not found)" in warnings[0].getMessage()
    assert "add the bot to the group, and check RAPPORT_STAFF_CHAT" in warnings[0].getMessage()
    scene.channel.troubles.clear()
    await scene.time.passes(61)
    assert scene.channel.texts == ["answer", "alert 0", "alert 1", "alert 2"]


async def test_an_alert_leaves_though_whoever_else_has_its_address_was_out_of_reach(scene: Scene) -> None:
    with scene.database.transaction() as session:
        make_customer(session, sender="77")
        session.scalars(select(Identity)).one().unreachable_since = NOW
    await scene.starts()
    await scene.sends(draft("answer"), draft("alert", kind=MessageKind.ALERT))
    assert scene.channel.texts == ["alert"]
    assert scene.row("answer").state is OutboxState.UNREACHABLE


async def test_an_outage_pauses_the_lane_and_every_message_survives_it(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.channel.outage = NOT_CONNECTED
    await scene.starts(TELEGRAM)
    await scene.sends(*many(40), seconds=3600)
    assert scene.channel.tries < 200
    assert "does not take messages" in caplog.text
    scene.channel.outage = None
    await scene.time.passes(330)
    texts = [text for text in scene.channel.texts if text.startswith("answer")]
    assert sorted(texts) == sorted(f"answer {number}" for number in range(40))
    assert "answers again" in caplog.text


async def test_in_an_outage_no_message_is_risked_to_find_out_whether_it_is_over(scene: Scene) -> None:
    scene.channel.outage = TemporaryError("502", maybe_delivered=True)
    await scene.starts(TELEGRAM)
    await scene.sends(*many(300, MessageKind.CAMPAIGN), seconds=3600)
    assert scene.channel.tries < 10
    assert scene.channel.looks > 100
    scene.channel.outage = None
    await scene.time.passes(60)
    uncertain = [state for state in scene.states().values() if state is OutboxState.UNCERTAIN]
    assert len(uncertain) == scene.channel.tries - len(scene.channel.calls) < 10
    assert len(scene.channel.calls) + len(uncertain) == 301  # with what staff are told, on another app


async def test_in_an_outage_the_app_is_not_asked_before_the_wait_that_it_named(scene: Scene) -> None:
    scene.channel.outage = NOT_CONNECTED
    await scene.starts(TELEGRAM)
    await scene.sends(*many(20), seconds=1)
    scene.channel.outage = TemporaryError("too many requests", retry_after_s=60)
    await scene.time.passes(5)
    looks = scene.channel.looks
    await scene.time.passes(50)
    assert scene.channel.looks == looks
    scene.channel.outage = None
    await scene.time.passes(120)
    assert len(scene.channel.calls) == 21  # with what staff are told
    assert not scene.lane._traffic.in_outage


async def test_an_outage_ends_though_nothing_is_left_to_send(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.channel.outage = NOT_CONNECTED
    await scene.starts(TELEGRAM)
    await scene.sends(*many(9, expires_at=NOW + timedelta(seconds=20)), seconds=100)
    scene.channel.outage = None
    await scene.time.passes(40)
    assert "answers again" in caplog.text
    assert not scene.lane._traffic.in_outage


async def test_a_message_is_given_up_when_it_is_no_longer_worth_sending(scene: Scene) -> None:
    scene.channel.outage = NOT_CONNECTED
    await scene.starts()
    await scene.sends(draft("hi", expires_at=NOW + timedelta(seconds=100)), seconds=200)
    scene.channel.outage = None
    await scene.time.passes(40)
    assert "hi" not in scene.channel.texts
    row = scene.row("hi")
    assert row.state is OutboxState.FAILED
    assert "attempts" in (row.reason or "")


async def test_one_chat_that_is_told_to_wait_holds_no_other(scene: Scene) -> None:
    scene.channel.fails("777", *[TemporaryError("too many requests", retry_after_s=30)] * 20)
    await scene.starts(TELEGRAM)
    await scene.sends(draft("hi", address="777"), *many(100), seconds=4)
    assert scene.channel.texts == [f"answer {number}" for number in range(100)]
    await scene.time.passes(240)
    assert scene.row("hi").state is OutboxState.QUEUED
    await scene.sends(draft("other", address="88"), seconds=0.5)
    assert scene.channel.texts[-1] == "other"


async def test_several_chats_that_are_told_to_wait_hold_the_lane(scene: Scene) -> None:
    for address in ("a", "b", "c"):
        scene.channel.fails(address, TOO_FAST)
    await scene.starts(TELEGRAM)
    await scene.sends(*(draft(f"to {address}", address=address) for address in "abc"), seconds=0.5)
    await scene.sends(*many(100), seconds=6)
    assert scene.channel.tries == 3
    await scene.time.passes(30)
    assert len(scene.channel.calls) == 103


async def test_too_many_requests_make_the_lane_slower_for_a_while(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    usual_s = scene.lane._traffic._pace.interval_s
    for address in ("a", "b", "c"):
        scene.channel.fails(address, TOO_FAST)
        await scene.sends(draft(f"to {address}", address=address), seconds=0.1)
    await scene.sends(*many(200), seconds=3)
    assert scene.lane._traffic._pace.interval_s > 1.1 * usual_s
    assert len(scene.channel.calls) < 80
    await scene.time.passes(20)
    assert scene.lane._traffic._pace.interval_s == pytest.approx(usual_s)
    assert len(scene.channel.calls) == 203


async def test_killed_between_sending_and_noting(scene: Scene) -> None:
    scene.channel.latency_s = 1
    await scene.starts()
    await scene.sends(
        draft("answer"),
        draft("alert", kind=MessageKind.ALERT, address="88"),
        draft("campaign", kind=MessageKind.CAMPAIGN, address="99"),
    )
    await scene.dies()
    assert set(scene.states().values()) == {OutboxState.SENDING}
    scene.channel.latency_s = 0
    await scene.starts()
    await scene.time.passes(1)
    assert scene.channel.texts == ["answer", "(may be a repeat)\nalert"]
    assert scene.states() == {
        "answer": OutboxState.SENT,
        "alert": OutboxState.SENT,
        "campaign": OutboxState.UNCERTAIN,
    }


async def test_a_database_that_fails_for_a_while_loses_nothing(scene: Scene) -> None:
    scene.channel.latency_s = 1
    await scene.starts()
    await scene.sends(draft("first", kind=MessageKind.CAMPAIGN))
    working = scene.database.run

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    scene.database.run = broken  # type: ignore[method-assign,assignment]  # the fault of this test
    await scene.sends(draft("second", address="88"), seconds=60)
    scene.database.run = working  # type: ignore[method-assign]  # mended
    await scene.time.passes(15)
    assert scene.channel.texts == ["first", "second"]
    assert set(scene.states().values()) == {OutboxState.SENT}


async def test_a_commit_of_which_nobody_learns_loses_nothing_and_repeats_nothing(scene: Scene) -> None:
    await scene.starts()
    working = scene.database.run
    cut_off: list[str] = []

    async def commits_and_loses_the_answer(work: Any, *args: Any, **kwargs: Any) -> Any:
        result = await working(work, *args, **kwargs)
        if len(cut_off) < 2 and isinstance(result, Turn) and result.ready:
            cut_off.append("the connection broke")
            raise OSError(cut_off[-1])
        return result

    scene.database.run = commits_and_loses_the_answer  # type: ignore[method-assign]  # the fault of this test
    await scene.sends(*many(3, MessageKind.CAMPAIGN), seconds=30)
    assert len(cut_off) == 2
    assert sorted(scene.channel.texts) == ["campaign 0", "campaign 1", "campaign 2"]
    assert set(scene.states().values()) == {OutboxState.SENT}
    assert scene.row("campaign 0").attempts == 1


async def test_a_message_that_was_withdrawn_does_not_leave(scene: Scene) -> None:
    scene.queue(draft("later", not_before=NOW + timedelta(seconds=5)))
    await scene.starts()
    with scene.database.transaction() as session:
        assert withdraw_queued(session, OutboxMessage.address == "77", reason="changed our mind") == 1
    await scene.time.passes(10)
    assert scene.channel.calls == []
    assert scene.row("later").reason == "changed our mind"
