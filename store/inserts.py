"""An INSERT that can say ON CONFLICT, in the words of the database at hand."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite


def insert_into(table: type[Any], *, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT; SQLite and PostgreSQL spell its conflict clause alike, SQLAlchemy keeps them apart."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
