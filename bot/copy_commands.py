"""``rapport copy-to``: moves an embedded database to PostgreSQL."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from psycopg import Error as PsycopgError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import DatabaseError

from bot.backup_commands import uploads_of
from bot.config import Settings
from bot.readiness import first_line, own_database
from store.copying import CopyError, copy_database, count_rows
from store.embedded import sqlite_file
from store.engine import Database, database_url
from store.errors import InputError
from store.migrate import migrate


def copy_to(settings: Settings, url: str, progress: Console) -> Iterator[str]:
    """Copy the embedded database to PostgreSQL and compare both; yields what to tell the operator.

    Args:
        settings: of the program whose database is copied.
        url: where to; it is never shown.
        progress: where the progress is drawn.

    Raises:
        InputError: the database or the target is of the wrong kind.
        ConfigurationError: the program runs, the target holds something else, or one cannot be reached.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        target = Database(url)
        stack.callback(target.close)
        if target.is_sqlite:
            raise InputError("the target must be PostgreSQL: postgresql://user@host/name")
        if database_url(settings.database_url.get_secret_value()).get_backend_name() != "sqlite":
            raise InputError("the database is PostgreSQL already; copy it with pg_dump and pg_restore")
        source = stack.enter_context(own_database(settings))
        file = sqlite_file(source).resolve()
        with _faults_named():
            migrate(target)
        session = stack.enter_context(source.reading())
        rows = count_rows(session)
        bar = stack.enter_context(_progress_bar(progress))
        task = bar.add_task("Copying", total=2 * rows)
        with _faults_named():
            copy_database(
                session,
                target,
                name=str(file),
                told=lambda what, done: bar.update(task, description=what, advance=done),
            )
    yield f"{rows:,} rows are copied and compared, in {time.monotonic() - began:.0f} s."
    yield "Now set RAPPORT_DATABASE_URL to the new database, and start Rapport there only."
    yield f"The files that customers sent stay in {uploads_of(settings)}: another machine needs them, too."


@contextmanager
def _faults_named() -> Iterator[None]:
    """Turn what PostgreSQL says into what the operator can do; after its first line it may quote data."""
    try:
        yield
    except (DatabaseError, PsycopgError) as error:
        raise CopyError(
            f"the target cannot be used ({first_line(error)}): check its address and that the server runs,"
            " then run the command again: it goes on where it stopped"
        ) from error


def _progress_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
