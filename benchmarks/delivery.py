"""How many messages a lane sends: ``python -m benchmarks.delivery [--messages N]``.

The app is a channel in the same process that takes every message after a given latency; the outbox is an
SQLite file with ``synchronous=FULL``, or the database that ``--database-url`` names (it must be empty). So
what is measured is the road out up to the app: claim, clear, pace, send, note.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Value, print_report
from customers.company import Chat, Company
from scheduler.delivery.channel import Outgoing
from scheduler.delivery.lane import Lane
from scheduler.delivery.pacing import LaneRules
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables import Base
from store.tables.queues import MessageKind

COMPANY = Company("Lantern Tea", "UTC", "GB", "en", Chat("webchat", "staff"))
PACED_SECONDS = 10


@dataclass(slots=True)
class Loopback:
    """An app that takes every message after ``latency_s``."""

    expected: int
    latency_s: float
    name: str = "loopback"
    starts: list[float] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> str:
        """Take a message."""
        self.starts.append(time.monotonic())
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if len(self.starts) >= self.expected:
            self.done.set()
        return str(message.id)

    async def edit(self, external_id: str, message: Outgoing) -> None:
        """Take a change; none is sent here."""


async def measure(
    database: Database, *, messages: int, latency_s: float, per_s: float | None
) -> dict[str, Value]:
    """Queue messages to as many chats and send them all."""
    queue_s = _queue(database, messages)
    channel = Loopback(messages, latency_s)
    rules = LaneRules(per_s=per_s, concurrency=256)
    lane = Lane(database, channel, COMPANY, rules=rules)
    began, cpu = time.perf_counter(), time.process_time()
    running = asyncio.create_task(lane.run())
    await channel.done.wait()
    running.cancel()
    await asyncio.wait([running])
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    span = channel.starts[-1] - channel.starts[0]
    rate = (messages - 1) / span
    return {
        "database": database.url.get_backend_name(),
        "latency ms": round(latency_s * 1000),
        "limit /s": per_s or "none",
        "messages": messages,
        "queued /s": round(messages / queue_s),
        "sent /s": round(rate if per_s else messages / took, 1),
        "of limit %": round(100 * rate / per_s, 1) if per_s else "",
        "most in 1 s": _most_in_a_second(channel.starts),
        "CPU ms each": round(1000 * cpu / messages, 3),
    }


def _queue(database: Database, messages: int) -> float:
    now, occasion = datetime.now(UTC), time.time_ns()
    drafts = [
        Draft(
            kind=MessageKind.ANSWER,
            channel="loopback",
            address=str(number),
            text=f"Thank you, number {number}! We have noted it, and Mei will write to you before 6 pm.",
            dedupe_key=f"{occasion}:{number}",
        )
        for number in range(messages)
    ]
    began = time.perf_counter()
    with database.transaction() as session:
        enqueue(session, drafts, now=now)
    return time.perf_counter() - began


def _most_in_a_second(starts: list[float]) -> int:
    """Count the most starts that any second, trailing one of them, has seen."""
    most, first = 0, 0
    for place, start in enumerate(starts):
        while starts[first] <= start - 1:
            first += 1
        most = max(most, place - first + 1)
    return most


async def run(url: str, messages: int) -> list[dict[str, Value]]:
    """Measure without a limit, at 30/s and at 1000/s, each at 0 and 50 ms."""
    database = Database(url)
    Base.metadata.create_all(database.engine)
    rows = []
    try:
        for per_s in (None, 30.0, 1000.0):
            for latency_s in (0.0, 0.05):
                count = messages if per_s is None else round(per_s * PACED_SECONDS)
                rows.append(await measure(database, messages=count, latency_s=latency_s, per_s=per_s))
    finally:
        database.close()
    return rows


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--database-url")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database_url or f"sqlite:///{Path(folder) / 'outbox.db'}"
        print_report("delivery", asyncio.run(run(url, arguments.messages)))


if __name__ == "__main__":
    main()
