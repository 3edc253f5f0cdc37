"""A database moves to PostgreSQL whole: every column of every row, and the numbers that were given."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import Delete, Update, delete, text, update

from bot.config import Settings
from bot.copy_commands import copy_to
from store import copying
from store.copying import POSITION, CopyError, Position, copy_database
from store.embedded import sqlite_file
from store.engine import Database
from store.errors import InputError
from store.migrate import migrate
from store.occupancy import OccupiedError, sole_use
from store.revisions import current_revision, newest_revision
from store.tables.base import Base
from store.tables.conversations import Message
from store.tables.customers import Customer
from store.tables.keys import ProgramKey
from store.tables.queues import InboxUpdate
from tests.factories import make_customer
from tests.postgres import PostgresServer
from tests.program import ROOT, Program
from tests.store.rows import fill, rows_of

ROWS = 12
OLDER = "0003"
QUIET = Console(stderr=True, quiet=True)


@pytest.fixture(scope="module")
def full_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with rows in every table; tests copy it."""
    file = tmp_path_factory.mktemp("full") / "rapport.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        migrate(database)
        fill(database, count=ROWS)
    return file


@pytest.fixture
def source(full_file: Path, sqlite_url: str) -> Iterator[Database]:
    """An SQLite database with rows in every table."""
    database = Database(sqlite_url)
    copyfile(full_file, sqlite_file(database))
    yield database
    database.close()


@pytest.fixture(scope="module")
def migrated_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database with our tables and nothing in them; tests copy it."""
    with postgres_server.new_database() as url:
        with closing(Database(url)) as database:
            migrate(database)
        yield url


@pytest.fixture
def target(postgres_server: PostgresServer, migrated_url: str) -> Iterator[Database]:
    """A PostgreSQL database with our tables and nothing in them."""
    with postgres_server.new_database(like=migrated_url) as url, closing(Database(url)) as database:
        yield database


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a table take several chunks."""
    monkeypatch.setattr(copying, "CHUNK_ROWS", 5)


def copy(source: Database, target: Database, *, name: str = "the house") -> int:
    """Copy all; tells how many rows were copied or compared."""
    done = []
    with source.reading() as session:
        copy_database(session, target, name=name, told=lambda _what, rows: done.append(rows))
    return sum(done)


def held(database: Database) -> dict[str, dict[Any, dict[str, Any]]]:
    """Give every row by table and key, read without the copy's own code."""
    keys = {table.name: list(table.primary_key.columns.keys()) for table in Base.metadata.sorted_tables}
    return {
        name: {
            tuple(row[part] for part in keys[name]): {field: _aware(value) for field, value in row.items()}
            for row in rows
        }
        for name, rows in rows_of(database).items()
    }


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def test_every_row_is_there(source: Database, target: Database, small_chunks: None) -> None:
    rows = ROWS * len(Base.metadata.sorted_tables)
    assert copy(source, target) == 2 * rows
    assert held(target) == held(source)
    assert all(len(table) == ROWS for table in held(target).values())


def test_null_is_not_the_document_null(source: Database, target: Database) -> None:
    with source.transaction() as session:
        session.execute(text("UPDATE inbox SET payload = 'null' WHERE id = 1"))
        session.execute(text("UPDATE inbox SET payload = NULL WHERE id = 2"))
    copy(source, target)
    with target.reading() as session:
        kinds = session.execute(text("SELECT jsonb_typeof(payload) FROM inbox WHERE id < 3 ORDER BY id"))
        assert list(kinds.scalars()) == ["null", None]


def test_numbers_go_on_after_the_largest_that_was_given(source: Database, target: Database) -> None:
    with source.transaction() as session:
        session.execute(delete(Customer).where(Customer.id > ROWS - 3))
        session.execute(delete(Message))
    copy(source, target)
    with target.transaction() as session:
        assert make_customer(session).id == ROWS + 1
        assert session.scalar(text("SELECT nextval(pg_get_serial_sequence('messages', 'id'))")) == ROWS + 1
        assert session.scalar(text("SELECT nextval(pg_get_serial_sequence('inbox', 'id'))")) == ROWS + 1


def test_an_empty_table_begins_at_one(sqlite_url: str, target: Database) -> None:
    empty = Database(sqlite_url)
    migrate(empty)
    copy(empty, target)
    empty.close()
    with target.transaction() as session:
        assert make_customer(session).id == 1


