"""Whether the database is there and up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.config import Settings
from store.engine import Database
from store.errors import ConfigurationError
from store.migrate import current_revision, migrate, newest_revision


def open_database(settings: Settings) -> Database:
    """Open the database; an embedded one is made or brought up to date first.

    Raises:
        ConfigurationError: it cannot be reached, is not a database, or its tables are not up to date.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        with faults_named():
            if database.is_sqlite:
                migrate(database)
            check_revision(database)
    except ConfigurationError:
        database.close()
        raise
    return database


def migrate_database(settings: Settings) -> None:
    """Bring the tables up to date.

    Raises:
        ConfigurationError: the database cannot be reached, or is not a database.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        with faults_named():
            migrate(database)
    finally:
        database.close()


def check_revision(database: Database) -> None:
    """Check that the tables are those that this program needs.

    Raises:
        ConfigurationError: they are older, or there are none.
    """
    with database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    here, needed = current_revision(database), newest_revision()
    if here != needed:
        raise ConfigurationError(
            f"the database is at revision {here or 'none'}, but {needed} is needed: run `rapport migrate`"
        )


@contextmanager
def faults_named() -> Iterator[None]:
    """Turn whatever a database that cannot be used raises into what the operator can do about it.

    SQLite's own errors come bare where they happen while a connection is being prepared.

    Raises:
        ConfigurationError: the database cannot be used.
    """
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise ConfigurationError(
            f"the database cannot be used ({first_line(error)}): check RAPPORT_DATABASE_URL,"
            " and that the server runs, or that the file is a database that you may write"
        ) from error


def first_line(error: Exception) -> str:
    """Give the first line of what the database said, without the statement that it was about."""
    said = str(error.orig if isinstance(error, DatabaseError) else error).splitlines()
    return said[0] if said else type(error).__name__
