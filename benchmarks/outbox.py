"""How fast a full outbox is claimed and marked: ``python -m benchmarks.outbox [--rows N] [--measured N]``.

An outbox of a million rows that wait, alone and with a million others beside them (sent long ago, or paused),
is worked through as a lane does it: in one transaction the last batch is marked as sent and the next one is
claimed (``store.departures``), committed with ``synchronous=FULL``. On PostgreSQL also with statistics of a
time at which nothing waited. No app is called. Each row must be claimed once and be sent in the end, else the
benchmark ends with an error.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Integer, String, cast, func, insert, literal, select, text
from sqlalchemy.orm import Session

from benchmarks.processes import end_on_signals
from benchmarks.report import Value, print_report
from store.departures import Claimed, Sent, claim_due, settle
from store.engine import Database
from store.line import Line
from store.migrate import migrate
from store.outbox import IS_QUEUED, RULES, Body
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.postgres import PostgresServer

CHANNEL = "telegram"
KIND = MessageKind.CAMPAIGN
TEXT = "Hello Ana, the new oolong has come in from Nantou. Shall we keep a tin for you until Saturday?"
FIRST_CHAT = 100_000_000
NAMES = (
    "dedupe_key",
    "channel",
    "address",
    "kind",
    "purpose",
    "priority",
    "body",
    "state",
    "not_before",
    "expires_at",
    "attempts",
    "maybe_repeat",
    "created_at",
    "sent_at",
    "external_id",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What else lies in the outbox.

    Attributes:
        name: as it stands in the table.
        beside: the state of as many other rows; None for none.
        stale: whether the statistics are those of a time at which nothing waited.
    """

    name: str
    beside: OutboxState | None = None
    stale: bool = False


SCENES = (
    Scene("nothing"),
    Scene("as many sent", OutboxState.SENT),
    Scene("as many paused", OutboxState.PAUSED),
)
STALE = Scene("as many sent, stale statistics", OutboxState.SENT, stale=True)


@dataclass(slots=True)
class Stopwatch:
    """Seconds spent on each part of the turns, how many rows were done when, and which."""

    claiming_s: float = 0.0
    marking_s: float = 0.0
    ends: list[tuple[float, int]] = field(default_factory=list)
    claimed: list[int] = field(default_factory=list)

    def rate(self, since: float, until: float) -> int:
        """Tell the rows a second between two shares (0 to 1) of the rows."""
        total = self.ends[-1][1]
        inside = [end for end in self.ends if since * total <= end[1] <= until * total]
        if len(inside) < 2:  # noqa: PLR2004 - a rate lies between two moments
            return 0
        (begun, first), (ended, last) = inside[0], inside[-1]
        return round((last - first) / (ended - begun))


def prepare(database: Database, scene: Scene, rows: int) -> None:
    """Fill the outbox; the rows that wait come last."""
    now = datetime.now(UTC)
    on_server = not database.is_sqlite
    if on_server and scene.stale:
        _execute(database, "ALTER TABLE outbox SET (autovacuum_enabled = false)")
    if scene.beside is not None:
        _fill(database, scene.beside, rows, at=now - timedelta(days=30))
    if on_server:
        _execute(database, "VACUUM ANALYZE outbox")
    _fill(database, OutboxState.QUEUED, rows, at=now - timedelta(minutes=1))
    if on_server and not scene.stale:
        _execute(database, "VACUUM ANALYZE outbox")


def _execute(database: Database, statement: str) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def _fill(database: Database, state: OutboxState, rows: int, *, at: datetime) -> None:
    """Let the database itself make rows that differ in chat and occasion."""
    number = select(literal(1, Integer).label("n")).cte("numbers", recursive=True)
    number = number.union_all(select(number.c.n + 1).where(number.c.n < rows))
    sent, column = state is OutboxState.SENT, OutboxMessage.__table__.c
    values = {
        "dedupe_key": literal(f"campaign:{state}:") + cast(number.c.n, String),
        "channel": literal(CHANNEL),
        "address": cast(number.c.n + FIRST_CHAT, String),
        "kind": literal(KIND, column.kind.type),
        "purpose": literal(Purpose.OFFERS, column.purpose.type),
        "priority": literal(RULES[KIND].priority, Integer),
        "body": literal(Body(TEXT).to_json(), column.body.type),
        "state": literal(state, column.state.type),
        "not_before": literal(at, column.not_before.type),
        "expires_at": literal(at + RULES[KIND].lifetime, column.expires_at.type),
        "attempts": literal(int(sent), Integer),
        "maybe_repeat": literal(False, column.maybe_repeat.type),  # noqa: FBT003 - the value of a column
        "created_at": literal(at, column.created_at.type),
        "sent_at": literal(at if sent else None, column.sent_at.type),
        "external_id": cast(number.c.n, String) if sent else literal(None, String),
    }
    with database.transaction() as session:
        session.execute(insert(OutboxMessage).from_select(NAMES, select(*(values[name] for name in NAMES))))


