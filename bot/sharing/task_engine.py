"""Procrastinate, the task engine that lives in PostgreSQL, as this program uses it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
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


def open_connector(database: Database) -> PsycopgConnector:
    """Make the task engine's own few connections to the database; nothing is opened yet."""
    return PsycopgConnector(
        conninfo=database.conninfo,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=PATIENCE_S,
        kwargs={"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
    )


async def work_on(
    app: App,
    *,
    queues: Iterable[str],
    concurrency: int,
    finish: Callable[[], Awaitable[None]],
    grace_s: float,
) -> None:
    """Do the jobs of some queues until cancelled; where the engine fails, start it again.

    Args:
        app: knows the tasks.
        queues: whose jobs.
        concurrency: how many at once.
        finish: called before each start but the first, when jobs of the worker that failed may hold locks.
        grace_s: how long jobs may take to end when this is cancelled; then no query waits on.
    """
    while True:
        try:
            await _run_worker(app, list(queues), concurrency, grace_s)
            log.warning("the task engine stopped: it starts again in %.0f s", RESTART_AFTER_S)
        except ConnectorException as error:
            log.warning("the task engine lost the database (%s): again in %.0f s", error, RESTART_AFTER_S)
        await asyncio.sleep(RESTART_AFTER_S)
        await finish()


async def _run_worker(app: App, queues: list[str], concurrency: int, grace_s: float) -> None:
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
        await asyncio.wait([worker], timeout=grace_s)
        if not worker.done():
            await cast("PsycopgConnector", app.connector).pool.close(timeout=0)
        await asyncio.gather(worker, return_exceptions=True)
        raise
