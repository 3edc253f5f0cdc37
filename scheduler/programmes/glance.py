"""What there is to do for visits, seen at one glance: most of the time nobody is due.

One statement takes a step in an index for each number, however many customers there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, select, true
from sqlalchemy.orm import Session

from store.tables.customers import Customer
from store.tables.outreach import Visit, VisitTurn

OF_A_LINE = 4
"""Numbers that are seen of each line."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is seen of a programme's line.

    Attributes:
        last: the highest number of a customer in it; 0 where nobody is.
        first_due: when the first turn in it falls due; None where there is none.
        periods: the shortest and the longest period, in days, by which its turns were reckoned.
    """

    last: int
    first_due: datetime | None
    periods: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Glance:
    """What is seen.

    Attributes:
        customers: the highest number of a customer, which tells well enough how many there are.
        next_step_at: when the first visit under way goes on; None where none does.
        stray: a programme that has a line though it does not run; None where there is none.
        lines: what is seen of the line of each programme, by its name.
    """

    customers: int
    next_step_at: datetime | None
    stray: str | None
    lines: Mapping[str, Line]


def glance_at(session: Session, names: Sequence[str]) -> Glance:
    """Look at the lines of some programmes, and for any other; only reads."""
    in_order = sorted(names)
    named = {f"name_{place}": name for place, name in enumerate(in_order)}
    row = tuple(session.connection().execute(_statement(len(in_order)), named).one())
    begin = 2 + len(in_order) + 1
    lines = {
        name: _line(*row[begin + OF_A_LINE * place :][:OF_A_LINE]) for place, name in enumerate(in_order)
    }
    return Glance(row[0] or 0, row[1], next(filter(None, row[2:begin]), None), lines)


def _line(last: int | None, due: datetime | None, shortest: float | None, longest: float | None) -> Line:
    return Line(last or 0, due, (shortest, longest))


@cache
def _statement(number: int) -> Select[*tuple[Any, ...]]:
    """Build the statement for so many programmes, once."""
    names = [bindparam(f"name_{place}", type_=VisitTurn.programme.type) for place in range(number)]
    next_step = select(func.min(Visit.next_step_at)).where(Visit.next_step_at.is_not(None))
    return select(
        select(func.max(Customer.id)).scalar_subquery(),
        next_step.scalar_subquery(),
        *_strays(names),
        *(column for name in names for column in _columns(VisitTurn.programme == name)),
    )


def _strays(names: Sequence[ColumnElement[str]]) -> Iterator[ScalarSelect[str]]:
    """Look for a name before, between and after those that are known, in their order."""
    for after, before in pairwise([None, *names, None]):
        between = and_(
            true(),
            *([] if after is None else [VisitTurn.programme > after]),
            *([] if before is None else [VisitTurn.programme < before]),
        )
        yield select(func.min(VisitTurn.programme)).where(between).scalar_subquery()


def _columns(its: ColumnElement[bool]) -> Iterator[ScalarSelect[Any]]:
    for number in (
        func.max(VisitTurn.customer_id),
        func.min(VisitTurn.due_at),
        func.min(VisitTurn.period_days),
        func.max(VisitTurn.period_days),
    ):
        yield select(number).where(its).scalar_subquery()
