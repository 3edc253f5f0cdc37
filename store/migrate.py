"""Bringing a database's tables up to date, through Alembic."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from store.embedded import make_folder, sqlite_file
from store.engine import Database
from store.errors import ConfigurationError
from store.revisions import MIGRATIONS, current_revision, known_revisions


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
        draft.chmod(0o600)  # what customers wrote is for its owner, wherever the file lies
        with suppress(FileExistsError):  # another command made one meanwhile
            try:
                file.hardlink_to(draft)
            except PermissionError:  # a file system without links
                draft.rename(file)


def _check_origin(database: Database) -> None:
    here = current_revision(database)
    if here is not None and here not in known_revisions():
        raise ConfigurationError(
            f"the database is at revision {here[:32]}, which this version of Rapport does not know:"
            " nothing was changed; start the newer version that made it"
        )


def downgrade(database: Database, *, revision: str) -> None:
    """Take the tables back to an older revision; what only newer ones hold is lost."""
    config = _config()
    config.attributes["engine"] = database.engine
    command.downgrade(config, revision)


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
