"""What goes wrong with an SQLite file while others use it: locks, limits, file systems."""

import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.patience import PATIENCE_S
from tests.program import Program

MODES_BIND = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""Runs a command for which files' modes hold, even where the system's own user runs it."""


def database_file(program: Program) -> Path:
    """Give the file that holds a program's data."""
    path = make_url(program.database_url).database
    assert path is not None
    return Path(path)


@contextmanager
def write_lock(program: Program) -> Iterator[None]:
    """Hold the lock that every writer needs while the block lasts, as another program might."""
    with closing(
        sqlite3.connect(database_file(program), timeout=PATIENCE_S, isolation_level=None)
    ) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def no_file_may_grow(program: Program) -> Iterator[None]:
    """Let no file of a running program grow while the block lasts: what a full disk does to a writer.

    Its log is another matter: that one stays far below the size at which this holds.
    """
    usual = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in program.pids}
    path = database_file(program)
    reached = max(Path(f"{path}{suffix}").stat().st_size for suffix in ("", "-wal"))
    for pid, (_, most) in usual.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (reached, most))
    try:
        yield
    finally:
        for pid, limits in usual.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def small_disk(folder: Path, *, kilobytes: int) -> Iterator[Path]:
    """Mount a small file system while the block lasts; skips the test where we may not."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    try:
        subprocess.run(mounting, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this machine lets us mount nothing ({type(error).__name__})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    """Mount a file system anew, ``ro`` or ``rw``."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True, capture_output=True)
