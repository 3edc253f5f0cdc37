"""Understanding on another core: a process beside ours reads messages while we do something else with them.

What it understands is what we would understand ourselves (``feedback.understanding.understand`` is pure), so
where there is no other core, or that process is gone, we do it ourselves and nobody can tell.
"""

import asyncio
import logging
import math
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from feedback.understanding import Understand, Understanding, understand

log = logging.getLogger(__name__)

Ahead = Callable[[Sequence[str]], Understand]
"""Begins to understand texts; what it gives understands any text, those given at once."""

TEXTS_AT_ONCE = 20
"""Sent over in one go: the first are understood while the last are still to be read."""
PATIENCE_S, PATIENCE_AT_START_S = 1.0, 10.0
"""For how long a text that was sent over is waited for; at first, the process loads its words."""
SETTLED_AFTER_S = 60.0
"""A process that ends sooner than this after its start is not started again."""

NO_PROCESS = (OSError, RuntimeError, NotImplementedError, ImportError)
"""What is raised where there is no memory, no room for a process or thread, or no semaphores, and (one of
them) where the process has ended."""


def in_process(texts: Sequence[str]) -> Understand:
    """Understand nothing ahead."""
    del texts
    return understand


@asynccontextmanager
async def open_understanding() -> AsyncIterator[Ahead]:
    """Keep a process for understanding while the block lasts, where the machine has more than one core."""
    if cores() == 1:
        yield in_process
        return
    core = OtherCore()
    try:
        yield core.ahead
    finally:
        await asyncio.to_thread(core.close)


Answer = Future[list[Understanding]]


def cores() -> int:
    """Tell how many cores this process may use, as far as the system says."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class OtherCore:
    """A process that understands, started by the first message: ours need not load TextBlob and its words."""

    _pool: ProcessPoolExecutor | None = None
    _ready: Answer | None = None
    _started_s: float = -math.inf
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ahead(self, texts: Sequence[str]) -> Understand:
        """Send texts over, in their order; never waits."""
        pool = self._running()
        if pool is None:
            return understand
        places: dict[str, tuple[Answer, int]] = {}
        try:
            for start in range(0, len(texts), TEXTS_AT_ONCE):
                some = list(texts[start : start + TEXTS_AT_ONCE])
                answer = pool.submit(understand_all, some)
                places |= {text: (answer, place) for place, text in enumerate(some)}
        except NO_PROCESS:
            self._drop(pool)
            return understand
        return partial(self._understood, pool, places)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            pool, self._pool, self._closed = self._pool, None, True
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _understood(
        self, pool: ProcessPoolExecutor, places: dict[str, tuple[Answer, int]], text: str
    ) -> Understanding:
        if text not in places:
            return understand(text)
        answer, place = places[text]
        try:
            started = self._ready is not None and self._ready.done()
            return answer.result(PATIENCE_S if started else PATIENCE_AT_START_S)[place]
        except BrokenProcessPool:
            self._drop(pool)
        except (TimeoutError, CancelledError):
            log.warning("the process that understands messages does not answer: we read these ourselves")
            places.clear()  # a transaction waits: once is enough
        return understand(text)

    def _running(self) -> ProcessPoolExecutor | None:
        """Give the process; start it where there is none, unless it ended early before."""
        with self._lock:
            if self._pool is None and not self._closed:
                try:
                    self._start()
                except NO_PROCESS as error:
                    self._closed = True
                    log.warning("no process for understanding can be started (%r): we go on without", error)
            return self._pool

    def _start(self) -> None:
        pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_live_with_parent)
        self._ready = pool.submit(understand_all, ["Hello"])
        self._pool, self._started_s = pool, time.monotonic()

    def _drop(self, broken: ProcessPoolExecutor) -> None:
        """Do without a process that ended; the next batch starts another, unless it lived too short."""
        with self._lock:
            if self._pool is not broken:
                return
            self._pool = None
            self._closed = time.monotonic() - self._started_s < SETTLED_AFTER_S
            broken.shutdown(wait=False)
        what_next = "we go on without" if self._closed else "another is started"
        log.warning("the process that understands messages has ended: %s", what_next)


def understand_all(texts: Sequence[str]) -> list[Understanding]:
    """Understand some texts; runs in the other process."""
    return [understand(text) for text in texts]


def _live_with_parent() -> None:
    """Leave signals to the parent, and end when it does, however it ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True, name="the parent's end").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
