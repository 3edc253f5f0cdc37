"""A chat with the program without a messaging app: updates go in, the outbox is read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.intake import handle_batch
from customers.company import Company
from handlers.incoming import Incoming, IncomingKind, Sender
from store.engine import Database
from store.outbox import mark_sent
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_incoming


@dataclass
class Talk:
    """Plays people who write, and a delivery that sends at once.

    Every message that is queued while a person speaks is marked as sent (its external id is
    ``out-<row id>``) and returned, whomever it is for.
    """

    database: Database
    company: Company = COMPANY
    now: datetime = NOW
    sent: list[OutboxMessage] = field(default_factory=list)

    def says(self, text: str, *, sender: str | Sender = "77", **fields: Any) -> list[OutboxMessage]:
        """Somebody writes a message; returns what was queued because of it."""
        return self.receives(make_incoming(text, sender=sender, at=self.now, **fields))

    def taps(self, data: str, *, sender: str | Sender = "77", **fields: Any) -> list[OutboxMessage]:
        """Somebody taps a button that carries ``data``."""
        return self.receives(
            make_incoming(sender=sender, kind=IncomingKind.BUTTON, button=data, at=self.now, **fields)
        )

    def receives(self, *updates: Incoming) -> list[OutboxMessage]:
        """Handle updates as intake would; returns what was queued because of them, and "sends" it."""
        with self.database.transaction() as session:
            handle_batch(session, updates, company=self.company, now=self.now)
        return self.deliver()

    def deliver(self) -> list[OutboxMessage]:
        """Mark all that is queued as sent and return it."""
        with self.database.transaction() as session:
            queued = list(
                session.scalars(
                    select(OutboxMessage)
                    .where(OutboxMessage.state == OutboxState.QUEUED)
                    .order_by(OutboxMessage.id)
                )
            )
            for message in queued:
                mark_sent(session, message.id, external_id=f"out-{message.id}", now=self.now)
        self.sent += queued
        return queued

    def passes(self, **duration: float) -> None:
        """Let time go by."""
        self.now += timedelta(**duration)


def texts(messages: list[OutboxMessage]) -> list[str]:
    """The texts of messages."""
    return [message.body["text"] for message in messages]


def button_data(message: OutboxMessage) -> list[str]:
    """What the buttons under a message carry, in reading order."""
    return [data for row in message.body["buttons"] for _, data, *_ in row]
