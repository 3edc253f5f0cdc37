"""What years leave behind: a database with many customers who have all written many times."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from store.engine import Database
from store.outbox import Body
from store.tables import Base
from store.tables.conversations import Message
from store.tables.customers import Customer, Identity
from store.tables.feedback import EntrySource, Feedback, FeedbackKind, SatisfactionEntry
from store.tables.queues import InboxUpdate, MessageKind, OutboxMessage, OutboxState

FIRST_SENDER = 100_000
MESSAGES_EACH = 10
CHUNK = 1_000


def fill(database: Database, messages: int, *, until: datetime) -> None:
    """Store answered messages of a tenth as many customers, whose ids there count from ``FIRST_SENDER``."""
    customers = messages // MESSAGES_EACH
    for numbers in _chunks(customers):
        with database.transaction() as session:
            session.execute(insert(Customer), [_customer(number, until) for number in numbers])
            session.execute(insert(Identity), [_identity(number, until) for number in numbers])
    for numbers in _chunks(messages):
        rows = [_said(number, customers, until - timedelta(minutes=messages - number)) for number in numbers]
        with database.transaction() as session:
            for table, column in zip(ORDER, zip(*rows, strict=True), strict=True):
                session.execute(insert(table), list(column))


ORDER: Sequence[type[Base]] = (InboxUpdate, Message, Feedback, SatisfactionEntry, OutboxMessage)


def _chunks(count: int) -> Iterator[range]:
    return (range(start, min(start + CHUNK, count + 1)) for start in range(1, count + 1, CHUNK))


def _customer(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "display_name": f"Ana {number}",
        "language": "en",
        "created_at": now,
        "last_contact_at": now,
        "index": 60.0,
        "evidence_weight": 3.0,
        "evidence_at": now,
    }


def _identity(number: int, now: datetime) -> dict[str, Any]:
    sender = str(FIRST_SENDER + number - 1)
    return {
        "customer_id": number,
        "channel": "telegram",
        "sender": sender,
        "address": sender,
        "created_at": now,
        "last_used_at": now,
    }


def _said(number: int, customers: int, at: datetime) -> tuple[dict[str, Any], ...]:
    """Make the rows of one message, in ``ORDER``: taken, kept, understood, entered, answered."""
    customer = 1 + number % customers
    place = {"channel": "telegram", "address": str(FIRST_SENDER + customer - 1)}
    text = f"Number {number} was lovely, thank you."
    return (
        {"channel": "telegram", "update_id": f"old {number}", "received_at": at},
        {
            **place,
            "id": number,
            "customer_id": customer,
            "sender": place["address"],
            "external_id": f"old {number}",
            "text": text,
            "at": at,
        },
        {
            "id": number,
            "customer_id": customer,
            "message_id": number,
            "kind": FeedbackKind.PRAISE,
            "polarity": 0.6,
            "at": at,
        },
        {
            "customer_id": customer,
            "source": EntrySource.FEEDBACK,
            "value": 80.0,
            "weight": 1.0,
            "at": at,
            "feedback_id": number,
        },
        {
            **place,
            "dedupe_key": f"answer:telegram:old {number}:0",
            "customer_id": customer,
            "kind": MessageKind.ANSWER,
            "priority": 0,
            "body": Body("Thank you, that makes our day!").to_json(),
            "state": OutboxState.SENT,
            "not_before": at,
            "created_at": at,
        },
    )
