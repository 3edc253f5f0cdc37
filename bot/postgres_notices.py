"""Notices over PostgreSQL: NOTIFY tells the other processes, LISTEN hears them."""

import asyncio
import json
import logging
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from bot.notices import MISSED, LocalNotices, Notices
from store.engine import Database

log = logging.getLogger(__name__)

POSTGRES_CHANNEL = "rapport"
MAX_BYTES = 7_900
"""Of one notice as it is sent; PostgreSQL takes 8,000 in its standard build."""

MAX_WAITING = 1_000
"""Hints that wait for the database; when there are more, they become one ``MISSED`` for each topic."""

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0
STATEMENT_TIMEOUT_S = 10.0
FAREWELL_S = 1.0
"""For how long the last hints may still leave when the program stops."""

CONNECTION_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "application_name": "rapport notices",
}
"""A server that vanished without a word is noticed within 25 s; what the database's URL says goes before."""

_NOTIFY = "SELECT pg_notify(%s, notice) FROM unnest(%s::text[]) AS notice"
_LISTEN = f"LISTEN {POSTGRES_CHANNEL}"


class PostgresNotices(LocalNotices):
    """Notices over PostgreSQL's NOTIFY and LISTEN, each on a connection of its own.

    This process hears its own at once; what comes back of them is dropped. ``listen`` and ``send`` must run.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[AsyncConnection[Any]]],
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Connect to nothing yet.

        Args:
            connect: opens a connection that commits by itself.
            jitter: 0 to 1 at random, so that many processes do not come back in the same moment.
        """
        super().__init__()
        self._connect, self._jitter = connect, jitter
        self._origin = secrets.token_hex(4)
        self._waiting: dict[tuple[str, str], None] = {}
        self._bell = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def publish(self, topic: str, payload: str) -> None:
        """Tell this process at once, and the others as soon as the database takes it."""
        self.tell(topic, payload)
        if len(self._waiting) >= MAX_WAITING:
            self._waiting = {(waiting, MISSED): None for waiting, _ in self._waiting}
            payload = MISSED
        self._waiting[topic, payload] = None
        self._idle.clear()
        self._bell.set()

    async def listen(self) -> None:
        """Hear what other processes tell, until cancelled."""
        await self._hold(_Trouble("hear"), self._listen)

    async def send(self) -> None:
        """Tell other processes what was published here, until cancelled."""
        # That an idle connection was lost shows at the next notice only, when all may be well again.
        await self._hold(_Trouble("tell", forgiven=1), self._send)

    async def drain(self) -> None:
        """Wait until all that was published has left, or its time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._idle.wait()

    async def _hold(
        self, trouble: "_Trouble", work: Callable[[AsyncConnection[Any], "_Trouble"], Awaitable[None]]
    ) -> None:
        """Do ``work`` on a connection that is opened again, after growing waits, whenever it is lost."""
        while True:
            try:
                async with await self._connect() as connection:
                    await work(connection, trouble)
            except Exception as error:  # noqa: BLE001 - logged; no hint is worth the program's end
                trouble.note(error)
            await asyncio.sleep(trouble.wait_s * (0.5 + self._jitter()))

    async def _listen(self, connection: AsyncConnection[Any], trouble: "_Trouble") -> None:
        await connection.execute(_LISTEN)
        trouble.end()
        self.tell_missed()
        async with aclosing(connection.notifies()) as notices:
            async for notice in notices:
                self._hear(notice.payload)

    async def _send(self, connection: AsyncConnection[Any], trouble: "_Trouble") -> None:
        while True:
            while not self._waiting:
                self._idle.set()
                self._bell.clear()
                await self._bell.wait()
            batch, self._waiting = self._waiting, {}
            try:
                async with asyncio.timeout(STATEMENT_TIMEOUT_S):
                    await connection.execute(
                        _NOTIFY, [POSTGRES_CHANNEL, [self._written(*one) for one in batch]]
                    )
            except BaseException:
                self._waiting = batch | self._waiting
                raise
            trouble.end()

    def _written(self, topic: str, payload: str) -> str:
        """Write a notice in ASCII; one that is too long only says that there is something."""
        notice = json.dumps([self._origin, topic, payload])
        return notice if len(notice) <= MAX_BYTES else json.dumps([self._origin, topic, MISSED])

    def _hear(self, notice: str) -> None:
        match _read(notice):
            case [str(origin), str(topic), str(payload)]:
                if origin != self._origin:
                    self.tell(topic, payload)
            case _:
                log.debug("somebody else uses the channel %s", POSTGRES_CHANNEL)


def _read(notice: str) -> object:
    try:
        return json.loads(notice)
    except (ValueError, RecursionError):
        return None


@dataclass(slots=True)
class _Trouble:
    """What is wrong with a connection, told once when it begins and once when it is over.

    Attributes:
        verb: what cannot be done meanwhile.
        forgiven: failures in a row of which nothing is said.
        failures: failures in a row.
    """

    verb: str
    forgiven: int = 0
    failures: int = 0

    @property
    def wait_s(self) -> float:
        """How long to wait before the next try."""
        return min(FIRST_WAIT_S * 2 ** min(self.failures - 1, 10), LONGEST_WAIT_S) if self.failures else 0.0

    def note(self, error: Exception) -> None:
        """Take note of a failure."""
        self.failures += 1
        if self.failures == self.forgiven + 1:
            log.warning(
                "notices: this process cannot %s the others (%s): what is new elsewhere comes late until the"
                " database answers; it is tried again by itself",
                self.verb,
                _first_line(error),
            )

    def end(self) -> None:
        """Take note that all is well."""
        if self.failures > self.forgiven:
            log.info("notices: this process can %s the others again", self.verb)
        self.failures = 0


@asynccontextmanager
async def open_postgres_notices(database: Database) -> AsyncIterator[Notices]:
    """Keep both connections while the block lasts; what becomes of them is in the log."""
    arguments, options = database.engine.dialect.create_connect_args(database.url)

    async def connect() -> AsyncConnection[Any]:
        # Prepared statements stay behind in a pooler's connections.
        return await AsyncConnection.connect(
            *arguments, **(CONNECTION_OPTIONS | dict(options)), autocommit=True, prepare_threshold=None
        )

    notices = PostgresNotices(connect)
    tasks = [asyncio.create_task(work(), name="notices") for work in (notices.listen, notices.send)]
    try:
        yield notices
        await notices.drain()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _first_line(error: Exception) -> str:
    """Give the first line of what went wrong; libpq names host and user in it, never the password."""
    said = str(error).splitlines()
    return said[0] if said else type(error).__name__
