"""Plans, customers and runs of the festival planners, as the tests of festivals need them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.kept import write_definition
from scheduler.festivals.greetings import greet_choosers, plan_festivals
from scheduler.festivals.moves import move_greetings, see_moved
from scheduler.festivals.personal_days import greet_personal_days
from store.engine import Database
from store.tables.definitions import DefinitionKind
from store.tables.queues import OutboxMessage
from tests.factories import COMPANY, NOW, make_customer

CHANNELS = frozenset({"telegram", "webchat"})


def person(database: Database, **fields: Any) -> int:
    """Add a customer."""
    with database.transaction() as session:
        return make_customer(session, **fields).id


def write_plan(database: Database, name: str, *, active: bool = True, **body: Any) -> None:
    """Write a plan down."""
    with database.transaction() as session:
        write_definition(session, DefinitionKind.FESTIVAL, name, body, staff_id=None, now=NOW, active=active)


def run(database: Database, now: datetime, **changes: Any) -> list[str]:
    """Run all planners of greetings once; gives the keys of what they queued."""
    before = {row.dedupe_key for row in outbox(database)}
    company = replace(COMPANY, **changes)
    with database.transaction() as session:
        run_in(session, company, now)
    return sorted(row.dedupe_key for row in outbox(database) if row.dedupe_key not in before)


def run_in(session: Session, company: Company, now: datetime) -> None:
    """Run all planners of greetings once in a transaction."""
    about: Mapping[str, Any] = {"company": company, "now": now, "channels": CHANNELS}
    move_greetings(session, see_moved(session, **about), company=company, now=now)
    for plan in (plan_festivals, greet_choosers, greet_personal_days):
        plan(session, **about)


def outbox(database: Database) -> list[OutboxMessage]:
    """Read the outbox."""
    with database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
