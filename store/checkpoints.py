"""Checkpoints of an embedded database, beside whoever writes.

SQLite appends what is committed to its write-ahead log, and a checkpoint moves that into the database file.
By itself it makes one in the commit that fills a thousand pages, and in each one after it while a second
process writes on; all other writers wait for the disk then. So the running program makes them in a thread of
its own. A passive one holds nobody up (https://sqlite.org/c3ref/wal_checkpoint_v2.html). But while somebody
always writes on meanwhile, the log never begins anew: where it has grown long, writers are held back for the
little that a passive checkpoint has just left.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

from sqlalchemy.exc import DBAPIError

from store.engine import SQLITE_BUSY_TIMEOUT_MS, Database
from store.trouble import first_line, trouble_of

log = logging.getLogger(__name__)

EVERY_S = 1.0
LONG_PAGES = 16_384
"""From so many pages on (64 MB of 4 KB) the log should begin anew; SQLite looks a page up in each 4,096."""


class Checkpoint(NamedTuple):
    """What a checkpoint came to: pages in the log, and how many of them are in the database file, too."""

    logged: int
    moved: int

    @property
    def is_whole(self) -> bool:
        """Whether all is in the file: no reader still looks at an earlier moment."""
        return self.logged == self.moved


@contextmanager
def checkpoints_beside(database: Database) -> Iterator[None]:
    """Make checkpoints while the block lasts; on a server's database nothing needs them.

    The block ends after the checkpoint that is under way; whoever closes the database makes the last one.
    """
    if not database.is_sqlite:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_keep, args=(database, ended), name="checkpoints", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _keep(database: Database, ended: threading.Event) -> None:
    told = ""
    with Checkpoints(database) as checkpoints:
        while not ended.wait(EVERY_S):
            try:
                checkpoints.keep_short()
                told = ""
            except (sqlite3.Error, DBAPIError) as error:  # one checkpoint: nothing is lost without it
                trouble = trouble_of(error) or first_line(error)
                if trouble != told:
                    told = trouble
                    log.warning("a checkpoint of the database comes again in %.0f s: %s", EVERY_S, trouble)


class Checkpoints:
    """Makes checkpoints of an embedded database; ``with``.

    It has a connection of its own, so that none of the pool is kept from those who wait for one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def keep_short(self, *, long_pages: int = LONG_PAGES) -> Checkpoint:
        """Move what is in the log into the database file, and let a long log begin anew with the next commit.

        Args:
            long_pages: how many pages make the log long.

        Raises:
            sqlite3.Error: the file does not take it, or cannot be opened.
            DBAPIError: no writer could be held back.
        """
        first = self._move()
        if first.logged < long_pages or not first.is_whole:
            return first  # who reads an earlier moment keeps the log: holding writers back would not help
        with self._database.transaction() as session:
            session.connection()
            return self._move()

    def _move(self) -> Checkpoint:
        """Move as much as can be moved without waiting for a reader or a writer."""
        if self._connection is None:
            path, wait_s = str(self._database.url.database), SQLITE_BUSY_TIMEOUT_MS / 1000
            self._connection = sqlite3.connect(path, timeout=wait_s, isolation_level=None)
        _, logged, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return Checkpoint(logged, moved)
