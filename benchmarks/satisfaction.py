"""How long a look at all satisfaction records takes: ``python -m benchmarks.satisfaction [--customers N …]``.

A database is filled with customers who told us five things each over two years. One in a hundred turned from
happy to unhappy in the last 30 days, one in a hundred fell silent after a complaint, one in twenty complained
and has come back since. What the look finds must be exactly those; else the row says so.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, case, cast, func, insert, literal, select, text
from sqlalchemy.orm import Session

from benchmarks.processes import end_on_signals
from benchmarks.report import Value, print_report
from feedback.at_risk import changes_of, find_at_risk, list_at_risk, risks_of
from feedback.roll_ups import add_up, kept_sums
from feedback.satisfaction import Evidence, summarise
from feedback.standings import Seen, note_standings
from store.engine import Database
from store.migrate import migrate
from store.tables import Base
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer, Standing
from store.tables.feedback import EntrySource, SatisfactionEntry
from tests.postgres import PostgresServer

T = TypeVar("T")
Number = ColumnElement[int]
Row = dict[str, Any]

EACH = 5
DAYS_APART = 146
"""The five things that a customer told us span two years."""
TURNED, SILENT, CAME_BACK = 1, 2, 3
"""What became of a customer whose number leaves this, divided by 100; of 20, for those who came back."""
LISTED = 20


@contextmanager
def filled(kind: str, customers: int, now: datetime) -> Iterator[Database]:
    """Fill a new database, which is dropped in the end."""
    if kind == "SQLite":
        with TemporaryDirectory(prefix="rapport-satisfaction-") as folder:
            yield from _fill(f"sqlite:///{Path(folder) / 'rapport.db'}", customers, now)
        return
    with PostgresServer.running(syncs=True) as server, server.new_database() as url:
        yield from _fill(url, customers, now)


def _fill(url: str, customers: int, now: datetime) -> Iterator[Database]:
    database = Database(url)
    migrate(database)
    with database.transaction() as session:
        _insert(session, Customer, customers, partial(_customer, now=now))
        _insert(session, Complaint, customers, partial(_complaint, now=now), _complained)
        for place in range(EACH):
            _insert(session, SatisfactionEntry, customers, partial(_entry, place=place, now=now))
    if not database.is_sqlite:
        with database.transaction() as session:
            session.execute(text("ANALYZE"))
    try:
        yield database
    finally:
        database.close()


def _insert(
    session: Session,
    table: type[Base],
    count: int,
    values: Callable[[Number], Row],
    which: Callable[[Number], ColumnElement[bool]] | None = None,
) -> None:
    """Insert a row for each number, or for some."""
    series = select(literal(1).label("number")).cte("series", recursive=True)
    series = series.union_all(select(series.c.number + 1).where(series.c.number < count))
    number = series.c.number
    columns = values(number)
    shown = [
        value if isinstance(value, ColumnElement) else literal(value, getattr(table, name).type)
        for name, value in columns.items()
    ]
    rows = select(*shown) if which is None else select(*shown).where(which(number))
    session.execute(insert(table).from_select(list(columns), rows))


def _customer(number: Number, now: datetime) -> Row:
    summary = summarise(
        Evidence(75.0, 1.0, now - timedelta(days=DAYS_APART * place)) for place in range(EACH)
    )
    return {
        "id": number,
        "display_name": literal("Ana ") + cast(number, String),
        "language": case((number % 3 == 0, "zh"), else_="en"),
        "standing": case((number % 10 == 0, str(Standing.KEY)), else_=str(Standing.REGULAR)),
        "created_at": now - timedelta(days=800),
        "last_contact_at": case(
            (number % 100 == SILENT, literal(now - timedelta(days=20), Customer.created_at.type)),
            else_=literal(now - timedelta(days=2), Customer.created_at.type),
        ),
        "index": summary.index,
        "evidence_weight": summary.weight,
        "evidence_at": now,
    }


def _complained(number: Number) -> ColumnElement[bool]:
    return (number % 100 == SILENT) | (number % 20 == CAME_BACK)


def _complaint(number: Number, now: datetime) -> Row:
    return {
        "customer_id": number,
        "channel": "telegram",
        "address": cast(number, String),
        "state": ComplaintState.RESOLVED,
        "text": "It arrived broken.",
        "opened_at": now - timedelta(days=21),
        "first_response_due_at": now,
        "resolution_due_at": now,
        "alert_count": 1,
    }


def _entry(number: Number, place: int, now: datetime) -> Row:
    """Everybody is content, but those who turned in the newest two; every seventh wrote three days ago."""
    newest = place == EACH - 1
    long_ago, lately = (
        literal(now - timedelta(days=days), SatisfactionEntry.at.type)
        for days in (DAYS_APART * (EACH - 1 - place) + 40, 3)
    )
    turned, wrote = number % 100 == TURNED, (number % 7 == 0) & (number % 100 != SILENT)
    moment: ColumnElement[datetime] = long_ago
    if newest:
        moment = case((turned | wrote, lately), else_=long_ago)
    elif place == EACH - 2:
        moment = case((turned, lately), else_=long_ago)
    return {
        "customer_id": number,
        "source": EntrySource.RATING,
        "value": case((turned, 0.0), else_=75.0) if place >= EACH - 2 else 75.0,
        "weight": 3.0,
        "at": moment,
        "aspects": {"delivery": 75.0, "product": 50.0} if newest else None,
    }


def measure(kind: str, customers: int) -> dict[str, Value]:
    """Fill a database, look at all records, and time each part of it."""
    now = datetime.now(UTC)
    with filled(kind, customers, now) as database:
        with database.reading() as session:
            sums, sums_s = _timed(lambda: add_up(session, now=now))
            found, found_s = _timed(lambda: find_at_risk(session, now=now))
            changes, compared_s = _timed(lambda: changes_of(session, found))
        seen = Seen(now, sums, found, changes)
        with database.transaction() as session:
            _, kept_s = _timed(lambda: note_standings(session, seen, now=now))
        with database.reading() as session:
            _, told_s = _timed(lambda: kept_sums(session))
            _, listed_s = _timed(lambda: risks_of(session, list_at_risk(session, LISTED), now))
        with database.reading() as session:
            counted = session.scalar(select(func.count()).select_from(SatisfactionEntry))
    due = {number for number in range(1, customers + 1) if number % 100 in (TURNED, SILENT)}
    right = found.keys() == due and sums.company.number == customers
    return {
        "database": kind,
        "customers": customers,
        "entries": int(counted or 0),
        "at risk": len(found),
        "add all up, s": round(sums_s, 2),
        "find who is at risk, s": round(found_s + compared_s, 2),
        "keep it, s": round(kept_s, 2),
        "/satisfaction, ms": round(1000 * told_s, 2),
        "/atrisk, ms": round(1000 * listed_s, 2),
        "right": "yes" if right else f"no: {len(found.keys() ^ due)} differ",
    }


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    done = work()
    return done, time.perf_counter() - began


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"), default="SQLite")
    asked = parser.parse_args()
    end_on_signals()
    print_report("satisfaction", [measure(asked.database, customers) for customers in asked.customers])


if __name__ == "__main__":
    main()
