"""Customers who change in one unit of work change in the same columns: one statement then writes them all.

The ORM writes rows of which each changed in other columns by a statement for each, and that is most of what
a message costs there.
"""

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from store.tables.customers import Customer

TOGETHER = frozenset({"index", "evidence_weight", "evidence_at", "rating_asked_at"})
"""What a message changes; whoever writes one of these holds the customer's row."""


def change_alike(session: Session) -> None:
    """Let each stored customer of whom one of these columns changed have all of them written."""
    for thing in session.dirty:
        if not isinstance(thing, Customer):
            continue
        state = inspect(thing)
        changed, missing = state.committed_state.keys() & TOGETHER, state.unloaded & TOGETHER
        if changed and not missing:
            for name in TOGETHER:
                flag_modified(thing, name)
