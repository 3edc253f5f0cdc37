"""Putting a backup in the place of what is there: unpacked and checked beside it, then moved in as a whole.

What is to be moved is written down first (``plan_moves``). With that the restore is decided: whoever opens
the database next, after a kill or a power cut in between, finishes the moves. Before it nothing was touched.
"""

import json
import os
import shutil
import sqlite3
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.backup import (
    DATABASE,
    FORMAT,
    MADE_BY,
    MANIFEST,
    OUR_NAMES,
    OWNER_ONLY,
    UPLOADS,
    Manifest,
    Member,
    keep_on_disk,
    look_into,
    unpack_member,
)
from store.errors import ConfigurationError, InputError
from store.occupancy import OccupiedError
from store.soundness import DamagedError

MANIFEST_BYTES = 256_000_000
STAGED = ".restoring-"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
    OverflowError,
)
"""All that the standard library raises over an archive that is cut short, changed or none at all."""


class ArchiveError(InputError):
    """The archive is no whole backup of Rapport's."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A backup that was unpacked and checked, but is not in its place yet.

    Attributes:
        manifest: what the backup says of itself.
        file: its database, beside the one that it will replace.
        uploads: its files, beside those that they will replace.
    """

    manifest: Manifest
    file: Path
    uploads: Path


@contextmanager
def staged(archive: Path, file: Path, uploads: Path) -> Iterator[Staged]:
    """Unpack a backup beside a database, and check it wholly; what was not moved in is deleted in the end.

    Args:
        archive: the backup.
        file: the database that it will replace; may be missing.
        uploads: the folder of files that it will replace; may be missing.

    Raises:
        ArchiveError: it is cut short, was changed, or is none of ours; nothing was touched.
        ConfigurationError: there is no room for it, or a folder cannot be written.
    """
    target = file.resolve()
    database = target.with_name(f"{target.name}{STAGED}{os.getpid()}")
    folder = uploads.absolute().with_name(f"{uploads.name}{STAGED}{os.getpid()}")
    _clear(target.parent, target.name)
    _clear(folder.parent, uploads.name)
    try:
        folder.mkdir(mode=0o700, parents=True)
        yield Staged(_unpack(archive, database, folder), database, folder)
    except OSError as error:
        raise ConfigurationError(
            f"the backup {archive} cannot be unpacked ({error.strerror or error}): nothing was changed;"
            f" check the file, and make room in {target.parent}"
        ) from error
    finally:
        if not plan_path(file).exists():  # else it is needed to finish what was decided
            _clear(target.parent, target.name)
            _clear(folder.parent, uploads.name)


