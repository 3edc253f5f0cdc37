"""The lane: the one task that sends what is queued for an account of a messaging app.

It goes in turns. A turn is one transaction: what the app took since the last turn is noted, and as many
messages are claimed as can leave within the next moment. Then each is sent in a task of its own, at the
lane's pace. A chat takes part with one message at a time, and again once that one is noted; so nothing
overtakes within a chat, and a message's correction always finds what the app calls it.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from customers.company import Company
from scheduler.delivery.calls import Caller
from scheduler.delivery.channel import Channel
from scheduler.delivery.outages import OutageWatch, report_outage
from scheduler.delivery.pacing import LaneRules, rules_for
from scheduler.delivery.recovery import Recovery, recover
from scheduler.delivery.traffic import LONGEST_HORIZON_S, Gate, Traffic, Wish
from scheduler.delivery.turns import Note, Ready, Turn, record, take_turn
from scheduler.delivery.unsent import Unsent, nobody_is_told
from store.departures import Claimed
from store.engine import Database
from store.line import Line
from store.trouble import trouble_of

log = logging.getLogger(__name__)

POLL_S = 2.0
"""How soon rows are found that another process queued, which cannot wake this lane."""

TURN_EVERY_S = 0.010
"""A lane with a limit waits so long between two turns: what lands meanwhile is noted in one transaction."""

LEISURELY_TURN_EVERY_S = 0.050
"""So long where the last turn took all that was due, unless something new is queued or all of it has landed:
no pace is lost, and who writes has the database."""

TURNS_AHEAD = 1.3
SLOWER, FASTER = 0.2, 0.03
"""How fast the expected length of a turn follows a slow one, and a fast one: a disk is slow now and then."""

GRACE_S = 5.0
"""So long calls under way may finish when the lane is stopped; with ``LAST_WORD_S`` it is all a duty has."""

LAST_WORD_S = 2.0
"""For how long the lane tries to note the last results; after that the next start decides on the rows."""

DATABASE_FIRST_WAIT_S = 0.2
DATABASE_LONGEST_WAIT_S = 10.0


def utc_now() -> datetime:
    """Tell the time; the default clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Flight:
    """A message under way, from its claim until it is noted; ``note`` says what became of it."""

    ready: Ready
    start_at: float
    called: bool = False
    note: Note | None = None


