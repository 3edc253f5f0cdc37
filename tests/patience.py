"""How long tests wait, and how they see a promise about time kept on a machine that has much else to do."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

PATIENCE_S = 120.0
"""For a condition that must come: far longer than it takes on a slow machine, and no promise of ours."""

LOOK_EVERY_S = 0.05


@asynccontextmanager
async def within(limit_s: float, *pids: int) -> AsyncIterator[None]:
    """Check that a block is over in time, but for the time in which the machine was not there for it.

    On a quiet machine that is next to none; on a busy or a slow one a promise is kept later without being
    broken.

    Args:
        limit_s: what is promised.
        pids: the processes that have to keep it.

    Raises:
        AssertionError: it took longer.
    """
    began = time.monotonic()
    async with watched(*pids) as absence:
        yield
    took_s = time.monotonic() - began
    without_s = absence.total_s
    assert took_s - without_s < limit_s, (
        f"{limit_s} s were promised; it took {took_s:.2f} s, {without_s:.2f} s of them without a processor"
    )


@asynccontextmanager
async def watched(*pids: int) -> AsyncIterator["Absence"]:
    """Count while a block lasts for how long the machine was not there for some processes."""
    absence = Absence(pids)
    looking = asyncio.create_task(absence.watch())
    try:
        yield absence
    finally:
        looking.cancel()
        absence.look()


class Absence:
    """Counts how long processes were ready to run while the system let others, or nobody, do so."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._processes = [Path(f"/proc/{pid}/task") for pid in pids]
        self._now: dict[Path, int] = {}
        self._late_s = 0.0
        self.look()
        self._first = dict(self._now)

    @property
    def total_s(self) -> float:
        """What their threads waited for others, or what we did: not every system tells."""
        waited = sum(now - self._first.get(thread, 0) for thread, now in self._now.items()) / 1e9
        return max(waited, self._late_s)

    async def watch(self) -> None:
        """Look often, and note how much later it was each time than it should have been."""
        while True:
            due = time.monotonic() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self._late_s += time.monotonic() - due
            self.look()

    def look(self) -> None:
        """Read what each thread waited so far; what one waited that has ended is remembered."""
        for threads in self._processes:
            with suppress(OSError):
                for thread in threads.iterdir():
                    with suppress(OSError):
                        self._now[thread] = int((thread / "schedstat").read_text().split()[1])


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that other processes or threads bring about.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LOOK_EVERY_S)


async def settled(left: Callable[[], Awaitable[int]]) -> None:
    """Wait until nothing of some work is left, for as long as there is less of it from time to time.

    Raises:
        TimeoutError: it went on no more.
    """
    least, loop = await left(), asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE_S) as limit:
        while (now := await left()) != 0:
            if now < least:
                least = now
                limit.reschedule(loop.time() + PATIENCE_S)
            await asyncio.sleep(LOOK_EVERY_S)
