"""The year itself: the clock goes on in steps; people act, planners plan, and messages leave as they may."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, event, func, select
from sqlalchemy.orm import Session

from bot.beats import Beat, beats_of
from customers.company import Company
from scheduler.delivery.channel import Outgoing
from scheduler.delivery.traffic import Wish
from scheduler.delivery.turns import Note, take_turn
from scheduler.events.answers import answer_event
from store.departures import Sent
from store.errors import InputError, NotFoundError
from store.tables.outreach import Event, Rsvp
from store.tables.queues import OutboxMessage, OutboxState
from tests.scheduler.delivery.fakes import InlineDatabase
from tests.year.calendar import BEGINS, CORRECTED, define, hours_off, plans_of
from tests.year.life import Answer, Life, let_things_go_wrong
from tests.year.people import CHANNEL, Diary, settle_people

DAILY = frozenset({"visits", "stragglers", "added festivals", "follow-ups", "progress"})
"""Beats that decide for days: they come once a day, at any hour; the others with each step."""

OFTEN = frozenset(
    {
        "starts",
        "campaigns",
        "overtaken",
        "reminders",
        "waiting lists",
        "event news",
        "festivals",
        "birthdays",
        "moved festivals",
    }
)

DRAINED = frozenset({"starts", "campaigns", "festivals"})
"""Beats that go on while they do anything; the others while they do as much as they may, to save time."""

A_RUN = 500

A_TURN = 2000

CALLED = timedelta(minutes=110)
"""How long before an event its last reminder, of two hours before, is surely due and not yet too late."""

BEFORE = timedelta(hours=4)
"""How long before the calendar is corrected greetings are queued that it moves, in the night of that day."""

ANSWERED = 0.35
"""Which part of visits is answered."""

GOES_WRONG_AFTER = (20, 60, 132, 240, 330)
"""On these days much happens while a campaign's messages wait for the morning."""


_NEXT_EVENT = select(func.min(Event.starts_at)).where(Event.starts_at > bindparam("called"))


@dataclass(frozen=True)
class Taken:
    """A message that the app took."""

    at: datetime
    message: Outgoing

    @property
    def tap(self) -> str:
        """What its first button is about, such as ``visit:12``; "" where it has none."""
        taps = [button.data for row in self.message.buttons for button in row if button.data]
        return ":".join(taps[0].split(":")[:2]) if taps else ""


class _Open:
    """A gate at which nobody waits."""

    stopped: Collection[str] = ()

    def __call__(self, _address: str, _priority: int) -> bool:
        return False


