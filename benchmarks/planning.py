"""How long the planners hold the database, with many customers of whom few are due.

Run ``python -m benchmarks.planning [--customers 1000000] [--due 10000] [--database URL] [--no-peer]``.
It makes a base, finds and queues what is due, takes a campaign to everybody from its count through pause,
resume and cancel, and prints tables and lines of JSON. Beside it, in the same run, stands what one
APScheduler job for each customer costs. Without ``--database`` it is a new SQLite file.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.peers.install import peers_python
from benchmarks.report import Value, print_report
from bot.event_loop import spare_the_collector
from customers.company import Chat, Company
from scheduler.audience import count_reach
from scheduler.campaigns.moves import cancel_campaign, move_campaigns, pause_campaign, resume_campaign
from scheduler.campaigns.progress import Seen, see_campaigns, tell_campaigns
from scheduler.campaigns.queueing import draft_campaign, find_campaign, start_campaign
from scheduler.definitions.programme import PERIODIC
from scheduler.events.reminders import plan_event_reminders
from scheduler.festivals.greetings import plan_festivals
from scheduler.programmes.overtaken import see_overtaken, withdraw_overtaken
from scheduler.programmes.planning import plan_visits
from store.checkpoints import checkpoints_beside
from store.engine import Database
from store.migrate import migrate
from store.tables.customers import Consent, Customer, Identity, Purpose
from store.tables.outreach import VisitTurn
from store.tables.queues import MessageKind, OutboxMessage

NOW = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)
COMPANY = Company(
    name="Lantern Tea",
    timezone="Europe/London",
    country="GB",
    language="en",
    staff_chat=Chat("webchat", "staff"),
)
DUE: dict[str, Any] = {"company": COMPANY, "channels": COMPANY.channels}
PLACES = (("GB", "Europe/London"), ("CN", "Asia/Shanghai"), ("US", "America/New_York"), (None, None))
PERIOD = timedelta(days=COMPANY.visit_every_days)
CHUNK = 10_000
MOST_GREETED = 40
"""Transactions of greetings that are measured: each is like the others."""

PEER = Path(__file__).parent / "peers" / "apscheduler_jobs.py"


def customers(count: int, due: int) -> Iterator[dict[str, Any]]:
    """Make the rows of customers.

    Some are due for a visit. Of the others, half have been silent for years and were visited within the
    period, as most customers of an old base; and half wrote within the period.
    """
    every = max(1, count // due)
    for number in range(1, count + 1):
        country, zone = PLACES[number % len(PLACES)]
        lately = NOW - PERIOD * (number % 99) / 100
        is_due, is_silent = number % every == 0, number % 2 == 0
        visited_at = lately if is_silent and not is_due else None
        yield {
            "id": number,
            "display_name": f"Customer {number}",
            "language": "zh" if country == "CN" else "en",
            "country": country,
            "timezone": zone,
            "created_at": NOW - 9 * PERIOD,
            "last_contact_at": NOW - 2 * PERIOD if is_due else NOW - 8 * PERIOD if is_silent else lately,
            "visited_at": visited_at,
        }


def identity(customer: dict[str, Any]) -> dict[str, Any]:
    """Make the row of a customer's only address."""
    return {
        "customer_id": customer["id"],
        "channel": "telegram",
        "sender": str(customer["id"]),
        "address": str(customer["id"]),
        "created_at": NOW,
        "last_used_at": customer["last_contact_at"],
    }


def turn(customer: dict[str, Any]) -> dict[str, Any]:
    """Make the row of a customer's place in the line for visits: a period after the last contact or visit."""
    due_at = (customer["visited_at"] or customer["last_contact_at"]) + PERIOD
    return {
        "programme": PERIODIC,
        "customer_id": customer["id"],
        "due_at": max(due_at, NOW - timedelta(hours=1)),  # who is due is due since then
        "tries": 0,
        "stretch": 1.0,
        "period_days": COMPANY.visit_every_days,
    }


def stop(customer: dict[str, Any]) -> dict[str, Any]:
    """Make the row of somebody who wants no offers."""
    return {
        "customer_id": customer["id"],
        "purpose": Purpose.OFFERS,
        "granted": False,
        "changed_at": NOW,
    }


def fill(database: Database, count: int, due: int) -> None:
    """Write the base; one in twenty-five wants no offers."""
    for chunk in _chunks(customers(count, due)):
        with database.transaction() as session:
            session.execute(insert(Customer), chunk)
            session.execute(insert(Identity), [identity(row) for row in chunk])
            session.execute(insert(VisitTurn), [turn(row) for row in chunk])
            session.execute(insert(Consent), [stop(row) for row in chunk if row["id"] % 25 == 0])
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def drain(
    name: str, database: Database, work: Callable[[Session], int], *, most: int | None = None
) -> dict[str, Value]:
    """Repeat a transaction until it does nothing; tell the whole, what was done, and the longest one."""
    seconds: list[float] = []
    done, cpu_s = 0, time.process_time()
    while most is None or len(seconds) < most:
        begun = time.perf_counter()
        with database.transaction() as session:
            more = work(session)
        seconds.append(time.perf_counter() - begun)
        done += more
        if not more:
            break
    return _row(name, seconds, done, time.process_time() - cpu_s)


def once(name: str, database: Database, work: Callable[[Session], int]) -> dict[str, Value]:
    """Run one transaction."""
    return drain(name, database, work, most=1)


def read(name: str, database: Database, work: Callable[[Session], Any]) -> tuple[dict[str, Value], Any]:
    """Read in a view for which nobody waits."""
    begun, cpu_s = time.perf_counter(), time.process_time()
    with database.reading() as session:
        seen = work(session)
    seconds = time.perf_counter() - begun
    return _row(name, [seconds], 0, time.process_time() - cpu_s) | {
        "transactions": 0,
        "longest ms": 0.0,
    }, seen


