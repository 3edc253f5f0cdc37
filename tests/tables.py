"""New SQLite files with all tables: they are made once, and copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store.embedded import make_folder
from store.engine import Database
from store.migrate import migrate
from store.tables import Base


def new_sqlite(file: Path) -> str:
    """Make a file with all tables and nothing in them; gives its URL."""
    file.write_bytes(_with_tables())
    return f"sqlite:///{file}"


def new_house(file: Path) -> None:
    """Make the file that a program makes at its first start."""
    make_folder(file)
    file.touch(0o600)
    file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        database = Database(f"sqlite:///{file}")
        migrate(database)
        database.close()
        return file.read_bytes()


@cache
def _with_tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tables.db"
        database = Database(f"sqlite:///{file}")
        Base.metadata.create_all(database.engine)
        database.close()
        return file.read_bytes()
