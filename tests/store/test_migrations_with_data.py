"""Every migration keeps every row, up and down, on both databases; killed, it changes nothing."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from store.engine import Database
from store.migrate import downgrade, migrate
from store.revisions import MIGRATIONS, current_revision
from tests.postgres import PostgresServer
from tests.store.killed_migration import PARTS, found, kills
from tests.store.rows import fill, our_tables, rows_of
from tests.store.test_migrations import empty_url

__all__ = ["empty_url"]


def _steps() -> list[tuple[str, str]]:
    """List each revision that finds tables, with the one before it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    revisions = ScriptDirectory.from_config(config).walk_revisions()
    return sorted((str(step.down_revision), step.revision) for step in revisions if step.down_revision)


STEPS = _steps()
KINDS = ("sqlite", "postgresql")


def test_there_are_steps() -> None:
    assert ("0001", "0002") in STEPS


@dataclass(frozen=True)
class Filled:
    """A database with rows in every table as it is before a step; tests work on copies of it."""

    url: str
    before: str
    after: str


@pytest.fixture(scope="module", params=[(kind, *step) for kind in KINDS for step in STEPS], ids="-".join)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Each step on each kind in turn: what two tests begin with is made once for both."""
    kind, before, after = request.param
    with ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'rapport.db'}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = stack.enter_context(server.new_database())
        database = Database(url)
        migrate(database, revision=before)
        fill(database)
        database.close()
        yield Filled(url, before, after)


@pytest.fixture
def filled_url(filled: Filled, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy that is the test's own."""
    file = make_url(filled.url).database
    if filled.url.startswith("sqlite:") and file is not None:
        yield f"sqlite:///{copyfile(file, tmp_path / 'rapport.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database(like=filled.url) as url:
        yield url


def test_a_migration_keeps_every_row(filled: Filled, filled_url: str) -> None:
    before, after = filled.before, filled.after
    database = Database(filled_url)
    assert current_revision(database) == before
    rows = rows_of(database)
    assert all(rows.values())
    migrate(database, revision=after)
    assert rows_of(database, like=rows) == rows
    assert _dangling(database) == []
    downgrade(database, revision=before)
    assert current_revision(database) == before
    assert rows_of(database) == rows
    migrate(database)
    assert rows_of(database, like=rows) == rows
    database.close()


def _dangling(database: Database) -> list[object]:
    """Give the references that lead nowhere; PostgreSQL allows none."""
    if not database.is_sqlite:
        return []
    with database.reading() as session:
        return list(session.execute(text("PRAGMA foreign_key_check")).all())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only a system with fork can be killed so exactly")
def test_a_migration_that_is_killed_leaves_the_tables_as_they_were(filled: Filled, filled_url: str) -> None:
    was = found(filled_url)
    assert was[0] == filled.before
    assert all(was[1].values())
    *killed, (revision, _) = kills(filled_url, filled.after)
    assert len(killed) == PARTS + 1
    assert all(left == was for left in killed)
    assert revision == filled.after


def test_rows_are_made_for_every_table(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    fill(database)
    rows = rows_of(database)
    for table in our_tables(database):
        for column in table.columns:
            kinds = {row[column.name] is None for row in rows[table.name]}
            assert kinds == ({True, False} if column.nullable else {False}), f"{table.name}.{column.name}"
    database.close()


def test_going_back_leaves_no_state_that_the_older_program_cannot_read(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    fill(database)
    with database.transaction() as session:
        session.execute(text("UPDATE complaints SET state = 'dismissed'"))
    downgrade(database, revision="0008")
    with database.reading() as session:
        assert session.execute(text("SELECT DISTINCT state FROM complaints")).scalars().all() == ["confirmed"]
    database.close()
