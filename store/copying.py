"""Moving an embedded database to PostgreSQL: table by table, in chunks, and compared row by row in the end.

How far it is stands in the target itself, written in the transaction of each chunk, so that a copy that was
broken off goes on after its last row. Until the comparison has found both alike, that mark stays.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Select,
    Table,
    Text,
    cast,
    delete,
    func,
    inspect,
    literal,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from store.columns import EnumText, JsonDocument
from store.engine import Database
from store.errors import ConfigurationError
from store.inserts import insert_into
from store.tables.base import Base
from store.tables.keys import ProgramKey

POSITION = "copy-to"
"""Name of the key under which the target says how far it is; it is gone when the copy is complete."""

CHUNK_ROWS = 5000
NOT_OURS_TO_JUDGE = ("alembic_version", "procrastinate_")
_DIGEST_BYTES = 16

Told = Callable[[str, int], object]
"""Is told what is being done, and with how many rows since the last time."""


class CopyError(ConfigurationError):
    """The copy cannot go on; the source is as it was."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a copy is.

    Attributes:
        source: which database is copied, by its path.
        table: the table under way; those before it are copied. Empty at the beginning.
        last: the key of its last row that was copied.
    """

    source: str
    table: str = ""
    last: Sequence[Any] = ()

    def to_text(self) -> str:
        """Write it as the value of a key."""
        return json.dumps([self.source, self.table, list(self.last)])

    @classmethod
    def from_text(cls, written: str) -> "Position":
        """Read what ``to_text`` wrote."""
        return cls(*json.loads(written))


def count_rows(source: Session) -> int:
    """Tell how many rows there are to copy."""
    return sum(source.scalar(select(func.count()).select_from(table)) or 0 for table in _tables())


def copy_database(source: Session, target: Database, *, name: str, told: Told) -> None:
    """Copy all rows, compare them, and set the target's numbers; goes on where a copy was broken off.

    Args:
        source: one moment of an SQLite database, up to date.
        target: a PostgreSQL database with the same tables and nothing in them, or an unfinished copy.
        name: of the source.
        told: is told how it goes.

    Raises:
        CopyError: the target holds something else, or differs in the end.
    """
    with target.transaction() as session:
        position = _begin(session, name)
    tables = _tables()
    names = [table.name for table in tables]
    begun = names.index(position.table) if position.table in names else 0
    for table in tables[begun:]:
        last = position.last if table.name == position.table else ()
        _copy_table(source, target, table, name=name, last=last, told=told)
    for table in tables:
        _compare(source, target, table, told)
    with target.transaction() as session:
        _set_numbers(source, session)
        session.execute(delete(ProgramKey).where(ProgramKey.name == POSITION))


def _tables() -> list[Table]:
    """Give all tables, each after those that it refers to."""
    return Base.metadata.sorted_tables


def _begin(session: Session, name: str) -> Position:
    """Find out how far the target is, and refuse one that holds anything but a copy of ours."""
    there = inspect(session.connection()).get_table_names()
    ours = {table.name for table in _tables()}
    foreign = [table for table in there if table not in ours and not table.startswith(NOT_OURS_TO_JUDGE)]
    if foreign:
        raise CopyError(
            f"the target holds tables of others ({', '.join(sorted(foreign))}): name an empty database"
        )
    written = session.scalar(select(ProgramKey.value).where(ProgramKey.name == POSITION))
    if written is not None:
        position = Position.from_text(written)
        if position.source != name:
            raise CopyError(
                f"the target is an unfinished copy of {position.source}: finish that,"
                " or name an empty database"
            )
        return position
    full = [
        table.name for table in _tables() if session.scalar(select(literal(1)).select_from(table).limit(1))
    ]
    if full:
        raise CopyError(f"the target holds data already ({', '.join(full)}): name an empty database")
    position = Position(name)
    session.add(ProgramKey(name=POSITION, value=position.to_text()))
    return position


def _copy_table(
    source: Session, target: Database, table: Table, *, name: str, last: Sequence[Any], told: Told
) -> None:
    columns, key = list(table.columns), list(table.primary_key.columns)
    while rows := source.execute(_next_rows(table, last)).all():
        last = [rows[-1][columns.index(column)] for column in key]
        with target.transaction() as session:
            _pour(session, table, rows)
            written = Position(name, table.name, last).to_text()
            new = insert_into(ProgramKey, dialect="postgresql").values(name=POSITION, value=written)
            session.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": written}))
        told(table.name, len(rows))


def _next_rows(table: Table, last: Sequence[Any]) -> Select[Any]:
    """Select the rows after a key, a chunk of them, as they are copied."""
    key = [_plainly(column, "sqlite") for column in table.primary_key.columns]
    rows = select(*(_plainly(column, "sqlite") for column in table.columns)).order_by(*key).limit(CHUNK_ROWS)
    return rows.where(tuple_(*key) > tuple_(*last)) if last else rows


def _plainly(column: Column[Any], dialect: str) -> Any:
    """Read documents and members of enumerations as the text that they are, null as null."""
    if isinstance(column.type, type(JsonDocument)):
        return (type_coerce if dialect == "sqlite" else cast)(column, Text)
    return type_coerce(column, Text) if isinstance(column.type, EnumText) else column


def _pour(session: Session, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows through PostgreSQL's COPY, the fastest way in."""
    connection: Any = session.connection().connection.driver_connection
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _compare(source: Session, target: Database, table: Table, told: Told) -> None:
    """Compare every column of every row; the order in which they come does not matter."""
    with target.reading() as session:
        there = _fingerprint(session, table, "postgresql", lambda _rows: None)
    here = _fingerprint(source, table, "sqlite", lambda rows: told(f"{table.name}, compared", rows))
    if here != there:
        raise CopyError(
            f"the table {table.name} differs ({here[0]} rows here, {there[0]} there): the source was changed"
            " since the copy began; empty the target, and copy again while nothing writes"
        )


