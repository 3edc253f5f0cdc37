"""The declarative base of all tables, with one naming rule for constraints."""

from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer, MetaData, text
from sqlalchemy.orm import DeclarativeBase

from store.columns import JsonDocument, UtcDateTime

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; SQLite numbers only a column called INTEGER by itself, and that one has 64 bits."""

NEVER_REUSED = {"sqlite_autoincrement": True}
"""For tables whose numbers stand in buttons, references and dedupe keys: the number of a row that was erased
is not given again. PostgreSQL does so by itself; SQLite only where it is asked."""


def only(condition: str) -> dict[str, Any]:
    """Give the options of an index that holds only rows that meet a condition; the others cost nothing.

    A query is served by it only where it asks for the condition itself: with the same literal, or, where that
    is IS NOT NULL, with any comparison of the column.
    """
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Base(DeclarativeBase):
    """Every table's base: moments are aware UTC, dicts and lists are JSON, keys have 64 bits.

    What the database would fill in, each table fills in itself: so rows with a number are written together.
    """

    __mapper_args__ = MappingProxyType({"eager_defaults": False})

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JsonDocument,
        list[Any]: JsonDocument,
        int: BigId,
    }
