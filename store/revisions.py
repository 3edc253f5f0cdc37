"""Which revision the tables of a database are at, and which this program needs; without loading Alembic."""

from pathlib import Path

from sqlalchemy import column, inspect, select, table

from store.engine import Database
from store.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"

_NOTED = table("alembic_version", column("version_num"))


def current_revision(database: Database) -> str | None:
    """Tell which revision the tables are at; None where there are none."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(_NOTED.name):
            return None
        revision: str | None = connection.scalar(select(_NOTED.c.version_num))
        return revision


def known_revisions() -> list[str]:
    """List the revisions that this program knows, the oldest first: its migrations' files begin with them."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def newest_revision() -> str:
    """Tell which revision this program needs."""
    if not known_revisions():
        raise ConfigurationError("the program's migrations are missing: install it again")
    return known_revisions()[-1]
