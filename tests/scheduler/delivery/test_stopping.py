"""A lane that is stopped, whatever it is doing, leaves every row as it should be."""

from typing import Any

import pytest

from scheduler.delivery.pacing import TELEGRAM
from scheduler.delivery.turns import Turn
from store.tables.queues import MessageKind, OutboxState
from tests.scheduler.delivery.fakes import Scene, draft, many, quiet


async def test_stopped_before_a_call_the_message_keeps_its_place(scene: Scene) -> None:
    scene.queue(*many(2, MessageKind.CAMPAIGN))
    await scene.starts(TELEGRAM)
    await scene.stops()
    assert scene.channel.texts == ["campaign 0"]
    assert scene.states() == {"campaign 0": OutboxState.SENT, "campaign 1": OutboxState.QUEUED}
    assert scene.row("campaign 1").attempts == 0


async def test_stopped_during_a_transaction_nothing_is_forgotten(scene: Scene) -> None:
    await scene.starts()
    scene.queue(*many(5, MessageKind.CAMPAIGN))
    scene.lane.wake()
    await scene.stops()
    assert set(scene.states().values()) <= {OutboxState.SENT, OutboxState.QUEUED}
    await scene.starts()
    assert set(scene.states().values()) == {OutboxState.SENT}
    assert len(scene.channel.texts) == 5


async def test_stopped_during_a_call_it_may_finish(scene: Scene) -> None:
    scene.channel.latency_s = 1
    await scene.starts()
    scene.lane._grace_s = 60
    await scene.sends(draft("sale", kind=MessageKind.CAMPAIGN))
    assert scene.running is not None
    scene.running.cancel()
    await scene.time.passes(2)
    await quiet()
    assert scene.row("sale").state is OutboxState.SENT


async def test_stopped_during_a_call_that_does_not_end(scene: Scene) -> None:
    scene.channel.latency_s = 1000
    await scene.starts()
    await scene.sends(draft("sale", kind=MessageKind.CAMPAIGN), draft("hi", address="88"))
    await scene.stops()
    assert scene.states() == {"sale": OutboxState.UNCERTAIN, "hi": OutboxState.QUEUED}
    assert scene.row("hi").maybe_repeat


async def test_stopped_after_such_a_commit_it_goes_back_in_line(scene: Scene) -> None:
    await scene.starts()
    working = scene.database.run

    async def loses_the_answer(work: Any, *args: Any, **kwargs: Any) -> Any:
        result = await working(work, *args, **kwargs)
        if isinstance(result, Turn) and result.ready:
            raise OSError("the connection broke")
        return result

    scene.database.run = loses_the_answer  # type: ignore[method-assign]  # the fault of this test
    await scene.sends(*many(3, MessageKind.CAMPAIGN))
    await scene.stops()
    assert scene.channel.texts == []
    assert set(scene.states().values()) == {OutboxState.QUEUED}


@pytest.mark.parametrize(("away_s", "state"), [(1, OutboxState.SENT), (9, OutboxState.SENDING)])
async def test_stopped_while_the_database_is_away_for_a_moment_it_notes_what_was_sent(
    scene: Scene, caplog: pytest.LogCaptureFixture, away_s: float, state: OutboxState
) -> None:
    scene.channel.latency_s = 1
    await scene.starts()
    await scene.sends(draft("sale", kind=MessageKind.CAMPAIGN))
    working = scene.database.run

    async def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("the database is away")

    scene.database.run = broken  # type: ignore[method-assign,assignment]  # the fault of this test
    await scene.time.passes(1)
    assert scene.running is not None
    scene.running.cancel()
    await scene.time.passes(away_s)
    scene.database.run = working  # type: ignore[method-assign]  # mended
    await scene.time.passes(1)
    assert scene.running.done()
    assert scene.row("sale").state is state
    assert ("1 messages could not be noted" in caplog.text) == (state is OutboxState.SENDING)
