"""Numbers before rows: a new row knows its number at once, and need not be written to learn it.

So rows can wait for each other and be written together (``store.new_rows``). A number that was stored is
never given again in a table that keeps count of its own.
"""

import itertools
from collections.abc import Iterator

from sqlalchemy import Integer, Text, bindparam, column, func, select, table
from sqlalchemy.orm import Session

from store.tables.base import Base

FEW_AT_ONCE = 128
"""Numbers that PostgreSQL hands out in one go; what is left of them when the transaction ends is not used."""

_GIVEN = table("sqlite_sequence", column("name"), column("seq"))
_LAST_OF_SQLITE = select(_GIVEN.c.seq).where(_GIVEN.c.name == bindparam("name"))
_NEXT_OF_POSTGRESQL = select(
    func.nextval(func.pg_get_serial_sequence(bindparam("name", type_=Text()), "id"))
).select_from(func.generate_series(1, bindparam("count", type_=Integer())).table_valued())


def next_number(session: Session, row: type[Base], *, at_once: int = FEW_AT_ONCE) -> int:
    """Give the number of the next new row of a table; does not commit.

    SQLite has one writer, so from what it gave last, read inside the transaction, we can count on. There, the
    table must keep its own count (``NEVER_REUSED``), and all its new rows get their numbers here.
    PostgreSQL hands numbers out by itself, to whoever asks.

    Args:
        session: the open transaction.
        row: the table.
        at_once: how many PostgreSQL hands out in one go; 1 leaves no gaps.
    """
    numbers: dict[type[Base], Iterator[int]] = session.info.setdefault("numbers", {})
    number = next(numbers.get(row, iter(())), None)
    if number is None:
        sqlite = session.get_bind().dialect.name == "sqlite"
        numbers[row] = _count_on(session, row) if sqlite else _hand_out(session, row, at_once)
        number = next(numbers[row])
    return number


def _count_on(session: Session, row: type[Base]) -> Iterator[int]:
    last = session.connection().scalar(_LAST_OF_SQLITE, {"name": row.__tablename__})
    return itertools.count((last or 0) + 1)


def _hand_out(session: Session, row: type[Base], count: int) -> Iterator[int]:
    asked = {"name": row.__tablename__, "count": count}
    return iter(session.connection().scalars(_NEXT_OF_POSTGRESQL, asked).all())
