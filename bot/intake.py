"""The road in: updates → one transaction → handlers → rows and outbox → commit → only then confirm.

A channel hands updates to ``Intake.take`` and confirms them to its app when that returns. Whatever arrives
while a commit is under way is handled together in the next transaction. Where one of them cannot be handled,
all are begun again one by one, each behind a savepoint of its own: a bad one takes nothing down with it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from bot.early_replies import until_noted
from customers.company import Chat, Company
from customers.erasure import FAREWELL
from customers.phrases import phrases
from feedback.learning.following import Follower
from feedback.understanding import Understand, Understanding, understand
from handlers.context import Setting
from handlers.incoming import Incoming, clean_text, cleaned
from handlers.reception import receive
from handlers.rounds import rounds
from store.engine import Database
from store.inbox import claim_updates, record_unreadable
from store.outbox import Draft, enqueue_named
from store.tables.queues import MessageKind
from store.trouble import trouble_of

log = logging.getLogger(__name__)

BATCH_LIMIT = 100
"""Updates handled in one transaction; as many as Telegram gives at once."""

WORTH_A_BATCH = (1, 32)
"""How many messages are handled in a transaction at least: while nothing is under way, and while one is."""

RETRY_FIRST_S = 0.2
RETRY_LONGEST_S = 10.0

Handle = Callable[[Sequence[Incoming], datetime], Awaitable[frozenset[str]]]
"""Handles a batch in one transaction; once committed, tells for which channels something was queued."""


def utc_now() -> datetime:
    """Tell the time; the default clock."""
    return datetime.now(UTC)


Speaker = tuple[str, str]
"""A channel and a user id on it."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    update: Incoming
    done: asyncio.Future[None]

    @property
    def speaker(self) -> Speaker:
        return self.update.channel, self.update.sender.id


@dataclass(slots=True)
class Intake:
    """Handles updates of all channels; those of one speaker in the order in which they came.

    Attributes:
        database: where everything is kept.
        handle: handles a batch: here (``handled_here``), or in a process beside ours.
        on_commit: called after each commit with the channels that have something to send.
        clock: tells the time.
        working: whether the database took the last batch.
    """

    database: Database
    handle: Handle
    on_commit: Callable[[frozenset[str]], None] = field(default=lambda _channels: None)
    clock: Callable[[], datetime] = utc_now
    working: bool = True
    _waiting: deque[_Waiting] = field(default_factory=deque)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BATCH_LIMIT))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: list[Collection[Speaker]] = field(default_factory=list)

    async def take(self, updates: Sequence[Incoming]) -> None:
        """Handle updates and return when their transaction has committed.

        Waits while many wait, so a burst slows its source down instead of filling the memory.
        A cancelled caller learns nothing, but what it handed over is still handled.
        """
        loop = asyncio.get_running_loop()
        items = [_Waiting(update, loop.create_future()) for update in updates]
        for item in items:
            await self._room.acquire()
            self._waiting.append(item)
            self._changed.set()
        for item in items:
            await item.done

    async def keep_unreadable(
        self, channel: str, update_id: str, error: str, payload: Mapping[str, Any]
    ) -> None:
        """Keep an update that a channel could not read, so that a person can look at it."""
        await self.database.run(
            record_unreadable,
            channel=channel,
            update_id=update_id,
            error=error,
            payload=payload,
            now=self.clock(),
        )

    async def run(self) -> None:
        """Handle what comes until cancelled."""
        try:
            async with asyncio.TaskGroup() as batches:
                while True:
                    await self._changed.wait()
                    self._changed.clear()
                    while batch := self._next_batch():
                        speakers = {item.speaker for item in batch}
                        self._under_way.append(speakers)
                        batches.create_task(self._settle(batch, speakers))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    def _next_batch(self) -> list[_Waiting]:
        """Choose what is handled next; nobody speaks in two batches at a time.

        While one batch is under way many may make another, so that the one is handled while we listen to
        those whose messages were in the other. A few wait: a transaction costs much by itself.
        """
        if (
            len(self._under_way) >= len(WORTH_A_BATCH)
            or len(self._waiting) < WORTH_A_BATCH[len(self._under_way)]
        ):
            return []
        speaking = set[Speaker]().union(*self._under_way)
        batch: list[_Waiting] = []
        later: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH_LIMIT:
            item = self._waiting.popleft()
            if item.speaker in speaking:
                later.append(item)
            else:
                batch.append(item)
                self._room.release()
        self._waiting.extendleft(reversed(later))
        return batch

    async def _settle(self, batch: Sequence[_Waiting], speakers: Collection[Speaker]) -> None:
        """Have a batch handled, and tell those who wait for it."""
        updates = [item.update for item in batch]
        await until_noted(self.database, updates)
        channels = await self._commit(updates)
        self._under_way.remove(speakers)
        self.on_commit(channels)  # first: those who hear that they are handled keep us busy for a while
        for item in batch:
            if not item.done.done():
                item.done.set_result(None)
        self._changed.set()

    async def _commit(self, updates: Sequence[Incoming]) -> frozenset[str]:
        """Handle a batch in one transaction; while the database cannot take it, wait and try again."""
        wait_s = RETRY_FIRST_S
        while True:
            try:
                channels = await self.handle(updates, self.clock())
            except Exception as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
                self.working = False
                log.error(  # noqa: TRY400 - the line says what to do; where it happened helps nobody
                    "the database did not take %d updates, which are kept and tried again in %.1f s: %s",
                    len(updates),
                    wait_s,
                    trouble,
                )
            else:
                self.working = True
                return channels
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, RETRY_LONGEST_S)