def work_through(database: Database, rows: int, batch: int) -> Stopwatch:
    """Claim and mark in turns, as a lane does; the last rows are marked when the time is over."""
    watch, claimed, line = Stopwatch(ends=[(time.perf_counter(), 0)]), list[Claimed](), Line()
    while len(watch.claimed) < rows:
        with database.transaction() as session:
            _turn(session, watch, claimed, batch, line)
        watch.claimed += [row.id for row in claimed]
        watch.ends.append((time.perf_counter(), len(watch.claimed)))
        if not claimed:
            raise SystemExit(f"only {len(watch.claimed)} rows could be claimed")
    with database.transaction() as session:
        _mark(session, claimed, datetime.now(UTC))
    return watch


def _turn(session: Session, watch: Stopwatch, claimed: list[Claimed], batch: int, line: Line) -> None:
    now, begun = datetime.now(UTC), time.perf_counter()
    _mark(session, claimed, now)
    marked = time.perf_counter()
    claimed[:] = claim_due(session, channel=CHANNEL, now=now, limit=batch, line=line)
    watch.marking_s += marked - begun
    watch.claiming_s += time.perf_counter() - marked


def _mark(session: Session, claimed: Sequence[Claimed], now: datetime) -> None:
    settle(session, [Sent(row.id, str(row.id), now) for row in claimed])


def first_waiting(database: Database) -> int:
    """Tell the lowest number of a row that waits; all after it wait, too."""
    with database.reading() as session:
        return session.scalars(select(func.min(OutboxMessage.id)).where(IS_QUEUED)).one()


def check(database: Database, claimed: Sequence[int], *, first: int) -> None:
    """End the benchmark unless each row was claimed once, and these and no others are sent.

    Args:
        database: where they are.
        claimed: their numbers, as often as they were claimed.
        first: where those began that waited.
    """
    state, number = OutboxMessage.state, OutboxMessage.id
    with database.reading() as session:
        sent = set(session.scalars(select(number).where(state == OutboxState.SENT, number >= first)))
    repeats, unsent, others = len(claimed) - len(set(claimed)), set(claimed) - sent, sent - set(claimed)
    if repeats or unsent or others:
        raise SystemExit(
            f"of {len(claimed)} rows, {repeats} were claimed again and {len(unsent)} are not sent;"
            f" {len(others)} are sent that nobody claimed"
        )


def measure(
    url: str, scene: Scene, rows: int, measured: int, batches: Sequence[int]
) -> list[dict[str, Value]]:
    """Measure one scene, with each size of batch in turn."""
    database, results = Database(url), list[dict[str, Value]]()
    migrate(database)
    begun = time.perf_counter()
    prepare(database, scene, rows)
    filled_s = time.perf_counter() - begun
    count = min(measured, rows // len(batches))
    try:
        for batch in batches:
            first = first_waiting(database)
            watch = work_through(database, count, batch)
            check(database, watch.claimed, first=first)
            turns = len(watch.ends) - 1
            results.append(
                {
                    "database": database.url.get_backend_name(),
                    "waiting": rows,
                    "beside": scene.name,
                    "batch": batch,
                    "measured": count,
                    "rows /s": watch.rate(0, 1),
                    "first tenth /s": watch.rate(0, 0.1),
                    "last tenth /s": watch.rate(0.9, 1),
                    "claim ms": round(1000 * watch.claiming_s / turns, 2),
                    "mark ms": round(1000 * watch.marking_s / turns, 2),
                    "filled in s": round(filled_s, 1),
                }
            )
    finally:
        database.close()
    return results


def on_sqlite() -> Iterator[tuple[str, Scene]]:
    """Give a new file for each scene; it is gone when the next one is asked for."""
    for scene in SCENES:
        with TemporaryDirectory(prefix="rapport-outbox-") as folder:
            yield f"sqlite:///{Path(folder) / 'rapport.db'}", scene


def on_postgresql() -> Iterator[tuple[str, Scene]]:
    """Give a new database for each scene; it is gone when the next one is asked for."""
    with PostgresServer.running(syncs=True) as server:
        for scene in (*SCENES, STALE):
            with server.new_database() as url:
                yield url, scene


KINDS = {"sqlite": on_sqlite, "postgresql": on_postgresql}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="that wait; as many lie beside them")
    parser.add_argument("--measured", type=int, default=100_000, help="rows claimed and marked at each size")
    parser.add_argument("--batch", type=int, nargs="+", default=[64, 256], help="rows in a transaction")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--beside", help="only the scenes whose name has this text in it")
    options = parser.parse_args()
    end_on_signals()
    results: list[dict[str, Value]] = []
    for url, scene in chain.from_iterable(KINDS[kind]() for kind in options.databases):
        if options.beside is None or options.beside in scene.name:
            results += measure(url, scene, options.rows, options.measured, options.batch)
    print_report("outbox", results)


if __name__ == "__main__":
    main()
