"""Whether the database is there and up to date."""

import logging

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.config import Settings
from store.engine import Database
from store.errors import ConfigurationError
from store.migrate import current_revision, migrate, newest_revision

log = logging.getLogger(__name__)


def open_database(settings: Settings) -> Database:
    """Open the database; an embedded one is made or brought up to date first.

    Raises:
        ConfigurationError: it cannot be reached, is not a database, or its tables are not up to date.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        if database.is_sqlite:
            migrate(database)
        check_revision(database)
    except (OperationalError, DatabaseError) as error:
        database.close()
        raise ConfigurationError(
            f"the database cannot be used ({first_line(error)}): check RAPPORT_DATABASE_URL,"
            " and that the server runs or the file is a database that you may write"
        ) from error
    except ConfigurationError:
        database.close()
        raise
    return database


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


def first_line(error: DatabaseError) -> str:
    """Give the first line of what the database said, without the statement that it was about."""
    lines = str(error.orig).splitlines()
    return lines[0] if lines else type(error.orig).__name__
