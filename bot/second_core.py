"""The second look on another core: a process beside ours that only reads (``feedback.second_look.serving``).

It is started with the program, so that no message waits for it, ended when there was no message that needs
it for a while, and started again by the next one. Whatever becomes of it, the messages still wait in the
database.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import feedback
from bot.config_faults import PREFIX
from feedback.second_look.model import FILE
from feedback.second_look.serving import Begun, Read, Unable
from store.errors import ConfigurationError, TemporaryError

STUCK_AFTER_S = 60.0
"""Some dozens of texts take a fraction of a second; where others want the cores, a few."""
ROOT = Path(str(feedback.__file__)).parents[1]


class CoreGoneError(TemporaryError):
    """The process has ended, or got stuck and was ended; the next texts start another."""


class CoreNotStartedError(TemporaryError):
    """The process could not be started: there is no memory or no room for one now."""


@dataclass(slots=True)
class SecondCore:
    """Reads texts in a process of its own.

    Attributes:
        file: what it reads with.
        model: names that, once the process has begun.
    """

    file: Path = FILE
    model: str = ""
    _process: subprocess.Popen[bytes] | None = None
    _line: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return None if self._process is None else self._process.pid

    async def begin(self) -> None:
        """Start the process ahead of the first texts; it takes a second or two.

        Raises:
            ConfigurationError: what it needs is not installed, or its file cannot be read.
            CoreNotStartedError: there is no room for a process.
        """
        if self._line is None:
            await asyncio.to_thread(self._begin)

    async def read(self, texts: Sequence[str]) -> Sequence[Read]:
        """Read texts there, one call after another; where the process has not begun, they wait until it has.

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
            process.wait()

    def _read(self, texts: Sequence[str]) -> Sequence[Read]:
        line = self._line or self._begin()
        try:
            line.send(list(texts))
            found = _received(line)
        except (OSError, EOFError) as error:  # a timeout is one of the former
            self.close()
            raise CoreGoneError(f"the process of the second look has ended ({error!r})") from error
        if not isinstance(found, list):
            raise CoreGoneError(f"the second look cannot read {len(texts)} texts: {found}")
        return found

    def _begin(self) -> Connection:
        """Start the process and learn what it reads with."""
        ours, theirs = Pipe()
        try:
            with theirs:
                self._process = _start(theirs, self.file)
            begun = _received(ours)
        except (OSError, EOFError) as error:
            self.close()
            raise CoreNotStartedError(f"the process of the second look does not start ({error!r})") from error
        if not isinstance(begun, Begun):
            self.close()
            raise ConfigurationError(begun.reason if isinstance(begun, Unable) else str(begun))
        self.model, self._line = begun.model, ours
        return ours


def _start(line: Connection, file: Path) -> subprocess.Popen[bytes]:
    """Start the process: deaf to Ctrl-C, which is meant for us, and without our settings: some are secret."""
    number = line.fileno()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "feedback.second_look", str(number), str(file)],
        cwd=ROOT,
        env=inherited | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _received(line: Connection) -> object:
    if not line.poll(STUCK_AFTER_S):
        raise TimeoutError(f"no answer within {STUCK_AFTER_S:.0f} s")
    answer: object = line.recv()
    return answer
