"""A statement for many rows, handed straight to the driver.

Whatever a column's type makes of a value is made of it here as well (``bind_processor``, the way in which
SQLAlchemy's types speak to drivers); what is left out is the ceremony around it, which costs three times
as much as the database itself needs for a row.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, Dialect, UpdateBase, bindparam, cast, column, func, select
from sqlalchemy import types as sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from store.columns import EnumText, UtcDateTime

Turn = Callable[[Any], Any]
Row = Sequence[Any]

REMEMBERED = 512
"""Values of a type that are turned once: many rows of a batch share their moment and their kind."""

MANY = 100
"""From so many new rows on PostgreSQL gets them as one document; fewer are there sooner one by one."""

_DOCUMENT = "document"


class ManyRows:
    """An INSERT or UPDATE that is run for many rows at once."""

    def __init__(self, statement: UpdateBase, names: Sequence[str]) -> None:
        """Prepare a statement; nothing is compiled before its first use.

        Args:
            statement: what to run; an INSERT fills the columns of these names.
            names: of the statement's parameters, in the order of a row's values.
        """
        self._statement, self._names = statement, tuple(names)
        self._prepared: dict[str, _Prepared] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Run the statement for each row, in the transaction of the connection.

        Returns:
            How many rows of the table it wrote or changed, where the driver can tell.
        """
        if not rows:
            return 0
        dialect = connection.dialect
        if dialect.name not in self._prepared:
            self._prepared[dialect.name] = _Prepared(self._statement, self._names, dialect)
        text, parameters = self._prepared[dialect.name].of(rows)
        return connection.exec_driver_sql(text, parameters).rowcount


class _Prepared:
    """The statement in the words of one database, and what makes its parameters of rows."""

    def __init__(self, statement: UpdateBase, names: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        kinds = [compiled.binds[name].type for name in names]
        self._text, self._names = str(compiled), names
        self._turns = [_turn(kind, dialect) for kind in kinds]
        in_order = compiled.positiontup
        self._places = None if in_order is None else [names.index(name) for name in in_order]
        self._of_document: str | None = None
        if isinstance(statement, postgresql.Insert):
            self._of_document = str(_from_document(statement, names, kinds).compile(dialect=dialect))
            # SQLAlchemy leaves the types out there.
            as_text: Turn | None = sql.JSON().bind_processor(dialect)  # type: ignore[no-untyped-call]
            self._turns_there = [
                as_text if _is_json(kind) else turn for kind, turn in zip(kinds, self._turns, strict=True)
            ]

    def of(self, rows: Sequence[Row]) -> tuple[str, Any]:
        """Give the text to run and its parameters."""
        if self._of_document is not None and len(rows) >= MANY:
            given = self._named(_by_column(self._turns_there, rows))
            return self._of_document, {_DOCUMENT: to_json(given).decode()}
        columns = _by_column(self._turns, rows)
        if self._places is None:
            return self._text, self._named(columns)
        return self._text, list(zip(*[columns[place] for place in self._places], strict=True))

    def _named(self, columns: Sequence[Row]) -> list[dict[str, Any]]:
        return [dict(zip(self._names, values, strict=True)) for values in zip(*columns, strict=True)]


def _by_column(turns: Sequence[Turn | None], rows: Sequence[Row]) -> list[Row]:
    """Give the driver's values column by column, for most columns stay as they are."""
    return [
        values if turn is None else list(map(turn, values))
        for turn, values in zip(turns, zip(*rows, strict=True), strict=True)
    ]


def _from_document(
    statement: postgresql.Insert, names: Sequence[str], kinds: Sequence[TypeEngine[Any]]
) -> postgresql.Insert:
    """Let an INSERT take its rows, as the driver would get them, from one JSON document.

    A row by itself costs the server, and us, twice as much. JSON inside of a row stays the text that it was
    turned into.
    """
    # A cast to VARCHAR(32) would cut what is too long, where the column itself refuses it.
    columns = [
        column(name, sql.Text() if _is_json(kind) or isinstance(_impl(kind), sql.String) else kind)
        for name, kind in zip(names, kinds, strict=True)
    ]
    document = cast(bindparam(_DOCUMENT, type_=sql.Text()), postgresql.JSON())
    given = func.json_to_recordset(document).table_valued(*columns).render_derived(with_types=True)
    values = [
        cast(given.c[name], kind) if _is_json(kind) else given.c[name]
        for name, kind in zip(names, kinds, strict=True)
    ]
    return statement.from_select(list(names), select(*values), include_defaults=False)


def _is_json(kind: TypeEngine[Any]) -> bool:
    return isinstance(_impl(kind), sql.JSON)


def _impl(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, sql.TypeDecorator) else kind


def _turn(kind: TypeEngine[Any], dialect: Dialect) -> Turn | None:
    """Give what turns a value into the driver's; None where it stays as it is."""
    turn = kind.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or not isinstance(kind, EnumText | UtcDateTime):
        return turn
    known = lru_cache(REMEMBERED)(turn)
    if isinstance(kind, EnumText):
        return known
    # The two moments that a clock shows twice, when summer time ends, are equal to Python.
    return lambda value: turn(value) if getattr(value, "fold", 0) else known(value)
