"""What size costs: ``python -m benchmarks.growth [--customers N …] [--messages N] [--database KIND]``.

A database is filled as years would, with ten answered messages of each customer, and the program then
receives messages of known customers by polling, as in ``benchmarks.road_in``. In every size the same number
of people write, spread evenly over all customers; in the larger sizes also many more of them, so that hardly
two messages come from the same one. All sizes are measured in turn.
"""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.botapi.updates import People, compose
from benchmarks.processes import end_on_signals
from benchmarks.receivers import UNHURRIED, Kind, Outcome, Rapport, receive
from benchmarks.report import Value, print_report
from benchmarks.years import MESSAGES_EACH, fill
from store.engine import Database
from store.migrate import migrate
from tests.postgres import PostgresServer

WRITERS = (1_000, 20_000)


@dataclass(slots=True)
class Filled:
    """A database of one size, and what came of receiving in it.

    Attributes:
        rapport: the bot on it.
        customers: how many it holds.
        folder: for what a run leaves behind.
        skip: how many messages were received in it so far.
        outcomes: of each run, by how many people wrote.
    """

    rapport: Rapport
    customers: int
    folder: Path
    skip: int = 0
    outcomes: dict[int, list[Outcome]] = field(default_factory=dict)

    @property
    def writers(self) -> list[int]:
        """How many people write, one number after the other."""
        return sorted({min(writers, self.customers) for writers in WRITERS})


@contextmanager
def filled(kind: Kind, customers: int) -> Iterator[Filled]:
    """Fill a new database, which is dropped in the end."""
    with TemporaryDirectory(prefix="rapport-growth-") as name, ExitStack() as stack:
        if kind == "SQLite":
            url = f"sqlite:///{Path(name) / 'rapport.db'}"
        else:
            url = stack.enter_context(stack.enter_context(PostgresServer.running(syncs=True)).new_database())
        began = time.perf_counter()
        _fill(url, customers)
        print(f"{kind}, {customers:,} customers: filled in {time.perf_counter() - began:.0f} s", flush=True)
        yield Filled(Rapport(UNHURRIED, kind, url), customers, Path(name))


def _fill(url: str, customers: int) -> None:
    database = Database(url)
    try:
        migrate(database)
        fill(database, customers * MESSAGES_EACH, until=datetime.now(UTC))
    finally:
        database.close()
    os.sync()  # what filling wrote is not to reach the disk while messages are handled


def measure(kind: Kind, sizes: Sequence[int], messages: int, repeat: int) -> list[dict[str, Value]]:
    """Fill a database of each size and receive in all of them in turn: no hour is better for one of them."""
    with ExitStack() as stack:
        databases = [stack.enter_context(filled(kind, customers)) for customers in sizes]
        for _ in range(repeat):
            for one in databases:
                for writers in one.writers:
                    outcome = _receive(one, writers, messages)
                    one.outcomes.setdefault(writers, []).append(outcome)
                    print(f"{kind}, {one.customers:,} customers, {writers:,} write: {outcome}", flush=True)
    first = next(iter(databases[0].outcomes.values()))
    return [_row(one, writers, messages, first) for one in databases for writers in one.writers]


def _receive(one: Filled, writers: int, messages: int) -> Outcome:
    people = People(writers, one.customers // writers)
    told = {"skip": one.skip, "chats": people.chats, "apart": people.apart}
    options = [word for name, value in told.items() for word in (f"--{name}", str(value))]
    updates = compose(messages, people=people, skip=one.skip)
    one.skip += messages
    return receive(one.rapport, "polling", one.folder, updates, options=options)


def _row(one: Filled, writers: int, messages: int, first: Sequence[Outcome]) -> dict[str, Value]:
    """Sum up; shares are medians over the rounds, each beside the first database's run of its own round."""
    outcomes = one.outcomes[writers]
    rounds = list(zip(outcomes, first, strict=True))
    return {
        "bot": one.rapport.name,
        "customers": one.customers,
        "stored": one.customers * MESSAGES_EACH,
        "who write": writers,
        "messages": messages,
        "messages /s": round(median(outcome.per_s for outcome in outcomes), 1),
        "% of the first": round(median(100 * ours.per_s / theirs.per_s for ours, theirs in rounds)),
        "CPU ms each": round(median(outcome.cpu_ms for outcome in outcomes), 3),
        "CPU % of the first": round(median(100 * ours.cpu_ms / theirs.cpu_ms for ours, theirs in rounds)),
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
    print_report("growth", measure(asked.database, asked.customers, asked.messages, asked.repeat))


if __name__ == "__main__":
    main()
