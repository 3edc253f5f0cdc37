"""Patience with calls that take too long: one look at all of them, instead of a timer for each."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Patience:
    """Ends what takes longer than a limit, as ``asyncio.timeout`` does.

    As all have the same limit, they run out in the order in which they were begun, and one timer waits for
    the oldest. A timer for each message, set and taken back, took a tenth of the loop's time.
    """

    def __init__(self, limit_s: float) -> None:
        """Have so many seconds of patience with each."""
        self._limit_s = limit_s
        self._begun: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._alarm: asyncio.TimerHandle | None = None

    async def wait_for(self, call: Awaitable[T]) -> T:
        """Wait for what one task at a time waits for.

        Raises:
            TimeoutError: it took too long, and was cancelled.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be cancelled")
        cancelled_before = task.cancelling()
        self._begin(task)
        try:
            return await call
        except asyncio.CancelledError:
            if task in self._ended and task.cancelling() == cancelled_before + 1:
                raise TimeoutError from None
            raise
        finally:
            self._end(task)

    def _begin(self, task: asyncio.Task[Any]) -> None:
        loop = task.get_loop()
        self._begun[task] = loop.time()
        if self._alarm is None:
            self._alarm = loop.call_later(self._limit_s, self._look, loop)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._begun.pop(task, None)
        if task in self._ended:
            self._ended.remove(task)
            task.uncancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End who is overdue, and come back when the next one is."""
        self._alarm = None
        for task, begun_at in list(self._begun.items()):
            if begun_at + self._limit_s > loop.time():
                self._alarm = loop.call_at(begun_at + self._limit_s, self._look, loop)
                return
            del self._begun[task]
            self._ended.add(task)
            task.cancel()
