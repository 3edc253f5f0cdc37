"""Calls that take too long are ended, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from scheduler.delivery import calls
from scheduler.delivery.patience import Patience
from store.tables.queues import MessageKind, OutboxState
from tests.scheduler.delivery.fakes import Scene, draft

SOON_S = 0.02
LONG_S = 60.0


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_S):
        while not holds():  # noqa: ASYNC110 (it waits for a row)
            await asyncio.sleep(SOON_S)


@asynccontextmanager
async def _waiting(patience: Patience) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(patience.wait_for(_for_ever()))
    await asyncio.sleep(0)
    yield task
    assert task.done()


async def test_what_takes_too_long_is_ended_and_its_task_goes_on() -> None:
    with pytest.raises(TimeoutError):
        await Patience(SOON_S).wait_for(_for_ever())
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_is_ready_in_time_is_given_and_its_errors_are_raised() -> None:
    patience = Patience(LONG_S)
    assert await patience.wait_for(asyncio.sleep(0, "ready")) == "ready"
    broken = asyncio.get_running_loop().create_future()
    broken.set_exception(KeyError("broken"))
    with pytest.raises(KeyError):
        await patience.wait_for(broken)


async def test_everyone_has_their_own_time() -> None:
    """The second begins when the first has used up some of its time; both end, the first one first."""
    patience, ended = Patience(5 * SOON_S), list[str]()

    async def waits(name: str) -> None:
        with suppress(TimeoutError):
            await patience.wait_for(_for_ever())
        ended.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(waits("first"))
        await asyncio.sleep(SOON_S)
        group.create_task(waits("second"))
    assert ended == ["first", "second"]
    with pytest.raises(TimeoutError):  # and it waits for others after all have ended
        await patience.wait_for(_for_ever())


async def test_who_is_cancelled_by_others_is_cancelled() -> None:
    async with _waiting(Patience(LONG_S)) as task:
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()


async def test_who_is_overdue_and_cancelled_at_once_is_cancelled() -> None:
    patience = Patience(LONG_S)
    async with _waiting(patience) as task:
        patience._begun[task] -= LONG_S
        patience._look(asyncio.get_running_loop())
        task.cancel()
        await asyncio.wait([task])
    assert task.cancelled()
    assert task.cancelling() == 1


async def test_who_ends_all_the_same_when_it_is_overdue_has_its_answer() -> None:
    async def stubborn() -> str:
        with suppress(asyncio.CancelledError):
            await _for_ever()
        return "at last"

    assert await Patience(SOON_S).wait_for(stubborn()) == "at last"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_nobody_is_remembered() -> None:
    patience = Patience(SOON_S)
    with suppress(TimeoutError):
        await patience.wait_for(_for_ever())
    await patience.wait_for(asyncio.sleep(0))
    assert not patience._begun
    assert not patience._ended


async def test_a_call_that_does_not_end_is_given_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "CALL_LIMIT_S", SOON_S)
    scene.channel.latency_s = 10 * LONG_S
    await scene.starts()
    await scene.sends(draft("hi"), draft("sale", kind=MessageKind.CAMPAIGN, address="88"))
    scene.channel.latency_s = 0
    await _until(lambda: scene.row("sale").state is OutboxState.UNCERTAIN)
    await _until(lambda: scene.row("hi").state is OutboxState.QUEUED)
    assert "no answer within" in (scene.row("hi").reason or "")
    await scene.time.passes(2)
    assert scene.row("hi").state is OutboxState.SENT
