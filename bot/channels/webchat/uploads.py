"""Files that customers send along: kept in a folder per chat, under names that nobody can guess."""

import asyncio
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from handlers.incoming import AttachmentKind
from store.errors import InputError, TemporaryError

MAX_BYTES = 10_000_000
MAX_FILES = 200
FREE_BYTES_KEPT = 200_000_000
"""The disk that the database needs is not filled with files."""

ORPHAN_AFTER = timedelta(days=1)
_ADDRESS = re.compile(r"w-[A-Za-z0-9_-]{8,64}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_PARTIAL = ".part"
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
_HEAD_BYTES = 12
OTHER_TYPE = "application/octet-stream"


class TooLargeError(InputError):
    """The file is larger than ``MAX_BYTES``."""


class TooManyError(InputError):
    """The chat has ``MAX_FILES`` files already."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept.

    Attributes:
        path: where it lies.
        media_type: an image type that browsers show, by the file's first bytes; else a plain download.
    """

    path: Path
    media_type: str

    @property
    def token(self) -> str:
        """Its name within the chat."""
        return self.path.name

    @property
    def reference(self) -> str:
        """How a message refers to it."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def kind(self) -> AttachmentKind:
        """What it is, as a message tells it."""
        return AttachmentKind.DOCUMENT if self.media_type == OTHER_TYPE else AttachmentKind.PHOTO


class Uploads:
    """The folder of files that came in.

    Attributes:
        folder: made at the first file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, address: str, chunks: AsyncIterator[bytes]) -> Kept:
        """Keep a file for a chat.

        Raises:
            TooLargeError: it has more than ``MAX_BYTES``; nothing of it stays.
            TooManyError: the chat has enough files.
            TemporaryError: the disk is nearly full, or the folder cannot be written.
        """
        with _translated(self._folder):
            folder = await asyncio.to_thread(self._prepare, address)
            path = folder / secrets.token_urlsafe(18)
            partial = path.with_name(path.name + _PARTIAL)
            try:
                await _write(partial, chunks)
                await asyncio.to_thread(partial.rename, path)
            finally:
                await asyncio.to_thread(partial.unlink, missing_ok=True)
            return await asyncio.to_thread(_kept, path)

    def find(self, address: str, token: str) -> Kept | None:
        """Find a file of a chat; None for anything else, odd names included.

        Raises:
            TemporaryError: the folder cannot be read, e.g. because it lies on a machine that is away.
        """
        if _ADDRESS.fullmatch(address) is None or _TOKEN.fullmatch(token) is None:
            return None
        with _translated(self._folder), suppress(FileNotFoundError, IsADirectoryError):
            return _kept(self._folder / address / token)
        return None

    def holds(self, address: str) -> bool:
        """Tell whether a chat has files."""
        return _ADDRESS.fullmatch(address) is not None and (self._folder / address).is_dir()

    def forget(self, address: str) -> None:
        """Delete all files of a chat."""
        if self.holds(address):
            # Another process may do the same at the same time; what stays for whatever reason is swept.
            shutil.rmtree(self._folder / address, ignore_errors=True)

    def sweep(self, mentioned: Collection[str], *, now: datetime) -> int:
        """Delete the files that no message mentions and that are older than ``ORPHAN_AFTER``.

        Returns:
            How many were deleted.
        """
        swept = 0
        for path in self._folder.glob("w-*/*"):
            if f"{path.parent.name}/{path.name}" in mentioned:
                continue
            with suppress(FileNotFoundError):  # another process sweeps the same folder
                if path.stat().st_mtime < (now - ORPHAN_AFTER).timestamp():
                    path.unlink()
                    swept += 1
        return swept

    def _prepare(self, address: str) -> Path:
        if _ADDRESS.fullmatch(address) is None:
            raise InputError("files are kept for customers' chats only")
        folder = self._folder / address
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < FREE_BYTES_KEPT:
            raise TemporaryError("the disk is nearly full: files are not taken")
        if sum(1 for _ in folder.iterdir()) >= MAX_FILES:
            raise TooManyError("this chat has enough files")
        return folder


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Say what is wrong with the folder in words that are not the system's alone.

    A connection that breaks while its file comes in is no fault of the folder, though an ``OSError``, too.
    """
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        raise TemporaryError(
            f"files cannot be kept or read in {folder} ({error.strerror}): see that it is there and writable"
        ) from error


async def _write(path: Path, chunks: AsyncIterator[bytes]) -> None:
    size = 0
    with await asyncio.to_thread(path.open, "wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise TooLargeError("the file is too large")
            await asyncio.to_thread(file.write, chunk)


def _kept(path: Path) -> Kept:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kept(path, "image/webp")
    return Kept(path, next((media for magic, media in _IMAGES if head.startswith(magic)), OTHER_TYPE))
