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
    text,
)

from store.engine import Database
from tests.factories import NOW

NOT_OURS = ("procrastinate_", "alembic_version", "search_fts")
Rows = Mapping[str, list[dict[str, Any]]]


_SEEN: dict[tuple[str, ...], list[Table]] = {}


def our_tables(database: Database) -> list[Table]:
    """Give our tables as they are in a database, each after those that it refers to."""
    drawn = _as_drawn(database)
    if drawn not in _SEEN:
        metadata = MetaData()
        metadata.reflect(database.engine, only=lambda name, _metadata: not name.startswith(NOT_OURS))
        _SEEN[drawn] = metadata.sorted_tables
    return _SEEN[drawn]


def _as_drawn(database: Database) -> tuple[str, ...]:
    """Tell all tables in the database's own words: what stood so once need not be looked at part by part."""
    with database.reading() as session:
        return tuple(session.scalars(text(_AS_DRAWN[database.is_sqlite])))


_AS_DRAWN = {
    True: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name, sql",
    False: "SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,"
    " attidentity, pg_get_expr(adbin, adrelid)) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
    " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped"
    " UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}


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
