"""The later of two moments, one of which may be missing, in the words of the database at hand."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from store.columns import UtcDateTime


class later_of(FunctionElement[datetime]):  # noqa: N801 - written like SQLAlchemy's functions
    """SQL: the later of a moment that is known and one that may be null."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(later_of, "postgresql")
def _greatest(element: later_of, compiler: SQLCompiler, **options: Any) -> str:
    """Spell it; PostgreSQL passes over what is null."""
    known, maybe = (compiler.process(clause, **options) for clause in element.clauses)
    return f"GREATEST({known}, {maybe})"


@compiles(later_of, "sqlite")
def _max(element: later_of, compiler: SQLCompiler, **options: Any) -> str:
    """Spell it; of several values one of which is null, SQLite's ``max`` is null."""
    known, maybe = (compiler.process(clause, **options) for clause in element.clauses)
    return f"max({known}, coalesce({maybe}, {known}))"
