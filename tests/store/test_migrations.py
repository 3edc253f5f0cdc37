"""Migrations give the declared tables, on both databases, and can be taken back."""

import stat
from collections.abc import Iterator, Sequence

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from store.embedded import sqlite_file
from store.engine import Database
from store.migrate import downgrade, migrate
from store.revisions import MIGRATIONS, current_revision, known_revisions, newest_revision
from store.tables import Base
from tests.postgres import PostgresServer


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the task engine's tables out, and those that FTS5 makes."""
    return kind != "table" or not (name or "").startswith(("procrastinate_", "search_fts"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables, on each kind in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database() as url:
        yield url


def test_migrations_give_the_declared_tables(empty_url: str) -> None:
    database = Database(empty_url)
    assert current_revision(database) is None
    migrate(database)
    assert current_revision(database) == newest_revision()
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_ours}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    assert differences == []
    migrate(database)
    database.close()


def test_the_files_are_named_after_their_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert known_revisions() == sorted(script.revision for script in scripts.walk_revisions())
    assert newest_revision() == scripts.get_current_head()


def test_migrations_can_be_taken_back(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    downgrade(database, revision="base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    if not database.is_sqlite:
        assert not leftovers(database)
    migrate(database)
    assert current_revision(database) == newest_revision()
    database.close()


def leftovers(database: Database) -> Sequence[object]:
    """Give the types and functions that stand in a PostgreSQL database besides its tables."""
    left = text(
        "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
        " AND typname NOT LIKE '%alembic%'"
        " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    with database.engine.connect() as connection:
        return connection.execute(left).all()


def test_a_new_file_is_for_its_owner_only(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    migrate(database)
    with database.transaction() as session:
        session.execute(text("DELETE FROM inbox"))
        file = sqlite_file(database)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in file.parent.glob(f"{file.name}*")}
    database.close()
    assert modes == {0o600}
