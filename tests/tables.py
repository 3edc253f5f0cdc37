"""New SQLite files with all tables: they are made once, and copied; what else databases share."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from store.embedded import make_folder
from store.engine import Database
from store.migrate import migrate
from store.tables import Base

STATEMENTS = 3_000
"""Kept by kind of database: all that a process meets."""


def know_statements(database: Database) -> None:
    """Let a database know the statements of those before it, as one does that is open for long."""
    dialect, known = _known(database.url.get_backend_name(), database.engine)
    for engine in (database.engine, database._readers):
        engine.dialect, engine._compiled_cache = dialect, known


_KNOWN: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


def _known(kind: str, engine: Engine) -> tuple[Dialect, LRUCache[Any, Any]]:
    if kind not in _KNOWN:
        engine.connect().close()  # its dialect asks the first connection what it speaks to
        _KNOWN[kind] = engine.dialect, LRUCache(STATEMENTS)
    return _KNOWN[kind]


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
