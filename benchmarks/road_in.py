"""How many messages come in: ``python -m benchmarks.road_in [--messages N] [--repeat N] [--only NAME …]``.

Text messages wait at a Bot API server; each bot runs as a process of its own and takes them by polling or by
webhook. Rapport does all that it does: understands, keeps, puts on the record, queues an answer, sends it.
Its peers commit one row a message and echo it. What is committed is on the disk (``synchronous=FULL``). What
is measured is the time from the first update given to the last answer taken, by the books of the server;
every message must then have its row and its answer, else the row says what is missing. Medians of the
repetitions, taken in turn.
"""

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import get_args

from benchmarks.botapi.updates import compose
from benchmarks.peers.install import peers_python
from benchmarks.processes import end_on_signals
from benchmarks.receivers import (
    UNHURRIED,
    Mode,
    Outcome,
    Peer,
    Rapport,
    Receiver,
    on_new_database,
    receive,
)
from benchmarks.report import Value, print_report
from tests.postgres import PostgresServer

NAMES = ("rapport", "postgresql", "ptb", "aiogram")
AT_ONCE = 256
"""What python-telegram-bot's documentation calls ``concurrent_updates(True)``."""


@dataclass(frozen=True, slots=True)
class Run:
    """One bot under one condition.

    Attributes:
        receiver: the bot.
        mode: how it gets its updates.
        latency_ms: added to every answer of the Bot API.
        messages: how many.
    """

    receiver: Receiver
    mode: Mode
    latency_ms: float
    messages: int


def measure(run: Run, postgres: PostgresServer | None) -> Outcome:
    """Let a bot receive everything, once, from nothing."""
    with (
        on_new_database(run.receiver, postgres) as receiver,
        TemporaryDirectory(prefix="rapport-road-in-") as folder,
    ):
        return receive(receiver, run.mode, Path(folder), compose(run.messages), latency_ms=run.latency_ms)


def runs(names: Sequence[str], modes: Sequence[Mode], latencies: Sequence[float], messages: int) -> list[Run]:
    """List what is measured, in turn; where each call takes long, the slow ones get fewer messages."""
    python = peers_python() if {"ptb", "aiogram"} & set(names) else Path()
    receivers: list[tuple[str, Receiver, int]] = [
        ("rapport", Rapport(UNHURRIED), 1),
        ("postgresql", Rapport(UNHURRIED, "PostgreSQL"), 1),
        ("ptb", Peer(python, "ptb"), 20),
        ("ptb", Peer(python, "ptb", AT_ONCE), 4),
        ("aiogram", Peer(python, "aiogram"), 1),
    ]
    if "postgresql" in names:
        receivers += [
            ("ptb", Peer(python, "ptb", database="PostgreSQL"), 20),
            ("aiogram", Peer(python, "aiogram", database="PostgreSQL"), 1),
        ]
    return [
        Run(receiver, mode, latency, max(messages // fewer, 1) if latency else messages)
        for latency in latencies
        for mode in modes
        for name, receiver, fewer in receivers
        if name in names and (mode == "polling" or not latency)
    ]


def table(done: Sequence[tuple[Run, Sequence[Outcome]]]) -> list[dict[str, Value]]:
    """Make a row of each run, with its ratio to the faster peer on the same kind of database."""
    rows: list[dict[str, Value]] = []
    for run, outcomes in done:
        rate = _rate(outcomes)
        peers = [
            _rate(others)
            for other, others in done
            if isinstance(other.receiver, Peer)
            and (other.mode, other.latency_ms) == (run.mode, run.latency_ms)
            and other.receiver.database == run.receiver.database
        ]
        faults = sorted({fault for outcome in outcomes for fault in outcome.faults})
        rows.append(
            {
                "bot": run.receiver.name,
                "by": run.mode,
                "latency ms": run.latency_ms,
                "messages": run.messages,
                "messages /s": round(rate, 1),
                "× faster peer": round(rate / max(peers), 2) if peers else "",
                "CPU ms each": round(median(outcome.cpu_ms for outcome in outcomes), 3),
                "peak MB": round(max(outcome.peak_mb for outcome in outcomes)),
                "helpers MB": round(max(outcome.helpers_mb for outcome in outcomes)),
                "complete": "; ".join(faults) or "yes",
            }
        )
    return rows


def _rate(outcomes: Sequence[Outcome]) -> float:
    return median(outcome.per_s for outcome in outcomes)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, nargs="+", default=[0, 50])
    parser.add_argument("--modes", nargs="+", choices=get_args(Mode), default=get_args(Mode))
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    asked = parser.parse_args()
    end_on_signals()
    wanted = runs(asked.only, asked.modes, asked.latency_ms, asked.messages)
    outcomes: list[list[Outcome]] = [[] for _ in wanted]
    with PostgresServer.running(syncs=True) if "postgresql" in asked.only else nullcontext() as postgres:
        for turn in range(asked.repeat):
            for run, seen in zip(wanted, outcomes, strict=True):
                seen.append(measure(run, postgres))
                print(
                    f"{turn + 1}: {run.receiver.name}, {run.mode}, {run.latency_ms} ms: {seen[-1]}",
                    flush=True,
                )
    print_report("road in", table(list(zip(wanted, outcomes, strict=True))))


if __name__ == "__main__":
    main()
