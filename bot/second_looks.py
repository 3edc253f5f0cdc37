"""The duty of the second look: what waits for it is read, and what was found counts.

A message that deserves a second look leaves a row in its own transaction (``feedback.second_look.asking``).
Here such rows are read in order, scored in another process (``bot.second_core``) and applied in one
transaction that marks them, where messages are handled (``bot.other_core``). After a crash anywhere the same
rows wait, or are marked.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.intake import utc_now
from bot.second_core import CoreNotStartedError, SecondCore
from customers.company import Company
from handlers.second_looks import Applied, Seen, apply_looks, give_up, words_to_read
from store.engine import Database
from store.errors import ConfigurationError
from store.second_looks import WaitingLook, find_waiting_looks
from store.tables.second_looks import LookReason, Outcome
from store.trouble import trouble_of

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""How long a message waits at most before it is seen to wait: a query of a small index."""
AT_ONCE = 32
"""Messages that are read and counted together: a fraction of a second of reading, a few milliseconds of the
database's writer."""
GIVES_WAY = 12
"""While more waits, the duty pauses for so many times as long as it had the database: what comes in has the
database and this process to itself for nine tenths of the time, however much there is to read again."""
LONGEST_PAUSE_S = 1.0
REST_AFTER_S = 600.0
"""After so long without a message the process ends, and with it some 130 MB."""
TOLD_EVERY_S = 3600.0
TROUBLE_WAIT_S = 30.0

Apply = Callable[[Sequence[Seen], str, datetime], Awaitable[Applied]]
"""Lets what was seen count, in one transaction; told what read it, and when."""


def applied_here(database: Database, company: Company) -> Apply:
    """Let second looks count in a thread of this process."""

    async def apply(seen: Sequence[Seen], model: str, now: datetime) -> Applied:
        return await database.run(apply_looks, seen, company=company, model=model, now=now)

    return apply


@dataclass(slots=True)
class SecondLooks:
    """Reads a second time what waits for it.

    Attributes:
        database: where messages wait.
        apply: lets what was found count.
        wake: told for which channels something was queued.
        core: reads.
        clock: tells the time.
        look_every_s, rest_after_s: ``LOOK_EVERY_S`` and ``REST_AFTER_S``.
    """

    database: Database
    apply: Apply
    wake: Callable[[frozenset[str]], None]
    core: SecondCore = field(default_factory=SecondCore)
    clock: Callable[[], datetime] = utc_now
    look_every_s: float = LOOK_EVERY_S
    rest_after_s: float = REST_AFTER_S
    _outcomes: Counter[tuple[LookReason, Outcome]] = field(default_factory=Counter)
    _longest_s: float = 0.0
    _told_s: float = field(default_factory=time.monotonic)

    async def run(self) -> None:
        """Read what waits, until cancelled; where nothing can be read, say so once and only wait."""
        busy_s = time.monotonic()
        try:
            await self._begin()
            while True:
                now_s = time.monotonic()
                if await self._round():
                    busy_s = now_s
                else:
                    if now_s - busy_s >= self.rest_after_s:
                        await asyncio.to_thread(self.core.close)
                    await asyncio.sleep(self.look_every_s)
                self._tell(now_s)
        except ConfigurationError as error:
            log.warning(
                "messages get the first look alone: %s; what waits is read after the next start that can",
                error,
            )
            await asyncio.Event().wait()
        finally:
            self.core.close()

    async def _begin(self) -> None:
        """Let the process begin with the program: else the first message would wait for it."""
        try:
            await self.core.begin()
        except CoreNotStartedError as error:
            log.warning("the first message to be read again tries once more: %s", error)

    async def _round(self) -> bool:
        """Read some of what waits; returns whether there may be more at once."""
        try:
            waiting = await self.database.read(find_waiting_looks, AT_ONCE)
            applied = await self._settle(waiting) if waiting else 0
        except Exception as error:
            trouble = str(error) if isinstance(error, CoreNotStartedError) else trouble_of(error)
            if trouble is None:
                raise
            log.warning("second looks wait for %.0f s: %s", TROUBLE_WAIT_S, trouble)
            await asyncio.sleep(TROUBLE_WAIT_S)
            return False
        return applied > 0

    async def _settle(self, waiting: Sequence[WaitingLook]) -> int:
        """Read some messages and let what was found count; one that cannot be read holds up no other."""
        try:
            return await self._count(waiting)
        except Exception as error:
            if not _is_theirs(error):
                raise
            log.debug("one of %d messages cannot be read, so each is read alone: %r", len(waiting), error)
        return sum([await self._settle_alone(one) for one in waiting])

    async def _settle_alone(self, one: WaitingLook) -> int:
        try:
            return await self._count([one])
        except Exception as error:
            if not _is_theirs(error):
                raise
            log.warning("feedback %d gets no second look: %r", one.feedback_id, error)
        await self.database.run(give_up, one.feedback_id, now=self.clock())
        return 1

    async def _count(self, waiting: Sequence[WaitingLook]) -> int:
        found = await self.core.read([words_to_read(one.text) for one in waiting])
        seen = [
            Seen(one.feedback_id, one.text, read.opinion) for one, read in zip(waiting, found, strict=True)
        ]
        began_s = time.monotonic()
        applied = await self.apply(seen, self.core.model, self.clock())
        if applied.channels:
            self.wake(applied.channels)
        if len(waiting) == AT_ONCE:
            await asyncio.sleep(min(GIVES_WAY * (time.monotonic() - began_s), LONGEST_PAUSE_S))
        self._outcomes.update(applied.outcomes)
        self._longest_s = max(self._longest_s, applied.longest_s)
        return sum(applied.outcomes.values())

    def _tell(self, now_s: float) -> None:
        """Say now and then how many messages were read again, and what that changed."""
        if now_s - self._told_s < TOLD_EVERY_S:
            return
        if self._outcomes:
            log.info("%s; the longest waited %.1f s", outcomes_in_words(self._outcomes), self._longest_s)
        self._outcomes.clear()
        self._longest_s, self._told_s = 0.0, now_s


def outcomes_in_words(outcomes: Mapping[tuple[LookReason, Outcome], int]) -> str:
    """Say how many messages were read again, why, and what that changed.

    >>> outcomes_in_words({(LookReason.UNSURE, Outcome.REFINED): 2})
    'second look: 2 messages (2 unsure): 2 refined'
    """
    reasons, changes = Counter[str](), Counter[str]()
    for (reason, outcome), count in outcomes.items():
        reasons[reason] += count
        changes[outcome] += count
    return f"second look: {sum(reasons.values()):,} messages ({_listed(reasons)}): {_listed(changes)}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.most_common())


def _is_theirs(error: Exception) -> bool:
    """Whether the fault may lie with one of the messages, and not with the machine or the database."""
    return not isinstance(error, ConfigurationError | CoreNotStartedError) and trouble_of(error) is None
