"""Duties over many processes: each is a job that never ends by itself, with a lock in the task engine.

One job of a duty runs, in one process; one more waits behind the lock, so that whoever looks next goes on
with the duty when its holder stops. A holder that dies is noticed by its silence (``STALLED_AFTER_S``):
whichever process looks first ends its job.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, NoResult
from procrastinate.jobs import Job, Status

from bot.notices import Notices
from bot.sharing.duties import Duty
from bot.sharing.fair_share import FairShare
from bot.sharing.task_engine import STALLED_AFTER_S, Ending, answer_for_its_end, work_on
from store.trouble import trouble_of

log = logging.getLogger(__name__)

TASK = "rapport duty"
OFFER_EVERY_S = 2.0
SWEEP_EVERY_S = 2.5
ASK_EVERY_S = 2.0
BLINK_S = 0.5
STANDSTILL_S = 6.0
BALANCE_EVERY_S = 3.0
GRACE_S = 7.0
"""For how long duties may put things in order when the program stops: it has ten seconds, of which beats and
hints have one each, and the last is for all that takes no time on a quiet machine."""

TOPIC = "duties"


class SharedDuties:
    """Does what falls to this process among all that run on one database."""

    def __init__(self, connector: PsycopgConnector, duties: Collection[Duty], notices: Notices) -> None:
        """Prepare; nothing happens before ``run``.

        Args:
            connector: the task engine's way to the database.
            duties: what this process is able to do.
            notices: by which the processes tell each other how many duties they have.
        """
        self._duties = {duty.name: duty for duty in duties}
        self._app = App(connector=connector)
        self._task = self._app.task(name=TASK, pass_context=True)(self._do)
        self._mine: set[int] = set()
        self._under_way: list[asyncio.Event] = []
        self._notices, self._share = notices, FairShare(secrets.token_hex(4))
        notices.subscribe(TOPIC, lambda told: self._share.hear(told, time.monotonic()))
        self._failed: asyncio.Future[None]

    async def run(self) -> None:
        """Do what falls to this process until cancelled.

        Raises:
            Exception: what a duty raised; then nothing more is done here.
        """
        self._failed = asyncio.get_running_loop().create_future()
        async with self._app.open_async():
            parts = [
                asyncio.create_task(self._offer(), name="duties: offer"),
                asyncio.create_task(self._sweep(), name="duties: sweep"),
                asyncio.create_task(self._balance(), name="duties: balance"),
                asyncio.create_task(self._work(), name="duties: work"),
            ]
            try:
                await asyncio.wait([self._failed, *parts], return_when=asyncio.FIRST_COMPLETED)
                for part in [self._failed, *parts]:
                    if part.done():
                        part.result()
            finally:
                for part in parts:
                    part.cancel()
                self._failed.cancel()
                await asyncio.gather(*parts, return_exceptions=True)

    async def _work(self) -> None:
        queues = [_queue(name) for name in self._duties]
        await work_on(
            self._app,
            queues=queues,
            concurrency=len(queues),
            finish=self._finish_mine,
            ending=Ending(self._give_up_all, lambda: bool(self._under_way), GRACE_S),
        )

    def _give_up_all(self) -> None:
        for enough in self._under_way:
            enough.set()

    async def _offer(self) -> None:
        """See to it that one job of each duty waits behind the one that runs."""
        while True:
            for name in self._duties:
                job = self._task.configure(queue=_queue(name), lock=_queue(name), queueing_lock=_queue(name))
                with suppress(AlreadyEnqueued, ConnectorException):
                    await job.defer_async(name=name)
            await asyncio.sleep(OFFER_EVERY_S)

    async def _balance(self) -> None:
        """Give up the duty taken last where another process has fewer: whoever looks first takes it."""
        while True:
            await asyncio.sleep(BALANCE_EVERY_S)
            duties = len(self._under_way)
            await self._notices.publish(TOPIC, self._share.telling(duties))
            if self._share.is_exceeded(duties, time.monotonic()):
                self._under_way[-1].set()

    async def _do(self, context: JobContext, name: str) -> None:
        """Do one duty for as long as its job is ours, and we have not too many."""
        answer_for_its_end()
        job_id = context.job.id
        assert job_id is not None, "a job that runs has a number"  # noqa: S101 - the library's type is wider
        self._mine.add(job_id)
        log.info("this process has the duty %s", name)
        work = asyncio.create_task(self._duties[name].work(), name=name)
        guard = asyncio.create_task(self._until_lost(job_id, name), name=f"{name}: guard")
        enough = asyncio.Event()
        spare = asyncio.create_task(enough.wait(), name=f"{name}: spare")
        self._under_way.append(enough)
        try:
            await asyncio.wait([work, guard, spare], return_when=asyncio.FIRST_COMPLETED)
            self._note_failure(work)
        finally:
            await _end_all(work, guard, spare)
            self._under_way.remove(enough)
            log.info("this process has the duty %s no more%s", name, _how_it_ended(work))

    def _note_failure(self, work: asyncio.Task[None]) -> None:
        """Let a duty that failed by itself end the program; one that was given up is others' already."""
        error = work.exception() if work.done() and not work.cancelled() else None
        if error is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _until_lost(self, job_id: int, name: str) -> None:
        """Return when the job is not ours any more: for too long we were silent, and taken for dead.

        After a standstill (a machine that was frozen) it is not asked first: others may be at work already.
        """
        while True:
            still_s = await _longest_standstill(ASK_EVERY_S)
            if still_s > STANDSTILL_S:
                log.warning("this process stood still for %.0f s: the duty %s ends here", still_s, name)
                return
            try:
                if await self._app.job_manager.get_job_status_async(job_id) is Status.DOING:
                    continue
            except NoResult:
                log.debug("the job of %s is gone", name)
            except ConnectorException as error:
                log.debug("it cannot be seen whether a job is still ours: %s", error)
                continue
            log.warning("the duty %s was given to another process: it ends here", name)
            return

    async def _sweep(self) -> None:
        """End the jobs of processes that died, so that others go on."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(
            STALLED_AFTER_S
        )  # we may have started because the database was away for everybody
        seen_at = loop.time()
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                stalled = list(
                    await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
                )
                if loop.time() - seen_at > 2 * SWEEP_EVERY_S:
                    # The database was away for everybody: those who live say so first.
                    await asyncio.sleep(STALLED_AFTER_S)
                else:
                    await self._end(stalled)
            except ConnectorException as error:
                log.warning("it cannot be seen which processes are alive (%s)", error)
                continue
            seen_at = loop.time()

    async def _end(self, stalled: Collection[Job]) -> None:
        for job in stalled:
            log.warning("the process that had %s is gone: others go on with it", job.lock or job.task_name)
            await self._finish(job.id)

    async def _finish_mine(self) -> None:
        """End what a worker of ours that failed has left locked."""
        for job_id in list(self._mine):
            await self._finish(job_id)
            self._mine.discard(job_id)

    async def _finish(self, job_id: int | None) -> None:
        if job_id is None:
            return
        try:
            await self._app.job_manager.finish_job_by_id_async(job_id, Status.FAILED, delete_job=True)
        except ConnectorException as error:
            # Ended by another process at the same moment, or the database is away: looked at again.
            log.debug("a job could not be ended: %s", error)


async def _longest_standstill(seconds: float) -> float:
    """Wait, and tell for how many seconds at most nothing happened here; a long standstill ends the wait."""
    longest = 0.0
    until = time.monotonic() + seconds
    while (began := time.monotonic()) < until and longest <= STANDSTILL_S:
        await asyncio.sleep(BLINK_S)
        longest = max(longest, time.monotonic() - began)
    return longest


async def _end_all(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and see their end; who cancels us meanwhile does not disturb what they put in order."""
    for task in tasks:
        task.cancel()
    cancelled: asyncio.CancelledError | None = None
    while not all(task.done() for task in tasks):
        try:
            await asyncio.wait(tasks)  # which, unlike a gathering, cancels none of them once more
        except asyncio.CancelledError as error:
            cancelled = error
    await asyncio.gather(*tasks, return_exceptions=True)
    if cancelled is not None:
        raise cancelled


def _how_it_ended(work: asyncio.Task[None]) -> str:
    error = None if work.cancelled() else work.exception()
    return "" if error is None else f" ({trouble_of(error) or repr(error)})"


def _queue(name: str) -> str:
    return f"duty {name}"
