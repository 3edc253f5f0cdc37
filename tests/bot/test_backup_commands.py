"""What `rapport backup` and `rapport restore` say where they cannot do it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.backup_commands import _queue_what_may_have_left, back_up, restore
from bot.config import Settings
from store.after_restore import hold_back
from store.engine import Database
from store.errors import InputError
from tests.factories import COMPANY
from tests.scheduler.festivals.planning import person, run, write_plan


def test_a_greeting_that_may_have_left_by_day_does_not_leave_after_a_restore_at_night(
    database: Database,
) -> None:
    write_plan(database, "new_year", what="greeting", lead_days=9)
    write_plan(database, "birthday", what="greeting", lead_days=9)
    person(database, birthday="12-30")
    night = datetime(2026, 12, 25, 23, tzinfo=UTC)
    _queue_what_may_have_left(database, COMPANY, night)
    with database.transaction() as session:
        assert hold_back(session) == 3  # with the greeting of Christmas
    assert run(database, night + timedelta(hours=12)) == []


def test_postgresql_is_told_what_to_run_without_the_password() -> None:
    settings = Settings(database_url=SecretStr("postgresql://me:hidden-word@db.example.com:5433/rapport"))
    with pytest.raises(InputError, match=r"pg_dump .*--host=db.example.com --port=5433") as dump:
        list(back_up(settings, None))
    with pytest.raises(InputError, match=r"pg_restore .*--host=db.example.com --port=5433") as put_back:
        list(restore(settings, Path("rapport.dump")))
    assert "hidden-word" not in f"{dump.value} {put_back.value}"


def test_what_the_query_of_an_address_says_counts_for_the_tools_too() -> None:
    url = (
        "postgresql:///rapport?host=/run/my%20sockets&port=5433&user=me&password=hidden-word&sslmode=require"
    )
    with pytest.raises(InputError) as dump:
        list(back_up(Settings(database_url=SecretStr(url)), None))
    told = str(dump.value)
    assert "--host='/run/my sockets' --port=5433 --username=me" in told
    assert told.endswith("--dbname='dbname=rapport sslmode=require'")
    assert "hidden-word" not in told


@pytest.mark.parametrize(
    ("given", "told"), [("none.zip", "there is no file none.zip"), (".", ". is a folder")]
)
def test_a_backup_that_is_not_there_is_named_and_nothing_is_made(
    given: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=re.escape(told)):
        list(restore(Settings(), Path(given)))
    assert list(tmp_path.iterdir()) == []
