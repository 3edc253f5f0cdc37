"""A statement for many rows, handed straight to the driver.

Whatever a column's type makes of a value is made of it here as well (``bind_processor``, the way in which
SQLAlchemy's types speak to drivers); what is left out is the ceremony around it, which costs three times
as much as the database itself needs for a row.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, UpdateBase
from sqlalchemy.types import TypeEngine

from store.columns import EnumText, UtcDateTime

Turn = Callable[[Any], Any]

REMEMBERED = 512
"""Values of a type that are turned once: many rows of a batch share their moment and their kind."""


class ManyRows:
    """An INSERT or UPDATE that is run for many rows at once."""

    def __init__(self, statement: UpdateBase, names: Sequence[str]) -> None:
        """Prepare a statement; nothing is compiled before its first use.

        Args:
            statement: what to run; an INSERT fills the columns of these names.
            names: of the statement's parameters, in the order of a row's values.
        """
        self._statement, self._names = statement, tuple(names)
        self._compiled: dict[str, tuple[str, Callable[[Sequence[Any]], Any]]] = {}

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Run the statement for each row, in the transaction of the connection.

        Returns:
            How many rows of the table it wrote or changed, where the driver can tell.
        """
        if not rows:
            return 0
        dialect = connection.dialect
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        text, turned = self._compiled[dialect.name]
        return connection.exec_driver_sql(text, [turned(row) for row in rows]).rowcount

    def _compile(self, dialect: Dialect) -> tuple[str, Callable[[Sequence[Any]], Any]]:
        """Give the statement in the driver's words, and what makes its parameters of a row."""
        compiled = self._statement.compile(dialect=dialect, column_keys=list(self._names))
        turns = [_turn(compiled.binds[name].type, dialect) for name in self._names]
        if compiled.positiontup is None:
            return str(compiled), lambda row: dict(zip(self._names, _all(turns, row), strict=True))
        places = [self._names.index(name) for name in compiled.positiontup]
        in_order = [(turns[place], place) for place in places]
        return str(compiled), lambda row: tuple(
            [row[place] if turn is None else turn(row[place]) for turn, place in in_order]
        )


def _all(turns: Sequence[Turn | None], row: Sequence[Any]) -> list[Any]:
    return [value if turn is None else turn(value) for turn, value in zip(turns, row, strict=True)]


def _turn(kind: TypeEngine[Any], dialect: Dialect) -> Turn | None:
    """Give what turns a value into the driver's; None where it stays as it is."""
    turn = kind.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or not isinstance(kind, EnumText | UtcDateTime):
        return turn
    known = lru_cache(REMEMBERED)(turn)
    # The two moments that a clock shows twice, when summer time ends, are equal to Python.
    return lambda value: turn(value) if getattr(value, "fold", 0) else known(value)
