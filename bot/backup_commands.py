"""``rapport backup`` and ``rapport restore``: copies of an embedded database, and putting one back."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.readiness import faults_named
from customers.company import Company
from customers.erasure import erase
from handlers.staff.promise_steps import see_to_promises
from handlers.staff.silence import break_silences
from scheduler.events.follow_up import plan_follow_ups
from scheduler.events.offers import move_waiting_lists
from scheduler.events.reminders import plan_event_reminders
from scheduler.events.telling import tell_changes
from scheduler.festivals.greetings import greet_choosers, plan_festivals
from scheduler.festivals.missed import count_as_looked
from scheduler.festivals.personal_days import greet_personal_days
from scheduler.programmes.restored import count_as_visited
from store.after_restore import (
    Replaced,
    begin_lineage,
    find_erased,
    has_same_past,
    hold_back,
    leave_numbers_out,
    pause_campaigns,
    read_replaced,
    take_over_stops,
)
from store.backup import write_backup
from store.engine import Database, database_url
from store.errors import InputError
from store.migrate import migrate
from store.occupancy import sole_use
from store.restoring import ArchiveError, Staged, close_old, finish_restore, put_in_place, staged
from store.soundness import DamagedError, check_file

SAID_TO_TOOLS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "service")
"""What an address may say of the way to PostgreSQL that its tools must know, too; none of it is secret."""


def back_up(settings: Settings, target: Path | None) -> Iterator[str]:
    """Make a backup; yields what to tell the operator.

    Raises:
        InputError: the database is PostgreSQL, which has tools of its own; the message names them.
    """
    now = datetime.now(UTC)
    file = _file(settings, tool="pg_dump --format=custom --file=rapport.dump")
    target = target or settings.data_dir / "backups" / f"rapport-{now:%Y%m%dT%H%M%SZ}.zip"
    check_file(file, budget_s=0)
    if not file.exists():
        raise InputError(f"there is no database {file} yet: nothing to back up")
    manifest = write_backup(file, uploads_of(settings), target, version=version("rapport-bot"), now=now)
    files = len(manifest.members) - 1
    yield f"{target}: {sum(manifest.rows.values()):,} rows and {files:,} files, checked."
    yield "Keep it where only you can read it: it holds what your customers wrote."


def restore(settings: Settings, archive: Path) -> Iterator[str]:
    """Put a backup in the place of the database and its files; yields what to tell the operator.

    Raises:
        InputError: the archive is no whole backup, or the database is PostgreSQL.
        ConfigurationError: the program runs on the database, or a file cannot be written.
    """
    now = datetime.now(UTC)
    file = _file(settings, tool="pg_restore --clean --if-exists --single-transaction rapport.dump")
    _look_at(archive)
    uploads = uploads_of(settings)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with sole_use(file):
        finish_restore(file)
        with staged(archive, file, uploads) as backup:
            replaced, sound = read_replaced(file), _is_sound(file)
            told = _make_careful(backup, replaced, settings.company, now)
            if sound:
                close_old(file)
            kept = put_in_place(backup, file, uploads, now=now)
    yield f"The database is as it was at {backup.manifest.made_at:%Y-%m-%d %H:%M} UTC."
    yield from (f"What was there is kept in {path}" for path in kept)
    yield from told


def _look_at(archive: Path) -> None:
    """Check that a file was named before anything is made."""
    if archive.is_dir():
        raise ArchiveError(f"{archive} is a folder: name the backup in it, e.g. {archive / 'rapport-….zip'}")
    if not archive.exists():
        raise ArchiveError(f"there is no file {archive} (looked for {archive.absolute()}): name a backup")


def uploads_of(settings: Settings) -> Path:
    """Give the folder of files that customers sent."""
    return settings.data_dir / "uploads"


def _file(settings: Settings, *, tool: str) -> Path:
    url = database_url(settings.database_url.get_secret_value())
    if url.get_backend_name() != "sqlite":
        raise InputError(f"PostgreSQL has tools of its own for this; run\n  {tool}{_where(url)}")
    return Path(str(url.database))


def _where(url: URL) -> str:
    """Name the database for PostgreSQL's tools; they ask for the password themselves.

    What the address says in its query (``?host=…``) counts as it does for the program.
    """
    from psycopg.conninfo import make_conninfo  # the driver is of no use beside an SQLite file

    _, given = url.get_dialect()().create_connect_args(url)
    database = str(given.get("dbname", ""))
    if others := {name: given[name] for name in SAID_TO_TOOLS if name in given}:
        database = make_conninfo(dbname=database, **others)
    parts = {
        "--host": given.get("host"),
        "--port": given.get("port"),
        "--username": given.get("user"),
        "--dbname": database,
    }
    return "".join(f" {option}={shlex.quote(str(value))}" for option, value in parts.items() if value)


def _is_sound(file: Path) -> bool:
    try:
        check_file(file)
    except DamagedError:
        return False
    return file.exists()


def _make_careful(backup: Staged, replaced: Replaced | None, company: Company, now: datetime) -> list[str]:
    """Bring a staged backup up to date, and see to it that it repeats nothing and forgets no stop."""
    database = Database(f"sqlite:///{backup.file}")
    try:
        with faults_named():
            migrate(database)
            with database.transaction() as session:
                told = list(_take_over(session, replaced, now))
                count_as_looked(session, now=now)
            _queue_what_may_have_left(database, company, now)
            with database.transaction() as session:
                return told + list(_hold_back(session, company, now))
    finally:
        database.close()


def _take_over(session: Session, replaced: Replaced | None, now: datetime) -> Iterator[str]:
    same_past = has_same_past(session, replaced)
    leave_numbers_out(session, replaced.numbers if replaced is not None and same_past else None)
    begin_lineage(session)
    if replaced is None:
        yield "Not known any more: who said stop after the backup. They must say it again."
    else:
        stops = take_over_stops(session, replaced, now=now)
        yield f"Stops taken over from the replaced database: {stops}."
    if replaced is not None and same_past:
        erased = find_erased(session, replaced)
        for customer in erased:
            erase(session, customer, now=now)
        yield f"Erased again, because they asked for it since: {len(erased)} customers."
    else:
        yield "Not known any more: who asked to be forgotten after the backup. They must ask again."


def _queue_what_may_have_left(database: Database, company: Company, now: datetime) -> None:
    """Let planners find what is due by now: it may have left since, and is held back with the rest.

    At night planners would leave for the morning what may have left by day, so no hour is quiet to them.
    """
    company = replace(company, quiet_from_hour=0, quiet_until_hour=0)
    about: dict[str, Any] = {"company": company, "channels": company.channels}
    planners: tuple[Callable[..., int], ...] = (
        partial(move_waiting_lists, company=company),
        partial(tell_changes, company=company, gathered_for=timedelta(0)),
        partial(plan_event_reminders, **about),
        partial(plan_follow_ups, **about),
        partial(plan_festivals, **about),
        partial(greet_choosers, **about),
        partial(greet_personal_days, **about),
        partial(see_to_promises, company=company),
        partial(break_silences, company=company),
    )
    for plan in planners:
        planned = 1
        while planned:
            with database.transaction() as session:
                planned = plan(session, now=now)


def _hold_back(session: Session, company: Company, now: datetime) -> Iterator[str]:
    paused = pause_campaigns(session, now=now)
    held = hold_back(session)
    visits = count_as_visited(session, company=company, now=now)
    if held:
        yield f"Held back, for they may have been sent since: {held} messages."
        yield "See them with `rapport outbox uncertain`."
    if visits:
        yield f"Counted as visited, for they may have been: {visits} customers who were due."
    if paused:
        numbers = ", ".join(map(str, paused))
        yield (
            f"Paused: the campaigns with the numbers {numbers}."
            " Resume one only if it had not gone on after the backup."
        )
