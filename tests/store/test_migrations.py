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
from store.new_rows import NewEntry, put
from store.revisions import MIGRATIONS, current_revision, known_revisions, newest_revision
from store.tables import Base
from store.tables.complaints import ComplaintState
from store.tables.feedback import EntrySource
from store.tables.staff import Role
from tests.factories import NOW, make_customer, make_staff
from tests.postgres import PostgresServer
from tests.scheduler.test_return_visits import add_complaint


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


def test_going_back_before_the_desk_leaves_nothing_that_the_older_program_cannot_read(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    with database.transaction() as session:
        (mei, lin) = (make_staff(session, role=role) for role in (Role.LEAD, Role.ADMIN))
        customer = make_customer(session)
        for number, state in enumerate((ComplaintState.WAITING, ComplaintState.UNCONFIRMED), start=1):
            add_complaint(session, customer.id, state)
            put(session, NewEntry(customer.id, EntrySource.PROMISE, 80, 1, NOW, {}, complaint_id=number))
    downgrade(database, revision="0010")
    with database.engine.connect() as connection:
        states = connection.scalars(text("SELECT state FROM complaints ORDER BY id")).all()
        roles = connection.scalars(text("SELECT role FROM staff ORDER BY id")).all()
        sources = connection.scalars(text("SELECT source FROM satisfaction_entries")).all()
    database.close()
    assert (states, roles) == (["claimed", "confirmed"], ["agent", "manager"])
    assert set(sources) == {"complaint_outcome"}
    assert (mei.id, lin.id) == (1, 2)


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
