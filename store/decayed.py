"""By how much what was said at a moment has lost weight since, in the words of the database at hand."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from store.columns import UtcDateTime


class days_between(FunctionElement[float]):  # noqa: N801 - written like SQLAlchemy's functions
    """SQL: the days from one moment to a later one, with fractions; below 0 where it is earlier."""

    type = Float()
    inherit_cache = True


@compiles(days_between, "postgresql")
def _from_seconds(element: days_between, compiler: SQLCompiler, **options: Any) -> str:
    """Spell it."""
    first, last = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST(EXTRACT(EPOCH FROM ({last} - {first})) AS DOUBLE PRECISION) / 86400.0)"


@compiles(days_between, "sqlite")
def _from_julian_days(element: days_between, compiler: SQLCompiler, **options: Any) -> str:
    """Spell it; SQLite counts days to the millisecond."""
    first, last = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(julianday({last}) - julianday({first}))"


def decayed(
    since: ColumnElement[Any] | InstrumentedAttribute[Any], until: datetime, half_life: timedelta
) -> ColumnElement[float]:
    """Give the share of its weight that something said at a moment has kept: it halves with each half-life.

    Args:
        since: when it was said.
        until: for when it is asked; aware UTC. What is said later counts more than whole.
        half_life: in which the weight halves.
    """
    days = days_between(since, literal(until, UtcDateTime()))
    return func.power(literal(2.0, Float()), -days / literal(half_life / timedelta(days=1), Float()))