def _fingerprint(
    session: Session, table: Table, dialect: str, seen: Callable[[int], object]
) -> tuple[int, int]:
    """Count a table's rows, and add up the hash of each."""
    columns = list(table.columns)
    documents = [place for place, column in enumerate(columns) if isinstance(column.type, type(JsonDocument))]
    rows = select(*(_plainly(column, dialect) for column in columns))
    if table.name == ProgramKey.__tablename__:
        rows = rows.where(table.c.name != POSITION)
    count, total = 0, 0
    for chunk in session.execute(rows.execution_options(yield_per=CHUNK_ROWS)).partitions():
        for row in chunk:
            values = list(row)
            for place in documents:
                values[place] = _normal(values[place])
            digest = hashlib.blake2b(repr(values).encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES)
            total += int.from_bytes(digest.digest(), "big")
        count += len(chunk)
        seen(len(chunk))
    return count, total


def _normal(document: str | None) -> str | None:
    """Write a document as any other database that means the same would; null is not the document ``null``."""
    if document is None:
        return None
    return repr(_sorted(json.loads(document, parse_float=Decimal, parse_int=Decimal)))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _sorted(entry)) for key, entry in value.items())
    if isinstance(value, list):
        return [None, *map(_sorted, value)]
    return value.normalize() if isinstance(value, Decimal) else value


def _set_numbers(source: Session, session: Session) -> None:
    """Let numbers go on after the largest that was ever given, erased rows included."""
    given = {row.name: row.seq for row in source.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    for table in _numbered():
        largest = source.scalar(select(func.max(table.c.id))) or 0
        last = max(largest, given.get(table.name, 0))
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :number, :given)"),
            {"table": table.name, "number": max(last, 1), "given": last > 0},
        )


def _numbered() -> Iterator[Table]:
    for table in _tables():
        if table.autoincrement_column is not None:
            yield table