def handled_here(database: Database, company: Company) -> Handle:
    """Handle batches in threads of this process."""
    follower = Follower(database)

    def read(updates: Sequence[Incoming]) -> Understand:
        follower.look()
        return understood(updates)

    async def handle(updates: Sequence[Incoming], now: datetime) -> frozenset[str]:
        understand = await asyncio.to_thread(read, updates)
        return await database.run(handle_batch, updates, company=company, now=now, understand=understand)

    return handle


def understood(updates: Sequence[Incoming]) -> Understand:
    """Understand a batch before its transaction begins, since others may wait for that to end."""
    known: dict[str, Understanding] = {}
    for text in {clean_text(update.text) for update in updates}:
        with suppress(Exception):  # whoever handles it meets that, too, and for one update alone
            known[text] = understand(text)
    return lambda text: known.get(text) or understand(text)


def handle_batch(
    session: Session,
    updates: Sequence[Incoming],
    *,
    company: Company,
    now: datetime,
    understand: Understand = understand,
) -> frozenset[str]:
    """Handle updates inside one transaction; does not commit.

    Returns:
        The channels for which something was queued.
    """
    setting = Setting(company, now, understand)
    updates = [cleaned(update) for update in updates]
    try:
        with session.begin_nested():
            return _handle(session, updates, setting)
    except Exception as error:
        if trouble_of(error) is not None:
            raise  # the database is at fault, not an update: the whole batch is tried again
        log.debug("one of %d updates cannot be handled, so each is taken alone: %r", len(updates), error)
    alone = (_handle_alone(session, update, setting) for update in updates)
    return frozenset[str]().union(*alone)


def _handle_alone(session: Session, update: Incoming, setting: Setting) -> frozenset[str]:
    """Handle one update behind a savepoint; whatever goes wrong with it alone is recorded and answered."""
    try:
        return _handle_in_savepoint(session, update, setting)
    except Exception as error:
        if trouble_of(error) is not None:
            raise
        log.exception("update %s of %s could not be handled", update.update_id, update.channel)
        return _give_up(session, update, error, setting)


def _handle_in_savepoint(session: Session, update: Incoming, setting: Setting) -> frozenset[str]:
    """Handle one update; where another program met the same newcomer at the same moment, once more."""
    try:
        with session.begin_nested():
            return _handle(session, [update], setting)
    except IntegrityError:
        with session.begin_nested():
            return _handle(session, [update], setting)


class _ErasedAmongOthersError(Exception):
    """Somebody is erased while others of the round may speak of them: each update must be taken alone."""


def _handle(session: Session, updates: Sequence[Incoming], setting: Setting) -> frozenset[str]:
    """Claim updates, and handle those that are new; what one speaker said, in its order."""
    distinct: dict[tuple[str, str], Incoming] = {}
    for update in updates:
        distinct.setdefault((update.channel, update.update_id), update)
    claimed = claim_updates(session, distinct.keys(), now=setting.now)
    channels: set[str] = set()
    for round_ in rounds(update for key, update in distinct.items() if key in claimed):
        replies = receive(session, round_, setting)
        drafts = [named for pair in zip(round_, replies, strict=True) for named in _named(*pair)]
        if len(round_) > 1 and any(draft.about == FAREWELL for _, draft in drafts):
            raise _ErasedAmongOthersError
        enqueue_named(session, drafts, now=setting.now)
        channels |= {draft.channel for _, draft in drafts}
    session.flush()
    return frozenset(channels)


def _give_up(session: Session, update: Incoming, error: Exception, setting: Setting) -> frozenset[str]:
    """Record an update that cannot be handled, with its error, and say sorry to whoever sent it."""
    company, now = setting.company, setting.now
    try:
        with session.begin_nested():
            record_unreadable(
                session,
                channel=update.channel,
                update_id=update.update_id,
                error=f"{type(error).__name__}: {error}",
                payload=_payload(update),
                now=now,
            )
            if not update.private and Chat(update.channel, update.address) != company.staff_chat:
                return frozenset()  # in a group of strangers we say nothing, not even sorry
            enqueue_named(session, _named(update, [_apology(update, company)]), now=now)
            return frozenset({update.channel})
    except (DataError, IntegrityError):
        log.exception("update %s of %s could not even be recorded", update.update_id, update.channel)
        return frozenset()


def _named(update: Incoming, drafts: Sequence[Draft]) -> list[tuple[str, Draft]]:
    """Name each reply after its update, so that it is queued once however often the update comes."""
    return [
        (draft.dedupe_key or f"{draft.kind}:{update.channel}:{update.update_id}:{place}", draft)
        for place, draft in enumerate(drafts)
    ]


def _apology(update: Incoming, company: Company) -> Draft:
    say = phrases(company.language)
    return Draft(
        kind=MessageKind.ANSWER,
        channel=update.channel,
        address=update.address,
        text=say(
            "Sorry, something went wrong on our side with your last message. It is kept; we will look at it."
        ),
    )


def _payload(update: Incoming) -> dict[str, object]:
    return {**asdict(update), "at": update.at.isoformat()}
