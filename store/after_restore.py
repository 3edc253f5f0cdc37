"""What a restored database cannot know: what was sent, and who said stop, after its backup was made.

It is made careful before it is used: what may have left is not sent again, and what the replaced database
still knows of stops, erasures and numbers is taken over.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from store.keys import program_key
from store.tables.base import Base
from store.tables.customers import Consent, Customer, Identity, Purpose
from store.tables.keys import ProgramKey
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxMessage, OutboxState

MAY_HAVE_LEFT = "it waited when the backup was made, and may have been sent since"
LINEAGE = "restored"
"""Name of the key that is made anew by each restore: databases with the same one have one past."""

NUMBERS_LEFT_OUT = 10_000
"""Numbers that were perhaps given after the backup stand in chats; these many are not given again."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a database that is being replaced still knows.

    Attributes:
        keys: its random keys by name.
        customers: the numbers of those it has.
        stops: app, sender and purpose of whoever said stop.
        numbers: the last number that each table gave.
    """

    keys: Mapping[str, str]
    customers: frozenset[int]
    stops: frozenset[tuple[str, str, str]]
    numbers: Mapping[str, int]


def read_replaced(file: Path) -> Replaced | None:
    """Read what must not be forgotten from the database that is replaced; None where it cannot be read."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old:
            stops = old.execute(
                "SELECT i.channel, i.sender, c.purpose FROM consents c"
                " JOIN identities i ON i.customer_id = c.customer_id WHERE NOT c.granted"
            )
            return Replaced(
                keys=dict(old.execute("SELECT name, value FROM program_keys")),
                customers=frozenset(number for (number,) in old.execute("SELECT id FROM customers")),
                stops=frozenset(stops),
                numbers=dict(old.execute("SELECT name, seq FROM sqlite_sequence")),
            )
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


def has_same_past(session: Session, replaced: Replaced | None) -> bool:
    """Tell whether the replaced database went on from the backup, with no other restore in between."""
    keys = {row.name: row.value for row in session.scalars(select(ProgramKey))}
    return (
        replaced is not None
        and bool(keys)
        and all(replaced.keys.get(name) == value for name, value in keys.items())
        and (LINEAGE in keys) == (LINEAGE in replaced.keys)
    )


def find_erased(session: Session, replaced: Replaced) -> list[Customer]:
    """Find the customers who were erased after the backup, by a database that has the same past."""
    numbers = session.scalars(select(Customer.id)).all()
    return [session.get_one(Customer, number) for number in numbers if number not in replaced.customers]


def take_over_stops(session: Session, replaced: Replaced, *, now: datetime) -> int:
    """Note every stop that the replaced database knows; does not commit.

    People are found by how they write to us, so that it does not matter which number each has.

    Returns:
        How many purposes were stopped.
    """
    people = session.execute(select(Identity.channel, Identity.sender, Identity.customer_id))
    numbers = {(channel, sender): customer_id for channel, sender, customer_id in people}
    stopped = 0
    for channel, sender, purpose in replaced.stops:
        customer_id = numbers.get((channel, sender))
        if customer_id is None:
            continue
        known = session.get(Consent, (customer_id, Purpose(purpose)))
        if known is None or known.granted:
            consent = Consent(
                customer_id=customer_id, purpose=Purpose(purpose), granted=False, changed_at=now
            )
            session.merge(consent)
            stopped += 1
    return stopped


def hold_back(session: Session) -> int:
    """Turn all that waits into what may have been sent: a person decides about it; does not commit.

    Returns:
        How many messages.
    """
    held = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state.in_([OutboxState.QUEUED, OutboxState.PAUSED, OutboxState.SENDING]))
        .values(state=OutboxState.UNCERTAIN, reason=MAY_HAVE_LEFT)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(held.all())


def pause_campaigns(session: Session, *, now: datetime) -> list[int]:
    """Pause the campaigns that were running, and hold those that waited for their time; does not commit.

    Whom they reached since, and whether their time came meanwhile, nobody knows.

    Returns:
        Their numbers.
    """
    held = (
        update(Campaign)
        .where(Campaign.state == CampaignState.SCHEDULED, Campaign.paused_at.is_(None))
        .values(paused_at=now)
    )
    paused = (
        update(Campaign)
        .where(Campaign.state == CampaignState.RUNNING)
        .values(state=CampaignState.PAUSED, paused_at=now)
    )
    as_core = {"synchronize_session": False}
    numbers = [
        number
        for statement in (held, paused)
        for number in session.scalars(statement.returning(Campaign.id), execution_options=as_core)
    ]
    return sorted(numbers)


def leave_numbers_out(session: Session, numbers: Mapping[str, int] | None) -> None:
    """See to it that no number is given that was given after the backup was made; does not commit.

    Args:
        session: an open write transaction on the restored SQLite database.
        numbers: the last one that each table gave, where the replaced database knows.
    """
    rows = session.execute(text("SELECT name, seq FROM sqlite_sequence"))
    last = {row.name: row.seq for row in rows}
    for table in Base.metadata.sorted_tables:
        if not table.dialect_options["sqlite"]["autoincrement"]:
            continue
        given = last.get(table.name, 0)
        given = given + NUMBERS_LEFT_OUT if numbers is None else max(given, numbers.get(table.name, 0))
        values = {"name": table.name, "given": given}
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        session.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :given)"), values)


def begin_lineage(session: Session) -> None:
    """Give the database a past of its own; does not commit."""
    session.execute(delete(ProgramKey).where(ProgramKey.name == LINEAGE))
    program_key(session, LINEAGE)
