"""What years leave behind: a database with many customers who have all written many times.

The rows are made inside the database, by ``INSERT … SELECT`` over a series of numbers: ten million messages
with all that belongs to them take minutes. Indexes grow along with them, as they would: made in the end, all
their pages would be full, and the next message of each customer would split some. Of the updates,
only those are there that the program would not have forgotten.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, insert, literal, select, text
from sqlalchemy.orm import Session

from scheduler.definitions.programme import PERIODIC
from store.engine import Database
from store.outbox import Body
from store.pruning import KEPT_FOR
from store.tables import Base
from store.tables.conversations import Message
from store.tables.customers import Customer, Identity
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from store.tables.outreach import VisitTurn
from store.tables.queues import InboxUpdate, MessageKind, OutboxMessage, OutboxState

FIRST_SENDER = 100_000
MESSAGES_EACH = 10
CHUNK = 100_000
FILLING_CACHE_MB = 256
SPAN = timedelta(days=3 * 365)
"""Over how long the messages were written."""

SILENT_FOR = timedelta(days=75)
"""Customers wrote last before the updates of the benchmarks were written, and not so long ago that a return
visit would be due: what they write now moves their place in the line for one."""

VISIT_EVERY_DAYS = 90
"""As it is where a company sets nothing else."""

Number = ColumnElement[int]
Values = Mapping[str, Any]
"""What goes into each column: an expression over the row's number, or one value for all rows of a chunk."""


def fill(database: Database, messages: int, *, until: datetime) -> None:
    """Store answered messages of a tenth as many customers, whose ids there count from ``FIRST_SENDER``.

    The tables must be empty.
    """
    customers = messages // MESSAGES_EACH
    usual_cache = _set_cache(database, -1024 * FILLING_CACHE_MB)
    for first, last in _chunks(customers):
        with database.transaction() as session:
            _insert(session, Customer, first, last, _customer, until)
            _insert(session, Identity, first, last, _identity, until)
            _insert(session, VisitTurn, first, last, _turn, until)
    for first, last in _chunks(messages):
        at = until - SPAN * ((messages - last + 1) / messages)
        with database.transaction() as session:
            for table, values in _SAID.items():
                if table is not InboxUpdate or at > until - KEPT_FOR:
                    _insert(session, table, first, last, values, at, customers)
    with database.transaction() as session:
        _settle(session)
    _set_cache(database, usual_cache)


def _set_cache(database: Database, pages: int) -> int:
    """Set how much SQLite keeps in memory (KB where negative); returns what it was."""
    if not database.is_sqlite:
        return pages
    with database.transaction() as session:
        before = session.scalar(text("PRAGMA cache_size")) or 0
        session.execute(text(f"PRAGMA cache_size = {pages}"))
    return int(before)


def _chunks(count: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + CHUNK - 1, count)) for start in range(1, count + 1, CHUNK))


def _insert(session: Session, table: type[Base], first: int, last: int, values: Any, *given: Any) -> None:
    """Insert a row for each number of a range."""
    series = select(literal(first).label("number")).cte("series", recursive=True)
    series = series.union_all(select(series.c.number + 1).where(series.c.number < last))
    columns: Values = values(series.c.number, *given)
    shown = [
        value if isinstance(value, ColumnElement) else literal(value, getattr(table, name).type)
        for name, value in columns.items()
    ]
    session.execute(insert(table).from_select(list(columns), select(*shown)))


def _settle(session: Session) -> None:
    """Let PostgreSQL know what it holds: numbers go on after the last, and plans know the sizes.

    SQLite counts on by itself, and has no statistics where the program runs: nobody asks it for them.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in (Customer, Message, Feedback):
        last = select(func.max(table.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(table.__tablename__, "id"), last)))
    session.execute(text("ANALYZE"))


def _sender(customer: Number) -> ColumnElement[str]:
    return cast(customer + (FIRST_SENDER - 1), String)


def _customer(number: Number, until: datetime) -> Values:
    return {
        "id": number,
        "display_name": literal("Ana ") + cast(number, String),
        "language": "en",
        "created_at": until - SPAN,
        "last_contact_at": until - SILENT_FOR,
        "index": 60.0,
        "evidence_weight": 3.0,
        "evidence_at": until,
    }


def _identity(number: Number, until: datetime) -> Values:
    return {
        "customer_id": number,
        "channel": "telegram",
        "sender": _sender(number),
        "address": _sender(number),
        "username": literal("ana_") + _sender(number),
        "created_at": until - SPAN,
        "last_used_at": until,
    }


def _turn(number: Number, until: datetime) -> Values:
    """Give a customer's place in the line for return visits, which the planner would make."""
    return {
        "programme": PERIODIC,
        "customer_id": number,
        "due_at": until - SILENT_FOR + timedelta(days=VISIT_EVERY_DAYS),
        "tries": 0,
        "stretch": 1.0,
        "period_days": float(VISIT_EVERY_DAYS),
    }


def _update(number: Number, at: datetime, _customers: int) -> Values:
    return {"channel": "telegram", "update_id": _old(number), "received_at": at}


def _old(number: Number) -> ColumnElement[str]:
    """Name an update or message; in the order of the numbers, so that indexes grow at their end."""
    return literal("old ") + cast(number + 1_000_000_000, String)


def _message(number: Number, at: datetime, customers: int) -> Values:
    customer = number % customers + 1
    return {
        "id": number,
        "customer_id": customer,
        "channel": "telegram",
        "address": _sender(customer),
        "sender": _sender(customer),
        "external_id": _old(number),
        "text": literal("Number ") + cast(number, String) + " was lovely, thank you.",
        "at": at,
    }


def _feedback(number: Number, at: datetime, customers: int) -> Values:
    return {
        "id": number,
        "customer_id": number % customers + 1,
        "message_id": number,
        "kind": FeedbackKind.PRAISE,
        "polarity": 0.6,
        "at": at,
    }


def _entry(number: Number, at: datetime, customers: int) -> Values:
    return {
        "customer_id": number % customers + 1,
        "source": EntrySource.FEEDBACK,
        "value": 80.0,
        "weight": 1.0,
        "at": at,
        "feedback_id": number,
    }


def _answer(number: Number, at: datetime, customers: int) -> Values:
    customer = number % customers + 1
    return {
        "dedupe_key": literal("answer:telegram:") + _old(number) + ":0",
        "channel": "telegram",
        "address": _sender(customer),
        "customer_id": customer,
        "kind": MessageKind.ANSWER,
        "priority": 0,
        "body": Body("Thank you, that makes our day!").to_json(),
        "state": OutboxState.SENT,
        "not_before": at,
        "created_at": at,
        "sent_at": at,
        "external_id": _old(number),
    }


_SAID = {
    InboxUpdate: _update,
    Message: _message,
    Feedback: _feedback,
    SatisfactionEntry: _entry,
    OutboxMessage: _answer,
}
