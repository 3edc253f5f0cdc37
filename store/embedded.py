"""Where an embedded database lies: its file and the folder around it."""

from pathlib import Path

from store.engine import Database
from store.errors import ConfigurationError


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
