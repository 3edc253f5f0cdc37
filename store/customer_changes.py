"""What most messages change of a customer: at once for who reads it, written together for all customers.

The ORM would take ten times as long to find out what changed of whom as the database needs to write it. So
these columns are changed here alone, and ``store.engine.Unit`` writes them with each flush: one statement for
all customers who changed, whichever of the columns it was. Whoever changes one holds the customer's row and
has read it since.
"""

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import TypedDict, Unpack

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from store.many_rows import ManyRows
from store.read_ahead import forget_ahead
from store.tables.customers import Customer


class Changes(TypedDict, total=False):
    """Columns of ``customers``."""

    last_contact_at: datetime
    rating_asked_at: datetime
    index: float | None
    evidence_weight: float
    evidence_at: datetime | None


_COLUMNS = tuple(Changes.__annotations__)
_WRITE = ManyRows(
    update(Customer)
    .where(Customer.id == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in _COLUMNS}),
    ("number", *(f"new_{name}" for name in _COLUMNS)),
)
_values_of = attrgetter("id", *_COLUMNS)


@dataclass(slots=True)
class _Changed:
    """Who changed in one transaction, and who of them waits to be written; the values tell nothing."""

    ever: dict[Customer, None] = field(default_factory=dict)
    waiting: dict[Customer, None] = field(default_factory=dict)


def change_customer(session: Session, customer: Customer, **changes: Unpack[Changes]) -> None:
    """Change columns of a stored customer; written with the next flush. Does not commit."""
    for name, value in changes.items():
        set_committed_value(customer, name, value)
    changed: _Changed | None = session.info.get("changed customers")
    if changed is None:
        changed = session.info["changed customers"] = _Changed()
    changed.ever[customer] = changed.waiting[customer] = None


def write_changes(session: Session) -> None:
    """Write what changed, by the customers' numbers; does not commit."""
    changed: _Changed | None = session.info.get("changed customers")
    if changed is None or not changed.waiting:
        return
    waiting, changed.waiting = changed.waiting, {}
    _WRITE.run(session.connection(), sorted(map(_values_of, waiting)))
    forget_ahead(session)


def forget_changes(session: Session) -> None:
    """Read anew, after a rollback, who had changed since the transaction began."""
    changed: _Changed | None = session.info.pop("changed customers", None)
    for customer in changed.ever if changed else ():
        if customer in session:
            session.expire(customer)
