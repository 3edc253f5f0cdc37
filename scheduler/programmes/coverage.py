"""How many visits that fell due were made, in time, and answered; which were not, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from scheduler.left_out import LeftOut
from scheduler.programmes.deciding import Missed
from store.tables.outreach import Visit, VisitState
from store.tables.staff import Staff

IN_TIME = timedelta(days=3)
"""A visit that left so many days after its date was in time: between them may lie a weekend."""

MADE = frozenset({VisitState.MADE, VisitState.ANSWERED, VisitState.UNANSWERED})

NOT_OURS = frozenset(
    {LeftOut.STOPPED, LeftOut.UNREACHABLE, LeftOut.COMPLAINT, Missed.IN_TOUCH, Missed.HELD_OUT}
)
"""Reasons for which a visit could not, need not or must not be made; of a complaint a person got a task."""


class By(StrEnum):
    """What visits are told apart by."""

    PROGRAMME = "programme"
    CONTACT = "contact"
    STANDING = "standing"


@dataclass(slots=True)
class Coverage:
    """What became of visits that fell due.

    Attributes:
        name: of the programme, contact or standing; "" for customers without a contact.
        due: how many fell due.
        waiting: how many of them are still on their way.
        made: how many were made.
        in_time: how many of these within ``IN_TIME``.
        answered: how many of these were answered.
        missed: how many were not made, by reason, the most frequent first.
    """

    name: str
    due: int = 0
    waiting: int = 0
    made: int = 0
    in_time: int = 0
    answered: int = 0
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def possible(self) -> int:
        """How many could have been made by now."""
        return self.made + sum(number for reason, number in self.missed.items() if reason not in NOT_OURS)

    @property
    def share(self) -> float | None:
        """Which part of what was possible was made, 0–1; None where nothing was."""
        return self.made / self.possible if self.possible else None

    def add(self, row: Any) -> None:
        """Count visits of one state, date and reason."""
        self.due += row.number
        if row.state is VisitState.MISSED:
            self.missed[row.reason or str(Missed.NOT_SENT)] += row.number
        elif row.state is VisitState.DUE:
            self.waiting += row.number
        elif row.state in MADE:
            self.made += row.number
            self.in_time += row.number * _is_in_time(row.due_on, row.made_on)
            self.answered += row.number * (row.state is VisitState.ANSWERED)


def count_coverage(session: Session, *, since: date, until: date, by: By) -> Sequence[Coverage]:
    """Count what became of the visits that fell due from one day to another; only reads.

    Args:
        session: an open view.
        since, until: the first day and the last, where each customer is.
        by: what they are told apart by.

    Returns:
        Each programme, contact or standing with its counts, the most due first.
    """
    made_on = func.date(Visit.made_at)
    told_apart: ColumnElement[Any] = {
        By.PROGRAMME: Visit.programme,
        By.CONTACT: Visit.contact_id,
        By.STANDING: Visit.standing,
    }[by].expression
    columns = (told_apart, Visit.state, Visit.reason, Visit.due_on, made_on)
    rows = session.execute(
        select(
            told_apart.label("name"),
            Visit.state.label("state"),
            Visit.reason.label("reason"),
            Visit.due_on.label("due_on"),
            made_on.label("made_on"),
            func.count().label("number"),
        )
        .where(Visit.due_on >= since, Visit.due_on <= until)
        .group_by(*columns)
    ).all()
    names = _names(session, {row.name for row in rows}) if by is By.CONTACT else {}
    counted: dict[str, Coverage] = {}
    for row in rows:
        name = names.get(row.name, "") if by is By.CONTACT else str(row.name or "")
        counted.setdefault(name, Coverage(name)).add(row)
    return sorted(counted.values(), key=lambda one: (-one.due, one.name))


def _names(session: Session, numbers: set[Any]) -> Mapping[int, str]:
    known = [number for number in numbers if number is not None]
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(known)))
    return {row[0]: row[1] for row in rows}


def _is_in_time(due_on: date, made_on: date | str | None) -> bool:
    """Tell whether a visit left in time; of one that was made by an older program it is not known when."""
    if made_on is None:
        return True
    day = date.fromisoformat(made_on) if isinstance(made_on, str) else made_on
    return day <= due_on + IN_TIME
