"""How long ten filters take over a large base: to count whom each picks, and to give all their numbers.

Run ``python -m benchmarks.segments [--customers 1000000] [--database URL] [--explain] [--at-most SECONDS]``.
It makes a base with a record, purchases, tags, complaints and guests, asks each filter three times, and
prints the slowest, how the database finds them, and a line of JSON. Without ``--database`` it is a new SQLite
file. It ends with an error where one took longer than ``--at-most``.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, event, func, insert, literal, select, text
from sqlalchemy.orm import Session

from benchmarks.report import Value, print_report
from customers.company import Chat, Company
from feedback.satisfaction import PRIOR_VALUE
from scheduler.segments.conditions import condition_of
from scheduler.segments.counting import numbers_in
from store.engine import Database
from store.feedback_kinds import FeedbackKind
from store.migrate import migrate
from store.tables import Base
from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Consent, Customer, CustomerTag, Identity, Purpose, Standing
from store.tables.feedback import CustomerAtRisk, EntrySource, Feedback, RiskReason, SatisfactionEntry
from store.tables.outreach import Event, EventGuest, Purchase, Rsvp
from store.tables.staff import Role, Staff

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
COMPANY = Company(
    name="Lantern Tea",
    timezone="Europe/London",
    country="GB",
    language="en",
    staff_chat=Chat("webchat", "staff"),
)
FILTERS = (
    "all",
    "standing = key and index < 60 and not tag = wholesale",
    "language in (zh, en) and country = GB and last contact over 30 days ago",
    "trend = falling",
    'going to "Tea evening" or attended "Tea evening"',
    "complained within 90 days and not open complaint",
    "rating <= 2 within 30 days",
    "purchases >= 3 within 1 year and not bought within 60 days",
    "(at risk or sentiment < 0 within 90 days) and consent = offers and reachable",
    "birthday within 14 days and contact = Mei and not tag in (staff, test)",
)
"""Ten of the kind that marketers write."""

PLACES = (("GB", "Europe/London"), ("CN", "Asia/Shanghai"), ("US", "America/New_York"), (None, None))
EVENTS = ("Tea evening", "Spring tasting", "Harvest")
STAFF = 20
CHUNK = 10_000
MADE = 50_000
"""Customers who are made one by one."""
TABLES: Sequence[type[Base]] = (
    Customer,
    Identity,
    Consent,
    CustomerTag,
    Feedback,
    SatisfactionEntry,
    Complaint,
    CustomerAtRisk,
    Purchase,
    EventGuest,
)
UNIQUE = {(Identity, "sender"), (Identity, "address"), (Purchase, "reference")}
"""Texts that only one customer may have."""
ROUNDS = 3
YEARS = timedelta(days=900)


def people(count: int) -> Iterator[dict[type[Base], list[dict[str, Any]]]]:
    """Make the rows of customers and of all that is known of them, a chunk at a time."""
    chance = random.Random(7)
    for start in range(1, count + 1, CHUNK):
        rows: dict[type[Base], list[dict[str, Any]]] = {}
        for number in range(start, min(start + CHUNK, count + 1)):
            _add_customer(rows, number, chance)
            _add_record(rows, number, chance)
            _add_deeds(rows, number, chance)
        yield rows


def _put(rows: dict[type[Base], list[dict[str, Any]]], table: type[Base], **values: Any) -> None:
    rows.setdefault(table, []).append(values)


def _in(percent: int, chance: random.Random) -> bool:
    return 100 * chance.random() < percent


def _add_customer(rows: dict[type[Base], list[dict[str, Any]]], number: int, chance: random.Random) -> None:
    country, zone = chance.choice(PLACES)
    created = NOW - YEARS * chance.random()
    last = created + (NOW - created) * chance.random() ** 0.3
    is_told = _in(60, chance)
    day = NOW - timedelta(days=chance.randrange(365))
    _put(
        rows,
        Customer,
        id=number,
        display_name=f"Customer {number}",
        language=chance.choice(("zh", "en")),
        country=country,
        timezone=zone,
        standing=Standing.KEY if _in(10, chance) else Standing.REGULAR,
        source=chance.choice((None, "qr-shop", "friend")),
        contact_id=chance.randint(1, STAFF) if _in(50, chance) else None,
        created_at=created,
        last_contact_at=last,
        visited_at=last if _in(40, chance) else None,
        index=chance.gauss(PRIOR_VALUE, 15) if is_told else None,
        evidence_weight=2.0 if is_told else 0.0,
        evidence_at=last if is_told else None,
        birthday=f"{day:%m-%d}" if _in(30, chance) else None,
    )
    _put(
        rows,
        Identity,
        customer_id=number,
        channel="telegram",
        sender=str(number),
        address=str(number),
        created_at=created,
        last_used_at=last,
        unreachable_since=last if _in(5, chance) else None,
    )
    if _in(4, chance):
        _put(rows, Consent, customer_id=number, purpose=Purpose.OFFERS, granted=False, changed_at=last)
    for tag in ("wholesale", "staff", "vip"):
        if _in(5, chance):
            _put(rows, CustomerTag, customer_id=number, tag=tag, at=last)


def _add_record(rows: dict[type[Base], list[dict[str, Any]]], number: int, chance: random.Random) -> None:
    """Add what a customer said, how it counts, and their complaints; most said little, and long ago."""
    for _ in range(int(chance.expovariate(0.7))):
        at = NOW - YEARS * chance.random() ** 2
        polarity = chance.uniform(-1, 1)
        _put(rows, Feedback, customer_id=number, kind=FeedbackKind.OTHER, polarity=polarity, why=[], at=at)
        source = EntrySource.RATING if _in(30, chance) else EntrySource.FEEDBACK
        value = 25.0 * chance.randrange(5)
        weight = 3.0 if source is EntrySource.RATING else 1.0
        _put(rows, SatisfactionEntry, customer_id=number, source=source, value=value, weight=weight, at=at)
    if _in(5, chance):
        at = NOW - YEARS * chance.random()
        _put(
            rows,
            Complaint,
            customer_id=number,
            channel="telegram",
            address=str(number),
            state=ComplaintState.OPEN if _in(2, chance) else ComplaintState.CONFIRMED,
            text="The tea was cold",
            opened_at=at,
            first_response_due_at=at,
            resolution_due_at=at,
        )
    if _in(1, chance):
        _put(rows, CustomerAtRisk, customer_id=number, reason=RiskReason.SILENT, since=NOW)


def _add_deeds(rows: dict[type[Base], list[dict[str, Any]]], number: int, chance: random.Random) -> None:
    """Add what a customer bought, and to what they came."""
    for bought in range(int(chance.expovariate(1.0))):
        at = NOW - YEARS * chance.random()
        _put(rows, Purchase, customer_id=number, reference=f"{number}-{bought}", at=at, what="", amount=20.0)
    if _in(5, chance):
        came = _in(50, chance)
        _put(
            rows,
            EventGuest,
            event_id=chance.randint(1, len(EVENTS)),
            customer_id=number,
            answer=Rsvp.GOING if _in(70, chance) else Rsvp.NO,
            answered_at=NOW - timedelta(days=40),
            checked_in_at=NOW - timedelta(days=30) if came else None,
        )


def fill(database: Database, count: int) -> None:
    """Write the base, and let PostgreSQL look at it as it does by itself within a minute or so.

    The first customers are made one by one, and all others by the database from them, each with a number of
    its own: which customers a filter picks stays as scattered as it was.
    """
    with database.transaction() as session:
        session.execute(insert(Staff), [_member(number) for number in range(1, STAFF + 1)])
        session.execute(insert(Event), [_event(number, title) for number, title in enumerate(EVENTS, 1)])
    made = min(count, MADE)
    for rows in people(made):
        with database.transaction() as session:
            for table, values in rows.items():
                session.execute(insert(table), values)
    for start in range(made, count - made + 1, made):
        with database.transaction() as session:
            for table in TABLES:
                _repeat(session, table, start, made)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _repeat(session: Session, model: type[Base], start: int, made: int) -> None:
    """Write the rows of the first customers again, for others whose numbers begin after ``start``."""
    table = cast("Table", model.__table__)
    owner = table.c.id if model is Customer else table.c.customer_id
    columns = [column for column in table.columns if column is owner or column.name != "id"]
    values = [column + start if column is owner else column for column in columns]
    for place, column in enumerate(columns):
        if (model, column.name) in UNIQUE:
            values[place] = column + literal(f"+{start}")
    others = select(*values).where(owner <= made)
    names = [column.name for column in columns]
    session.execute(insert(table).from_select(names, others, include_defaults=False))


def _member(number: int) -> dict[str, Any]:
    name = "Mei" if number == 1 else f"Agent {number}"
    return {"id": number, "name": name, "role": Role.AGENT, "created_at": NOW}


def _event(number: int, title: str) -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "place": "Old Street",
        "starts_at": NOW - timedelta(days=30),
        "timezone": "Europe/London",
        "capacity": 100_000,
        "audience": "all",
        "created_at": NOW - timedelta(days=60),
    }


def measure(database: Database, source: str) -> dict[str, Value]:
    """Measure a filter: the slowest of some rounds, for its count and for all numbers; both must agree."""
    counting: list[float] = []
    giving: list[float] = []
    cpu_s = time.process_time()
    for _ in range(ROUNDS):
        with database.reading() as session:
            condition = condition_of(session, source, company=COMPANY, now=NOW, of_all=True)
            begun = time.perf_counter()
            picked = _count(session, condition)
            counting.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            ids = numbers_in(session, source, company=COMPANY, now=NOW)
            giving.append(time.perf_counter() - begun)
        if len(ids) != picked:
            raise SystemExit(f"{source}: {picked} were counted, but {len(ids)} are given")
    return {
        "filter": source,
        "picked": picked,
        "count s": round(max(counting), 2),
        "numbers s": round(max(giving), 2),
        "CPU s of one": round((time.process_time() - cpu_s) / (2 * ROUNDS), 2),
    }


def explain(database: Database, source: str) -> Sequence[str]:
    """Ask how the database counts whom a filter picks."""
    plans: list[str] = []

    def ask(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked = connection.connection.cursor()
        asked.execute(("EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN ") + statement, parameters)
        plans.extend(str(row[-1]) for row in asked.fetchall())

    with database.reading() as session:
        condition = condition_of(session, source, company=COMPANY, now=NOW, of_all=True)
        event.listen(session.connection(), "before_cursor_execute", ask)
        _count(session, condition)
    return plans


def _count(session: Session, condition: Any) -> int:
    return session.scalar(select(func.count()).select_from(Customer).where(condition)) or 0


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--database", help="URL of an empty database; a new SQLite file where not given")
    parser.add_argument("--explain", action="store_true", help="print how the database finds them")
    parser.add_argument("--at-most", type=float, default=0.0, help="seconds that none may take longer than")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        database = Database(options.database or f"sqlite:///{Path(directory) / 'segments.db'}")
        migrate(database)
        fill(database, options.customers)
        rows = [measure(database, source) for source in FILTERS]
        for source in FILTERS if options.explain else ():
            print(f"\n{source}", *explain(database, source), sep="\n  ")
        title = f"segments, {options.customers:,} customers, {database.url.get_backend_name()}"
        print_report(title, rows)
        database.close()
    slow = [
        row["filter"] for row in rows if max(float(row["count s"]), float(row["numbers s"])) > options.at_most
    ]
    if options.at_most and slow:
        raise SystemExit(f"slower than {options.at_most} s: {slow}")


if __name__ == "__main__":
    main()
