"""The app's limits hold over a restart, and when another process takes the lane over."""

from collections.abc import Sequence

import pytest

from scheduler.delivery.pacing import TELEGRAM, ChatRule, LaneRules
from store.tables.queues import MessageKind, OutboxState
from tests.scheduler.delivery.fakes import Scene, draft, many


def most_in(span_s: float, moments: Sequence[float]) -> int:
    """Count the most of some moments that a trailing span has seen, as a server that enforces it does."""
    return max(sum(end - span_s < other <= end for other in moments) for end in moments)


@pytest.mark.parametrize("killed", [True, False])
async def test_a_second_never_sees_more_than_the_limit_though_the_program_dies_in_it(
    scene: Scene, *, killed: bool
) -> None:
    scene.queue(*many(200, MessageKind.CAMPAIGN))
    for _ in range(6):
        await scene.starts(LaneRules(per_s=30))
        await scene.time.passes(0.7)
        await (scene.dies() if killed else scene.stops())
    starts = [call.at for call in scene.channel.calls]
    assert len(starts) > 60
    assert most_in(1.0, starts) <= 30


async def test_calls_that_were_under_way_at_the_kill_count_as_of_now(scene: Scene) -> None:
    scene.channel.latency_s = 5
    await scene.starts(LaneRules(per_s=30))
    await scene.sends(*many(40, MessageKind.CAMPAIGN), seconds=0.9)
    await scene.dies()
    began = scene.channel.tries
    scene.channel.latency_s = 0
    await scene.starts(LaneRules(per_s=30))
    await scene.time.passes(0.9)
    assert began + len(scene.channel.calls) <= 30 + 2
    uncertain = [key for key, state in scene.states().items() if state is OutboxState.UNCERTAIN]
    assert len(uncertain) <= began + 2


async def test_a_groups_minute_is_remembered(scene: Scene) -> None:
    await scene.starts(TELEGRAM)
    await scene.sends(*(draft(f"part {number}", address="-100") for number in range(60)), seconds=30)
    for _ in range(4):
        await scene.dies()
        await scene.starts(TELEGRAM)
        await scene.time.passes(13)
    starts = [call.at for call in scene.channel.calls]
    assert len(starts) > 20
    assert most_in(60.0, starts) <= 20


async def test_a_chat_that_was_just_written_to_rests_after_a_restart(scene: Scene) -> None:
    await scene.starts(LaneRules(private=ChatRule(10, burst=1)))
    await scene.sends(draft("one"), seconds=1)
    await scene.stops()
    await scene.starts()
    await scene.sends(draft("two"), seconds=8)
    assert scene.channel.texts == ["one"]
    await scene.time.passes(1.5)
    assert scene.channel.texts == ["one", "two"]