@dataclass
class Year:
    """A company and its customers, whose clock a test moves."""

    database: InlineDatabase
    company: Company
    now: datetime
    chance: random.Random
    correct: Callable[[], None]
    diaries: Sequence[Diary] = ()
    taken: list[Taken] = field(default_factory=list)
    bought: Sequence[tuple[int, datetime]] = ()
    off: Sequence[tuple[datetime, datetime]] = ()
    moved: int = 0
    took_s: float = 0.0

    def __post_init__(self) -> None:
        self.begins = self.now

    async def passes(self, *, customers: int, days: int, hours: float) -> None:
        """Let the days go by, some hours at a time."""
        with self.database.transaction() as session:
            self.diaries = settle_people(session, customers, self.chance, now=self.now)
            define(session, now=self.now)
        life = Life(self.diaries, self.chance)
        self.bought, self.off = life.bought, hours_off(self.now)
        for at, act in plans_of(self.now):
            life.later(at, act)
        for day in GOES_WRONG_AFTER:
            at = (self.begins + timedelta(days=day)).replace(hour=8)
            life.later(at + timedelta(hours=1), lambda session, now: let_things_go_wrong(life, session, now))
        life.later(CORRECTED[-1], self._correct)
        beats = [beat for beat in beats_of(self.company, self.company.channels) if beat.name in DAILY | OFTEN]
        assert len(beats) == len(DAILY | OFTEN)
        end, comes = self.now + timedelta(days=days), dict.fromkeys(DAILY, self.now)
        while self.now < end:
            before = self.now
            self.now = self._next_moment(timedelta(hours=hours, minutes=self.chance.uniform(-20, 20)))
            with self.database.transaction() as session:
                life.goes_on(session, before, self.now)
            if self.is_off(self.now):
                continue
            for beat in beats:
                if comes.get(beat.name, self.now) <= self.now:
                    if beat.name in DAILY:
                        comes[beat.name] = self.now + timedelta(hours=self.chance.uniform(16, 28))
                    await self._keep(beat)
            self._deliver(life)

    def _correct(self, session: Session, _now: datetime) -> None:
        """Let the calendar be corrected, and note how many greetings wait for the day that is wrong."""
        waiting = select(func.count()).where(
            OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.dedupe_key.endswith(CORRECTED[1])
        )
        self.moved = session.scalar(waiting) or 0
        self.correct()

    def is_off(self, at: datetime) -> bool:
        """Tell whether the program does not run at a moment."""
        return any(begins <= at < ends for begins, ends in self.off)

    def _next_moment(self, step: timedelta) -> datetime:
        """Tell to when the clock is moved: a step further, but not past what must be seen by itself.

        That is the last call before an event, and the correction of the calendar, with a moment of the same
        night before it, in which the greetings that it moves are queued.
        """
        corrected = CORRECTED[-1]
        stops = (stop for stop in (corrected - BEFORE, corrected) if stop > self.now)
        later = min([self.now + step, *stops])
        with self.database.reading() as session:
            begins = session.connection().execute(_NEXT_EVENT, {"called": self.now + CALLED}).scalar()
        return later if begins is None else min(later, begins - CALLED)

    async def _keep(self, beat: Beat) -> None:
        while True:
            if hasattr(beat.plan, "run"):
                done = await beat.plan.run(self.database, now=self.now)
            else:
                done = await self.database.run(beat.plan, now=self.now)
            if not done or not beat.drains or (done < A_RUN and beat.name not in DRAINED):
                return

    def _deliver(self, life: Life) -> None:
        """Let everything leave that may."""
        notes: list[Note] = []
        wish = Wish(limit=A_TURN, reserved=defaultdict(int), held=_gate())
        while True:
            with self.database.transaction() as session:
                turn = take_turn(
                    session,
                    notes=notes,
                    wish=wish,
                    channel=CHANNEL,
                    company=self.company,
                    now=self.now,
                    claims=[],
                )
            self.taken += [Taken(self.now, one.outgoing) for one in turn.ready]
            notes = [Note(one.row.address, Sent(one.row.id, str(one.row.id), self.now)) for one in turn.ready]
            for one in turn.ready:
                self._react(life, one.outgoing)
            if not turn.claimed:
                return

    def _react(self, life: Life, message: Outgoing) -> None:
        """Let a customer tap on a button of what they got, or not, some time later."""
        taps = [button.data for row in message.buttons for button in row]
        if not taps or not message.address.isdecimal() or self.chance.random() > ANSWERED:
            return
        kind, number, *_ = taps[0].split(":")
        who = self.diaries[int(message.address) - 1]
        at = self.now + life.days(0.05, 3)
        if kind == "visit":
            life.answers.append((at, Answer(who, int(number))))
        elif kind == "rsvp":
            life.later(at, lambda session, now: self._reply(session, who, int(number), now))

    def _reply(self, session: Session, who: Diary, event_id: int, now: datetime) -> None:
        answer = self.chance.choice((Rsvp.GOING, Rsvp.GOING, Rsvp.MAYBE, Rsvp.NO))
        with suppress(InputError, NotFoundError):  # it is over
            answer_event(session, event_id, who.number, answer, company=self.company, now=now)


def _gate() -> Any:
    return _Open()


def _wait_for_no_disk(connection: Any, _record: object) -> None:
    """Let commits not wait for the disk, and pages stay in memory: nobody pulls a plug in this year."""
    for pragma in ("synchronous=OFF", "wal_autocheckpoint=20000", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def play(
    url: str,
    company: Company,
    *,
    correct: Callable[[], None],
    customers: int,
    days: int,
    hours: float,
    seed: int,
) -> Year:
    """Play a year, and give what came of it; ``correct`` lets a new calendar be there."""
    database = InlineDatabase(url)
    event.listen(database.engine, "connect", _wait_for_no_disk)
    year = Year(database, company, BEGINS, random.Random(seed), correct)
    began_s = time.perf_counter()
    asyncio.run(year.passes(customers=customers, days=days, hours=hours))
    year.took_s = time.perf_counter() - began_s
    return year
