"""Backups of an embedded database: one archive with tables, files and a manifest, checked before it counts.

The copy is made through SQLite's online backup API, as one reading transaction: who writes meanwhile does not
wait, and the copy shows one moment.
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from store.errors import ConfigurationError, InputError
from store.soundness import DamagedError

FORMAT = 1
MADE_BY = "rapport"
MANIFEST = "manifest.json"
DATABASE = "rapport.db"
UPLOADS = "uploads/"
OUR_NAMES = re.compile(r"rapport\.db|uploads/(?:staff|w-[A-Za-z0-9_-]{8,64})/[A-Za-z0-9_-]{16,64}")
"""Files by the names that the web chat gives them; no other is read from an archive."""

OWNER_ONLY = 0o600
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        at: when the copy was begun, ISO 8601 in UTC.
        version: of the program that made it.
        revision: of its tables.
        rows: how many rows each table has.
        members: every file but this one, by its name in the archive.
    """

    at: str
    version: str
    revision: str
    rows: Mapping[str, int]
    members: Mapping[str, Member]
    made_by: str = MADE_BY
    format: int = FORMAT

    @property
    def made_at(self) -> datetime:
        """When the copy was begun."""
        return datetime.fromisoformat(self.at)


def write_backup(file: Path, uploads: Path, target: Path, *, version: str, now: datetime) -> Manifest:
    """Write a backup of a database that may be in use; ``target`` appears when it is whole and checked.

    Args:
        file: the SQLite database.
        uploads: the folder of the web chat's files; may be missing.
        target: the archive to write; must not exist.
        version: of this program.
        now: the time.

    Raises:
        InputError: ``target`` exists.
        DamagedError: the database is damaged: what was copied of it is no backup.
        ConfigurationError: the folder cannot be written, or the disk is full; nothing is left there.
    """
    if target.exists():
        raise InputError(f"{target} exists already: name another file for the backup")
    with _faults_named(target):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_room(target, file, uploads)
        with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
            copy, draft = Path(name) / DATABASE, Path(name) / target.name
            copy_database(file, copy)
            manifest = _pack(copy, uploads, draft, version=version, now=now)
            draft.chmod(OWNER_ONLY)
            keep_on_disk(draft)
            draft.rename(target)
        keep_on_disk(target.parent)
    return manifest


def copy_database(file: Path, copy: Path) -> None:
    """Copy a database, in use or not, into a file of its own that needs no write-ahead log."""
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def look_into(copy: Path) -> tuple[str, dict[str, int]]:
    """Check a whole database, and tell its revision and how many rows each table has.

    Raises:
        DamagedError: it is damaged, or holds no tables of ours.
    """
    try:
        with closing(sqlite3.connect(copy)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise DamagedError(f"the copy of the database is damaged ({found}): run `rapport doctor`")
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            ).fetchall()
            rows = {name: _count(connection, name) for (name,) in names}
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError, TypeError) as error:
        raise DamagedError(f"the copy is no database of Rapport's ({error}): run `rapport doctor`") from error
    return str(revision), rows


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - a table's name
    return int(count)


def _pack(copy: Path, uploads: Path, draft: Path, *, version: str, now: datetime) -> Manifest:
    revision, rows = look_into(copy)
    members = {}
    with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in ((DATABASE, copy), *_files(uploads)):
            with suppress(FileNotFoundError):  # a file that was deleted meanwhile is in no message any more
                members[name] = _add(archive, name, path)
        manifest = Manifest(now.isoformat(), version, revision, rows, members)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    with zipfile.ZipFile(draft) as archive:
        for name, member in members.items():
            if unpack_member(archive, name) != member:
                raise DamagedError(f"the backup could not be read back ({name}): check the disk")
    return manifest


def _files(uploads: Path) -> Iterator[tuple[str, Path]]:
    """Give the files that customers sent, but none that is still coming in."""
    for path in sorted(uploads.glob("*/*")):
        name = f"{UPLOADS}{path.relative_to(uploads).as_posix()}"
        if OUR_NAMES.fullmatch(name) and path.is_file() and not path.is_symlink():
            yield name, path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        return _pour(source, target.write)


def unpack_member(
    archive: zipfile.ZipFile, name: str, write: Callable[[bytes], object] = len, *, most: int | None = None
) -> Member:
    """Read one file of an archive, and tell its size and SHA-256; of a longer one than ``most`` not all."""
    with archive.open(name) as source:
        return _pour(source, write, most)


def _pour(source: IO[bytes], write: Callable[[bytes], object], most: int | None = None) -> Member:
    digest, size = hashlib.sha256(), 0
    while (most is None or size <= most) and (chunk := source.read(CHUNK_BYTES)):
        digest.update(chunk)
        size += len(chunk)
        write(chunk)
    return Member(digest.hexdigest(), size)


def keep_on_disk(path: Path) -> None:
    """Make sure that a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_room(target: Path, file: Path, uploads: Path) -> None:
    need = file.stat().st_size + sum(path.stat().st_size for _, path in _files(uploads))
    free = shutil.disk_usage(target.parent).free
    if free < need:
        raise ConfigurationError(
            f"the backup needs up to {(need >> 20) + 1:,} MB in {target.parent},"
            f" where {free >> 20:,} MB are free: make room, or name a file elsewhere"
        )


@contextmanager
def _faults_named(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the backup {target} cannot be written ({error.strerror}): nothing is left of it;"
            " make room, or name a file elsewhere"
        ) from error
    except sqlite3.Error as error:
        raise ConfigurationError(
            f"the backup {target} cannot be made ({error}): nothing is left of it; check the disk,"
            " and the database with `rapport doctor`"
        ) from error
