"""Who sends: Rapport as its operator runs it, and its peers, all to the same Bot API server."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from benchmarks.botapi.client import LOOK_EVERY_S, Server, free_port, wait_for
from benchmarks.peers.broadcast import FIRST_CHAT, TEXT, TOKEN
from benchmarks.processes import ROOT, Watched, running
from bot.config import Settings
from scheduler.programmes.planning import plan_visits
from store.engine import Database
from store.migrate import migrate
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Identity, Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

SERVER_CORE, BOT_CORE = 0, 1
STALL_S = 30.0
"""A sender that sends nothing for so long has ended, or never will."""

CHUNK = 5_000
NO_LIMIT_PER_S = 10_000
"""The highest that can be set; nobody here comes near it."""

PAID_PER_S = 1000

UNDER_WAY = (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a broadcast, by the books of the server.

    Attributes:
        sent, refused: messages that the server took, and 429s.
        repeats: messages that it took more than once.
        lost: messages that the sender began, or had in its outbox, and that did not arrive.
        per_s: messages a second, from the first to the last.
        steady_per_s: messages a second, over the whole seconds since the first.
        most: taken in any second.
        cpu_ms: CPU time of the sender's process for each message, milliseconds.
        peak_mb: the most memory that its process held.
    """

    sent: int
    refused: int
    repeats: int
    lost: int
    per_s: float
    steady_per_s: float
    most: int
    cpu_ms: float
    peak_mb: int


def outcome_of(server: Server, messages: int, process: Watched, *, until: float) -> Outcome:
    """Sum up what a process has sent, of so many; ``until`` is when it was done (monotonic)."""
    stats = server.book("stats")
    arrived, first, last = stats["sent"] - stats["repeats"], stats["first"] or until, stats["last"] or until
    return Outcome(
        sent=stats["sent"],
        refused=stats["refused"],
        repeats=stats["repeats"],
        lost=messages - arrived,
        per_s=(stats["sent"] - 1) / (last - first) if last > first else 0.0,
        steady_per_s=_steady([moment for moment, _, _ in server.book("sent")]),
        most=stats["most_in_a_second"],
        cpu_ms=1000 * process.cpu_s(first, until) / max(1, stats["sent"]),
        peak_mb=round(process.peak_mb),
    )


def _steady(moments: Sequence[float]) -> float:
    whole_s = int(moments[-1] - moments[0]) if moments else 0
    inside = sum(1 for moment in moments if moment < moments[0] + whole_s)
    return inside / whole_s if whole_s else 0.0


def peer_sends(
    script: str,
    server: Server,
    *,
    python: Path,
    folder: Path,
    messages: int,
    at_once: int,
    per_s: float = 0,
    seconds: float = 0,
    uvloop: bool = False,
) -> Outcome:
    """Let a peer's script send to a server that has taken nothing yet."""
    asked = {"messages": messages, "at-once": at_once, "per-s": per_s, "seconds": seconds}
    asked["uvloop"] = int(uvloop)
    options = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
    command = [
        str(python),
        str(ROOT / "benchmarks" / "peers" / f"{script}.py"),
        "--api-url",
        server.url,
        *options,
    ]
    with running(command, folder=folder, name=script, core=BOT_CORE) as process:
        _wait_until_done(server, process)
        ended = time.monotonic()
        tried = json.loads(process.said().splitlines()[-1])["tried"]
        return outcome_of(server, tried, process, until=ended)


def _wait_until_done(server: Server, process: Watched) -> None:
    """Wait until the process ends; it must make some progress all the time."""
    sent, since = 0, time.monotonic()
    while process.process.poll() is None:
        time.sleep(LOOK_EVERY_S)
        now_sent = server.sent()
        if now_sent > sent:
            sent, since = now_sent, time.monotonic()
        elif time.monotonic() > since + STALL_S:
            raise SystemExit(f"{process.output.stem} sends nothing:\n{process.said()[-3000:]}")
    if process.process.returncode:
        raise SystemExit(f"{process.output.stem} failed:\n{process.said()[-3000:]}")


