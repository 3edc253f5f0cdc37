"""Whether an SQLite file is a whole database; looking changes nothing in it."""

import logging
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from store.errors import ConfigurationError

log = logging.getLogger(__name__)

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
QUICK_BUDGET_S = 3.0
"""How long a start may look at its database; SQLite reads some 500 MB in that time."""

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_PRIMARY_CODE = 0xFF
WHAT_TO_DO = "nothing was changed; put a backup in its place with `rapport restore FILE`"


class DamagedError(ConfigurationError):
    """The file is no whole database; it was left as it is."""


def check_file(path: Path, *, budget_s: float | None = QUICK_BUDGET_S) -> None:
    """Look whether a file is a whole database; one that does not exist yet is.

    Args:
        path: the database's file.
        budget_s: how long to look at most, and then not at the order of indexes; None looks at everything.

    Raises:
        DamagedError: it is not, and what was found.
    """
    if not path.exists():
        _check_no_log(path)
        return
    header = _read_header(path)
    if not header:
        raise DamagedError(f"the database {path} is an empty file: {WHAT_TO_DO}, or delete it to begin anew")
    if not header.startswith(MAGIC):
        raise DamagedError(f"the file {path} is no SQLite database: check RAPPORT_DATABASE_URL; {WHAT_TO_DO}")
    if path.stat().st_size < _told_size(header) and not _has_log(path):
        raise DamagedError(f"the database {path} was cut short: {WHAT_TO_DO}")
    fault = _find_fault(path, budget_s)
    if fault is not None:
        raise DamagedError(f"the database {path} is damaged ({fault}): {WHAT_TO_DO}")


def _read_header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEADER_BYTES)
    except OSError as error:
        raise ConfigurationError(
            f"the database {path} cannot be read ({error.strerror}): change its owner,"
            " or name another file in RAPPORT_DATABASE_URL"
        ) from error


def _told_size(header: bytes) -> int:
    """Tell how many bytes a database's header says there are, where that number is up to date.

    The places are those of https://sqlite.org/fileformat.html#the_database_header.
    """
    if len(header) < HEADER_BYTES:
        return HEADER_BYTES
    page_bytes, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    return page_bytes * pages if header[24:28] == header[92:96] else HEADER_BYTES


def _has_log(path: Path) -> bool:
    log_file = path.with_name(f"{path.name}-wal")
    return log_file.exists() and log_file.stat().st_size > 0


def _check_no_log(path: Path) -> None:
    """See whether a database that is missing left its write-ahead log: SQLite would delete that."""
    if _has_log(path):
        raise DamagedError(f"the database {path} is missing, but not its {path.name}-wal: {WHAT_TO_DO}")


def _find_fault(path: Path, budget_s: float | None) -> str | None:
    """Let SQLite check the file; the connection may only read, so that nothing is repaired or written."""
    pragma = "integrity_check" if budget_s is None else "quick_check"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            tables = {name for (name,) in connection.execute(_TABLES)}
            if tables and b"alembic_version" not in tables:
                return "it holds another program's tables"
            if budget_s == 0:
                return None
            found = look_for(budget_s, connection, f"PRAGMA {pragma}(1)")[0].decode(errors="replace")
    except sqlite3.DatabaseError as error:
        return str(error) if is_damage(error) else None
    except UnicodeDecodeError:  # what SQLite says quotes the names of tables, which are damaged then
        return "the names of its tables cannot be read"
    return None if found == "ok" else found.splitlines()[-1]


def look_for(budget_s: float | None, connection: sqlite3.Connection, question: str) -> tuple[Any, ...]:
    """Ask a question whose answer is one row, for so long at most.

    SQLite hears an interruption while it walks through a table, which may take minutes; a progress handler it
    would ask only between two tables.

    Raises:
        sqlite3.OperationalError: the time was over.
    """
    timer = None if budget_s is None else threading.Timer(budget_s, connection.interrupt)
    if timer is not None:
        timer.start()
    try:
        row: tuple[Any, ...] = connection.execute(question).fetchone()
    finally:
        if timer is not None:
            timer.cancel()
            timer.join()
    return row


def is_damage(error: BaseException | None) -> bool:
    """Tell whether SQLite says that the file is damaged; a lock or a full disk is no damage."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.DatabaseError) and code is not None and code & _PRIMARY_CODE in _DAMAGE


@dataclass(slots=True)
class DamageWatch:
    """Notes when damage shows up while the program runs.

    Attributes:
        name: of the database, for people.
        trouble: what SQLite said, and what to do; None while nothing was found.
    """

    name: str
    trouble: str | None = None

    def watch(self, engine: Engine) -> None:
        """Listen to an engine's errors from now on."""
        event.listen(engine, "handle_error", self._look)

    def _look(self, context: ExceptionContext) -> None:
        if self.trouble is None and is_damage(context.original_exception):
            self.trouble = (
                f"the database {self.name} is damaged ({context.original_exception}):"
                " stop the program and run `rapport doctor`, then `rapport restore FILE`"
            )
            log.critical("%s", self.trouble)
