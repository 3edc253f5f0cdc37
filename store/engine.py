"""The database: one engine, short transactions, and a way to use both from the event loop."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any, Concatenate, ParamSpec, TypeVar

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from store.customer_changes import forget_changes, write_changes
from store.errors import ConfigurationError
from store.new_rows import forget_waiting, write_waiting
from store.read_ahead import forget_ahead

P = ParamSpec("P")
T = TypeVar("T")

SQLITE_BUSY_TIMEOUT_MS = 10_000
SQLITE_PRIMARY_CODE = 0xFF
LOOK_AGAIN_S, LOOK_AGAIN_LATER_S = 0.00025, 0.001
"""How soon a writer looks again whether another process has written: at first, and at the longest."""
LOOK_AGAIN_PART = 1 / 8
"""Of what it has waited it waits so much more between: a look costs as much as to write two rows."""
WRITE = "BEGIN IMMEDIATE"
WORKER_THREADS = 8
AUTOMATIC_PAGES = 65_536
"""At so many pages (256 MB of 4 KB) of the write-ahead log a commit makes a checkpoint where that is left to
somebody else (``store.checkpoints``): long readers, or a machine that lags behind, let it grow."""
USUAL_LOG_BYTES = 64 * 1024 * 1024

_OPTIONS_OF_READERS: dict[str, dict[str, Any]] = {
    "sqlite": {"sqlite_begin": "BEGIN DEFERRED"},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}
"""What makes a reader see one moment, and never wait for a writer."""


def database_url(text: str) -> URL:
    """Read a database URL and choose the driver Rapport brings.

    Args:
        text: ``sqlite:///path/to/file.db`` or ``postgresql://user:password@host/name``.

    Raises:
        ConfigurationError: the text is no URL, or names a database Rapport does not run on.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError("it is not a database URL, e.g. sqlite:///data/rapport.db") from error
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    raise ConfigurationError("it must start with sqlite:/// and name a file, or with postgresql://")


class Unit(Session):
    """A session of one unit of work, in which new rows wait to be written together (``store.new_rows``)."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what changed, and then the rows that wait."""
        super().flush(objects)
        write_waiting(self)
        write_changes(self)


def _forget_undone(session: Session, _undone: object) -> None:
    forget_waiting(session)
    forget_changes(session)
    forget_ahead(session)


class Database:
    """One database, used by short transactions on worker threads.

    Domain code is plain synchronous code over a ``Session``; the event loop hands a whole unit of
    work to a thread with ``run`` and awaits its end. SQLite allows one writer at a time, so there one
    thread takes the units of work that write, in the order in which they came, and readers have the others.
    """

    def __init__(self, url: str, *, checkpointed: bool = False) -> None:
        """Prepare the engine; nothing is opened before its first use.

        Args:
            url: which database (``database_url``).
            checkpointed: whether somebody makes the checkpoints of an embedded one (``store.checkpoints``),
                so that its writers need not.
        """
        self.url = database_url(url)
        self.engine = _create_engine(self.url)
        if checkpointed and self.is_sqlite:
            event.listen(self.engine, "connect", _leave_checkpoints)
        self._readers = self.engine.execution_options(**_OPTIONS_OF_READERS[self.url.get_backend_name()])
        self._writer_lock = threading.Lock() if self.is_sqlite else nullcontext()
        self._threads = ThreadPoolExecutor(WORKER_THREADS, thread_name_prefix="database")
        self._writers = ThreadPoolExecutor(1, "database-writer") if self.is_sqlite else self._threads
        self._units = sessionmaker(self.engine, class_=Unit, expire_on_commit=False)
        event.listen(self._units, "after_soft_rollback", _forget_undone)
        event.listen(self._units, "after_flush", forget_ahead)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def conninfo(self) -> str:
        """Where the PostgreSQL server is, as its own library reads it; holds the password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a write transaction: committed at the end, rolled back by any exception."""
        with self._writer_lock, self._units() as session, session.begin():
            yield session
            session.flush()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a read-only view of one moment; nothing done in it is kept."""
        with Session(self._readers, expire_on_commit=False) as session:
            yield session

    async def run(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(session, …)`` in one write transaction on a worker thread.

        A cancelled caller does not undo the work: the transaction ends by itself, one way or the other.
        """

        def unit() -> T:
            with self.transaction() as session:
                return work(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._writers, unit)

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(session, …)`` in a read-only view on a worker thread."""

        def unit() -> T:
            with self.reading() as session:
                return work(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, unit)

    def close(self) -> None:
        """Wait for running units of work and close every connection."""
        self._writers.shutdown(wait=True)
        self._threads.shutdown(wait=True)
        self.engine.dispose()


def _create_engine(url: URL) -> Engine:
    """Make the engine; ``hide_parameters`` keeps what customers wrote out of its errors and the log."""
    options: dict[str, Any] = {
        "hide_parameters": True,
        "json_deserializer": from_json,
        "json_serializer": _to_json,
        "pool_size": WORKER_THREADS,
        "pool_use_lifo": True,  # few connections have all the work, and few hold pages and statements of it
    }
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, **options)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(url, connect_args={"check_same_thread": False}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _to_json(value: object) -> str:
    return to_json(value).decode()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Let the server tell moments in UTC, whatever its own zone: the driver gives them as they are then."""
    connection.autocommit = True
    connection.execute("SET TIME ZONE 'UTC'")
    connection.autocommit = False


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set what every SQLite connection needs; transactions are begun by us, not by the driver.

    ``synchronous=FULL`` because a committed message has been confirmed to the app and exists nowhere else.
    """
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _leave_checkpoints(connection: Any, _record: object) -> None:
    """Let a connection's commits make a checkpoint only where the log has grown far too long.

    Once it begins anew, its file is cut to what is usual.
    """
    connection.execute(f"PRAGMA wal_autocheckpoint={AUTOMATIC_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit={USUAL_LOG_BYTES}")


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin")
    if begin is None:
        _begin_writing(connection)
    else:
        connection.exec_driver_sql(begin)


def _begin_writing(connection: Connection) -> None:
    """Begin to write as soon as another process has written.

    SQLite itself would look again after up to a tenth of a second, while the others write on.
    """
    driver: Any = connection.connection.driver_connection
    began_at = time.monotonic()
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while _is_busy(driver) and (waited_s := time.monotonic() - began_at) < SQLITE_BUSY_TIMEOUT_MS / 1000:
            time.sleep(min(max(LOOK_AGAIN_S, LOOK_AGAIN_PART * waited_s), LOOK_AGAIN_LATER_S))
        if not driver.in_transaction:
            connection.exec_driver_sql(WRITE)  # which says what is wrong
    finally:
        driver.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_MS}")


def _is_busy(driver: Any) -> bool:
    """Try to begin; tells whether somebody else writes."""
    try:
        driver.execute(WRITE)
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorcode", 0) & SQLITE_PRIMARY_CODE == sqlite3.SQLITE_BUSY
    return False
