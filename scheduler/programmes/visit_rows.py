"""Visits that are under way, as rows: found when their next step comes, and written down together."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, inspect, select, update
from sqlalchemy.orm import Session

from store.many_rows import ManyRows
from store.tables.outreach import Visit


def find_waiting(session: Session, *, now: datetime, most: int) -> Sequence[Visit]:
    """Find visits whose next step has come, the one that waits longest first, and hold their rows.

    What another planner holds is not among them.
    """
    return session.scalars(_WAITING, {"now": now, "most": most}).all()


_WAITING = (
    select(Visit)
    .where(Visit.next_step_at <= bindparam("now"))
    .order_by(Visit.next_step_at)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)


def write_visits(session: Session, visits: Sequence[Visit]) -> None:
    """Write down what a step changes of visits, and let the session forget them; does not commit.

    The session itself would need a statement for each way in which they changed.

    Raises:
        ValueError: something changed that steps do not change.
    """
    for visit in visits:
        if others := inspect(visit).committed_state.keys() - set(_CHANGED):
            raise ValueError(f"steps do not change {', '.join(sorted(others))} of visit {visit.id}")
    rows = [(visit.id, *(getattr(visit, name) for name in _CHANGED)) for visit in visits]
    for visit in visits:
        session.expunge(visit)
    _update().run(session.connection(), rows)


_CHANGED = ("state", "reason", "attempt", "made_at", "next_step_at", "answered_at", "arm")
"""Columns that steps change."""


@cache
def _update() -> ManyRows:
    values: dict[str, ColumnElement[Any]] = {name: bindparam(f"new_{name}") for name in _CHANGED}
    return ManyRows(
        update(Visit).where(Visit.id == bindparam("its_id")).values(values),
        ("its_id", *(f"new_{name}" for name in _CHANGED)),
    )
