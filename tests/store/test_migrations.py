"""Migrations give the declared tables, on both databases, and can be taken back."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from store.engine import Database
from store.migrate import current_revision, downgrade, migrate, newest_revision
from store.tables import Base
from tests.factories import NOW
from tests.postgres import PostgresServer


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
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    assert differences == []
    migrate(database)
    database.close()


def test_migrations_can_be_taken_back(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    downgrade(database, revision="base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate(database)
    assert current_revision(database) == newest_revision()
    database.close()


def test_a_complaint_of_before_keeps_its_newest_alert(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database, revision="0001")
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO customers (display_name, language, standing, created_at, last_contact_at,"
                " evidence_weight) VALUES ('Ana', 'en', 'regular', :now, :now, 0)"
            ),
            {"now": NOW},
        )
        for _ in range(2):
            session.execute(
                text(
                    "INSERT INTO complaints (customer_id, channel, address, state, text, opened_at,"
                    " first_response_due_at, resolution_due_at, alert_count)"
                    " VALUES (1, 'telegram', '77', 'open', 'broken', :now, :now, :now, 2)"
                ),
                {"now": NOW},
            )
        for key, edits in (
            ("alert:1", None),
            ("alert:1:2", None),
            ("alert:1:2:before", "alert:1"),
            ("alert:telegram:5:1", None),
        ):
            session.execute(
                text(
                    "INSERT INTO outbox (dedupe_key, channel, address, kind, priority, body, about, edits,"
                    " state, not_before, attempts, maybe_repeat, created_at) VALUES (:key, 'telegram', '-1',"
                    " 'alert', 1, '{}', 'complaint:1', :edits, 'sent', :now, 0, false, :now)"
                ),
                {"key": key, "edits": edits, "now": NOW},
            )
    migrate(database)
    with database.reading() as session:
        keys = session.scalars(text("SELECT alert_key FROM complaints ORDER BY id")).all()
    assert keys == ["alert:1:2", None]
    database.close()
