"""What keeps the database from working, in words for whoever can mend it."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

NOT_OURS = (OperationalError, InterfaceError)
"""Errors that speak of the database and not of what it was told."""

_TOO_MUCH_ASKED = "54"
"""The class of PostgreSQL's error codes for what is too big or too deep: that lies in what it was told."""

_KNOWN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("database is locked", "database table is locked"),
        "another program holds the database file",
        "it goes on when that one lets go; end it if it does not",
    ),
    (
        ("disk is full", "disk full", "no space left"),
        "the disk is full",
        "make room, and it goes on by itself",
    ),
    (
        ("disk i/o error",),
        "the disk does not take what is written",
        "look whether it is full, over a quota, broken, or was made read-only (`dmesg` may tell)",
    ),
    (
        ("readonly database", "read-only transaction", "read-only file system"),
        "the database may not be written",
        "let the user who runs Rapport write the file and its folder, or end the server's read-only mode",
    ),
    (
        ("unable to open database file",),
        "the database file cannot be opened",
        "look whether it and its folder are there, and belong to the user who runs Rapport",
    ),
    (
        ("malformed", "not a database", "file is encrypted"),
        "the database file is damaged",
        "stop Rapport and run `rapport doctor`, then `rapport restore FILE`",
    ),
    (
        ("too many clients", "too many connections", "remaining connection slots"),
        "the PostgreSQL server has no connection left",
        "end what holds them, or raise its max_connections",
    ),
    (
        ("password authentication failed", "no password supplied", "no pg_hba.conf entry"),
        "the PostgreSQL server refuses us",
        "check user and password in RAPPORT_DATABASE_URL",
    ),
    (
        (
            "connection refused",
            "connection failed",
            "connection is lost",
            "connection to server",
            "connection timeout",
            "could not receive data",
            "could not send data",
            "server closed the connection",
            "ssl connection has been closed",
            "terminating connection",
            "the database system is",
            "the connection is closed",
            "consuming input failed",
            "sending query failed",
        ),
        "the PostgreSQL server is away",
        "it goes on when the server is back; start it, or check RAPPORT_DATABASE_URL",
    ),
)


class DatabaseTroubleError(Exception):
    """Trouble that another process of ours met; its text is what ``trouble_of`` said there."""


def trouble_of(error: BaseException) -> str | None:
    """Say what keeps the database from working, and what to do about it.

    Returns:
        A line without a full stop, and without what was asked or stored; None where the database works, and
        what it was told is at fault.
    """
    known = known_trouble_of(error)
    if known is None and isinstance(error, NOT_OURS) and not _code(error).startswith(_TOO_MUCH_ASKED):
        return f"the database failed ({first_line(error)}): its own log may tell why"
    return known


def known_trouble_of(error: BaseException) -> str | None:
    """As ``trouble_of``, but only where we know for sure, whichever library wrapped the database's error."""
    if isinstance(error, DatabaseTroubleError):
        return str(error)
    if isinstance(error, PoolTimeoutError):
        return "no connection to the database came free: long transactions hold them all; end those"
    if isinstance(error, DBAPIError | sqlite3.DatabaseError) or _is_psycopg(error):
        said = first_line(error)
        for phrases, what, to_do in _KNOWN:
            if any(phrase in said.lower() for phrase in phrases):
                return f"{what} ({said}): {to_do}"
    return None if error.__cause__ is None else known_trouble_of(error.__cause__)


def _code(error: DBAPIError) -> str:
    """Give PostgreSQL's code of an error; "" where there is none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def _is_psycopg(error: BaseException) -> bool:
    """Tell an error of the PostgreSQL driver without loading it where it is not used."""
    return type(error).__module__.partition(".")[0] == "psycopg"


def first_line(error: BaseException) -> str:
    """Give the first line of what the database said, without the statement that it was about."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return said.splitlines()[0] if said else type(error).__name__
