"""Transactions: whole or not at all, on both databases, from any thread."""

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from store import engine
from store.engine import Database, database_url
from store.errors import ConfigurationError
from store.inbox import claim_update
from store.tables.customers import Customer, Identity
from store.tables.queues import InboxUpdate
from tests.factories import NOW, make_customer
from tests.postgres import PostgresServer


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(InboxUpdate)) or 0


def add(session: Session, update_id: str) -> None:
    claim_update(session, channel="telegram", update_id=update_id, now=NOW)


def add_and_fail(session: Session, update_id: str) -> None:
    add(session, update_id)
    session.flush()
    raise ZeroDivisionError


class OthersWrite:
    """A clock that only sleeping moves, while another process writes until a moment of it."""

    def __init__(self, until_s: float) -> None:
        self.until_s, self.now_s = until_s, 0.0
        self.looks = 0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def is_busy(self, driver: sqlite3.Connection) -> bool:
        self.looks += 1
        if self.now_s < self.until_s:
            return True
        driver.execute("BEGIN IMMEDIATE")
        return False


@pytest.mark.parametrize(("written_s", "most_looks"), [(0.0, 1), (0.002, 10), (0.1, 130)])
def test_who_waits_for_another_writer_looks_seldom_and_begins_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch, written_s: float, most_looks: int
) -> None:
    others = OthersWrite(written_s)
    monkeypatch.setattr(engine, "time", others)
    monkeypatch.setattr(engine, "_is_busy", others.is_busy)
    with database.transaction() as session:
        add(session, "1")
        session.flush()
        assert others.now_s - written_s <= 0.001
    assert others.looks <= most_looks
    assert count(database) == 1


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:////var/lib/rapport.db", "sqlite"),
        ("postgresql://u:p@host/name", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@host/name", "postgresql+psycopg"),
    ],
)
def test_the_driver_is_ours(given: str, driver: str) -> None:
    assert database_url(given).drivername == driver


@pytest.mark.parametrize("given", ["", "rapport.db", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(given: str) -> None:
    with pytest.raises(ConfigurationError):
        database_url(given)


def test_a_transaction_that_ends_is_kept(any_database: Database) -> None:
    with any_database.transaction() as session:
        add(session, "1")
    assert count(any_database) == 1


def test_a_transaction_that_fails_leaves_nothing(any_database: Database) -> None:
    with pytest.raises(ZeroDivisionError), any_database.transaction() as session:
        add_and_fail(session, "1")
    assert count(any_database) == 0


def test_a_savepoint_undoes_its_own_part_only(any_database: Database) -> None:
    with any_database.transaction() as session:
        add(session, "1")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            add_and_fail(session, "2")
        with session.begin_nested():
            add(session, "3")
    with any_database.reading() as session:
        assert list(session.scalars(select(InboxUpdate.update_id).order_by(InboxUpdate.id))) == ["1", "3"]


def test_after_an_error_inside_a_savepoint_the_transaction_goes_on(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, sender="7")
        with pytest.raises(IntegrityError), session.begin_nested():
            make_customer(session, sender="7")
        make_customer(session, sender="8")
    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Identity)) == 2
        assert session.scalar(select(func.count()).select_from(Customer)) == 2


def test_an_error_does_not_repeat_what_was_to_be_kept(any_database: Database) -> None:
    with pytest.raises(IntegrityError) as raised, any_database.transaction() as session:
        session.execute(insert(Identity), {"customer_id": 99, "username": "marzipan"})
    assert "marzipan" not in str(raised.value).partition("DETAIL")[0]


def test_a_reader_does_not_wait_for_a_writer(any_database: Database) -> None:
    with any_database.transaction() as writing:
        add(writing, "1")
        assert count(any_database) == 0
    assert count(any_database) == 1


def test_a_reader_sees_one_moment(any_database: Database) -> None:
    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxUpdate)) == 0
        with any_database.transaction() as writing:
            add(writing, "1")
        assert session.scalar(select(func.count()).select_from(InboxUpdate)) == 0


def test_a_reader_does_not_hold_a_writer_up(any_database: Database) -> None:
    with any_database.reading() as session:
        session.scalar(select(func.count()).select_from(InboxUpdate))
        with any_database.transaction() as writing:
            add(writing, "1")
    assert count(any_database) == 1


def test_what_is_done_in_a_reading_is_not_kept(any_database: Database) -> None:
    with any_database.reading() as session:
        add(session, "1")
    assert count(any_database) == 0


def test_writers_take_turns(any_database: Database) -> None:
    with any_database.transaction() as session:
        customer_id = make_customer(session).id
    start = threading.Barrier(8)

    def writer() -> None:
        start.wait()
        for _ in range(10):
            with any_database.transaction() as session:
                customer = session.get_one(Customer, customer_id, with_for_update=True)
                customer.evidence_weight += 1

    threads = [threading.Thread(target=writer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_database.reading() as session:
        assert session.get_one(Customer, customer_id).evidence_weight == 80


async def test_units_of_work_run_on_threads(any_database: Database) -> None:
    names = set()

    def work(session: Session, update_id: str) -> str:
        names.add(threading.current_thread().name)
        add(session, update_id)
        return update_id

    done = await asyncio.gather(*(any_database.run(work, str(number)) for number in range(20)))
    assert done == [str(number) for number in range(20)]
    assert threading.current_thread().name not in names
    assert await any_database.read(lambda session: session.scalar(select(func.count(InboxUpdate.id)))) == 20


async def test_an_error_in_a_unit_of_work_reaches_the_caller(any_database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await any_database.run(add_and_fail, "1")
    assert count(any_database) == 0


async def test_a_cancelled_caller_does_not_undo_the_work(any_database: Database) -> None:
    loop, began, may_end = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def work(session: Session) -> None:
        add(session, "1")
        loop.call_soon_threadsafe(began.set)
        may_end.wait(10)

    task = asyncio.create_task(any_database.run(work))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_end.set()
    any_database._writers.shutdown(wait=True)
    assert count(any_database) == 1


def test_moments_come_back_aware_and_in_utc(any_database: Database) -> None:
    tokyo = datetime(2026, 11, 21, 21, 0, tzinfo=timezone(timedelta(hours=9)))
    with any_database.transaction() as session:
        customer_id = make_customer(session, last_contact_at=tokyo).id
    with any_database.reading() as session:
        found = session.get_one(Customer, customer_id).last_contact_at
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


def test_moments_come_in_utc_from_a_server_that_is_elsewhere(postgres_server: PostgresServer) -> None:
    with postgres_server.new_database() as url:
        elsewhere = Database(url)
        with elsewhere.transaction() as session:
            name = session.scalars(select(func.current_database())).one()
            session.execute(text(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'"))
        elsewhere.engine.dispose()
        for opened in (elsewhere.transaction, elsewhere.reading):
            with opened() as session:
                assert session.scalars(select(func.now())).one().tzinfo is UTC
        elsewhere.close()


def test_a_naive_moment_is_refused(any_database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), any_database.transaction() as session:
        make_customer(session, last_contact_at=datetime(2026, 1, 1))  # noqa: DTZ001 - the fault


def test_an_embedded_database_is_safe_against_power_cuts(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