@dataclass(frozen=True, slots=True)
class Rapport:
    """The program with a filled outbox, which can be started, killed and started again.

    Attributes:
        folder: where it runs.
        database_url: of its database, empty before.
        server: where its messages go.
        settings: more ``RAPPORT_*`` variables.
    """

    folder: Path
    database_url: str
    server: Server
    settings: dict[str, str]

    @classmethod
    def filled(
        cls,
        folder: Path,
        server: Server,
        *,
        messages: int,
        per_s: float | None,
        database_url: str | None = None,
    ) -> "Rapport":
        """Make tables, customers who are known for long, and a message to each.

        ``per_s`` of None lifts the lane's limit.
        """
        url = database_url or f"sqlite:///{folder / 'rapport.db'}"
        database = Database(url)
        migrate(database)
        for start in range(0, messages, CHUNK):
            _queue(database, range(start, min(start + CHUNK, messages)))
        _grow_old(database)
        database.close()
        os.sync()  # else the first commits would wait for the disk to take all this
        return cls(folder, url, server, pace(per_s))

    @contextmanager
    def running(self) -> Iterator[Watched]:
        """Run it while the block lasts."""
        settings = (
            {
                "DATABASE_URL": self.database_url,
                "DATA_DIR": str(self.folder / "data"),
                "HTTP_PORT": str(free_port()),
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_API_URL": self.server.url,
            }
            | _quiet_at_another_time()
            | self.settings
        )
        variables = {f"RAPPORT_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "bot", "run"]
        with running(
            command, folder=self.folder, name="rapport", environment=variables, core=BOT_CORE
        ) as process:
            yield process

    def states(self) -> Counter[OutboxState]:
        """Count the messages of the broadcast by state."""
        counts = select(OutboxMessage.state, func.count()).where(OutboxMessage.kind == MessageKind.CAMPAIGN)
        by_state = counts.group_by(OutboxMessage.state)
        database = Database(self.database_url)
        try:
            with database.reading() as session:
                return Counter({state: int(count) for state, count in session.execute(by_state)})
        finally:
            database.close()

    def rests(self) -> bool:
        """Tell whether nothing waits or is under way."""
        return not any(self.states()[state] for state in UNDER_WAY)

    def wait_until_done(self, process: Watched, messages: int) -> float:
        """Wait until all is sent and noted; gives that moment (monotonic)."""
        sent, since = 0, time.monotonic()
        while sent < messages:
            time.sleep(LOOK_EVERY_S)
            now_sent = self.server.sent()
            if now_sent > sent:
                sent, since = now_sent, time.monotonic()
            elif process.process.poll() is not None or time.monotonic() > since + STALL_S:
                break
        wait_for(self.rests, f"the end of {messages} messages ({dict(self.states())})", process)
        return time.monotonic()


def rapport_sends(
    server: Server, *, folder: Path, messages: int, per_s: float | None, database_url: str | None = None
) -> Outcome:
    """Let Rapport send to a server that has taken nothing yet; its outbox and the books must agree."""
    rapport = Rapport.filled(folder, server, messages=messages, per_s=per_s, database_url=database_url)
    with rapport.running() as process:
        done = rapport.wait_until_done(process, messages)
        outcome = outcome_of(server, messages, process, until=done)
    states = rapport.states()
    if states[OutboxState.SENT] != messages - outcome.lost:
        raise SystemExit(f"the outbox says {dict(states)}, but {messages - outcome.lost} messages arrived")
    return outcome


def pace(per_s: float | None) -> dict[str, str]:
    """Give the settings with which the lane keeps to a limit, or to none."""
    if per_s == PAID_PER_S:
        return {"TELEGRAM_PAID_BROADCASTS": "true"}
    return {"TELEGRAM_MESSAGES_PER_S": str(NO_LIMIT_PER_S if per_s is None else per_s)}


def _quiet_at_another_time() -> dict[str, str]:
    """Put the quiet hours half a day away, so that a benchmark may run at any time."""
    hour = datetime.now(UTC).hour + 12
    return {"TIMEZONE": "UTC", "QUIET_FROM_HOUR": str(hour % 24), "QUIET_UNTIL_HOUR": str((hour + 1) % 24)}


def _queue(database: Database, numbers: Sequence[int]) -> None:
    """Queue a campaign's message to each of some customers, who are known and reachable."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        session.execute(insert(Customer), [_customer(number, now) for number in numbers])
        session.execute(insert(Identity), [_identity(number, now) for number in numbers])
        enqueue(session, [_draft(number) for number in numbers], now=now)


def _grow_old(database: Database) -> None:
    """Do what was done long before: who is new stands in line for visits, and rows are counted."""
    planned = partial(plan_visits, company=Settings().company, channels=("telegram",))
    drained = False
    while not drained:
        with database.transaction() as session:
            drained = not planned(session, now=datetime.now(UTC))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _customer(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number + 1,
        "display_name": f"Ana {number}",
        "language": "en",
        "created_at": now,
        "last_contact_at": now,
    }


def _identity(number: int, now: datetime) -> dict[str, Any]:
    chat = str(FIRST_CHAT + number)
    return {
        "customer_id": number + 1,
        "channel": "telegram",
        "sender": chat,
        "address": chat,
        "created_at": now,
        "last_used_at": now,
    }


def _draft(number: int) -> Draft:
    return Draft(
        kind=MessageKind.CAMPAIGN,
        channel="telegram",
        address=str(FIRST_CHAT + number),
        text=TEXT.format(number=number),
        dedupe_key=f"benchmark:{number}",
        customer_id=number + 1,
        purpose=Purpose.OFFERS,
    )
