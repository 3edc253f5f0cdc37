"""How long the planners hold the database, with many customers of whom few are due.

Run ``.venv/bin/python -m benchmarks.planning [--customers 1000000] [--database URL]``. It makes a base in
which 1 % are due for a return visit, runs every planner, and prints a table and one line of JSON.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from scheduler.audience import count_reach
from scheduler.campaign_moves import move_campaigns
from scheduler.campaigns import draft_campaign, start_campaign
from scheduler.events import plan_event_reminders
from scheduler.festivals import plan_festivals
from scheduler.return_visits import plan_visits
from store.engine import Database
from store.tables import Base
from store.tables.customers import Customer, Identity, Purpose

NOW = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)
COMPANY = Company(
    name="Lantern Tea",
    timezone="Europe/London",
    country="GB",
    language="en",
    staff_chat=Chat("webchat", "staff"),
)
PLACES = (("GB", "Europe/London"), ("CN", "Asia/Shanghai"), ("US", "America/New_York"), (None, None))
CHUNK = 10_000


def customers(count: int) -> Iterator[dict[str, Any]]:
    """Make the rows of customers; one in a hundred was last heard of more than a period ago."""
    period = timedelta(days=COMPANY.visit_every_days)
    for number in range(1, count + 1):
        country, zone = PLACES[number % len(PLACES)]
        silent = period + timedelta(days=1) if number % 100 == 0 else period * (number % 99) / 100
        yield {
            "id": number,
            "display_name": f"Customer {number}",
            "language": "zh" if country == "CN" else "en",
            "country": country,
            "timezone": zone,
            "created_at": NOW - 2 * period,
            "last_contact_at": NOW - silent,
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


def fill(database: Database, count: int) -> None:
    """Write the base."""
    for chunk in _chunks(customers(count)):
        with database.transaction() as session:
            session.execute(insert(Customer), chunk)
            session.execute(insert(Identity), [identity(row) for row in chunk])


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def measure(database: Database, work: Callable[[Session], int]) -> dict[str, float]:
    """Run one transaction; tell how long it held the database and how much it queued."""
    begun = time.perf_counter()
    with database.transaction() as session:
        queued = work(session)
    return {"seconds": round(time.perf_counter() - begun, 4), "queued": queued}


def drain(database: Database, work: Callable[[Session], int]) -> dict[str, float]:
    """Repeat a transaction until it queues nothing; tell the whole and the longest one."""
    runs: list[dict[str, float]] = []
    while not runs or runs[-1]["queued"]:
        runs.append(measure(database, work))
    return {
        "seconds": round(sum(run["seconds"] for run in runs), 4),
        "queued": sum(run["queued"] for run in runs),
        "longest_s": max(run["seconds"] for run in runs),
    }


def run(database: Database) -> dict[str, dict[str, float]]:
    """Measure every planner on a filled base."""
    ordinary = NOW - timedelta(days=3)
    due: dict[str, Any] = {"company": COMPANY, "channels": COMPANY.channels}
    return {
        "visits: a beat": measure(database, lambda session: plan_visits(session, now=NOW, **due)),
        "visits: next beat": measure(database, lambda session: plan_visits(session, now=NOW, **due)),
        "festivals: ordinary day": measure(
            database, lambda session: plan_festivals(session, now=ordinary, **due)
        ),
        "reminders: none": measure(database, lambda session: plan_event_reminders(session, now=NOW, **due)),
        "campaigns: none running": measure(database, lambda session: move_campaigns(session, now=NOW, **due)),
        "campaign: count": measure(
            database,
            lambda session: (
                count_reach(
                    session, "all", purpose=Purpose.OFFERS, channels=COMPANY.channels, now=NOW
                ).recipients
            ),
        ),
        "campaign: confirm": measure(database, _confirm),
        "campaign: the rest": drain(database, lambda session: move_campaigns(session, now=NOW, **due)),
        "festivals: Christmas": drain(database, lambda session: plan_festivals(session, now=NOW, **due)),
    }


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


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--database", help="URL of an empty database; a new SQLite file where not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        database = Database(options.database or f"sqlite:///{Path(directory) / 'planning.db'}")
        Base.metadata.create_all(database.engine)
        fill(database, options.customers)
        results = run(database)
        database.close()
    print(f"{'planner':<26}{'seconds':>10}{'queued':>10}{'longest':>10}")
    for name, result in results.items():
        longest = result.get("longest_s", result["seconds"])
        print(f"{name:<26}{result['seconds']:>10.4f}{result['queued']:>10}{longest:>10.4f}")
    print(json.dumps({"customers": options.customers, "results": results}))


if __name__ == "__main__":
    main()
