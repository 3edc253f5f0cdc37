"""One program at a time on an embedded database: whoever runs on it, or replaces it, holds its lock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from store.errors import ConfigurationError

OWNER_ONLY = 0o600


class OccupiedError(ConfigurationError):
    """Another program runs on the database."""


def lock_path(file: Path) -> Path:
    """Give the lock's file: beside the database, whichever name leads to it."""
    return file.resolve().with_name(f"{file.resolve().name}.lock")


@contextmanager
def sole_use(file: Path) -> Iterator[None]:
    """Hold an SQLite file's lock while the block lasts.

    The operating system lets go of it when the process ends, however it ends. The lock's file stays, with the
    number of the process that held it last.

    Raises:
        OccupiedError: another process holds it.
        ConfigurationError: the lock cannot be written.
    """
    path = lock_path(file)
    lock = FileLock(path, mode=OWNER_ONLY)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        if not path.exists():
            raise _unwritable(path, "no file can be made there") from error
        raise OccupiedError(
            f"Rapport runs on {file} already{_holder(path)}: stop it first,"
            " or name another file in RAPPORT_DATABASE_URL"
        ) from error
    except OSError as error:
        raise _unwritable(path, error.strerror) from error
    try:
        with suppress(OSError):  # a full disk: the lock holds without its note
            path.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        lock.release()


def _unwritable(path: Path, why: str | None) -> ConfigurationError:
    return ConfigurationError(
        f"the folder {path.parent} of the database cannot be written ({why}):"
        " change its owner, or choose another in RAPPORT_DATABASE_URL"
    )


def _holder(path: Path) -> str:
    try:
        pid = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" (process {pid})" if pid.isdigit() else ""
