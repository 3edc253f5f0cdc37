"""Checkpoints beside the writers: they find all that was committed, and the log does not grow without end."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store import checkpoints as module
from store.checkpoints import Checkpoint, Checkpoints, checkpoints_beside
from store.engine import AUTOMATIC_PAGES, Database
from store.inbox import claim_updates
from store.tables import Base
from store.tables.queues import InboxUpdate
from tests.factories import NOW
from tests.patience import until

SQLITE_USUAL_PAGES = 1_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rapport.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{file}", checkpointed=True)) as opened:
        Base.metadata.create_all(opened.engine)
        yield opened


def write(database: Database, beginning: str, count: int = 1) -> None:
    with database.transaction() as session:
        claim_updates(session, [("telegram", f"{beginning}{number}") for number in range(count)], now=NOW)


def rows_in_the_file_alone(file: Path) -> int:
    """Count what the database file holds without its log."""
    with closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as connection:
        try:
            (count,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
        except sqlite3.DatabaseError:
            return 0  # its tables are still in the log, or on their way
    return int(count)


def test_what_was_committed_is_in_the_file_afterwards(database: Database, file: Path) -> None:
    with Checkpoints(database) as checkpoints:
        write(database, "a", 500)
        done = checkpoints.keep_short()
        assert done.is_whole
        assert rows_in_the_file_alone(file) == 500
        assert checkpoints.keep_short() == done  # with nothing new, nothing is moved


def test_a_commit_makes_none_itself(database: Database) -> None:
    for number in range(80):
        write(database, f"{number}:", 400)
    pages = _log_of(database).stat().st_size // 4096
    assert 1.2 * SQLITE_USUAL_PAGES < pages < AUTOMATIC_PAGES


def test_other_commands_keep_sqlites_own_habit(file: Path, database: Database) -> None:
    with closing(Database(f"sqlite:///{file}")) as other, other.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == SQLITE_USUAL_PAGES
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == AUTOMATIC_PAGES


def test_who_writes_meanwhile_is_not_held_up(database: Database) -> None:
    write(database, "before", 500)
    with Checkpoints(database) as checkpoints, database.transaction() as session:
        claim_updates(session, [("telegram", "under way")], now=NOW)
        session.flush()
        assert checkpoints.keep_short().is_whole  # of what was committed
        claim_updates(session, [("telegram", "still")], now=NOW)
    assert _count(database) == 502


def test_a_long_log_begins_anew(database: Database) -> None:
    with Checkpoints(database) as checkpoints:
        sizes = []
        for number in range(6):
            write(database, f"{number}:", 400)
            assert checkpoints.keep_short(long_pages=50).is_whole
            sizes.append(_log_of(database).stat().st_size)
        assert sizes[-1] <= 2 * sizes[0]
        write(database, "after")
        assert checkpoints.keep_short().logged < 50


def test_a_long_reader_keeps_the_log_until_it_ends(database: Database) -> None:
    write(database, "before", 400)
    with Checkpoints(database) as checkpoints:
        with database.reading() as reader:
            assert reader.scalar(select(func.count()).select_from(InboxUpdate)) == 400
            write(database, "meanwhile", 400)
            assert not checkpoints.keep_short(long_pages=1).is_whole
            assert reader.scalar(select(func.count()).select_from(InboxUpdate)) == 400
            write(database, "nor are writers held up", 1)
        assert checkpoints.keep_short(long_pages=1).is_whole


async def test_the_thread_makes_them_and_closing_leaves_no_log(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.01)
    with checkpoints_beside(database):
        write(database, "a", 300)
        await until(lambda: rows_in_the_file_alone(file) == 300)
    database.close()
    assert not _log_of(database).exists()


async def test_a_disk_that_takes_nothing_is_told_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[bool] = []

    def full(_self: Checkpoints, **_: object) -> Checkpoint:
        tries.append(True)
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(module, "EVERY_S", 0.01)
    monkeypatch.setattr(Checkpoints, "keep_short", full)
    with checkpoints_beside(database):
        await until(lambda: len(tries) > 3)
    (line,) = caplog.messages
    assert "the disk is full" in line
    assert "make room" in line


def _log_of(database: Database) -> Path:
    return Path(f"{database.url.database}-wal")


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(InboxUpdate)) or 0
