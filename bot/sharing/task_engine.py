"""Procrastinate, the task engine that lives in PostgreSQL, as this program uses it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import cast

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition

from store.engine import Database

log = logging.getLogger(__name__)

HEARTBEAT_S = 2.0
"""How often a process says that it is alive."""

STALLED_AFTER_S = 10.0
"""A process that has not said so for this long is taken for dead, and others go on with its work."""

LOOK_EVERY_S = 1.0
"""How soon a job that waits is seen. A worker looks rather than listens: it holds no connection for it."""

CONNECTIONS = 4
PATIENCE_S = 300.0
"""How long a query waits for the database to come back before it fails; work goes on meanwhile."""

FORGOTTEN_AFTER_S = 3600.0
"""What the engine notes of a worker that is silent for so long goes. Not sooner: where the database was away,
nobody could speak, and a worker whose note is gone can never show again that it lives."""

RESTART_AFTER_S = 1.0

LAST_WORD_S = 1.0
"""For how long the engine may note the end of jobs that have ended when the program stops."""

GLANCE_S = 0.1
POOL_END_S = 0.5
CANCEL_AGAIN_S = 2.5
"""The engine itself cancels its parts again after a second; in the middle of that we must not cancel it."""


def open_connector(database: Database) -> PsycopgConnector:
    """Make the task engine's own few connections to the database; nothing is opened yet."""
    return PsycopgConnector(
        conninfo=database.conninfo,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=PATIENCE_S,
        kwargs={"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """How the jobs of a worker end when it is cancelled.

    Attributes:
        begin: tells them to end; the engine does so, too, but not while it waits for a database that is away.
        busy: whether some are still at work.
        grace_s: how long they may take; then no query waits on.
    """

    begin: Callable[[], None]
    busy: Callable[[], bool]
    grace_s: float


async def work_on(
    app: App,
    *,
    queues: Iterable[str],
    concurrency: int,
    finish: Callable[[], Awaitable[None]],
    ending: Ending,
) -> None:
    """Do the jobs of some queues until cancelled; where the engine fails, start it again.

    Args:
        app: knows the tasks.
        queues: whose jobs.
        concurrency: how many at once.
        finish: called before each start but the first, when jobs of the worker that failed may hold locks.
        ending: how jobs end when this is cancelled.
    """
    while True:
        try:
            await _run_worker(app, list(queues), concurrency, ending)
            log.warning("the task engine stopped: it starts again in %.0f s", RESTART_AFTER_S)
        except ConnectorException as error:
            log.warning("the task engine lost the database (%s): again in %.0f s", error, RESTART_AFTER_S)
        await asyncio.sleep(RESTART_AFTER_S)
        await finish()


async def _run_worker(app: App, queues: list[str], concurrency: int, ending: Ending) -> None:
    """Run a worker; cancelled, it would wait as long for a database that is away as any query does."""
    worker = asyncio.create_task(
        app.run_worker_async(
            queues=queues,
            concurrency=concurrency,
            install_signal_handlers=False,
            listen_notify=False,
            fetch_job_polling_interval=LOOK_EVERY_S,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=FORGOTTEN_AFTER_S,
            shutdown_graceful_timeout=0,
            delete_jobs=DeleteJobCondition.ALWAYS,
        )
    )
    try:
        await asyncio.shield(worker)
    except asyncio.CancelledError:
        worker.cancel()
        ending.begin()
        if not await _has_ended(worker, ending):
            await cast("PsycopgConnector", app.connector).pool.close(timeout=POOL_END_S)
        while not worker.done():  # while it connects anew it may miss that it was cancelled
            await asyncio.wait([worker], timeout=CANCEL_AGAIN_S)
            worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        raise


async def _has_ended(worker: asyncio.Task[None], ending: Ending) -> bool:
    """Wait for the end of a worker that was cancelled: for its jobs, then a moment for its last word."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + ending.grace_s
    while not worker.done() and (now := loop.time()) < give_up_at:
        last_word_s = ending.grace_s if ending.busy() else LAST_WORD_S
        give_up_at = min(give_up_at, now + last_word_s)
        await asyncio.wait([worker], timeout=min(GLANCE_S, give_up_at - now))
    return worker.done()


def answer_for_its_end() -> None:
    """Take note of how the job ends that calls this: the engine does not look at what became of its task.

    Its last word to the database fails where others ended the job before, or the database is away. Nothing is
    to be done then: whoever sweeps ends what is left.
    """
    job = asyncio.current_task()
    if job is not None:
        job.add_done_callback(_note_end)


def _note_end(job: asyncio.Task[object]) -> None:
    error = None if job.cancelled() else job.exception()
    if error is not None:
        log.debug("the end of a job could not be noted (%s)", error)
