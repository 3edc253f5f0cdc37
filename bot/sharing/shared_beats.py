"""Beats over many processes: the task engine runs each planner once per beat, wherever there is time."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from procrastinate import App, PsycopgConnector

from bot.beats import Beat
from bot.sharing.task_engine import Ending, answer_for_its_end, work_on

QUEUE = "beats"
AT_ONCE = 3
"""Beats that one process runs side by side, so that a long one holds up none of the others."""

GRACE_S = 1.0
"""A planner that is under way when the program stops ends its transaction by itself."""

MAKE_UP_S = 86_400.0
"""A beat that fell due while no process ran is made up for by one, up to this late."""

MINUTE_S = 60
HOUR_S = 3600


class SharedBeats:
    """Keeps the beats of all processes together."""

    def __init__(
        self,
        connect: Callable[[], PsycopgConnector],
        beats: Collection[Beat],
        run: Callable[[Beat], Awaitable[None]],
    ) -> None:
        """Prepare; nothing happens before ``run``.

        Args:
            connect: makes the task engine's way to the database.
            beats: all beats.
            run: runs one; logs what goes wrong and does not raise.
        """
        self._connect, self._beats, self._run = connect, beats, run
        self._restart = asyncio.Event()
        self._under_way = 0

    def restart(self) -> None:
        """Look at the clock anew: it was moved, and the engine would wait until the old time comes again."""
        self._restart.set()

    async def run(self) -> None:
        """Run the beats that fall to this process until cancelled."""
        while True:
            self._restart.clear()
            work = asyncio.create_task(self._work(), name="beats: work")
            moved = asyncio.create_task(self._restart.wait(), name="beats: restart")
            try:
                await asyncio.wait([work, moved], return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    work.result()
            finally:
                work.cancel()
                moved.cancel()
                await asyncio.gather(work, moved, return_exceptions=True)

    async def _work(self) -> None:
        app = App(connector=self._connect(), periodic_defaults={"max_delay": MAKE_UP_S})
        for beat in self._beats:
            _register(app, beat, self._do)
        async with app.open_async():
            await work_on(
                app,
                queues=[QUEUE],
                concurrency=AT_ONCE,
                finish=_nothing,
                ending=Ending(_no_need, lambda: self._under_way > 0, GRACE_S),
            )

    async def _do(self, beat: Beat) -> None:
        answer_for_its_end()
        self._under_way += 1
        try:
            await self._run(beat)
        finally:
            self._under_way -= 1


def _register(app: App, beat: Beat, run: Callable[[Beat], Awaitable[None]]) -> None:
    name = f"beat {beat.name}"

    @app.periodic(cron=cron_of(beat.every_s), periodic_id=beat.name)
    @app.task(name=name, queue=QUEUE, lock=name, queueing_lock=name)
    async def task(timestamp: int) -> None:
        del timestamp  # which beat it was; the planner asks what is due now
        await run(beat)


async def _nothing() -> None:
    """Leave it: the sweep of ``SharedDuties`` ends what a failed worker left."""


def _no_need() -> None:
    """Let beats be: they end by themselves."""


def cron_of(every_s: float) -> str:
    """Spell an interval as a cron line, seconds last as Procrastinate reads it.

    Raises:
        ValueError: the interval is not a whole part of a minute, an hour or a day.
    """
    whole = round(every_s)
    if whole == every_s and whole > 0:
        if whole < MINUTE_S and MINUTE_S % whole == 0:
            return f"* * * * * */{whole}"
        if whole < HOUR_S and HOUR_S % whole == 0 and whole % MINUTE_S == 0:
            return f"*/{whole // MINUTE_S} * * * *"
        if whole % HOUR_S == 0 and 24 * HOUR_S % whole == 0:
            return f"0 */{whole // HOUR_S} * * *"
    raise ValueError(f"a beat of {every_s} s cannot be kept by a calendar")