def _clear(folder: Path, name: str) -> None:
    """Delete what this restore, or an earlier one that was killed, unpacked and did not move in."""
    for left in folder.glob(f"{name}{STAGED}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _unpack(path: Path, database: Path, uploads: Path) -> Manifest:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            for name, member in manifest.members.items():
                target = database if name == DATABASE else uploads / name.removeprefix(UPLOADS)
                _unpack_member(archive, name, member, target)
    except FileNotFoundError as error:
        raise ArchiveError(f"there is no file {path}") from error
    except _UNREADABLE as error:
        raise ArchiveError(
            f"{path} is no whole backup of Rapport's ({str(error) or type(error).__name__}):"
            " nothing was changed; take another backup"
        ) from error
    try:
        revision, rows = look_into(database)
    except DamagedError as error:
        raise ArchiveError(f"the database in {path} is damaged: nothing was changed; take another") from error
    if (revision, rows) != (manifest.revision, dict(manifest.rows)):
        raise ArchiveError(f"{path} does not hold what its manifest says: nothing was changed; take another")
    return manifest


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Read what an archive says of itself, and check that it holds that and no other names."""
    infos = archive.infolist()
    if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise ValueError("its manifest is too long")
    told = json.loads(archive.read(MANIFEST))
    if told.pop("made_by") != MADE_BY or told.pop("format") != FORMAT:
        raise ValueError("another program, or a newer Rapport, made it")
    members = {name: Member(**member) for name, member in told.pop("members").items()}
    manifest = Manifest(**told, members=members)
    if manifest.made_at.tzinfo is None:
        raise ValueError("its manifest names no moment")
    names = sorted(info.filename for info in infos)
    if names != sorted([MANIFEST, *members]) or DATABASE not in members:
        raise ValueError("it does not hold the files that its manifest names")
    for info in infos:
        mode = info.external_attr >> 16
        if info.filename != MANIFEST and (not OUR_NAMES.fullmatch(info.filename) or stat.S_ISLNK(mode)):
            raise ValueError(f"it holds a file that is none of ours: {info.filename!r}")
    return manifest


def _unpack_member(archive: zipfile.ZipFile, name: str, member: Member, target: Path) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with target.open("xb") as file:
        target.chmod(OWNER_ONLY)
        found = unpack_member(archive, name, file.write, most=member.size)
        file.flush()
        os.fsync(file.fileno())
    if found != member:
        raise ValueError(f"{name} is not what was backed up")


def close_old(file: Path) -> None:
    """Bring all of a sound database into its one file, and make sure that nobody uses it.

    Raises:
        OccupiedError: another command uses it.
    """
    with closing(sqlite3.connect(file)) as connection, suppress(sqlite3.DatabaseError):
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise OccupiedError(
                    f"another command uses {file}: wait for its end, then try again"
                ) from error


def put_in_place(backup: Staged, file: Path, uploads: Path, *, now: datetime) -> list[Path]:
    """Move a staged backup in, and what was there aside; killed at any point, it is all done or not begun.

    Returns:
        Where that which was there is now.
    """
    target, folder = file.resolve(), uploads.absolute()
    if folder.is_mount():
        raise ConfigurationError(
            f"the folder {folder} is a disk of its own and cannot be replaced: nothing was changed;"
            " move RAPPORT_DATA_DIR into a folder of that disk"
        )
    moment, number = f".before-restore-{now:%Y%m%dT%H%M%SZ}", 1
    aside = moment
    while any(path.with_name(f"{path.name}{aside}").exists() for path in (target, folder)):
        number += 1
        aside = f"{moment}-{number}"
    old = [(Path(f"{target}{end}"), Path(f"{target}{aside}{end}")) for end in ("", "-wal", "-shm")]
    old.append((folder, folder.with_name(f"{folder.name}{aside}")))
    moved = [(here, there) for here, there in old if here.exists()]
    plan_moves(target, [*moved, (backup.file, target), (backup.uploads, folder)])
    finish_restore(target)
    return [there for _, there in moved if not there.name.endswith("-shm")]


def plan_path(file: Path) -> Path:
    """Give the file in which the moves of a restore are written down."""
    return file.resolve().with_name(f"{file.resolve().name}.restore-plan")


def plan_moves(file: Path, moves: list[tuple[Path, Path]]) -> None:
    """Write down what is to be moved where; with that the restore is decided."""
    for path in {here for here, _ in moves if here.exists()}:
        keep_on_disk(path)
    plan = plan_path(file)
    draft = plan.with_name(f"{plan.name}.draft")
    draft.write_text(json.dumps([[str(here), str(there)] for here, there in moves]), encoding="utf-8")
    keep_on_disk(draft)
    draft.rename(plan)
    keep_on_disk(plan.parent)


def finish_restore(file: Path) -> bool:
    """Do the moves that were written down and not done yet; the caller holds the database's lock.

    What has been moved is not there any more, and where it went is taken: a second time changes nothing.

    Returns:
        Whether there was anything to finish.

    Raises:
        ConfigurationError: a file cannot be moved.
    """
    plan = plan_path(file)
    if not plan.exists():
        return False
    try:
        moves = [(Path(here), Path(there)) for here, there in json.loads(plan.read_text(encoding="utf-8"))]
        for here, there in moves:
            if here.exists() and not there.exists():
                here.rename(there)
        for folder in {there.parent for _, there in moves}:
            keep_on_disk(folder)
        plan.unlink()
        keep_on_disk(plan.parent)
    except OSError as error:
        raise ConfigurationError(
            f"the restore of {file} cannot be finished ({error.strerror}): make its folder writable,"
            " then start again"
        ) from error
    return True
