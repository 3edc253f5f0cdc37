"""A database is brought up to date by whoever opens it, but never under a program that runs on it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.readiness import migrate_database, open_database
from store.engine import Database
from store.migrate import downgrade
from store.occupancy import OccupiedError, sole_use
from store.revisions import current_revision, known_revisions, newest_revision


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
