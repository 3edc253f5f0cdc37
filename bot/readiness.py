"""Whether the database is there and up to date."""

import logging
import multiprocessing
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.beside import live_with_parent
from bot.config import Settings
from store.checkpoints import checkpoints_beside
from store.embedded import make_folder, sqlite_file
from store.engine import Database, database_url
from store.errors import ConfigurationError
from store.occupancy import OccupiedError, sole_use
from store.restoring import finish_restore, plan_path
from store.revisions import current_revision, newest_revision
from store.soundness import WHAT_TO_DO, DamagedError, DamageWatch, check_file, is_damage

log = logging.getLogger(__name__)


COMMAND_BUDGET_S = 0.2
"""How long a command looks at the database's file; the program itself looks longer, once, at its start."""


@contextmanager
def own_database(settings: Settings) -> Iterator[Database]:
    """Open the database for the program that runs on it; an embedded one is its own while the block lasts.

    Raises:
        ConfigurationError: another program runs on it, or it cannot be used.
    """
    with ExitStack() as stack:
        file = _file(settings)
        if file is not None:
            make_folder(file)
            stack.enter_context(sole_use(file))
            if finish_restore(file):
                log.warning("a restore of %s that was interrupted is finished", file)
            check_file(file)
        database = _opened(settings, is_ours=True)
        stack.callback(database.close)
        stack.enter_context(checkpoints_beside(database))
        yield database


def open_database(settings: Settings) -> Database:
    """Open the database, beside a program that may run on it; an embedded one is made or brought up to date.

    Raises:
        ConfigurationError: it cannot be reached, is not a database, or its tables are not up to date; those
            of an embedded one are not changed under a program that runs on them.
    """
    look_at_file(settings)
    return _opened(settings, is_ours=False)


def migrate_database(settings: Settings) -> None:
    """Bring the tables up to date.

    Raises:
        ConfigurationError: the database cannot be reached, is not a database, or is an embedded one that must
            change while a program runs on it.
    """
    look_at_file(settings)
    database = Database(settings.database_url.get_secret_value())
    try:
        with faults_named(), _nobody_on(database):
            _migrate(database)
    finally:
        database.close()


def look_at_file(settings: Settings, *, budget_s: float | None = COMMAND_BUDGET_S) -> None:
    """Check the file of an embedded database, whose restore is finished first where it was interrupted.

    Args:
        settings: all settings.
        budget_s: how long to look; None is until all has been seen.

    Raises:
        ConfigurationError: it is damaged, or being restored.
    """
    file = _file(settings)
    if file is None:
        return
    if plan_path(file).exists():
        with sole_use(file):
            finish_restore(file)
    check_file(file, budget_s=budget_s)


def _file(settings: Settings) -> Path | None:
    """Give the file of an embedded database; None for a server's."""
    url = database_url(settings.database_url.get_secret_value())
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _opened(settings: Settings, *, is_ours: bool) -> Database:
    database = Database(settings.database_url.get_secret_value(), checkpointed=is_ours)
    try:
        with faults_named():
            if database.is_sqlite and not (sqlite_file(database).exists() and is_up_to_date(database)):
                if is_ours:
                    _migrate_apart(database)
                else:
                    with _nobody_on(database):
                        _migrate(database)
            check_revision(database)
    except ConfigurationError:
        database.close()
        raise
    return database


@contextmanager
def _nobody_on(database: Database) -> Iterator[None]:
    """See to it that no program runs on tables that are about to change; new ones nobody can be using.

    Raises:
        OccupiedError: one runs on them: it is older than this one, and would find them changed under it.
    """
    file = sqlite_file(database) if database.is_sqlite else None
    if file is None or not file.exists() or current_revision(database) in {None, newest_revision()}:
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(sole_use(file))
        except OccupiedError as error:
            raise OccupiedError(
                f"{error}. It is another version: this one needs other tables ({newest_revision()})"
            ) from error
        yield


def _migrate(database: Database) -> None:
    """Bring the tables up to date. Alembic is loaded only here: what is loaded takes memory until the end."""
    from store.migrate import migrate

    migrate(database)


def _migrate_apart(database: Database) -> None:
    """Bring the tables up to date in a copy of this process, which takes Alembic's 8 MB along when it ends.

    A copy that is made beside other threads may wait for ever for a lock that one of them held.
    """
    if threading.active_count() > 1 or not sys.platform.startswith("linux"):
        _migrate(database)
        return
    copied = multiprocessing.get_context("fork")
    url = database.url.render_as_string(hide_password=False)
    try:
        with ProcessPoolExecutor(1, copied, initializer=live_with_parent) as pool:
            pool.submit(_migrate_there, url).result()
    except (OSError, BrokenExecutor) as error:
        log.debug("no process for the migrations (%r): they run here", error)
        _migrate(database)


def _migrate_there(url: str) -> None:
    """Do it in the other process; what goes wrong comes back in words."""
    database = Database(url)
    try:
        with faults_named():
            _migrate(database)
    finally:
        database.close()


def is_up_to_date(database: Database) -> bool:
    """Tell whether the tables are those that this program needs."""
    return current_revision(database) == newest_revision()


def check_revision(database: Database) -> None:
    """Check that the tables are those that this program needs.

    Raises:
        ConfigurationError: they are older, or there are none.
    """
    with database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    if not is_up_to_date(database):
        raise ConfigurationError(
            f"the database is at revision {current_revision(database) or 'none'}, but {newest_revision()} is"
            " needed: run `rapport migrate`"
        )


def health_check(database: Database) -> Callable[[], None]:
    """Give a check of the database for while the program runs: it is there, up to date and undamaged.

    Damage is noticed where anything meets it, from now on; it lasts until the program has been started again.
    """
    damage = DamageWatch(str(database.url.database))
    if database.is_sqlite:
        damage.watch(database.engine)

    def look() -> None:
        if damage.trouble is not None:
            raise DamagedError(damage.trouble)
        check_revision(database)

    return look


@contextmanager
def faults_named() -> Iterator[None]:
    """Turn whatever a database that cannot be used raises into what the operator can do about it.

    SQLite's own errors come bare where they happen while a connection is being prepared.

    Raises:
        ConfigurationError: the database cannot be used.
    """
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if is_damage(error.orig if isinstance(error, DatabaseError) else error):
            raise DamagedError(f"the database is damaged ({first_line(error)}): {WHAT_TO_DO}") from error
        raise ConfigurationError(
            f"the database cannot be used ({first_line(error)}): check RAPPORT_DATABASE_URL,"
            " and that the server runs, or that the file is a database that you may write"
        ) from error
    except UnicodeDecodeError as error:
        raise DamagedError(f"the database is damaged (a text in it is none): {WHAT_TO_DO}") from error


def first_line(error: Exception) -> str:
    """Give the first line of what the database said, without the statement that it was about."""
    said = str(error.orig if isinstance(error, DatabaseError) else error).splitlines()
    return said[0] if said else type(error).__name__
