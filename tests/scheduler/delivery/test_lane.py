"""The lane sends what is queued: in order, at its pace, once."""

from datetime import timedelta
from itertools import pairwise

import pytest

from scheduler.delivery.pacing import TELEGRAM, UNLIMITED, ChatRule, LaneRules
from scheduler.delivery.traffic import Traffic
from store.outbox import Button, Document
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxState
from tests.factories import NOW
from tests.scheduler.delivery.fakes import Scene, draft, many


async def test_a_queued_message_leaves_and_is_noted(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(
        draft("hi", buttons=((Button("Yes", "a:1"),),), document=Document("a.json", "application/json", "{}"))
    )
    [call] = scene.channel.calls
    row = scene.row("hi")
    assert (call.message.address, call.text, call.message.id) == ("77", "hi", row.id)
    assert call.message.buttons == ((Button("Yes", "a:1"),),)
    assert call.message.document == Document("a.json", "application/json", "{}")
    assert (row.state, row.external_id, row.sent_at, row.attempts) == (OutboxState.SENT, "x1", NOW, 1)


async def test_only_its_own_channels_messages_leave(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(draft("web", channel="webchat"), draft("tg"))
    assert scene.channel.texts == ["tg"]


async def test_messages_of_one_chat_keep_their_order(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(*(draft(f"part {number}") for number in range(20)))
    assert scene.channel.texts == [f"part {number}" for number in range(20)]


async def test_a_chat_keeps_its_order_while_calls_are_slow(scene: Scene) -> None:
    scene.channel.latency_s = 0.3
    await scene.starts()
    await scene.sends(draft("a1"), draft("a2"), draft("b1", address="88"), draft("b2", address="88"))
    await scene.time.passes(0.4)
    assert sorted(scene.channel.texts) == ["a1", "b1"]
    await scene.time.passes(0.4)
    assert sorted(scene.channel.texts[2:]) == ["a2", "b2"]


async def test_urgent_messages_leave_first(scene: Scene) -> None:
    kinds = [MessageKind.CAMPAIGN, MessageKind.VISIT, MessageKind.ALERT, MessageKind.ANSWER]
    scene.queue(*(draft(kind, kind=kind, address=kind) for kind in kinds))
    await scene.starts(LaneRules(per_s=1))
    await scene.time.passes(10)
    assert scene.channel.texts == ["answer", "alert", "visit", "campaign"]


async def test_an_answer_does_not_wait_behind_a_broadcast(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    await scene.sends(*many(300, MessageKind.CAMPAIGN), seconds=2)
    asked_at = scene.time.seconds
    await scene.sends(draft("answer", address="999"), seconds=1)
    [answer] = [call for call in scene.channel.calls if call.text == "answer"]
    assert answer.at - asked_at < 0.2


async def test_an_answer_does_not_wait_for_slow_calls_of_a_broadcast(scene: Scene) -> None:
    scene.channel.latency_s = 30
    await scene.starts(LaneRules(concurrency=8))
    await scene.sends(*many(100, MessageKind.CAMPAIGN), seconds=1)
    assert scene.channel.tries < 8
    scene.channel.latency_s = 0
    await scene.sends(draft("answer", address="999"))
    assert scene.channel.texts == ["answer"]


async def test_answers_never_wait_for_more_than_a_second_behind_a_long_broadcast(scene: Scene) -> None:
    scene.queue(*many(20_000, MessageKind.CAMPAIGN))
    await scene.starts(TELEGRAM)
    asked: dict[str, float] = {}
    for number in range(25):
        asked[f"to {number}"] = scene.time.seconds
        await scene.sends(draft(f"to {number}", address=f"asker {number}"), seconds=0.13)
    await scene.time.passes(1)
    answered = {call.text: call.at for call in scene.channel.calls}
    assert max(answered[text] - at for text, at in asked.items()) < 0.5
    assert sum(text.startswith("campaign") for text in answered) > 80


@pytest.mark.parametrize("latency_s", [0.05, 1.0, 5.0])
async def test_nor_while_the_app_is_slow_and_a_broadcast_has_all_the_calls(
    scene: Scene, latency_s: float
) -> None:
    scene.channel.latency_s = latency_s
    scene.queue(*many(400, MessageKind.CAMPAIGN))
    await scene.starts(TELEGRAM)
    await scene.time.passes(4)
    asked: dict[str, float] = {}
    for number in range(12):
        asked[f"to {number}"] = scene.time.seconds
        await scene.sends(draft(f"to {number}", address=f"asker {number}"), seconds=0.5)
    await scene.time.passes(latency_s + 1)
    answered = {call.text: call.at - latency_s for call in scene.channel.calls}
    assert max(answered[text] - at for text, at in asked.items()) < 1


async def test_nothing_of_a_campaign_that_is_stopped_leaves(scene: Scene) -> None:
    with scene.database.transaction() as session:
        chat = {"channel": "webchat", "address": "staff"}
        made = [Campaign(text="", audience="all", created_at=NOW, state=state, **chat) for state in RUNS]
        session.add_all(made)
        session.flush()
        paused, cancelled, running = (campaign.id for campaign in made)
    scene.queue(*many(300, MessageKind.CAMPAIGN, campaign_id=paused))
    scene.queue(draft("no", address="no", kind=MessageKind.CAMPAIGN, campaign_id=cancelled))
    scene.queue(draft("yes", address="yes", kind=MessageKind.CAMPAIGN, campaign_id=running))
    await scene.starts()
    await scene.time.passes(5)
    assert scene.channel.texts == ["yes"]
    with scene.database.transaction() as session:
        session.get_one(Campaign, paused).state = CampaignState.RUNNING
    await scene.time.passes(5)
    assert len(scene.channel.texts) == 301
    assert scene.row("no").state is OutboxState.QUEUED


RUNS = (CampaignState.PAUSED, CampaignState.CANCELLED, CampaignState.RUNNING)


async def test_the_pace_is_even_and_reaches_the_limit(scene: Scene) -> None:
    await scene.starts(LaneRules(per_s=30))
    await scene.sends(*many(301), seconds=10.5)
    starts = [call.at for call in scene.channel.calls]
    assert len(starts) == 301
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert min(gaps) > 1 / 30 - 1e-6
    assert starts[-1] - starts[0] == pytest.approx(10, rel=0.013)


async def test_what_a_slow_disk_has_missed_is_made_up_for(scene: Scene) -> None:
    await scene.starts(LaneRules(per_s=30))
    inner, slow_in = scene.database.run, set[int]()

    async def slow(*args: object, **kwargs: object) -> object:
        second = int(scene.time.seconds)
        if second not in slow_in:
            slow_in.add(second)
            await scene.time.sleep(0.2)
        return await inner(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came

    scene.database.run = slow  # type: ignore[method-assign,assignment]  # a disk that is slow once a second
    scene.queue(*many(301))
    scene.lane.wake()
    await scene.time.passes(10.5)
    scene.database.run = inner  # type: ignore[method-assign]  # as it was
    await scene.time.passes(0.5)
    starts = [call.at for call in scene.channel.calls]
    assert sum(at <= starts[0] + 10 for at in starts) >= 0.97 * 300
    assert all(sum(at <= other < at + 1 for other in starts) <= 30 for at in starts)


async def test_after_a_rest_nothing_leaves_faster_than_the_pace(scene: Scene) -> None:
    await scene.starts(LaneRules(per_s=30))
    await scene.sends(*many(3), seconds=5)
    await scene.sends(
        *(draft(f"later {number}", address=f"later {number}") for number in range(20)), seconds=2
    )
    starts = [call.at for call in scene.channel.calls]
    assert len(starts) == 23
    assert min(later - earlier for earlier, later in pairwise(starts)) > 1 / 30 - 1e-6


async def test_long_texts_leave_as_slowly_as_their_parts(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    texts = ("x" * 10_000 + str(number) for number in range(90))
    await scene.sends(*(draft(text, address=text[-5:]) for text in texts), seconds=5)
    assert 45 <= len(scene.channel.calls) <= 52


async def test_a_short_answer_in_parts_leaves_at_once_but_a_chat_is_not_flooded(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    start = scene.time.seconds
    await scene.sends(*(draft(f"part {number}") for number in range(10)), seconds=20)
    starts = [call.at - start for call in scene.channel.calls]
    assert scene.channel.texts == [f"part {number}" for number in range(10)]
    assert starts[2] < 0.2
    assert starts[3:] == pytest.approx([1, 2, 3, 4, 5, 6, 7], abs=0.2)


async def test_a_group_gets_twenty_messages_a_minute(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    await scene.sends(*(draft(f"part {number}", address="-100") for number in range(60)), seconds=240)
    starts = [call.at for call in scene.channel.calls]
    assert len(starts) == 60
    assert all(sum(1 for other in starts if at <= other < at + 60) <= 20 for at in starts)


async def test_an_alert_does_not_wait_behind_the_progress_of_a_broadcast(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    await scene.sends(draft("sending", address="-100"), seconds=60)
    for number in range(40):  # far more often than a campaign shows how it goes
        shown = draft(
            f"progress {number}",
            kind=MessageKind.PROGRESS,
            address="-100",
            edits="sending",
            dedupe_key=f"p{number}",
        )
        await scene.sends(shown, seconds=2)
    asked_at = scene.time.seconds
    alerts = [draft(f"alert {number}", kind=MessageKind.ALERT, address="-100") for number in range(3)]
    await scene.sends(*alerts, seconds=1)
    assert [call.text for call in scene.channel.calls if call.at >= asked_at] == [
        "alert 0",
        "alert 1",
        "alert 2",
    ]


async def test_a_slow_chat_does_not_hold_others(scene: Scene) -> None:
    await scene.starts(LaneRules(private=ChatRule(10, burst=1)))
    await scene.sends(draft("a1"), draft("a2"), draft("b1", address="88"))
    assert scene.channel.texts == ["a1", "b1"]
    await scene.time.passes(10)
    assert scene.channel.texts == ["a1", "b1", "a2"]


async def test_a_message_waits_for_its_moment(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(draft("later", not_before=NOW + timedelta(seconds=90)), seconds=89)
    assert scene.channel.calls == []
    await scene.time.passes(1.5)
    assert scene.channel.texts == ["later"]


async def test_rows_that_another_process_queued_are_found(scene: Scene) -> None:
    await scene.starts()
    await scene.time.passes(1)
    scene.queue(draft("from elsewhere"))
    await scene.time.passes(3)
    assert scene.channel.texts == ["from elsewhere"]


def turns_counted(scene: Scene, *, turn_s: float = 0.0) -> list[float]:
    """Let each turn take so long; gives the moments at which turns begin, as they come."""
    began: list[float] = []
    inner = scene.database.run

    async def counted(*args: object, **kwargs: object) -> object:
        began.append(scene.time.seconds)
        if turn_s:
            await scene.time.sleep(turn_s)
        return await inner(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came

    scene.database.run = counted  # type: ignore[method-assign,assignment]  # counts the turns
    return began


async def test_an_idle_lane_rests(scene: Scene) -> None:
    await scene.starts()
    turns = turns_counted(scene)
    await scene.time.passes(60)
    assert len(turns) <= 31


async def test_what_waits_in_one_chat_takes_a_turn_each(scene: Scene) -> None:
    await scene.starts()
    turns = turns_counted(scene)
    scene.channel.latency_s = 0.003
    await scene.sends(*(draft(str(number)) for number in range(10)), seconds=1)
    assert scene.channel.texts == [str(number) for number in range(10)]
    assert len(turns) <= 12


async def test_a_lane_that_is_not_behind_leaves_the_database_to_others_half_of_the_time(scene: Scene) -> None:
    await scene.starts()
    turns = turns_counted(scene, turn_s=0.02)
    for number in range(100):
        await scene.sends(draft(str(number), address=str(number)), seconds=0.01)
    await scene.time.passes(0.1)
    assert len(scene.channel.calls) == 100
    assert 20 <= len(turns) <= 30
    del scene.database.run  # the last notes of a lane that is stopped take no time


def test_a_lane_knows_that_more_may_wait_though_its_last_places_are_free() -> None:
    wish = Traffic(UNLIMITED).wish(0.0, [])
    assert wish.limit == UNLIMITED.concurrency
    assert wish.least_limit == wish.limit - UNLIMITED.concurrency // 8


async def test_a_held_chat_does_not_keep_the_lane_busy(scene: Scene) -> None:
    await scene.starts(LaneRules(private=ChatRule(100, burst=1)))
    await scene.sends(draft("a1"), draft("a2"), seconds=0.1)
    last = scene.lane._last
    await scene.time.passes(1.8)
    assert scene.lane._last is last


BRISK = LaneRules(per_s=1000)


async def test_what_landed_is_noted_together_while_nothing_more_is_due(scene: Scene) -> None:
    await scene.starts(BRISK)
    scene.channel.latency_s = 0.2
    await scene.sends(draft("slow", address="1"), seconds=0.02)
    scene.channel.latency_s = 0.001
    await scene.sends(draft("quick", address="2"), seconds=0.04)
    assert scene.channel.texts == ["quick"]
    assert scene.states() == {"slow": OutboxState.SENDING, "quick": OutboxState.SENDING}
    await scene.time.passes(0.03)
    assert scene.states() == {"slow": OutboxState.SENDING, "quick": OutboxState.SENT}


async def test_the_last_to_land_is_noted_soon(scene: Scene) -> None:
    await scene.starts(BRISK)
    scene.channel.latency_s = 0.005
    await scene.sends(draft("alone"), seconds=0.02)
    assert scene.states() == {"alone": OutboxState.SENT}


async def test_what_is_new_does_not_wait_until_what_landed_is_noted(scene: Scene) -> None:
    await scene.starts(BRISK)
    scene.channel.latency_s = 0.2
    await scene.sends(draft("slow", address="1"), seconds=0.02)
    scene.channel.latency_s = 0
    await scene.sends(draft("quick", address="2"), seconds=0.015)
    await scene.sends(draft("new", address="3"), seconds=0.002)
    assert scene.channel.texts == ["quick", "new"]


async def test_a_large_backlog_is_sent_whole_and_once(scene: Scene) -> None:
    await scene.starts()
    await scene.sends(*many(1000))
    for _ in range(100):
        await scene.time.passes(0.1)
    assert sorted(scene.channel.texts) == sorted(f"answer {number}" for number in range(1000))
    assert set(scene.states().values()) == {OutboxState.SENT}