class Lane:
    """Sends what is queued for one channel account."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        company: Company,
        *,
        rules: LaneRules | None = None,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        grace_s: float = GRACE_S,
        told: Unsent = nobody_is_told,
    ) -> None:
        """Prepare a lane; nothing happens before ``run``.

        Args:
            database: where the outbox is.
            channel: the app.
            company: who we are.
            rules: what the app allows; None is what is known of it (``pacing.rules_for``).
            clock: tells the time, aware UTC.
            monotonic: a clock in seconds that never goes back.
            sleep: waits for seconds of that clock.
            jitter: 0 to 1 at random, for waits after failures.
            grace_s: for how long calls under way may finish when the lane is stopped.
            told: is told of messages that will not arrive.
        """
        self._database, self._channel, self._company, self._told = database, channel, company, told
        self._clock, self._monotonic, self._sleep, self._grace_s = clock, monotonic, sleep, grace_s
        rules = rules or rules_for(channel.name)
        self._rules, self._turn_every_s = rules, TURN_EVERY_S if rules.per_s else 0.0
        self._traffic = Traffic(rules)
        self._caller = Caller(channel, self._traffic, clock, monotonic, jitter)
        self._bell, self._hurry = asyncio.Event(), asyncio.Event()
        self._flights: dict[str, _Flight] = {}
        self._calls: dict[asyncio.Task[None], _Flight] = {}
        self._landed: list[_Flight] = []
        self._noting: list[_Flight] = []
        self._turning: asyncio.Task[Turn] | None = None
        self._claims: list[Claimed] = []
        self._line = Line()
        self._last: Turn | None = None
        self._gate: Gate | None = None
        self._last_at = self._last_turn_s = self._turn_s = 0.0
        self._is_leisurely = False
        self._outages = OutageWatch()
        self._began_at = clock() - timedelta(seconds=monotonic())
        self._database_wait_s = 0.0

    def wake(self) -> None:
        """Let the lane look at the outbox at once; to be called on the event loop's thread."""
        self._bell.set()
        self._hurry.set()

    async def run(self) -> None:
        """Send what is queued until cancelled.

        When cancelled, messages whose call was not made go back in line, and calls under way have
        ``grace_s`` to finish; then all is noted.
        """
        await self._recover_at_last()
        try:
            while True:
                self._bell.clear()
                self._hurry.clear()
                await self._watch()
                if self._traffic.must_look(self._monotonic(), len(self._flights)):
                    await self._caller.look()
                elif self._landed or self._traffic.limit(self._monotonic(), self._under_way()):
                    await self._take_turn()
                await self._rest()
        finally:
            await self._close()

    async def recover(self) -> None:
        """Decide on messages that were being sent when the program stopped, by their kind's policy."""
        name, now, rules = self._channel.name, self._clock(), self._rules
        found = await self._database.run(recover, channel=name, rules=rules, now=now)
        if found.again or found.uncertain:
            log.warning(
                "%s: %d messages were being sent at the last stop: %d are sent again, %d stay uncertain%s",
                name,
                found.again + found.uncertain,
                found.again,
                found.uncertain,
                " (`rapport outbox uncertain` lists them)" if found.uncertain else "",
            )
        self._line.forget()
        self._remember(found, now)

    def _remember(self, found: Recovery, now: datetime) -> None:
        """Count what left before against the limits, on the clock that never goes back."""
        zero = self._monotonic()
        self._traffic.remember((address, zero - (now - at).total_seconds()) for address, at in found.departed)
        for address, until in found.waits.items():
            self._traffic.hold(address, zero + (until - now).total_seconds())

    async def _recover_at_last(self) -> None:
        while True:
            try:
                return await self.recover()
            except Exception as error:  # noqa: BLE001 - the edge, as above
                self._put_off(error)
            await self._sleep(self._database_wait_s)

    async def _take_turn(self) -> None:
        """Note what landed and claim what may leave; the rows stay as they were where that fails."""
        self._noting = list(self._landed)
        self._last_at = self._monotonic()
        busy = [address for address, flight in self._flights.items() if flight.note is None]
        wish = self._traffic.wish(self._last_at, busy)
        self._turning = self._begin_turn(wish, doubtful=tuple(self._claims))
        try:
            turn = await asyncio.shield(self._turning)
        except Exception as error:  # noqa: BLE001 - the edge: whatever fails is logged and tried again
            self._turning = None
            self._put_off(error)
            return
        self._turning, self._database_wait_s, self._claims = None, 0.0, []
        self._last, self._gate = (turn, wish.held) if wish.limit else (None, None)
        self._last_turn_s = self._monotonic() - self._last_at
        self._expect_turns_of(self._last_turn_s)
        self._forget(self._noting)
        if wish.is_probe and not turn.claimed and turn.next_due_at is None:
            self._caller.note_rest()
        for ready in turn.ready:
            self._launch(ready)
        took_all = turn.claimed < wish.least_limit
        self._is_leisurely = took_all and (bool(turn.ready) or not turn.claimed)  # else chats may have more
        if took_all:
            self._traffic.rested()

    def _begin_turn(self, wish: Wish, *, doubtful: Sequence[Claimed]) -> asyncio.Task[Turn]:
        """Begin a turn; what it claims is written down even where nobody learns whether it was committed."""
        self._claims = claims = list(doubtful)
        return asyncio.create_task(
            self._database.run(
                take_turn,
                notes=[flight.note for flight in self._noting if flight.note is not None],
                wish=wish,
                channel=self._channel.name,
                company=self._company,
                now=self._clock(),
                doubtful=doubtful,
                claims=claims,
                line=self._line,
                told=self._told,
            )
        )

    def _expect_turns_of(self, seconds: float) -> None:
        """Claim as short before the start as turns allow: what is claimed in a crash is in doubt."""
        self._turn_s += (SLOWER if seconds > self._turn_s else FASTER) * (seconds - self._turn_s)
        horizon_s = self._turn_every_s + TURNS_AHEAD * self._turn_s
        self._traffic.horizon_s = min(max(horizon_s, self._traffic.shortest_horizon_s), LONGEST_HORIZON_S)

    async def _watch(self) -> None:
        """Tell staff of an outage that lasts, and when it is over."""
        now = self._monotonic()
        lasted_to = self._began_at + timedelta(seconds=now)  # however the wall clock is moved meanwhile
        outage = self._outages.look(troubled=self._traffic.is_closed(now), now=lasted_to)
        if outage is None or self._database_wait_s:
            return
        name, company = self._channel.name, self._company
        try:
            await self._database.run(report_outage, outage, channel=name, company=company, now=self._clock())
        except Exception as error:  # noqa: BLE001 - the edge: whatever fails is logged and tried again
            self._put_off(error)
            return
        self._outages.told(outage)

    def _put_off(self, error: Exception) -> None:
        """Give the database time; what waits in the outbox waits on."""
        longer = max(2 * self._database_wait_s, DATABASE_FIRST_WAIT_S)
        self._database_wait_s = min(longer, DATABASE_LONGEST_WAIT_S)
        trouble = trouble_of(error)
        log.error(
            "%s: delivery waits for the database and looks again in %.1f s: %s",
            self._channel.name,
            self._database_wait_s,
            trouble or "something unexpected",
            exc_info=error if trouble is None else None,
        )

    def _forget(self, noted: list[_Flight]) -> None:
        del self._landed[: len(noted)]
        for flight in noted:
            del self._flights[flight.ready.row.address]

    async def _rest(self) -> None:
        """Wait until there may be something to do: a message landed, rows were queued, or a moment came."""
        wait_s = self._idle_s()
        if wait_s > 0:
            await self._wait_for(self._bell, wait_s)
        leisure_s = self._last_at + LEISURELY_TURN_EVERY_S - self._monotonic()
        if leisure_s > 0 and self._is_leisurely:
            await self._wait_for(self._hurry, leisure_s)
        too_early_s = self._last_at + self._least_s_between_turns() - self._monotonic()
        if too_early_s > 0:
            await self._sleep(too_early_s)

    def _least_s_between_turns(self) -> float:
        """Tell how soon a turn may follow; a lane that is not behind has the database half of the time."""
        if not self._is_leisurely:
            return self._turn_every_s
        return max(self._turn_every_s, self._last_turn_s + min(self._last_turn_s, LEISURELY_TURN_EVERY_S))

    async def _wait_for(self, event: asyncio.Event, wait_s: float) -> None:
        alarm = asyncio.create_task(self._set_after(event, wait_s))
        try:
            if self._database_wait_s:
                await alarm  # whatever rings: the database needs the time
            else:
                await event.wait()
        finally:
            alarm.cancel()

    async def _set_after(self, event: asyncio.Event, wait_s: float) -> None:
        await self._sleep(wait_s)
        event.set()

    def _idle_s(self) -> float:
        """Tell after how many seconds to look again if nothing rings the bell."""
        if self._database_wait_s:
            return self._database_wait_s
        now, last = self._monotonic(), self._last
        if not self._traffic.limit(now, self._under_way()):
            opens_at = self._traffic.opens_at(now, self._under_way())
            return POLL_S if opens_at is None else min(POLL_S, opens_at - now)
        if last is None or last.claimed:
            return 0.0
        if last.next_due_at is None:
            return POLL_S
        if last.next_due_at > last.at:
            return min(POLL_S, (last.next_due_at - self._clock()).total_seconds())
        release_at = None if self._gate is None else self._traffic.next_release(self._gate)
        return POLL_S if release_at is None else min(POLL_S, release_at - now)

    def _under_way(self) -> int:
        return len(self._flights) - len(self._landed)

    def _launch(self, ready: Ready) -> None:
        address = ready.row.address
        calls = self._rules.calls_for(ready.outgoing.text) + len(ready.outgoing.attachments)
        flight = _Flight(ready, self._traffic.depart(address, self._monotonic(), calls=calls))
        self._flights[address] = flight
        call = asyncio.create_task(self._fly(flight))
        self._calls[call] = flight
        call.add_done_callback(self._calls.pop)

    async def _fly(self, flight: _Flight) -> None:
        """Send one message when its moment has come, and write down what became of it."""
        wait_s = flight.start_at - self._monotonic()
        if wait_s > 0:
            await self._sleep(wait_s)
        flight.called = True
        started_at = self._monotonic()
        self._traffic.started(flight.start_at, started_at)
        flight.note = await self._caller.call(flight.ready)
        self._traffic.ended(started_at, self._monotonic())
        self._landed.append(flight)
        self._bell.set()
        if not self._under_way():
            self._hurry.set()

    async def _close(self) -> None:
        """Note everything: what landed, what is still under way after the grace, what was never called."""
        unsent = await self._end_turn()
        for call, flight in list(self._calls.items()):
            if not flight.called:
                call.cancel()
                unsent.append(flight.ready)
        under_way = [call for call, flight in self._calls.items() if flight.called]
        if under_way:
            await asyncio.wait(under_way, timeout=self._grace_s)
        notes = [self._caller.put_back(ready) for ready in unsent]
        for call, flight in list(self._calls.items()):
            call.cancel()
            if flight.called and flight.note is None:
                notes.append(self._caller.give_up(flight.ready))
        notes += [flight.note for flight in self._landed if flight.note is not None]
        await self._note_at_last(notes)

    async def _note_at_last(self, notes: Sequence[Note]) -> None:
        """Note what will not be known again; a database that is away has a moment to come back."""
        give_up_at = self._monotonic() + LAST_WORD_S
        name, doubtful = self._channel.name, self._claims
        while True:
            try:
                return await self._database.run(
                    record,
                    notes=notes,
                    channel=name,
                    now=self._clock(),
                    doubtful=doubtful,
                    told=self._told,
                )
            except Exception as error:  # noqa: BLE001 - the edge, as above
                self._put_off(error)
            if self._monotonic() >= give_up_at:
                return log.error(
                    "%s: what became of %d messages could not be noted: the next start decides on them",
                    name,
                    len(notes),
                )
            await self._sleep(min(self._database_wait_s, LAST_WORD_S / 4))

    async def _end_turn(self) -> list[Ready]:
        """Wait for the turn under way: what its transaction claimed must not be forgotten."""
        if self._turning is None:
            return []
        await asyncio.wait([self._turning])
        if self._turning.cancelled() or self._turning.exception() is not None:
            return []
        self._forget(self._noting)
        self._claims = []
        return list(self._turning.result().ready)
