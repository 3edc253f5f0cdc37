"""What we would have said first and did not: a row for each, with its reason.

``scheduler.suppressions`` reads them.
What a planner leaves out has no message, and what clearance skips has one; both are noted here, so that they
can be counted together.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.inserts import insert_into
from store.many_rows import ManyRows
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Suppression

STOPPED = "stopped"
"""The reason of what a customer does not want."""

CHUNK = 500
_COLUMNS = ("customer_id", "occasion", "purpose", "reason", "at")


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A message that a customer does not get.

    Attributes:
        customer_id: whose it would have been.
        occasion: what for, without the customer (``occasion_of``), e.g. ``campaign:12``.
        purpose: of the message.
        reason: why not, as ``scheduler.left_out`` names it.
    """

    customer_id: int
    occasion: str
    purpose: Purpose
    reason: str


def occasion_of(dedupe_key: str, customer_id: int) -> str:
    """Name the occasion of a message, as its key does, without the customer to whom it goes.

    >>> occasion_of("visit:42:2027-03-01", 42)
    'visit:2027-03-01'
    """
    parts = dedupe_key.split(":")
    if str(customer_id) not in parts:
        return dedupe_key
    if parts[0] == "festival":
        place = parts.index(str(customer_id))  # a later number is the year, or one of several in it
    else:
        place = len(parts) - 1 - parts[::-1].index(str(customer_id))
    return ":".join(parts[:place] + parts[place + 1 :])


def who_stay(session: Session, customers: Collection[int]) -> frozenset[int]:
    """Tell which customers are there, and are until this transaction ends; waits for nobody.

    Who holds messages asks this before noting what became of them: a customer comes first in the order in
    which rows are held, so one who is just being erased is left for the next time.
    """
    if not customers:
        return frozenset()
    held = (
        select(Customer.id)
        .where(Customer.id.in_(customers))
        .with_for_update(read=True, key_share=True, skip_locked=True)
    )
    return frozenset(session.scalars(held))


def note_suppressed(session: Session, rows: Iterable[Suppressed], *, now: datetime) -> int:
    """Note what is not sent, each occasion of a customer once, with the reason given first; does not commit.

    Args:
        session: the open transaction.
        rows: what is not sent; any number.
        now: aware UTC.

    Returns:
        How many were new.
    """
    statement, connection = _insert_new(session.get_bind().dialect.name), session.connection()
    values = [(one.customer_id, one.occasion, one.purpose, one.reason, now) for one in rows]
    chunks = (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
    return sum(statement.run(connection, chunk) for chunk in chunks)


@cache
def _insert_new(dialect: str) -> ManyRows:
    new = insert_into(Suppression, dialect=dialect)
    return ManyRows(new.on_conflict_do_nothing(index_elements=["customer_id", "occasion"]), _COLUMNS)
