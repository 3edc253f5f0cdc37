"""Which planner runs on which beat. APScheduler only keeps the beat; what is due, the database says."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.every import Every
from bot.festival_days import FestivalDays
from bot.intake import utc_now
from bot.learning import Learning
from bot.pictures import Pictures, calendars, digests
from bot.planners import PlanCases, Planner, Seeing, case_planners, run_planner
from customers.company import Company
from customers.erasure import scrub_farewells
from feedback.loads import count_loads, note_loads
from feedback.rises import see_rises
from feedback.standings import note_standings, see_standings
from handlers.marketing.previews import see_previews, tell_previews
from handlers.marketing.results import see_results, tell_results
from handlers.staff.promise_steps import see_to_promises
from handlers.staff.rises import tell_rises
from handlers.staff.tasks import tell_tasks
from scheduler.campaigns.moves import move_campaigns
from scheduler.campaigns.progress import see_campaigns, tell_campaigns
from scheduler.campaigns.starts import start_due
from scheduler.events.follow_up import plan_follow_ups
from scheduler.events.invitations import rewrite_invitations
from scheduler.events.offers import move_waiting_lists
from scheduler.events.reminders import plan_event_reminders
from scheduler.events.telling import tell_changes
from scheduler.festivals.greetings import plan_celebrations, plan_choosers, see_choosers, see_festivals
from scheduler.festivals.invitations import keep_invitations
from scheduler.festivals.moves import move_greetings, see_moved
from scheduler.festivals.personal_days import plan_personal_days, see_personal_days
from scheduler.programmes.overtaken import see_overtaken, withdraw_overtaken
from scheduler.programmes.planning import plan_visits
from scheduler.programmes.stragglers import add_stragglers, see_stragglers
from scheduler.suppressions import prune_suppressed
from scheduler.trials.members import prune_members
from store.engine import Database
from store.moved_clock import mend_waiting
from store.pruning import prune_inbox
from store.search_index import keep_index, see_unindexed
from store.trouble import trouble_of

log = logging.getLogger(__name__)

CLOCK_WATCHED_EVERY_S = 5.0
CLOCK_SLACK_S = 2.0
"""A clock that a time service keeps right drifts by less between two looks."""

FIRST_AFTER_S = 1.0
"""The first run of every beat comes this soon, so that what fell due while we were off is done at once."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A planner and how often it runs.

    Attributes:
        name: for logs.
        every_s: seconds from one run to the next.
        plan: the planner.
        drains: whether to run it again at once while it does anything, each time in a transaction of
            its own, so that what customers write is handled in between.
        reads_words: whether it reads customers' words again, and so runs where messages are handled.
        reads_calendars: whether it needs the calendars of festivals, which are read ahead of it.
    """

    name: str
    every_s: float
    plan: Planner | Seeing[Any] | Learning | Pictures[Any]
    drains: bool = False
    reads_words: bool = False
    reads_calendars: bool = False


@dataclass(frozen=True, slots=True)
class Chore:
    """Housekeeping outside the database, and how often it is done.

    Attributes:
        name: for logs.
        every_s: seconds from one time to the next.
        do: does it.
    """

    name: str
    every_s: float
    do: Callable[[], Awaitable[object]]


def beats_of(company: Company, channels: Collection[str]) -> tuple[Beat, ...]:
    """Give all beats of the program.

    Args:
        company: who we are.
        channels: names of the messaging apps that are switched on.
    """
    cases = case_planners(company)
    visits = partial(plan_visits, company=company, channels=channels)
    campaigns = partial(move_campaigns, company=company, channels=channels)
    progress = Seeing(
        partial(see_campaigns, company=company, channels=channels), partial(tell_campaigns, company=company)
    )
    previews = Seeing(partial(see_previews, company=company), partial(tell_previews, company=company))
    results = Seeing(partial(see_results, company=company), tell_results)
    overtaken = Seeing(partial(see_overtaken, channels=channels), withdraw_overtaken)
    stragglers = Seeing(partial(see_stragglers, company=company), partial(add_stragglers, company=company))
    standings = Seeing(see_standings, note_standings)
    rises = Seeing(partial(see_rises, timezone=company.timezone), partial(tell_rises, company=company))
    return (
        Beat("starts", 5, partial(start_due, company=company), drains=True),
        Beat("campaigns", 2, campaigns, drains=True),
        Beat("progress", 2, progress),
        Beat("previews", 2, previews),
        Beat("results", 2, results),
        Beat("rises", 600, rises),
        Beat("silence", 60, cases["silence"], drains=True, reads_words=True),
        Beat("alerts", 15, cases["alerts"], drains=True, reads_words=True),
        Beat("loads", 60, Seeing(count_loads, note_loads)),
        Beat("owners", 20, cases["owners"], drains=True, reads_words=True),
        Beat("ladder", 15, cases["ladder"], drains=True, reads_words=True),
        Beat("promises", 15, partial(see_to_promises, company=company), drains=True),
        Beat("visits", 60, visits, drains=True),
        Beat("overtaken", 60, overtaken),
        Beat("stragglers", 3600, stragglers, drains=True),
        Beat("tasks", 30, partial(tell_tasks, company=company), drains=True),
        *_event_beats(company, channels),
        *_festival_beats(company, channels),
        Beat("farewells", 60, scrub_farewells),
        Beat("standings", 300, standings),
        Beat("clock", 15, mend_waiting),  # what was under way when the clock was moved is noted after it
        Beat("learning", 3600, Learning(company)),
        Beat("digest", 5, digests(company)),
        Beat("calendar", 5, calendars(company)),
        Beat("search", 5, Seeing(see_unindexed, keep_index), drains=True),
        Beat("inbox", 600, partial(prune_inbox, channels=channels), drains=True),
        Beat("unsaid", 3600, prune_suppressed, drains=True),
        Beat("trials", 3600, prune_members, drains=True),
    )


def _event_beats(company: Company, channels: Collection[str]) -> tuple[Beat, ...]:
    reminders = partial(plan_event_reminders, company=company, channels=channels)
    follow_ups = partial(plan_follow_ups, company=company, channels=channels)
    return (
        Beat("waiting lists", 5, partial(move_waiting_lists, company=company), drains=True),
        Beat("event news", 5, partial(tell_changes, company=company), drains=True),
        Beat("invitations", 5, partial(rewrite_invitations, company=company), drains=True),
        Beat("reminders", 60, reminders, drains=True),
        Beat("follow-ups", 300, follow_ups, drains=True),
    )


def _festival_beats(company: Company, channels: Collection[str]) -> tuple[Beat, ...]:
    about: dict[str, Any] = {"company": company, "channels": channels}
    celebrations = Seeing(partial(see_festivals, **about), partial(plan_celebrations, **about))
    moved = Seeing(partial(see_moved, **about), partial(move_greetings, company=company))
    added = Seeing(partial(see_choosers, **about), partial(plan_choosers, **about))
    invitations = partial(keep_invitations, company=company)
    birthdays = Seeing(partial(see_personal_days, **about), partial(plan_personal_days, **about))
    return (
        Beat("moved festivals", 3600, moved, drains=True, reads_calendars=True),
        Beat("festival invitations", 300, invitations, reads_calendars=True),
        Beat("festivals", 3600, celebrations, drains=True, reads_calendars=True),
        Beat("added festivals", 3600, added, drains=True, reads_calendars=True),
        Beat("birthdays", 3600, birthdays, drains=True),
    )


class Beats:
    """Keeps the beats while it is open; ``async with``.

    A beat that fails is logged and comes again; the others do not notice. One that takes longer than its
    interval is not started twice, and beats that were missed are made up by one.

    Attributes:
        on_clock_moved: called when the wall clock was moved.
    """

    def __init__(
        self,
        database: Database,
        company: Company,
        *,
        wake: Callable[[], None],
        channels: Collection[str] | None = None,
        clock: Callable[[], datetime] = utc_now,
        beats: Collection[Beat] | None = None,
        chores: Collection[Chore] = (),
        plan_cases: PlanCases | None = None,
        festival_days: FestivalDays | None = None,
    ) -> None:
        """Prepare the beats.

        Args:
            database: where planners look and write.
            company: who we are.
            wake: called when something was queued, so that delivery looks at once.
            channels: names of the messaging apps that are switched on; the company's, where not given.
            clock: tells the time; aware UTC.
            beats: what to run; all of the program's, where not given.
            chores: what to do beside them.
            plan_cases: runs the planners that read customers' words; in this process, where not given.
            festival_days: reads calendars ahead; planners read them by themselves, where not given.
        """
        self._database = database
        self._beats = beats_of(company, channels or company.channels) if beats is None else beats
        self._by_name = {beat.name: beat for beat in self._beats}
        self._nudged = set[asyncio.Task[None]]()
        self.on_clock_moved: list[Callable[[], object]] = [self.restart]
        self._chores = chores
        self._under_way, self._once_more = set[str](), set[str]()
        self._plan_cases, self._festival_days = plan_cases, festival_days
        self._wake = wake
        self._clock = clock
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def __aenter__(self) -> Self:
        """Start the beats."""
        for beat in self._beats:
            self._keep(self.run, beat)
        for chore in self._chores:
            self._keep(self.do, chore)
        self._scheduler.start()
        self._watch = asyncio.create_task(
            self._watch_clock(time.time() - time.monotonic()), name="beats: watch the clock"
        )
        return self

    def _keep(self, work: Callable[[Any], Awaitable[None]], beat: Beat | Chore) -> None:
        place = len(self._scheduler.get_jobs())
        self._scheduler.add_job(
            self._until_stopped,
            Every(seconds=beat.every_s, timezone="UTC"),
            args=(work, beat),
            id=beat.name,
            name=f"beat {beat.name}",
            next_run_time=datetime.now(UTC) + timedelta(seconds=FIRST_AFTER_S + place / 10),
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the beats; a planner under way still ends its transaction."""
        self._watch.cancel()
        for task in self._nudged:
            task.cancel()
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the scheduler stops in the event loop's next turn

    async def _watch_clock(self, offset: float) -> None:
        """Notice when the wall clock is moved: APScheduler would wait until the old time comes again."""
        while True:
            await asyncio.sleep(CLOCK_WATCHED_EVERY_S)
            moved_s = time.time() - time.monotonic() - offset
            if abs(moved_s) > CLOCK_SLACK_S:
                offset += moved_s
                log.warning("the clock was moved by %+.0f s: every beat runs now", moved_s)
                for hear in self.on_clock_moved:
                    hear()

    def hand_over(self) -> Collection[Beat]:
        """Give the beats to somebody else who keeps them; chores, which each machine does alone, stay."""
        beats, self._beats = self._beats, ()
        return beats

    def restart(self) -> None:
        """Let every beat run now, and go on from there.

        One that is under way began by the old time: it runs once more at its end. APScheduler would pass it
        over, and an hourly one would come an hour later.
        """
        self._once_more |= self._under_way
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=now + job.trigger.interval if job.id in self._under_way else now)

    def nudge(self, names: Collection[str]) -> None:
        """Run some beats now, beside their time, for somebody waits for what they bring.

        One that is under way runs once more at its end. Where another process keeps a beat, it runs here as
        well: planners are made for that.
        """
        for name in names:
            if name in self._under_way:
                self._once_more.add(name)
            else:
                beat = self._by_name[name]
                task = asyncio.create_task(self._until_stopped(self.run, beat), name=f"beat {name}: nudged")
                self._nudged.add(task)
                task.add_done_callback(self._nudged.discard)

    async def _until_stopped(self, work: Callable[[Any], Awaitable[None]], beat: Beat | Chore) -> None:
        """Do what a beat does; an end of the program is no failure, its transaction ends by itself.

        Where it is under way already, it is done once more at its end.
        """
        if beat.name in self._under_way:
            self._once_more.add(beat.name)
            return
        self._under_way.add(beat.name)
        try:
            with suppress(asyncio.CancelledError):
                await work(beat)
                while beat.name in self._once_more:
                    self._once_more.remove(beat.name)
                    await work(beat)
        finally:
            self._under_way.discard(beat.name)
            self._once_more.discard(beat.name)

    async def run(self, beat: Beat) -> None:
        """Run one beat now; whatever goes wrong is logged, and the beat goes on."""
        try:
            while True:
                done = await self._plan(beat)
                if done:
                    log.info("the beat %s did %d", beat.name, done)
                    self._wake()
                if not (done and beat.drains):
                    return
        except Exception as error:  # noqa: BLE001 - the edge: one beat; it is logged
            _tell_failure("beat", beat, error)

    async def _plan(self, beat: Beat) -> int:
        plan, now = beat.plan, self._clock()
        if beat.reads_words and self._plan_cases is not None:
            return await self._plan_cases(beat.name, now)
        if beat.reads_calendars and self._festival_days is not None:
            await self._festival_days.read_ahead(self._database, now=now)
        if isinstance(plan, Learning | Pictures):
            return await plan.run(self._database, now=now)
        return await run_planner(plan, self._database, now=now)

    async def do(self, chore: Chore) -> None:
        """Do one chore now; whatever goes wrong is logged, and the beat goes on."""
        try:
            await chore.do()
        except Exception as error:  # noqa: BLE001 - the edge: one chore; it is logged
            _tell_failure("chore", chore, error)


def _tell_failure(what: str, failed: Beat | Chore, error: Exception) -> None:
    """Log a failure; where the database is in trouble, in one line that says what to do."""
    trouble = trouble_of(error)
    if trouble is None:
        log.error(
            "the %s %s failed; it comes again in %g s", what, failed.name, failed.every_s, exc_info=error
        )
    else:
        log.error("the %s %s comes again in %g s, because %s", what, failed.name, failed.every_s, trouble)
