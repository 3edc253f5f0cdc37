"""Rows for any table, made from its columns as the database tells them: what migrations and copies keep."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    insert,
    null,
    select,
)

from store.engine import Database
from tests.factories import NOW

NOT_OURS = ("procrastinate_", "alembic_version", "search_fts")
Rows = Mapping[str, list[dict[str, Any]]]


def our_tables(database: Database) -> list[Table]:
    """Give our tables as they are in a database, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(database.engine, only=lambda name, _metadata: not name.startswith(NOT_OURS))
    return metadata.sorted_tables


def fill(database: Database, *, count: int = 4) -> None:
    """Add rows to every table; in every second one all is null that may be."""
    with database.transaction() as session:
        for table in our_tables(database):
            rows = [
                {column.name: _value(column, number, database) for column in table.columns}
                for number in range(1, count + 1)
            ]
            session.execute(insert(table).values(rows))


def _value(column: Column[Any], number: int, database: Database) -> Any:
    if column.nullable and number % 2 == 0:
        return null()
    moment = NOW + timedelta(days=number, microseconds=number)
    samples = {
        Boolean: number % 3 == 0,
        DateTime: moment.replace(tzinfo=None) if database.is_sqlite else moment,
        Date: date(2026, 11, number % 28 + 1),
        JSON: {"text": f"«{number}» 你好", "numbers": [number, number / 3, 1e22, None, True], "": {}},
        Float: number / 3,
        Integer: number,
    }
    written = f"{number} {column.name} ö\n你好\t\\"[: getattr(column.type, "length", None) or 99]
    return next((sample for kind, sample in samples.items() if isinstance(column.type, kind)), written)


GIVEN_UP = {"customers": {"visit_from", "in_line_since"}}
"""Columns that a later migration reckons anew: they said when the program looks next."""


def rows_of(database: Database, *, like: Rows | None = None) -> Rows:
    """Give all rows of our tables; of those columns alone that ``like`` has, where it is given."""
    found: dict[str, list[dict[str, Any]]] = {}
    with database.reading() as session:
        for table in our_tables(database):
            if like is not None and table.name not in like:
                continue
            rows = [dict(row) for row in session.execute(select(table)).mappings()]
            known = (
                like[table.name][0].keys() if like is not None and like[table.name] else table.columns.keys()
            )
            names = [name for name in known if name not in GIVEN_UP.get(table.name, ())]
            kept = [{name: row[name] for name in names} for row in rows]
            found[table.name] = sorted(kept, key=lambda row: repr(_in_order(row)))
    return found


def _in_order(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(
        (name, value.isoformat() if isinstance(value, datetime) else value) for name, value in row.items()
    )
