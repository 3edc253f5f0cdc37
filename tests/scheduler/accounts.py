"""Whoever was not told something because of us, or of time, is counted with a reason.

What ended without leaving for another reason stands in ``NOT_OURS``.
"""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scheduler.campaigns.moves import CANCELLED as CAMPAIGN_CANCELLED
from scheduler.events.changes import CANCELLED, CHANGED
from scheduler.events.telling import SUPERSEDED
from scheduler.festivals.choices import NOT_THEIRS
from scheduler.festivals.moves import NOT_KEPT
from scheduler.programmes.steps import WROTE_FIRST
from store.engine import Database
from store.outbox import RULES
from store.suppressions import occasion_of
from store.tables.outreach import Suppression
from store.tables.queues import OutboxMessage, OutboxState

NOT_OURS = {
    CAMPAIGN_CANCELLED: "staff took it back",
    CANCELLED: "staff took it back, and whoever knew of it is told",
    CHANGED: "the change is told in its place",
    SUPERSEDED: "a newer text says the same",
    NOT_KEPT: "the company switched it off",
    NOT_THEIRS: "the customer took it out",
    WROTE_FIRST: "the customer wrote first",
    "the customer's birthday is another day": "the customer said another day, and is greeted then",
    "the guest has taken the place": "the customer did what was asked of them",
    "the guest has answered otherwise": "the customer did what was asked of them",
    "the guest will not come": "the customer said so",
    "the customer was erased": "nobody is there to be counted",
}
"""Why something did not leave though we would have said it, and is not counted: each with what excuses it."""


def find_unaccounted(session: Session) -> Iterator[str]:
    """Find what we would have said first, did not, and have no reason for; only reads."""
    first_spoken = [kind for kind, rule in RULES.items() if rule.first_spoken]
    skipped = session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.state == OutboxState.SKIPPED,
            OutboxMessage.kind.in_(first_spoken),
            OutboxMessage.purpose.is_not(None),
            OutboxMessage.customer_id.is_not(None),
            OutboxMessage.reason.not_in(list(NOT_OURS)),
        )
    ).all()
    if not skipped:
        return
    rows = session.execute(select(Suppression.customer_id, Suppression.occasion))
    counted = {(row.customer_id, row.occasion) for row in rows}
    for message in skipped:
        customer_id = message.customer_id or 0
        if (customer_id, occasion_of(message.dedupe_key, customer_id)) not in counted:
            yield f"{message.dedupe_key}: {message.reason}"


def unaccounted_in(database: Database) -> list[str]:
    """Look into a database as a test left it; one that it took away itself has nothing to find."""
    with suppress(OperationalError), database.reading() as session:
        return list(find_unaccounted(session))
    return []
