"""A database is brought up to date by whoever opens it, but never under a program that runs on it."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.readiness import migrate_database, open_database, own_database
from store.engine import AUTOMATIC_PAGES, Database
from store.migrate import downgrade
from store.occupancy import OccupiedError, sole_use
from store.revisions import current_revision, known_revisions, newest_revision

ROOT = Path(__file__).parents[2]


def opened_and_closed(settings: Settings) -> None:
    open_database(settings).close()


@pytest.mark.parametrize("command", [opened_and_closed, migrate_database])
def test_tables_are_not_changed_under_an_older_program(
    tmp_path: Path, command: Callable[[Settings], None]
) -> None:
    file = tmp_path / "rapport.db"
    settings = Settings(database_url=SecretStr(f"sqlite:///{file}"), data_dir=tmp_path)
    command(settings)  # there was none: it is made
    database = Database(f"sqlite:///{file}")
    older = known_revisions()[-2]
    with sole_use(file):  # the program runs
        command(settings)
        downgrade(database, revision=older)
        with pytest.raises(OccupiedError, match=r"rapport.db already.*stop it first.*needs other tables"):
            command(settings)
        assert current_revision(database) == older
    command(settings)
    assert current_revision(database) == newest_revision()
    database.close()


def test_checkpoints_are_made_beside_the_running_program_and_by_any_other_command(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path / 'rapport.db'}"))
    with own_database(settings) as database:
        assert _automatic_pages(database) == AUTOMATIC_PAGES
        assert "checkpoints" in {thread.name for thread in threading.enumerate()}
    assert "checkpoints" not in {thread.name for thread in threading.enumerate()}
    command = open_database(settings)
    assert _automatic_pages(command) < AUTOMATIC_PAGES
    command.close()


STARTED = """
import sys
from pydantic import SecretStr
from bot.config import Settings
from bot.readiness import own_database
from store.errors import ConfigurationError

try:
    with own_database(Settings(database_url=SecretStr(sys.argv[1]))):
        print("alembic" in sys.modules)
except ConfigurationError as error:
    print(error)
"""


def start(file: Path) -> str:
    """Begin as the program does, in a process of its own; gives what it says."""
    command = [sys.executable, "-c", STARTED, f"sqlite:///{file}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere no process is copied")
def test_what_migrates_is_gone_when_the_program_runs(tmp_path: Path) -> None:
    file = tmp_path / "rapport.db"
    assert start(file) == "False"
    database = Database(f"sqlite:///{file}")
    assert current_revision(database) == newest_revision()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    database.close()
    assert "which this version of Rapport does not know" in start(file)


def _automatic_pages(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one())
