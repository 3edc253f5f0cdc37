"""What size costs: ``python -m benchmarks.growth [--customers N …] [--messages N] [--database KIND]``.

A database is filled as years would, with ten answered messages of each customer, and the program then
receives messages of known customers by polling, as in ``benchmarks.road_in``. In every size the same number
of people write, spread evenly over all customers; in the larger sizes also many more of them, so that hardly
two messages come from the same one.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.botapi.updates import People, compose
from benchmarks.processes import end_on_signals
from benchmarks.receivers import UNHURRIED, Outcome, Rapport, receive
from benchmarks.report import Value, print_report
from benchmarks.years import MESSAGES_EACH, fill
from store.engine import Database
from store.migrate import migrate
from tests.postgres import PostgresServer

WRITERS = (1_000, 20_000)


@contextmanager
def filled(kind: str, customers: int, folder: Path) -> Iterator[tuple[Rapport, float]]:
    """Fill a new database, which is dropped in the end; gives the bot on it, and the seconds that took."""
    if kind == "SQLite":
        yield _fill(Rapport(UNHURRIED, "SQLite", f"sqlite:///{folder / 'rapport.db'}"), customers)
        return
    with PostgresServer.running(syncs=True) as server, server.new_database() as url:
        yield _fill(Rapport(UNHURRIED, "PostgreSQL", url), customers)


def _fill(rapport: Rapport, customers: int) -> tuple[Rapport, float]:
    began = time.perf_counter()
    database = Database(rapport.database_url)
    try:
        migrate(database)
        fill(database, customers * MESSAGES_EACH, until=datetime.now(UTC))
    finally:
        database.close()
    return rapport, time.perf_counter() - began


def measure(kind: str, customers: int, messages: int, repeat: int) -> Iterator[dict[str, Value]]:
    """Fill a database and receive in it, with each number of writers."""
    with (
        TemporaryDirectory(prefix="rapport-growth-") as name,
        filled(kind, customers, Path(name)) as (rapport, fill_s),
    ):
        print(f"{kind}, {customers:,} customers: filled in {fill_s:.0f} s", flush=True)
        skip = 0
        for writers in sorted({min(writers, customers) for writers in WRITERS}):
            outcomes = []
            for _ in range(repeat):
                outcomes.append(
                    _receive(rapport, Path(name), People(writers, customers // writers), messages, skip)
                )
                print(f"{kind}, {customers:,} customers, {writers:,} write: {outcomes[-1]}", flush=True)
                skip += messages
            yield _row(rapport, customers, writers, messages, outcomes)


def _receive(rapport: Rapport, folder: Path, people: People, messages: int, skip: int) -> Outcome:
    told = {"skip": skip, "chats": people.chats, "apart": people.apart}
    options = [word for name, value in told.items() for word in (f"--{name}", str(value))]
    updates = compose(messages, people=people, skip=skip)
    return receive(rapport, "polling", folder, updates, options=options)


def _row(
    rapport: Rapport, customers: int, writers: int, messages: int, outcomes: Sequence[Outcome]
) -> dict[str, Value]:
    return {
        "bot": rapport.name,
        "customers": customers,
        "stored": customers * MESSAGES_EACH,
        "who write": writers,
        "messages": messages,
        "messages /s": round(median(outcome.per_s for outcome in outcomes), 1),
        "CPU ms each": round(median(outcome.cpu_ms for outcome in outcomes), 3),
        "peak MB": round(max(outcome.peak_mb for outcome in outcomes)),
        "complete": "; ".join(sorted({fault for outcome in outcomes for fault in outcome.faults})) or "yes",
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"), default="SQLite")
    asked = parser.parse_args()
    end_on_signals()
    rows = [
        row
        for customers in asked.customers
        for row in measure(asked.database, customers, asked.messages, asked.repeat)
    ]
    first = float(rows[0]["messages /s"])
    print_report(
        "growth",
        [{**row, "% of the first": round(100 * float(row["messages /s"]) / first)} for row in rows],
    )


if __name__ == "__main__":
    main()
