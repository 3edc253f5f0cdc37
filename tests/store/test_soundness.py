"""A file that is no whole database is refused and stays as it is; a whole one is not."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config import Settings
from bot.readiness import health_check, own_database
from store import soundness
from store.engine import Database
from store.errors import ConfigurationError
from store.inbox import claim_update
from store.migrate import migrate
from store.soundness import DamagedError, check_file
from tests.factories import NOW, make_customer


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some rows, closed."""
    return _make(tmp_path_factory.mktemp("whole") / "rapport.db")


def _make(file: Path) -> Path:
    database = Database(f"sqlite:///{file}")
    migrate(database)
    with database.transaction() as session:
        for number in range(400):
            claim_update(session, channel="telegram", update_id=str(number), now=NOW)
            make_customer(session, sender=str(number))
    database.close()
    return file


@pytest.fixture
def file(whole: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copy(whole, tmp_path / "rapport.db"))


def test_a_whole_database_is_sound(file: Path) -> None:
    before = file.read_bytes()
    check_file(file)
    check_file(file, budget_s=None)
    assert file.read_bytes() == before


def test_one_in_use_is_sound(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with database.transaction() as session:
        claim_update(session, channel="telegram", update_id="more", now=NOW)
        session.flush()
        check_file(file, budget_s=None)
    check_file(file, budget_s=None)
    database.close()


def test_one_that_does_not_exist_yet_is_made(tmp_path: Path) -> None:
    check_file(tmp_path / "rapport.db")


def _cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def _foreign_log(file: Path) -> None:
    """Lay the write-ahead log of another database beside it."""
    other = sqlite3.connect(file.with_name("other.db"))
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("CREATE TABLE notes (text)")
    other.executemany("INSERT INTO notes VALUES (?)", [("x" * 3000,)] * 50)
    other.commit()
    shutil.copy(file.with_name("other.db-wal"), file.with_name(f"{file.name}-wal"))
    other.close()


def _lose_all_but_the_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").write_bytes(b"what was written last")
    file.unlink()


FAULTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "no database": lambda file: file.write_text("these are my notes"),
    "a zipped one": lambda file: file.write_bytes(b"PK\3\4" + file.read_bytes()),
    "cut in half": _cut,
    "one page of nothing in the middle": lambda file: _overwrite(file, 4096 * 20, bytes(4096)),
    "another's log": _foreign_log,
    "its log alone": _lose_all_but_the_log,
}


def _overwrite(file: Path, place: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(content)


def held(folder: Path) -> dict[str, bytes]:
    """Give all files of a folder but the lock, and SQLite's own where nothing of a database is in them."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.stat().st_size and not path.name.endswith(("-shm", ".lock"))
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_whole_database_is_refused_and_kept(fault: str, file: Path) -> None:
    FAULTS[fault](file)
    before = held(file.parent)
    with pytest.raises(DamagedError, match="rapport restore") as refused, _own(file):
        pass
    assert file.name in str(refused.value)
    assert held(file.parent) == before


def _own(file: Path):  # type: ignore[no-untyped-def] # a context manager of the database
    return own_database(Settings(database_url=SecretStr(f"sqlite:///{file}")))


@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1), size=st.sampled_from([1, 16, 512, 4096, 40_000]), seed=st.integers(0, 1 << 30))
@example(place=0.0, size=1, seed=0)
@example(place=0.0, size=512, seed=1)
@example(place=0.396484375, size=1, seed=0)
def test_damage_anywhere_is_either_refused_or_harmless(
    whole: Path, place: float, size: int, seed: int
) -> None:
    with TemporaryDirectory() as folder:
        file = Path(shutil.copy(whole, folder))
        length = file.stat().st_size
        _overwrite(file, int(place * length), random.Random(seed).randbytes(size))
        before = held(file.parent)
        try:
            with _own(file):
                pass
        except ConfigurationError:
            assert held(file.parent) == before


@settings(max_examples=25, deadline=None)
@given(kept=st.floats(0, 1))
@example(kept=0.0)
@example(kept=0.0001)
@example(kept=1.0)
def test_one_that_was_cut_short_is_refused(whole: Path, kept: float) -> None:
    with TemporaryDirectory() as folder:
        file = Path(shutil.copy(whole, folder))
        content = file.read_bytes()
        file.write_bytes(content[: min(int(kept * len(content)), len(content) - 1)])
        before = held(file.parent)
        with pytest.raises(DamagedError), _own(file):
            pass
        assert held(file.parent) == before


def test_a_look_without_time_looks_at_no_page(file: Path) -> None:
    _overwrite(file, file.stat().st_size - 4096 * 3, bytes(4096 * 3))
    check_file(file, budget_s=0)
    with pytest.raises(DamagedError):
        check_file(file, budget_s=None)


def test_a_look_ends_when_its_time_is_over() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with closing(sqlite3.connect(":memory:")) as connection:
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            soundness.look_for(0.3, connection, endless)
        assert soundness.look_for(None, connection, "SELECT 1") == (1,)


@pytest.fixture
def running(file: Path) -> Iterator[Database]:
    """A database that is open."""
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


def test_damage_that_shows_up_later_ends_readiness(
    running: Database, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    look = health_check(running)
    look()
    _overwrite(file, 4096, random.Random(7).randbytes(file.stat().st_size - 4096))
    with pytest.raises(Exception, match="malformed"), running.reading() as session:
        claim_update(session, channel="telegram", update_id="more", now=NOW)
    with pytest.raises(DamagedError, match="rapport restore"):
        look()
    assert "rapport doctor" in caplog.text


def test_a_foreign_database_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "books.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE books (title)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(DamagedError, match="another program's tables"), _own(file):
        pass
    assert file.read_bytes() == before


def test_one_of_a_newer_version_is_refused(file: Path) -> None:
    with sqlite3.connect(file) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    with pytest.raises(ConfigurationError, match=r"revision 9999.*newer version"), _own(file):
        pass
