"""Handling on another core: a process beside ours takes messages in while we talk to the apps.

A batch goes over as it came; there it is understood, handled and committed (``bot.intake``), and so is what a
second look found (``bot.second_looks``). What reads customers' words again runs there too (``bot.planners``).
Where there is no other core, or that process is gone, we do it here: what was committed just before counts
once, however often it comes.
"""

import asyncio
import logging
import math
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import DatabaseError

from bot.beside import deaf_to_signals, live_with_parent
from bot.config import Settings
from bot.event_loop import give_memory_back, spare_the_collector
from bot.intake import Handle, handle_batch, handled_here, understood
from bot.logs import start_logging
from bot.planners import PlanCases, cases_planned_here, plan_cases
from bot.second_looks import Apply, applied_here
from customers.company import Company
from customers.phrases import load_phrases
from feedback.learning.following import Follower
from feedback.reading.taxonomy import Taxonomy, in_use, use
from feedback.understanding import understand
from handlers.incoming import Incoming
from handlers.second_looks import Applied, Seen, apply_looks
from store.engine import Database
from store.soundness import DamagedError, is_damage
from store.trouble import DatabaseTroubleError, trouble_of

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Database, Company], T]
"""What is done with a database for a company; a function of a module, since it goes to another process."""

SETTLED_AFTER_S = 60.0
"""A process that ends sooner than this after its start is not started again."""

STUCK_AFTER_S = 60.0
"""A process that is at one work for so long is ended; SQLite itself waits 10 s for a lock at most."""
CLOSE_PATIENCE_S = 4.0

NO_PROCESS = (OSError, RuntimeError, NotImplementedError, ImportError)
"""What is raised where there is no memory, no room for a process or thread, or no semaphores, and (one of
them) where the process has ended."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What messages are handled with.

    Attributes:
        handle: handles a batch.
        apply: lets second looks count.
        plan_cases: runs a planner that reads customers' words.
        ready: returns when the process that handles messages is there, or none is awaited: who asks an app
            for messages waits for it.
    """

    handle: Handle
    apply: Apply
    plan_cases: PlanCases
    ready: Callable[[], Awaitable[None]]


def hands_here(database: Database, company: Company) -> Hands:
    """Handle messages in threads of this process."""
    return Hands(
        handled_here(database, company),
        applied_here(database, company),
        cases_planned_here(database, company),
        partial(asyncio.sleep, 0),
    )


@asynccontextmanager
async def open_handling(settings: Settings, database: Database) -> AsyncIterator[Hands]:
    """Handle messages while the block lasts, in a process beside ours where there is more than one core."""
    here = hands_here(database, settings.company)
    if cores() == 1:
        yield here
        return
    core = OtherCore(settings, here)
    try:
        core.start()
        yield Hands(core.handle, core.apply, core.plan_cases, core.ready)
    finally:
        await asyncio.to_thread(core.close)


