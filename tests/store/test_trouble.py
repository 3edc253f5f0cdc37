"""What the database says becomes a line that says what to do; what we told it wrongly does not."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from store.trouble import known_trouble_of, trouble_of
from tests.postgres import PostgresServer


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database is locked", "another program holds the database file"),
        ("database or disk is full", "make room"),
        ("disk I/O error", "was made read-only (`dmesg` may tell)"),
        ("attempt to write a readonly database", "may not be written"),
        ("database disk image is malformed", "`rapport restore FILE`"),
        ("FATAL:  sorry, too many clients already", "raise its max_connections"),
        ('FATAL:  password authentication failed for user "rapport"', "RAPPORT_DATABASE_URL"),
        ("server closed the connection unexpectedly\n\tThis probably means", "the server is back"),
        ("FATAL:  the database system is starting up", "the server is back"),
    ],
)
def test_what_the_operator_can_mend_is_said_in_one_line(said: str, told: str) -> None:
    line = trouble_of(OperationalError("SELECT secret", {}, sqlite3.OperationalError(said)))
    assert line is not None
    assert told in line
    assert said.splitlines()[0] in line
    assert "\n" not in line
    assert "secret" not in line


def test_an_unknown_failure_of_the_database_is_still_one_of_the_database() -> None:
    error = OperationalError("SELECT 1", {}, sqlite3.OperationalError("no such table: customers"))
    assert trouble_of(error) == "the database failed (no such table: customers): its own log may tell why"
    assert known_trouble_of(error) is None


@pytest.mark.parametrize(
    "error",
    [ValueError("database is locked"), IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE"))],
)
def test_what_is_not_the_databases_fault_is_none(error: Exception) -> None:
    assert trouble_of(error) is None


def test_a_library_that_wraps_the_error_hides_nothing() -> None:
    wrapped = RuntimeError("Database error.")
    wrapped.__cause__ = psycopg.OperationalError("connection failed: Connection refused")
    assert "the PostgreSQL server is away" in str(known_trouble_of(wrapped))


def test_a_pool_without_a_free_connection(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect(), pytest.raises(PoolTimeoutError) as caught:
        engine.connect()
    engine.dispose()
    assert "long transactions hold them all" in str(trouble_of(caught.value))


def test_a_server_that_has_become_read_only(postgres_server: PostgresServer) -> None:
    with postgres_server.new_database() as url, psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as caught:
            admin.execute("CREATE TABLE anything (id integer)")
    assert "the database may not be written" in str(trouble_of(caught.value))
