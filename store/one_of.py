"""Rows that belong to one of many, in the words that suit the database at hand.

PostgreSQL gets an array: a list with a place for each value is another statement for each length, which it
reads and plans anew, and that takes longer than to look the rows up. SQLite plans in no time.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def is_one_of(column: Any, name: str) -> ColumnElement[bool]:
    """Ask whether a column is one of many values.

    Args:
        column: of a table, or of a class of rows.
        name: of the parameter by which they are given at each run: any collection, which may be empty.
    """
    as_array = column == any_(bindparam(name, type_=ARRAY(column.type)))
    return _IsOneOf(as_array, column.in_(bindparam(name, expanding=True)))


class _IsOneOf(FunctionElement[bool]):
    """SQL: the first clause on PostgreSQL, the second on SQLite; both mean the same.

    It is a condition among others, and not made for comparing.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> "_IsOneOf":
        """Stay as it is: SQLite has no index for ``… IN … = 1``, which SQLAlchemy makes of a function."""
        del against
        return self


@compiles(_IsOneOf, "postgresql")
def _in_array(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    as_array, _ = element.clauses
    return compiler.process(as_array, **options)


@compiles(_IsOneOf, "sqlite")
def _in_list(element: _IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    _, as_list = element.clauses
    return compiler.process(as_list, **options)
