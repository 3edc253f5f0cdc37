"""Bringing a database's tables up to date, through Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from store.engine import Database
from store.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, *, revision: str = "head") -> None:
    """Bring the tables to a revision, creating an SQLite file and its folder where there is none."""
    if database.is_sqlite:
        make_sqlite_folder(database)
    config = _config()
    config.attributes["engine"] = database.engine
    command.upgrade(config, revision)


def downgrade(database: Database, *, revision: str) -> None:
    """Take the tables back to an older revision; what only newer ones hold is lost."""
    config = _config()
    config.attributes["engine"] = database.engine
    command.downgrade(config, revision)


def make_sqlite_folder(database: Database) -> None:
    """Make the folder of an SQLite file, readable by its owner only.

    Raises:
        ConfigurationError: it cannot be made.
    """
    folder = Path(str(make_url(database.url).database)).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the folder {folder} of the database cannot be made ({error.strerror}):"
            " choose another in RAPPORT_DATABASE_URL"
        ) from error


def current_revision(database: Database) -> str | None:
    """Tell which revision the tables are at; None where there are none."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """Tell which revision this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise ConfigurationError("the program's migrations are missing: install it again")
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def draft_migration(database: Database, *, name: str) -> None:
    """Write a new migration from the difference between the tables declared and those in a database."""
    config = _config()
    config.attributes["engine"] = database.engine
    number = len(list((MIGRATIONS / "versions").glob("*.py"))) + 1
    command.revision(config, name, autogenerate=True, rev_id=f"{number:04}")