def _row(name: str, seconds: list[float], done: int, cpu_s: float) -> dict[str, Value]:
    return {
        "planner": name,
        "ms": round(1000 * sum(seconds), 1),
        "CPU ms": round(1000 * cpu_s, 1),
        "done": done,
        "transactions": len(seconds),
        "longest ms": round(1000 * max(seconds), 1),
    }


def check_queued(database: Database, kind: MessageKind, expected: int) -> None:
    """End the benchmark where not everybody who is meant has a message, for whom it is due, and once."""
    to = OutboxMessage.customer_id
    with database.reading() as session:
        counts = select(func.count(to), func.count(to.distinct())).where(OutboxMessage.kind == kind)
        rows, people = session.execute(counts).one()
    if (rows, people) != (expected, expected):
        raise SystemExit(f"{kind}: {rows} messages to {people} customers, but {expected} are meant")


def _count_due(session: Session) -> int:
    due = select(func.count(Customer.id)).where(Customer.last_contact_at == NOW - 2 * PERIOD)
    return session.scalar(due) or 0


def measure_planners(database: Database) -> Iterator[dict[str, Value]]:
    """Measure what is due, and what finds nothing due."""
    with database.reading() as session:
        due = _count_due(session)
    yield drain("visits: all that are due", database, partial(plan_visits, now=NOW, **DUE))
    check_queued(database, MessageKind.VISIT, due)
    yield once("visits: nobody is due", database, partial(plan_visits, now=NOW, **DUE))
    seeing, overtaken = read(
        "visits: see who wrote first", database, partial(see_overtaken, now=NOW, channels=COMPANY.channels)
    )
    yield seeing
    yield once("visits: withdraw", database, lambda session: withdraw_overtaken(session, overtaken, now=NOW))
    ordinary = NOW - timedelta(days=3)
    yield once("festivals: ordinary day", database, partial(plan_festivals, now=ordinary, **DUE))
    yield drain("festivals: Christmas", database, partial(plan_festivals, now=NOW, **DUE), most=MOST_GREETED)
    yield once("reminders: none", database, partial(plan_event_reminders, now=NOW, **DUE))


def measure_campaign(database: Database) -> Iterator[dict[str, Value]]:
    """Measure a campaign to everybody, from its count to its end."""
    move = partial(move_campaigns, now=NOW, **DUE)
    yield once("campaigns: none under way", database, move)
    row, recipients = read("campaign: whom it reaches", database, _reach)
    yield {**row, "done": recipients}
    yield once("campaign: confirm", database, _confirm)
    yield drain("campaign: queue", database, move)
    check_queued(database, MessageKind.CAMPAIGN, recipients)
    yield from _count(database, NOW + timedelta(minutes=1))
    yield once("campaign: pause", database, lambda session: pause_campaign(session, _the(session), now=NOW))
    yield drain("campaign: take out of the line", database, move)
    yield from _count(database, NOW + timedelta(minutes=10))
    yield once("campaign: resume", database, lambda session: resume_campaign(session, _the(session)))
    yield drain("campaign: back in line", database, move)
    yield once("campaign: cancel", database, lambda session: cancel_campaign(session, _the(session)))
    yield drain("campaign: skip", database, move)
    yield from _count(database, NOW + timedelta(minutes=20))


def _the(session: Session) -> Any:
    return find_campaign(session, 1)


def _reach(session: Session) -> int:
    reach = count_reach(
        session, "all", purpose=Purpose.OFFERS, channels=COMPANY.channels, company=COMPANY, now=NOW
    )
    return reach.recipients


def _confirm(session: Session) -> int:
    campaign = draft_campaign(
        session,
        text="Hello {first_name}, the new oolong is here.",
        audience="all",
        event=None,
        staff_id=None,
        chat=COMPANY.staff_chat,
        now=NOW,
    )
    start_campaign(session, campaign, chat=COMPANY.staff_chat, company=COMPANY, now=NOW)
    return campaign.queued_through


def _count(database: Database, now: datetime) -> Iterator[dict[str, Value]]:
    row, seen = read("campaign: count", database, partial(see_campaigns, now=now, **DUE))
    counted: list[Seen] = list(seen)
    yield {**row, "done": sum(one.tally.total for one in counted)}
    yield once(
        "campaign: tell", database, lambda session: tell_campaigns(session, seen, company=COMPANY, now=now)
    )


def measure_peer(folder: Path) -> list[dict[str, Value]]:
    """Measure one APScheduler job for each customer, in the environment of the peers."""
    python = peers_python()
    results: list[dict[str, Value]] = []
    for what in ("add", "late", "shared"):
        url = f"sqlite:///{folder / f'{what}.db'}"
        done = subprocess.run(  # noqa: S603 - our own script
            [python, PEER, what, url], capture_output=True, text=True, check=True, timeout=120
        )
        result = json.loads(done.stdout.splitlines()[-1])
        results.append({"one job a customer": what, "result": json.dumps(result)})
    return results


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--database", help="URL of an empty database; a new SQLite file where not given")
    parser.add_argument("--no-peer", action="store_true", help="leave APScheduler out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        url = options.database or f"sqlite:///{Path(directory) / 'planning.db'}"
        database = Database(url, checkpointed=True)
        with closing(database), checkpoints_beside(database):
            migrate(database)
            fill(database, options.customers, options.due)
            spare_the_collector()  # as the running program does, like the checkpoints
            title = f"planning, {options.customers:,} customers, {database.url.get_backend_name()}"
            print_report(title, [*measure_planners(database), *measure_campaign(database)])
        if not options.no_peer:
            print_report("planning: APScheduler", measure_peer(Path(directory)))


if __name__ == "__main__":
    main()
