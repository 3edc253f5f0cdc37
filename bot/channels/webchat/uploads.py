"""Files of the web chat, in a folder per chat: what came in, under names that nobody can guess, and copies of
what was brought from other apps, under the number of the message that they went along with."""

import asyncio
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.channels.files import HEAD_BYTES, media_type
from bot.channels.webchat.identity import STAFF_ADDRESS
from handlers.incoming import AttachmentKind
from store.errors import InputError, TemporaryError

MAX_BYTES = 10_000_000
MAX_FILES = 200
MAX_STAFF_FILES = 20_000
"""Of all staff together; what no kept message mentions is swept."""

FREE_BYTES_KEPT = 200_000_000
"""The disk that the database needs is not filled with files."""

ORPHAN_AFTER = timedelta(days=1)
_ADDRESS = re.compile(r"staff|w-[A-Za-z0-9_-]{8,64}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SENT = re.compile(r"sent-([0-9]{12})-[0-9]{1,2}")
_PARTIAL = ".part"


class TooLargeError(InputError):
    """The file is larger than is taken."""


class TooManyError(InputError):
    """The chat has as many files as it may."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept.

    Attributes:
        path: where it lies.
        media_type: a type that browsers show or play, by the file's first bytes; else a plain download.
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
        return AttachmentKind.PHOTO if self.media_type.startswith("image/") else AttachmentKind.DOCUMENT


class Uploads:
    """The folder of files.

    Attributes:
        folder: made at the first file.
        most_bytes: of a file that somebody sends.
    """

    def __init__(self, folder: Path, most_bytes: int = MAX_BYTES) -> None:
        self._folder, self.most_bytes = folder, most_bytes

    async def keep(self, address: str, chunks: AsyncIterator[bytes]) -> Kept:
        """Keep a file for a chat.

        Raises:
            TooLargeError: it has more than ``most_bytes``; nothing of it stays.
            TooManyError: the chat has enough files.
            TemporaryError: the disk is nearly full, or the folder cannot be written.
        """
        with _translated(self._folder):
            folder = await asyncio.to_thread(self._prepare, address)
            path = folder / secrets.token_urlsafe(18)
            partial = path.with_name(path.name + _PARTIAL)
            try:
                await _write(partial, chunks, self.most_bytes)
                await asyncio.to_thread(partial.rename, path)
            finally:
                await asyncio.to_thread(partial.unlink, missing_ok=True)
            return await asyncio.to_thread(_kept, path)

    def keep_sent(self, address: str, row_id: int, place: int, content: bytes) -> Kept:
        """Keep a copy of what went along with a message of ours; again is once.

        Args:
            address: the chat it was sent to.
            row_id: the message's number.
            place: which of its attachments, from 0.
            content: its bytes.

        Raises:
            TemporaryError: the disk is nearly full, or the folder cannot be written.
        """
        with _translated(self._folder):
            path = self._room(address) / _sent_token(row_id, place)
            partial = path.with_name(f"{path.name}-{secrets.token_urlsafe(6)}{_PARTIAL}")
            try:
                partial.write_bytes(content)
                partial.rename(path)
            finally:
                partial.unlink(missing_ok=True)
            return _kept(path)

    def find_sent(self, address: str, row_id: int, place: int) -> Kept | None:
        """Find the copy of what went along with a message of ours.

        Raises:
            TemporaryError: as ``find``.
        """
        return self.find(address, _sent_token(row_id, place))

    def discard_sent(self, address: str, row_id: int) -> None:
        """Delete the copies of what went along with a message of ours."""
        if self.holds(address):
            for path in (self._folder / address).glob(_sent_token(row_id, 0)[:-1] + "*"):
                path.unlink(missing_ok=True)

    def sent_rows(self) -> frozenset[int]:
        """Tell the numbers of the messages of which copies are kept."""
        found = (_SENT.fullmatch(path.name) for path in self._folder.glob("*/sent-*"))
        return frozenset(int(one[1]) for one in found if one is not None)

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

    def sweep(
        self, mentioned: Collection[str], *, now: datetime, blank: Collection[int] = frozenset()
    ) -> int:
        """Delete the files that no message mentions and that are older than ``ORPHAN_AFTER``.

        Args:
            mentioned: references that stay.
            now: aware UTC.
            blank: numbers of messages that have nothing to go along with them any more: of these the copies
                go at once.

        Returns:
            How many were deleted.
        """
        swept = 0
        for path in self._folder.glob("*/*"):
            sent = _SENT.fullmatch(path.name)
            if sent is not None:
                stays, is_due = int(sent[1]) not in blank, True
            else:
                stays, is_due = f"{path.parent.name}/{path.name}" in mentioned, False
            with suppress(FileNotFoundError):  # another process sweeps the same folder
                if not stays and (is_due or path.stat().st_mtime < (now - ORPHAN_AFTER).timestamp()):
                    path.unlink()
                    swept += 1
        return swept

    def _prepare(self, address: str) -> Path:
        """Make room for a file that somebody sends."""
        folder = self._room(address)
        most = MAX_STAFF_FILES if address == STAFF_ADDRESS else MAX_FILES
        if sum(1 for path in folder.iterdir() if _SENT.match(path.name) is None) >= most:
            raise TooManyError("this chat has enough files")
        return folder

    def _room(self, address: str) -> Path:
        if _ADDRESS.fullmatch(address) is None:
            raise InputError("files are kept for chats of the web chat only")
        folder = self._folder / address
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < FREE_BYTES_KEPT:
            raise TemporaryError("the disk is nearly full: files are not taken")
        return folder


def _sent_token(row_id: int, place: int) -> str:
    return f"sent-{row_id:012d}-{place}"


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


async def _write(path: Path, chunks: AsyncIterator[bytes], most_bytes: int) -> None:
    size = 0
    with await asyncio.to_thread(path.open, "wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > most_bytes:
                raise TooLargeError("the file is too large")
            await asyncio.to_thread(file.write, chunk)


def _kept(path: Path) -> Kept:
    with path.open("rb") as file:
        return Kept(path, media_type(file.read(HEAD_BYTES)))
