"""A company with programmes of its own, whose clock is moved; what the lane would send is noted as sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from customers.company import Company
from scheduler.definitions.kept import write_definition
from scheduler.programmes.overtaken import see_overtaken, withdraw_overtaken
from scheduler.programmes.planning import plan_visits
from store.engine import Database
from store.outbox import mark_sent
from store.tables.customers import Customer
from store.tables.definitions import DefinitionKind
from store.tables.outreach import Task, Visit
from store.tables.queues import OutboxMessage, OutboxState
from tests.factories import COMPANY, NOW, make_customer

CHANNELS = frozenset({"telegram", "webchat"})
PERIOD = timedelta(days=30)


@dataclass
class House:
    """The company at a moment."""

    database: Database
    company: Company = COMPANY
    now: datetime = NOW

    def defines(self, name: str, **body: Any) -> None:
        """Write a programme down; it lasts 30 days and holds nobody out, where nothing else is said."""
        values = {"period_days": 30, "holdout": 0.0} | body
        with self.database.transaction() as session:
            write_definition(session, DefinitionKind.PROGRAMME, name, values, staff_id=None, now=self.now)

    def silent(self, since: timedelta = PERIOD, **fields: Any) -> int:
        """Add a customer who wrote last so long ago."""
        with self.database.transaction() as session:
            return make_customer(session, **({"last_contact_at": self.now - since} | fields)).id

    def writes(self, customer_id: int) -> None:
        """Let a customer be in contact now."""
        with self.database.transaction() as session:
            session.get_one(Customer, customer_id).last_contact_at = self.now

    def plans(self, **later: float) -> list[OutboxMessage]:
        """Move the clock, let the planners do all that is due, and give what was queued by it."""
        self.now += timedelta(**later)
        before = {message.id for message in self.outbox()}
        with self.database.transaction() as session:
            seen = see_overtaken(session, now=self.now, channels=CHANNELS)
            withdraw_overtaken(session, seen, now=self.now)
        for _ in range(1000):
            with self.database.transaction() as session:
                if not plan_visits(session, company=self.company, now=self.now, channels=CHANNELS):
                    break
        else:
            raise AssertionError("the planner never ends")
        return [message for message in self.outbox() if message.id not in before]

    def sends(self) -> None:
        """Let all that may leave by now be sent."""
        with self.database.transaction() as session:
            for message in session.scalars(select(OutboxMessage)).all():
                if message.state is OutboxState.QUEUED and message.not_before <= self.now:
                    mark_sent(session, message.id, external_id=f"out-{message.id}", now=self.now)

    def outbox(self) -> Sequence[OutboxMessage]:
        """All messages."""
        with self.database.reading() as session:
            return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()

    def visits(self) -> Sequence[Visit]:
        """All visits."""
        with self.database.reading() as session:
            return session.scalars(select(Visit).order_by(Visit.id)).all()

    def tasks(self) -> Sequence[Task]:
        """All tasks."""
        with self.database.reading() as session:
            return session.scalars(select(Task).order_by(Task.id)).all()
