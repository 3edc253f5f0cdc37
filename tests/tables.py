"""New SQLite files with all tables: they are made once, and copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store.engine import Database
from store.tables import Base


def new_sqlite(file: Path) -> str:
    """Make a file with all tables and nothing in them; gives its URL."""
    file.write_bytes(_with_tables())
    return f"sqlite:///{file}"


@cache
def _with_tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tables.db"
        database = Database(f"sqlite:///{file}")
        Base.metadata.create_all(database.engine)
        database.close()
        return file.read_bytes()
