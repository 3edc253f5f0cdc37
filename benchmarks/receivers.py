"""Who receives: Rapport as its operator runs it, and its peers, all from the same Bot API server."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import text

from benchmarks.botapi.client import LOG_SHOWN, LOOK_EVERY_S, Server, free_port, wait_for
from benchmarks.botapi.updates import Update, per_chat
from benchmarks.processes import ROOT, TICKS_PER_S, Watched, running
from store.engine import Database
from store.migrate import migrate
from tests.postgres import PostgresServer

Mode = Literal["polling", "webhook"]
Kind = Literal["SQLite", "PostgreSQL"]

TOKEN = "123456789:AAbenchmark-token_of-the-bot-api"  # noqa: S105 - the benchmark's server takes any
SECRET = "benchmark-secret"  # noqa: S105 - as above
UNHURRIED = {"TELEGRAM_MESSAGES_PER_S": "10000", "TELEGRAM_CHAT_MESSAGES_PER_S": "100"}
"""Settings that lift Telegram's limits, which would be measured otherwise."""

STALL_S = 60.0
"""A bot that answers nothing for so long has ended, or lost the rest."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a bot has kept of the updates, by its own database.

    Attributes:
        kept: how often each update was kept.
        halves: what was kept by halves, in words; empty where all is whole.
    """

    kept: Counter[int]
    halves: tuple[str, ...] = ()


class Receiver(Protocol):
    """A bot that can be started, killed and started again on the same data."""

    @property
    def database(self) -> Kind:
        """What it keeps its rows in."""

    @property
    def name(self) -> str:
        """As it stands in the table."""

    def running(self, folder: Path, server: Server, mode: Mode, port: int) -> AbstractContextManager[Watched]:
        """Run it while the block lasts."""

    def effects(self, folder: Path, updates: Sequence[Update]) -> Effects:
        """Read from its database what it has kept."""