def cores() -> int:
    """Tell how many cores this process may use, as far as the system says."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class OtherCore:
    """A process that handles messages; ours need not load TextBlob and its words.

    Attributes:
        settings: all settings; the process has the same.
        here: handles them in this process.
    """

    settings: Settings
    here: Hands
    _pool: ProcessPoolExecutor | None = None
    _beginning: Future[None] | None = None
    _started_s: float = -math.inf
    _closed: bool = False

    def start(self) -> None:
        """Begin to start the process, so that the first message need not wait for it."""
        pool = self._running()
        if pool is not None:
            try:
                self._beginning = _submit(pool, _nothing)
            except NO_PROCESS:
                self._drop(pool)

    async def ready(self) -> None:
        """Wait until the process has begun, or cannot; then messages are handled here."""
        if self._beginning is None:
            return
        begun, _ = await asyncio.wait([asyncio.wrap_future(self._beginning)], timeout=STUCK_AFTER_S)
        for future in begun:
            if not future.cancelled() and future.exception() is not None:
                log.debug("the process that handles messages did not begin: %r", future.exception())

    async def handle(self, updates: Sequence[Incoming], now: datetime) -> frozenset[str]:
        """Handle a batch there, or here where there is no such process."""
        return await self._do(partial(_handle, updates, now), partial(self.here.handle, updates, now))

    async def apply(self, seen: Sequence[Seen], model: str, now: datetime) -> Applied:
        """Let second looks count there, or here where there is no such process."""
        return await self._do(partial(_apply, seen, model, now), partial(self.here.apply, seen, model, now))

    async def plan_cases(self, name: str, now: datetime) -> int:
        """Run a planner of cases there, or here where there is no such process."""
        return await self._do(partial(plan_cases, name, now), partial(self.here.plan_cases, name, now))

    async def _do(self, work: Work[T], here: Callable[[], Awaitable[T]]) -> T:
        pool = self._running()
        if pool is None:
            return await here()
        try:
            async with asyncio.timeout(STUCK_AFTER_S):
                # Shielded: where the process is ended, the pool fails at a work that was cancelled.
                return await asyncio.shield(asyncio.wrap_future(_submit(pool, work)))
        except DamagedError:  # what watches our own connections shall meet it, too
            return await here()
        except TimeoutError:
            if self._pool is pool:
                _kill_children()  # before we begin: a batch is handled in one place at a time
        except NO_PROCESS:
            pass
        self._drop(pool)
        return await here()

    def close(self) -> None:
        """End the process, after what it has begun."""
        pool, self._pool, self._closed = self._pool, None, True
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        give_up_at = time.monotonic() + CLOSE_PATIENCE_S
        for process in multiprocessing.active_children():
            process.join(max(give_up_at - time.monotonic(), 0))
        _kill_children()  # what it has begun is undone, and comes again

    def _running(self) -> ProcessPoolExecutor | None:
        """Give the process; start it where there is none, unless it ended early before."""
        if self._pool is None and not self._closed:
            try:
                start = (self.settings, in_use())
                spawned = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, spawned, initializer=_begin, initargs=start)
                self._started_s = time.monotonic()
            except NO_PROCESS as error:
                self._closed = True
                log.warning("no process for handling messages can be started (%r): we go on without", error)
        return self._pool

    def _drop(self, broken: ProcessPoolExecutor) -> None:
        """Do without a process that ended; the next batch starts another, unless it lived too short."""
        if self._pool is not broken:
            return
        self._pool = None
        self._closed = time.monotonic() - self._started_s < SETTLED_AFTER_S
        broken.shutdown(wait=False)
        what_next = "we go on without" if self._closed else "another is started"
        log.warning("the process that handles messages has ended: %s", what_next)


def _submit(pool: ProcessPoolExecutor, work: Work[T]) -> Future[T]:
    """Send work over; the process may be started by it."""
    with deaf_to_signals():
        return pool.submit(_do_there, work)


def _kill_children() -> None:
    for process in multiprocessing.active_children():
        process.kill()
        process.join()


_there: list[tuple[Database, Company, Follower]] = []
"""What the other process works with; nothing in ours."""


def _begin(settings: Settings, taxonomy: Taxonomy) -> None:
    """Prepare the other process."""
    use(taxonomy)
    live_with_parent()
    start_logging(settings)
    database = Database(settings.database_url.get_secret_value(), checkpointed=True)
    follower = Follower(database)
    _there.append((database, settings.company, follower))
    follower.look()
    understand("Hello")
    load_phrases()
    spare_the_collector()
    give_memory_back()  # 4 MB that reading the model and the words took for a moment


def _do_there(work: Work[T]) -> T:
    """Do work in the other process, with its own database; its troubles come back as errors of ours."""
    ((database, company, follower),) = _there
    follower.look()
    try:
        return work(database, company)
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        damaged = is_damage(error.orig if isinstance(error, DatabaseError) else error)
        raise (DamagedError if damaged else DatabaseTroubleError)(trouble) from None


def _handle(
    updates: Sequence[Incoming], now: datetime, database: Database, company: Company
) -> frozenset[str]:
    """Handle a batch in one transaction."""
    understand = understood(updates)
    with database.transaction() as session:
        return handle_batch(session, updates, company=company, now=now, understand=understand)


def _apply(seen: Sequence[Seen], model: str, now: datetime, database: Database, company: Company) -> Applied:
    """Let second looks count in one transaction."""
    with database.transaction() as session:
        return apply_looks(session, seen, company=company, model=model, now=now)


def _nothing(_database: Database, _company: Company) -> None:
    """Do nothing: the process is there when this is done."""
