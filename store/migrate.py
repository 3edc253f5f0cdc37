"""Bringing a database's tables up to date, through Alembic."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.engine import Database
from store.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, *, revision: str = "head") -> None:
    """Bring the tables to a revision, creating an SQLite file and its folder where there is none.

    Raises:
        ConfigurationError: the folder cannot be made, or the tables are another's or a newer program's.
    """
    if database.is_sqlite:
        file = sqlite_file(database)
        make_folder(file)
        if not file.exists():
            _make_sqlite_file(file, revision)
    _check_origin(database)
    _upgrade(database, revision)


def _upgrade(database: Database, revision: str) -> None:
    config = _config()
    config.attributes["engine"] = database.engine
    command.upgrade(config, revision)


def _make_sqlite_file(file: Path, revision: str) -> None:
    """Make a database under another name first, so that a file that is there is always a whole one."""
    with TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
        draft = Path(folder) / file.name
        database = Database(f"sqlite:///{draft}")
        try:
            _upgrade(database, revision)
        finally:
            database.close()
        with suppress(FileExistsError):  # another command made one meanwhile
            try:
                file.hardlink_to(draft)
            except PermissionError:  # a file system without links
                draft.rename(file)


def _check_origin(database: Database) -> None:
    here = current_revision(database)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if here is not None and here not in known:
        raise ConfigurationError(
            f"the database is at revision {here[:32]}, which this version of Rapport does not know:"
            " nothing was changed; start the newer version that made it"
        )


def downgrade(database: Database, *, revision: str) -> None:
    """Take the tables back to an older revision; what only newer ones hold is lost."""
    config = _config()
    config.attributes["engine"] = database.engine
    command.downgrade(config, revision)


def sqlite_file(database: Database) -> Path:
    """Give the file of an embedded database."""
    return Path(str(database.url.database))


def make_folder(file: Path) -> None:
    """Make the folder of an SQLite file, readable by its owner only.

    Raises:
        ConfigurationError: it cannot be made.
    """
    folder = file.parent
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
