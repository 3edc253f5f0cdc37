"""The second look on another core: a process beside ours that only reads, and gives way to everybody else.

It is started by the first message that needs it, so that who never needs it pays nothing, and ended when
there was none for a while. It knows no database: texts go over, and what was found comes back. Whatever
becomes of it, the messages still wait in the database.
"""

import asyncio
import hashlib
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.other_core import NO_PROCESS, OUR_SIGNALS
from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.model import FILE, SecondLook
from feedback.understanding import Understanding, understand
from store.errors import ConfigurationError, TemporaryError

STUCK_AFTER_S = 60.0
"""Some dozens of texts take a fraction of a second; where others want the cores, a few."""
COMPLAINT_FROM = 0.5
"""From this probability on the first look's words are given along, since staff may be shown them."""
NICENESS = 19
"""It gets what nobody else wants of a core."""


class CoreGoneError(TemporaryError):
    """The process has ended, or got stuck and was ended; the next texts start another."""


class CoreNotStartedError(TemporaryError):
    """The process could not be started: there is no memory or no room for one now."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was found in one text.

    Attributes:
        opinion: of the second look; ``None`` where it is nothing that can be read.
        first: what the first look finds, where it may be a complaint.
    """

    opinion: SecondOpinion | None
    first: Understanding | None = None


@dataclass(frozen=True, slots=True)
class _Unable:
    """Why the process cannot read at all."""

    reason: str


@dataclass(slots=True)
class SecondCore:
    """Reads texts in a process of its own.

    Attributes:
        file: what it reads with.
        model: names that, once the process has begun: the first twelve hex digits of the file's SHA-256.
    """

    file: Path = FILE
    model: str = ""
    _process: BaseProcess | None = None
    _line: Connection | None = None

    async def read(self, texts: Sequence[str]) -> Sequence[Read]:
        """Read texts there, one call after another; the first waits until the process has begun: a second.

        Raises:
            ConfigurationError: what it needs is not installed, or its file cannot be read.
            CoreNotStartedError: there is no room for a process.
            CoreGoneError: it ended before it was done; a text that killed it will do so again.
        """
        return await asyncio.to_thread(self._read, texts)

    def close(self) -> None:
        """End the process at once: what it is reading is read again another time."""
        process, self._process, self._line = self._process, None, None
        if process is not None:
            process.kill()
            process.join()

    def _read(self, texts: Sequence[str]) -> Sequence[Read]:
        line = self._line or self._begin()
        try:
            line.send(list(texts))
            found = _received(line)
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            raise CoreGoneError(f"the process of the second look has ended ({error!r})") from error
        if not isinstance(found, list):
            raise CoreGoneError(f"the second look could not read {len(texts)} texts: {found}")
        return found

    def _begin(self) -> Connection:
        """Start the process and learn what it reads with."""
        spawned = multiprocessing.get_context("spawn")
        ours, theirs = spawned.Pipe()
        process = spawned.Process(target=_serve, args=(theirs, self.file), name="second look", daemon=True)
        try:
            with _deaf():
                process.start()
            self._process = process
            theirs.close()
            begun = _received(ours)
        except (*NO_PROCESS, EOFError) as error:
            self.close()
            raise CoreNotStartedError(f"the process of the second look does not start ({error!r})") from error
        if isinstance(begun, _Unable):
            self.close()
            raise ConfigurationError(begun.reason)
        self.model, self._line = str(begun), ours
        return ours


def _received(line: Connection) -> object:
    if not line.poll(STUCK_AFTER_S):
        raise TimeoutError(f"no answer within {STUCK_AFTER_S:.0f} s")
    answer: object = line.recv()
    return answer


@contextmanager
def _deaf() -> Iterator[None]:
    """Let a process that is started in the block inherit deafness to Ctrl-C: it is ours to end it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, OUR_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _serve(line: Connection, file: Path) -> None:
    """Read what comes until the other end is gone; runs in the other process."""
    for number in OUR_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[threads] = "1"
    try:
        look = SecondLook.load(file)
    except (ImportError, ConfigurationError) as error:
        line.send(_Unable(str(error)))
        return
    understand("Hello")
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        line.send(hashlib.sha256(file.read_bytes()).hexdigest()[:12])
        while True:
            line.send(_answer(look, line.recv()))
    except (EOFError, OSError):
        return  # whoever asked has ended, and so do we


def _answer(look: SecondLook, texts: Sequence[str]) -> list[Read] | str:
    """Read texts; where that fails, say how."""
    try:
        opinions = look.read(texts)
        return [_with_first(text, opinion) for text, opinion in zip(texts, opinions, strict=True)]
    except Exception as error:  # noqa: BLE001 - whoever asked reads them one by one, and says it
        return repr(error)


def _with_first(text: str, opinion: SecondOpinion | None) -> Read:
    if opinion is None or opinion.complaint < COMPLAINT_FROM:
        return Read(opinion)
    return Read(opinion, understand(text))
