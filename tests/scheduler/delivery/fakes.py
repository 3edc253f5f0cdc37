"""A messaging app, a clock and a database that do what a test says, at once and in order."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Concatenate

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.delivery.channel import Outgoing
from scheduler.delivery.lane import Lane
from scheduler.delivery.pacing import UNLIMITED, LaneRules
from scheduler.delivery.unsent import Unsent, nobody_is_told
from store.engine import Database, P, T
from store.outbox import RULES, Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW

STEPS_UNTIL_QUIET = 200


class InlineDatabase(Database):
    """A database whose units of work run where they are asked for, so that a test has no threads."""

    async def run(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in one write transaction, at once."""
        await asyncio.sleep(0)
        with self.transaction() as session:
            return work(session, *args, **kwargs)

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a read-only view, at once."""
        with self.reading() as session:
            return work(session, *args, **kwargs)


@dataclass
class MovedTime:
    """Time that goes by only when a test lets it."""

    now: datetime = NOW
    seconds: float = 1000.0
    _sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)

    def clock(self) -> datetime:
        """Tell the time."""
        return self.now

    def monotonic(self) -> float:
        """Tell the seconds."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has let so many seconds go by."""
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._numbers), woken))
        await woken

    async def passes(self, seconds: float) -> None:
        """Let time go by, and everybody do what is due in it."""
        end = self.seconds + seconds
        await quiet()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, woken = heapq.heappop(self._sleepers)
            if woken.done():
                continue
            self._move_to(max(moment, self.seconds))
            woken.set_result(None)
            await quiet()
        self._move_to(end)

    def _move_to(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds - self.seconds)
        self.seconds = seconds


async def quiet() -> None:
    """Let every task go on until it waits for time or for the test."""
    for _ in range(STEPS_UNTIL_QUIET):
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Call:
    """A call that the app took."""

    at: float
    message: Outgoing
    external_id: str
    is_edit: bool = False

    @property
    def text(self) -> str:
        """What the chat shows."""
        return self.message.text


@dataclass
class FakeChannel:
    """Takes every message, but for the troubles that a test has laid out."""

    time: MovedTime
    name: str = "telegram"
    latency_s: float = 0.0
    calls: list[Call] = field(default_factory=list)
    troubles: dict[str, list[Exception]] = field(default_factory=dict)
    outage: Exception | None = None
    tries: int = 0
    looks: int = 0

    def fails(self, address: str, *errors: Exception) -> None:
        """Let the next calls to an address fail, each with one of these errors."""
        self.troubles.setdefault(address, []).extend(errors)

    async def send(self, message: Outgoing) -> str:
        """Take a message."""
        await self._meet_trouble(message.address)
        call = Call(self.time.seconds, message, f"x{len(self.calls) + 1}")
        self.calls.append(call)
        return call.external_id

    async def edit(self, external_id: str, message: Outgoing) -> None:
        """Take a change of a message."""
        await self._meet_trouble(message.address)
        self.calls.append(Call(self.time.seconds, message, external_id, is_edit=True))

    async def look(self) -> None:
        """Tell whether messages are taken."""
        self.looks += 1
        if self.outage is not None:
            raise self.outage

    async def _meet_trouble(self, address: str) -> None:
        self.tries += 1
        if self.latency_s:
            await self.time.sleep(self.latency_s)
        if self.outage is not None:
            raise self.outage
        if self.troubles.get(address):
            raise self.troubles[address].pop(0)

    @property
    def texts(self) -> list[str]:
        """The texts that were taken, in order."""
        return [call.text for call in self.calls]


@dataclass
class Scene:
    """A lane with all that is around it."""

    database: Database
    time: MovedTime
    channel: FakeChannel
    company: Company = COMPANY
    rules: LaneRules = UNLIMITED
    told: Unsent = nobody_is_told
    lane: Lane = field(init=False)
    running: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.lane = self.new_lane()

    def new_lane(self) -> Lane:
        """Build a lane as the program does at its start."""
        return Lane(
            self.database,
            self.channel,
            self.company,
            rules=self.rules,
            clock=self.time.clock,
            monotonic=self.time.monotonic,
            sleep=self.time.sleep,
            jitter=lambda: 0.0,
            grace_s=0.01,
            told=self.told,
        )

    async def starts(self, rules: LaneRules | None = None) -> None:
        """Start the lane, and let it do what it can at once."""
        self.rules = rules or self.rules
        self.lane = self.new_lane()
        self.running = asyncio.create_task(self.lane.run())
        await quiet()

    async def stops(self) -> None:
        """Stop the lane as the program does at its end."""
        if self.running is not None:
            self.running.cancel()
            await asyncio.wait([self.running])
            self.running = None

    async def dies(self) -> None:
        """Lose the lane as ``kill -9`` would: nothing more is noted."""
        assert self.running is not None
        database = self.lane._database
        dead = Unreachable(self.database)
        self.lane._database = dead  # type: ignore[assignment]  # nothing else is called
        self.lane._sleep = dead.run
        self.running.cancel()
        await asyncio.wait([self.running])
        self.running.exception()
        self.running = None
        self.lane._database = database

    def queue(self, *drafts: Draft) -> None:
        """Put drafts into the outbox."""
        with self.database.transaction() as session:
            enqueue(session, drafts, now=self.time.now)

    async def sends(self, *drafts: Draft, seconds: float = 0.0) -> None:
        """Queue drafts, wake the lane, and let time go by."""
        self.queue(*drafts)
        self.lane.wake()
        await self.time.passes(seconds)

    def row(self, key: str) -> OutboxMessage:
        """Read one row of the outbox."""
        with self.database.reading() as session:
            return session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key == key)).one()

    def states(self) -> dict[str, OutboxState]:
        """Tell where each row stands."""
        with self.database.reading() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
            return {row.dedupe_key: row.state for row in rows}


class Unreachable:
    """A database of which a dead process can reach nothing."""

    def __init__(self, database: Database) -> None:
        self.url = database.url

    async def run(self, *_args: object, **_kwargs: object) -> None:
        """Refuse."""
        raise ConnectionError("the process is dead")

    read = run


_keys = itertools.count(1)


def draft(text: str = "hello", **fields: Any) -> Draft:
    """Compose a draft; an answer to chat 77 with its text as the key, unless ``fields`` say otherwise."""
    values: dict[str, Any] = {
        "kind": MessageKind.ANSWER,
        "channel": "telegram",
        "address": "77",
        "text": text,
        "dedupe_key": text,
    }
    return Draft(**(values | fields))


def many(count: int, kind: MessageKind = MessageKind.ANSWER, **fields: Any) -> list[Draft]:
    """Compose drafts to as many chats."""
    made = (draft(f"{kind} {number}", kind=kind, address=str(number), **fields) for number in range(count))
    return [replace(one, expires_at=NOW + RULES[kind].lifetime) for one in made]
