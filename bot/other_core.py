"""Understanding on another core: a process beside ours reads messages while we do something else with them.

What it understands is what we would understand ourselves (``feedback.understanding.understand`` is pure), so
where there is no other core, or that process is gone, we do it ourselves and nobody can tell.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from feedback.understanding import Understand, Understanding, understand

log = logging.getLogger(__name__)

Ahead = Callable[[Sequence[str]], Understand]
"""Begins to understand texts; what it gives understands any text, those given at once."""

WORTH_SENDING = 4
"""Fewer texts than this are understood here sooner than they would have gone over and back."""
TEXTS_AT_ONCE = 20
"""Sent over in one go: the first are understood while the last are still to be read."""
PATIENCE_S = 1.0
"""For how long a text that was sent over is waited for."""
SETTLED_AFTER_S = 60.0
"""A process that ends sooner than this after its start is not started again."""


def in_process(texts: Sequence[str]) -> Understand:
    """Understand nothing ahead."""
    del texts
    return understand


@asynccontextmanager
async def open_understanding() -> AsyncIterator[Ahead]:
    """Keep a process for understanding while the block lasts, where the machine has more than one core."""
    if len(os.sched_getaffinity(0)) == 1:
        yield in_process
        return
    core = OtherCore()
    try:
        yield core.ahead
    finally:
        await asyncio.to_thread(core.close)


@dataclass(slots=True)
class OtherCore:
    """A process that understands. It is used once it has its words at hand, which takes a second."""

    _pool: ProcessPoolExecutor | None = None
    _ready: "Future[list[Understanding]] | None" = None
    _started_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._start()

    def ahead(self, texts: Sequence[str]) -> Understand:
        """Send texts over, in their order; never waits."""
        pool = self._pool
        if pool is None or self._ready is None or not self._ready.done() or len(texts) < WORTH_SENDING:
            return understand
        places: dict[str, tuple[Future[list[Understanding]], int]] = {}
        try:
            for start in range(0, len(texts), TEXTS_AT_ONCE):
                some = list(texts[start : start + TEXTS_AT_ONCE])
                answer = pool.submit(understand_all, some)
                places |= {text: (answer, place) for place, text in enumerate(some)}
        except (BrokenProcessPool, RuntimeError):
            self._replace(pool)
            return understand

        def understood(text: str) -> Understanding:
            if text not in places:
                return understand(text)
            answer, place = places[text]
            try:
                return answer.result(PATIENCE_S)[place]
            except BrokenProcessPool:
                self._replace(pool)
            except FutureTimeoutError:
                log.warning("the process that understands messages is slow: this one is understood here")
            return understand(text)

        return understood

    def close(self) -> None:
        """End the process."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, context, initializer=_live_with_parent)
        self._ready = self._pool.submit(understand_all, ["Hello"])
        self._started_s = time.monotonic()

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        """Start another process for one that ended, once."""
        with self._lock:
            if self._pool is not broken:
                return
            self._pool = None
            broken.shutdown(wait=False)
            if time.monotonic() - self._started_s < SETTLED_AFTER_S:
                log.error("the process that understands messages ended again: we go on without it")
                return
            log.warning("the process that understands messages has ended: another is started")
            self._start()


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
