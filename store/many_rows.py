"""A statement for many rows, handed straight to the driver.

Whatever a column's type makes of a value is made of it here as well (``bind_processor``, the way in which
SQLAlchemy's types speak to drivers); what is left out is the ceremony around it, which costs three times
as much as the database itself needs for a row.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    UpdateBase,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy import types as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from store.columns import EnumText, UtcDateTime

Turn = Callable[[Any], Any]
Row = Sequence[Any]

REMEMBERED = 512
"""Values of a type that are turned once: many rows of a batch share their moment and their kind."""

MANY = 20
"""From so many new rows on PostgreSQL gets them as one document; fewer are there sooner one by one."""

SOME = 5
"""From so many rows on their values are turned column by column; it costs half as much."""

_DOCUMENT = "document"


class ManyRows:
    """An INSERT or UPDATE that is run for many rows at once."""

    def __init__(self, statement: UpdateBase, names: Sequence[str], *, is_searched: bool = False) -> None:
        """Prepare a statement; nothing is compiled before its first use.

        Args:
            statement: what to run; an INSERT fills the columns of these names.
            names: of the statement's parameters, in the order of a row's values.
            is_searched: whether triggers put what an INSERT adds into an FTS5 table. SQLite then gets all
                rows in one statement: with the end of each FTS5 writes a piece of its index.
        """
        self._statement, self._names, self._is_searched = statement, tuple(names), is_searched
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
            prepared = _Prepared(self._statement, self._names, dialect, is_searched=self._is_searched)
            self._prepared[dialect.name] = prepared
        text, parameters = self._prepared[dialect.name].of(rows)
        return connection.exec_driver_sql(text, parameters).rowcount


class _Prepared:
    """The statement in the words of one database, and what makes its parameters of rows."""

    def __init__(
        self, statement: UpdateBase, names: Sequence[str], dialect: Dialect, *, is_searched: bool
    ) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        kinds = [compiled.binds[name].type for name in names]
        turns = [_turn(kind, dialect) for kind in kinds]
        self._text, self._names, self._is_named = str(compiled), names, compiled.positiontup is None
        places = [names.index(name) for name in compiled.positiontup or names]
        self._in_order = [(turns[place], place) for place in places]
        self._of_document: str | None = None
        self._of_array: str | None = None
        if is_searched and isinstance(statement, sqlite.Insert):
            self._of_array = str(
                _from_array(statement, [names[place] for place in places]).compile(dialect=dialect)
            )
        if isinstance(statement, postgresql.Insert):
            # SQLAlchemy leaves the types out there.
            as_text: Turn | None = sql.JSON().bind_processor(dialect)  # type: ignore[no-untyped-call]
            written = [as_text if _is_json(kind) else turn for kind, turn in zip(kinds, turns, strict=True)]
            self._as_written = list(zip(written, range(len(names)), strict=True))
            self._of_document = str(_from_document(statement, names, kinds).compile(dialect=dialect))

    def of(self, rows: Sequence[Row]) -> tuple[str, Any]:
        """Give the text to run and its parameters."""
        if self._of_document is not None and len(rows) >= MANY:
            written = self._named(_turned(self._as_written, rows))
            return self._of_document, {_DOCUMENT: to_json(written).decode()}
        turned = _turned(self._in_order, rows)
        if self._of_array is not None:
            return self._of_array, (to_json(turned).decode(),)
        return self._text, self._named(turned) if self._is_named else turned

    def _named(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [dict(zip(self._names, row, strict=True)) for row in rows]


def _turned(in_order: Sequence[tuple[Turn | None, int]], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Give the rows as the driver gets them; of many, a column at a time, for most stay as they are."""
    if len(rows) < SOME:
        return [
            tuple([row[place] if turn is None else turn(row[place]) for turn, place in in_order])
            for row in rows
        ]
    columns = list(zip(*rows, strict=True))
    turned = [columns[place] if turn is None else list(map(turn, columns[place])) for turn, place in in_order]
    return list(zip(*turned, strict=True))


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


def _from_array(statement: sqlite.Insert, names: Sequence[str]) -> sqlite.Insert:
    """Let an INSERT take its rows, as the driver would get them, from one JSON array of arrays."""
    given = func.json_each(bindparam(_DOCUMENT, type_=sql.Text())).table_valued("value")
    values: list[ColumnElement[Any]] = [
        literal_column(f"json_extract(value, '$[{place}]')") for place in range(len(names))
    ]
    rows = (
        select(*values).select_from(given).where(literal_column("true"))
    )  # parts ON CONFLICT from a join's ON
    return statement.from_select(list(names), rows, include_defaults=False)


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