@dataclass(frozen=True, slots=True)
class Rapport:
    """The program: understands each message, keeps it, puts it on the record, answers it.

    Attributes:
        settings: more ``RAPPORT_*`` variables, without the prefix.
        database: of which kind.
        database_url: where; an SQLite file in its folder where it is empty.
    """

    settings: Mapping[str, str]
    database: Kind = "SQLite"
    database_url: str = ""

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"Rapport on {self.database}"

    @contextmanager
    def running(self, folder: Path, server: Server, mode: Mode, port: int) -> Iterator[Watched]:
        """Run it while the block lasts."""
        settings = {
            "DATABASE_URL": self._url(folder),
            "DATA_DIR": str(folder / "data"),
            "HTTP_PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": server.url,
            "TELEGRAM_MODE": mode,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            **self.settings,
        }
        variables = {f"RAPPORT_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "bot", "run"]
        with running(command, folder=folder, name="rapport", environment=variables) as process:
            yield process

    def effects(self, folder: Path, updates: Sequence[Update]) -> Effects:
        """Count the messages kept, and look whether each has what belongs to it."""
        by_message = {str(update.message_id): update.number for update in updates}
        database = Database(self._url(folder))
        try:
            with database.reading() as session:
                latest = {"count": LOOK_BACK * len(updates)}
                names = session.scalars(text(KEPT), latest)
                kept = Counter(by_message[name] for name in names if name in by_message)
                found = {what: session.scalar(text(query), latest) for what, query in HALVES.items()}
        finally:
            database.close()
        return Effects(kept, tuple(f"{count:,} {what}" for what, count in found.items() if count))

    def _url(self, folder: Path) -> str:
        return self.database_url or f"sqlite:///{folder / 'rapport.db'}"


LOOK_BACK = 3
"""How many of the latest rows are looked at, for each message; those of years before are not counted."""

KEPT = "SELECT external_id FROM messages ORDER BY id DESC LIMIT :count"
HALVES = {
    "messages without feedback": """
        WITH latest AS (SELECT id FROM messages ORDER BY id DESC LIMIT :count)
        SELECT count(*) FROM latest
        WHERE NOT EXISTS (SELECT 1 FROM feedback WHERE feedback.message_id = latest.id)""",
    "messages with feedback twice": """
        WITH latest AS (SELECT message_id FROM feedback ORDER BY id DESC LIMIT :count)
        SELECT count(message_id) - count(DISTINCT message_id) FROM latest""",
    "feedback without an entry": """
        WITH latest AS (SELECT id, kind FROM feedback ORDER BY id DESC LIMIT :count)
        SELECT count(*) FROM latest WHERE kind IN ('praise', 'complaint')
        AND NOT EXISTS (SELECT 1 FROM satisfaction_entries AS entry WHERE entry.feedback_id = latest.id)""",
    "answers not sent": """
        WITH latest AS (SELECT channel, kind, state FROM outbox ORDER BY id DESC LIMIT :count)
        SELECT count(*) FROM latest WHERE channel = 'telegram' AND kind = 'answer' AND state <> 'sent'""",
    "updates recorded with an error": """
        WITH latest AS (SELECT error FROM inbox ORDER BY id DESC LIMIT :count)
        SELECT count(error) FROM latest""",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A library's bot that commits a row for each message and echoes it.

    Attributes:
        python: the interpreter of the peers' environment.
        library: ``ptb`` or ``aiogram``.
        at_once: messages handled side by side; 1 is the library's default.
        database, database_url: as for ``Rapport``.
    """

    python: Path
    library: str
    at_once: int = 1
    database: Kind = "SQLite"
    database_url: str = ""

    @property
    def name(self) -> str:
        """As it stands in the table."""
        title = {"ptb": "python-telegram-bot"}.get(self.library, self.library)
        kind = "" if self.database == "SQLite" else f" on {self.database}"
        return f"{title}{kind}, {self.at_once} at once" if self.at_once > 1 else f"{title}{kind}"

    @contextmanager
    def running(self, folder: Path, server: Server, mode: Mode, port: int) -> Iterator[Watched]:
        """Run it while the block lasts."""
        asked = {
            "api-url": server.url,
            "database": self.database_url or str(folder / "peer.db"),
            "mode": mode,
            "port": str(port),
            "secret": SECRET,
            "at-once": str(self.at_once),
        }
        options = [word for name, value in asked.items() for word in (f"--{name}", value)]
        command = [
            str(self.python),
            str(ROOT / "benchmarks" / "peers" / f"{self.library}_intake.py"),
            *options,
        ]
        with running(command, folder=folder, name=self.library) as process:
            yield process

    def effects(self, folder: Path, updates: Sequence[Update]) -> Effects:
        """Count the messages kept."""
        del updates
        database = Database(self.database_url or f"sqlite:///{folder / 'peer.db'}")
        with closing(database), database.reading() as session:
            return Effects(Counter(session.scalars(text("SELECT update_id FROM said"))))


@contextmanager
def on_new_database(receiver: Receiver, server: PostgresServer | None) -> Iterator[Receiver]:
    """Give a bot a database of its own while the block lasts; SQLite files lie in its folder anyway."""
    if isinstance(receiver, Rapport | Peer) and receiver.database == "PostgreSQL" and server is not None:
        with server.new_database() as url, closing(Database(url)) as database:
            if isinstance(receiver, Rapport):
                migrate(database)
            driver = database.url.render_as_string(hide_password=False)
            yield replace(receiver, database_url=driver)
    else:
        yield receiver


def wait_until_answered(server: Server, process: Watched, updates: int) -> None:
    """Wait until as many answers were sent as there are updates, or none comes any more."""
    sent, since = 0, time.monotonic()
    while sent < updates:
        time.sleep(LOOK_EVERY_S)
        count = server.sent()
        if count > sent:
            sent, since = count, time.monotonic()
        elif process.process.poll() is not None or time.monotonic() > since + STALL_S:
            return


def answers_by_chat(server: Server) -> Counter[int]:
    """Count the answers that each chat got."""
    chats: dict[str, int] = server.book("stats?chats=1")["chats"]
    return Counter({int(chat): count for chat, count in chats.items()})


def _began(server: Server) -> bool:
    return server.book("stats")["first_update"] is not None


@dataclass(frozen=True, slots=True)
class Helpers:
    """The processes that a bot has started: their peak memory together, and their CPU time."""

    peak_mb: float
    cpu_s: float

    @classmethod
    def of(cls, process: Watched) -> "Helpers":
        """Look at those that live: all of the session that the bot began."""
        peak, cpu = 0.0, 0.0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == process.process.pid:
                continue
            try:
                if os.getsid(int(entry.name)) != process.process.pid:
                    continue
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                status = (entry / "status").read_text()
            except OSError:
                continue  # it has ended meanwhile
            cpu += (int(fields[11]) + int(fields[12])) / TICKS_PER_S
            peak += int(status.partition("VmHWM:")[2].split()[0]) / 1024 if "VmHWM:" in status else 0
        return cls(peak, cpu)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an intake.

    Attributes:
        per_s: messages a second, from the first update given to the last answer taken.
        cpu_ms: CPU time a message of the bot and its helpers, milliseconds.
        peak_mb, helpers_mb: the most memory that the bot's process, and its helpers together, held.
        faults: what is missing or there twice, in words; empty where nothing is.
    """

    per_s: float
    cpu_ms: float
    peak_mb: float
    helpers_mb: float
    faults: tuple[str, ...]


def receive(
    receiver: Receiver,
    mode: Mode,
    folder: Path,
    updates: Sequence[Update],
    *,
    latency_ms: float = 0,
    options: Sequence[str] = (),
) -> Outcome:
    """Let a bot receive updates and answer them all.

    Args:
        receiver: the bot.
        mode: how it gets its updates.
        folder: where it runs; its data is there, or comes there.
        updates: what the server gives, told by ``options``.
        latency_ms: added to every answer of the Bot API.
        options: more arguments of the server.
    """
    with Server.running(folder, latency_ms=latency_ms, updates=len(updates), options=options) as server:
        with receiver.running(folder, server, mode, free_port()) as process:
            wait_for(lambda: _began(server), "the first update to be fetched", process)
            before = Helpers.of(process)
            wait_until_answered(server, process, len(updates))
            stats, helpers = server.book("stats"), Helpers.of(process)
            if stats["last"] is None:
                raise SystemExit(f"{receiver.name} answered nothing; it said:\n{process.said()[-LOG_SHOWN:]}")
            began, ended = stats["first_update"], stats["last"]
            cpu_s = process.cpu_s(began, ended) + helpers.cpu_s - before.cpu_s
        answered, expected = answers_by_chat(server), per_chat(updates)
    effects = receiver.effects(folder, updates)
    counts = {
        "rows missing": sum(update.number not in effects.kept for update in updates),
        "rows twice": effects.kept.total() - len(effects.kept),
        "answers missing": (expected - answered).total(),
        "answers twice": (answered - expected).total(),
    }
    return Outcome(
        per_s=stats["sent"] / (ended - began),
        cpu_ms=1000 * cpu_s / len(updates),
        peak_mb=process.peak_mb,
        helpers_mb=helpers.peak_mb,
        faults=(*(f"{count:,} {what}" for what, count in counts.items() if count), *effects.halves),
    )