def test_a_target_that_holds_anything_is_refused(source: Database, target: Database) -> None:
    with target.transaction() as session:
        make_customer(session)
    with pytest.raises(CopyError, match="holds data already"):
        copy(source, target)
    with target.transaction() as session:
        session.execute(delete(Customer))
        session.execute(text("CREATE TABLE books (title text)"))
    with pytest.raises(CopyError, match=r"tables of others \(books"):
        copy(source, target)


def test_a_copy_that_is_complete_is_not_copied_again(source: Database, target: Database) -> None:
    copy(source, target)
    with pytest.raises(CopyError, match="holds data already"):
        copy(source, target)


def test_anothers_unfinished_copy_is_refused(source: Database, target: Database) -> None:
    with target.transaction() as session:
        session.add(ProgramKey(name=POSITION, value=Position("another house", "customers", [3]).to_text()))
    with pytest.raises(CopyError, match="unfinished copy of another house"):
        copy(source, target)


@pytest.mark.parametrize(
    "change",
    [
        update(Customer).where(Customer.id == 3).values(display_name="Someone else"),
        update(InboxUpdate).where(InboxUpdate.id == 1).values(payload={"text": "other"}),
        update(Customer).where(Customer.id == 3).values(index=0.30000000000000004),
        delete(InboxUpdate).where(InboxUpdate.id == 7),
    ],
    ids=["a name", "a document", "a last digit", "a row"],
)
def test_a_difference_is_found(change: Update | Delete, source: Database, target: Database) -> None:
    with source.transaction() as session:
        session.execute(update(Customer).where(Customer.id == 3).values(index=0.3))
    copy(source, target)
    with target.transaction() as session:
        session.execute(change)
        last = Position("the house", Base.metadata.sorted_tables[-1].name, [ROWS])
        session.add(ProgramKey(name=POSITION, value=last.to_text()))
    with pytest.raises(CopyError, match=r"the table (customers|inbox) differs"):
        copy(source, target)


def test_killed_again_and_again_it_ends_whole(source: Database, target: Database) -> None:
    source_url, target_url = (
        database.url.render_as_string(hide_password=False) for database in (source, target)
    )
    command = [sys.executable, "-m", "tests.store.killed_copy", source_url, target_url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert int(ended.stdout) >= 5
    assert held(target) == held(source)


def settings_of(database: Database) -> Settings:
    return Settings(database_url=SecretStr(database.url.render_as_string(hide_password=False)))


def test_while_the_program_runs_nothing_is_copied(source: Database, target: Database) -> None:
    with sole_use(sqlite_file(source)), pytest.raises(OccupiedError, match="stop it first"):
        list(copy_to(settings_of(source), target.url.render_as_string(hide_password=False), QUIET))


def test_under_an_older_program_that_runs_the_tables_stay_as_they_are(
    sqlite_url: str, target: Database
) -> None:
    older = Database(sqlite_url)
    migrate(older, revision=OLDER)
    with sole_use(sqlite_file(older)), pytest.raises(OccupiedError, match="stop it first"):
        list(copy_to(settings_of(older), target.url.render_as_string(hide_password=False), QUIET))
    assert current_revision(older) == OLDER
    list(copy_to(settings_of(older), target.url.render_as_string(hide_password=False), QUIET))
    assert current_revision(older) == newest_revision()
    older.close()


def test_the_wrong_kinds_are_refused(source: Database, target: Database) -> None:
    with pytest.raises(InputError, match="must be PostgreSQL"):
        list(copy_to(settings_of(source), "sqlite:///other.db", QUIET))
    with pytest.raises(InputError, match="PostgreSQL already"):
        list(copy_to(settings_of(target), target.url.render_as_string(hide_password=False), QUIET))


def test_a_server_that_is_away_is_named_without_its_password(source: Database) -> None:
    with pytest.raises(CopyError, match="the target cannot be used") as told:
        list(copy_to(settings_of(source), "postgresql://me:hidden-word@127.0.0.1:1/none", QUIET))
    assert "hidden-word" not in str(told.value)


async def test_the_command_moves_a_house(tmp_path: Path, postgres_server: PostgresServer) -> None:
    program = Program(tmp_path)
    await program.command("staff", "add", "Mei", "--role", "agent")
    with postgres_server.new_database() as url:
        code, output, errors = await program.command("copy-to", url)
        assert code == 0, errors
        assert "2 rows are copied and compared" in output
        assert "data/uploads" in output
        program.settings["DATABASE_URL"] = url
        assert "Mei" in (await program.command("staff", "list"))[1]
