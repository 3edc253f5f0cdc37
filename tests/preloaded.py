"""Starting the program without the second that Python takes to load it: ``python -m tests.preloaded``.

That process loads the program, which does nothing by itself, and then becomes it as often as a test asks: it
forks, and its child takes over the folder, the environment and the files of a process of its own. So each
program is one as its operator starts it, but for what was loaded before.
"""

import asyncio
import atexit
import contextlib
import faulthandler
import gc
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.standby import stand_by

ROOT = Path(__file__).parent.parent
PARTS = ("bot.app", "bot.cli", "bot.readiness", "bot.other_core", "store.migrate")
BENT, CLOCKS = "tests.faults.bent", "tests.faults.clocks"
MODULES = ("bot", BENT)
"""What such a process can become: the program, or the program on clocks that tests move."""
RUNS = ("run", "worker")
"""Commands that start a process beside their own."""
HANDED_OVER = 3
"""Files that come with each wish: output, errors, and where its number and its end are told."""
NUMBER = struct.Struct("i")
LONGEST_LINE = 1 << 24


@dataclass
class Forked:
    """A program that was started so; what ``asyncio.subprocess.Process`` offers, as far as tests ask for it.

    Attributes:
        pid: its number.
        stdout, stderr: what it prints, where that was asked for.
        returncode: its exit code once it has ended, or minus the number of the signal that ended it.
    """

    pid: int
    stdout: asyncio.StreamReader | None
    stderr: asyncio.StreamReader | None
    _told: asyncio.StreamReader
    returncode: int | None = None
    _end: "asyncio.Task[int] | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Begin to wait for its end."""
        self._end = asyncio.create_task(self._ends())

    async def _ends(self) -> int:
        (status,) = NUMBER.unpack(await self._told.readexactly(NUMBER.size))
        await self._told.read()
        self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    async def wait(self) -> int:
        """Wait until it has ended; gives its exit code."""
        assert self._end is not None
        return await asyncio.shield(self._end)

    async def communicate(self) -> tuple[bytes, bytes]:
        """Wait until it has ended; gives all that it printed."""
        read = [stream.read() for stream in (self.stdout, self.stderr) if stream is not None]
        out, errors = await asyncio.gather(*read)
        await self.wait()
        return out, errors

    def send_signal(self, number: int) -> None:
        """Send it a signal; none where it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


async def start(
    module: str,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    errors: IO[bytes] | None = None,
) -> Forked:
    """Start the program.

    Args:
        module: what is run, one of ``MODULES``.
        arguments: the command line after ``rapport``.
        folder: where it works.
        environment: all of it.
        errors: where its log goes; None keeps it for ``communicate``.
    """
    told, to_tell = os.pipe()
    out, to_print = os.pipe()
    ours, theirs = [told, out], [to_print, to_tell]
    if errors is None:
        failures, to_fail = os.pipe()
        ours.append(failures)
        theirs.append(to_fail)
    else:
        to_fail = errors.fileno()
    wish = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
    _ask(module, json.dumps(wish).encode(), [to_print, to_fail, to_tell])
    for number in theirs:
        os.close(number)
    streams = [_stream(number) for number in ours]
    (pid,) = NUMBER.unpack(await streams[0].readexactly(NUMBER.size))
    return Forked(pid, streams[1], streams[2] if errors is None else None, streams[0])


def _stream(number: int) -> asyncio.StreamReader:
    """Read what comes through a pipe; it is closed where that ends."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(limit=LONGEST_LINE)

    def read() -> None:
        some = os.read(number, 1 << 16)
        if some:
            reader.feed_data(some)
            return
        loop.remove_reader(number)
        os.close(number)
        reader.feed_eof()

    loop.add_reader(number, read)
    return reader


def _ask(module: str, wish: bytes, files: Sequence[int]) -> None:
    source = _source(module)
    socket.send_fds(source, [NUMBER.pack(len(wish))], files)
    source.sendall(wish)


@cache
def _source(module: str) -> socket.socket:
    """Start the process that has loaded the program, once in this process; it ends with it."""
    ours, theirs = socket.socketpair()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    source = subprocess.Popen(
        [sys.executable, "-m", __name__, module, str(theirs.fileno())],
        cwd=ROOT,
        env=inherited | {"PYTHONPATH": str(ROOT)},
        pass_fds=[theirs.fileno()],
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # what ends us by Ctrl-C lets it go on until our end of the line is closed
    )
    theirs.close()

    def end() -> None:
        ours.close()
        source.wait()

    atexit.register(end)
    return ours


def _wishes(line: socket.socket) -> dict[str, Any]:
    """Fork for each wish that comes; returns it in the child alone.

    Raises:
        SystemExit: whoever had wishes is gone, and with them what was started.
    """
    woken, to_wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(to_wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(to_wake, warn_on_full_buffer=False)
    children: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([line.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(children)
        if line.fileno() in ready:
            header, files, _, _ = socket.recv_fds(line, NUMBER.size, HANDED_OVER)
            if not header:
                for pid in children:
                    os.kill(pid, signal.SIGKILL)
                sys.exit()
            wish = _read(line, *NUMBER.unpack(header))
            pid = os.fork()
            if pid == 0:
                _take_over(files)
                return dict(json.loads(wish))
            *given, children[pid] = files
            for number in given:
                os.close(number)
            os.write(children[pid], NUMBER.pack(pid))


def _read(line: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        read += line.recv(size - len(read))
    return read


def _tell_ends(children: dict[int, int]) -> None:
    for pid in list(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            to_tell = children.pop(pid)
            with contextlib.suppress(BrokenPipeError):  # nobody wants to know any more
                os.write(to_tell, NUMBER.pack(status))
            os.close(to_tell)


def _take_over(files: Sequence[int]) -> None:
    """Make a child's files and signals those of a new process."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    output, errors, _ = files
    for place, number in enumerate((os.open(os.devnull, os.O_RDONLY), output, errors)):
        os.dup2(number, place)
    os.closerange(3, 1 << 12)


def _become(module: str, wish: Mapping[str, Any]) -> None:
    """Be the program, as ``python -m bot`` is."""
    os.chdir(wish["folder"])
    os.environ.clear()
    os.environ.update(wish["environment"])
    time.tzset()
    tempfile.tempdir = None
    random.seed()
    faulthandler.enable()
    sys.path[0] = wish["folder"]
    sys.argv[1:] = wish["arguments"]
    if wish["arguments"][0] in RUNS:
        stand_by()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main(module: str, line: int) -> None:
    """Load the program, and become it in a child for each wish that comes down a line."""
    if module == BENT:
        importlib.import_module(CLOCKS).bend_time()
    for part in PARTS:
        importlib.import_module(part)
    importlib.import_module("feedback.understanding").understand("Hello")  # which loads its words
    gc.freeze()
    with socket.socket(fileno=line) as wishes:
        wish = _wishes(wishes)
        wishes.detach()
    _become(module, wish)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
