"""What a program spawns beside itself, without the seconds that Python takes to load it again.

A program that took over a process which had loaded it (``tests/preloaded.py``) forks once before it does
anything. That child waits, and becomes the first process that multiprocessing spawns: its parent is the
program, and it has the files and signals that it would have been started with. It ends with the program.
"""

import atexit
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from multiprocessing import util
from types import ModuleType
from typing import Any, NoReturn

SPAWNED = "--multiprocessing-fork"
"""The last argument of every process that multiprocessing spawns for work."""
MOST_FILES = 64
LONGEST_WISH = 1 << 20
OUT_OF_THE_WAY = 1 << 10
"""File numbers from here on are nobody's."""


def stand_by() -> None:
    """Fork a process that is there when one is spawned; it returns in the program alone."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        _become(theirs)
    theirs.close()
    usual = util.spawnv_passfds

    def spawn(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        if args[-1] != SPAWNED:
            return usual(path, args, passfds)
        util.spawnv_passfds = usual
        with ours:
            numbers = [int(file) for file in passfds]
            wish = {"program": args[-2], "files": numbers, **_signals()}
            socket.send_fds(ours, [json.dumps(wish).encode()], numbers)
        return pid

    util.spawnv_passfds = spawn


def _signals() -> dict[str, list[int]]:
    """Tell which signals a process that we start now would ignore, and which would wait."""
    ignored = [number for number in signal.valid_signals() if signal.getsignal(number) == signal.SIG_IGN]
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    return {"ignored": list(map(int, ignored)), "blocked": list(map(int, blocked))}


def _become(line: socket.socket) -> NoReturn:
    """Wait until a process is spawned, and do what that would do."""
    wish, files, _, _ = socket.recv_fds(line, LONGEST_WISH, MOST_FILES)
    line.close()
    if not wish:
        os._exit(0)
    told = json.loads(wish)
    _place(files, told["files"])
    for number in told["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, told["blocked"])
    sys.argv[:] = ["-c", SPAWNED]
    sys.modules["__main__"] = main = ModuleType("__main__")
    try:
        exec(told["program"], vars(main))  # noqa: S102 - as ``python -c`` does
    except SystemExit as end:
        atexit._run_exitfuncs()
        os._exit(int(end.code or 0))  # as what multiprocessing forks does: it has put away what is its own
    raise AssertionError("a spawned process goes on after its end")


def _place(files: Sequence[int], numbers: Sequence[int]) -> None:
    """Give files that came over a line the numbers that they are known by."""
    aside = [fcntl.fcntl(file, fcntl.F_DUPFD, OUT_OF_THE_WAY) for file in files]
    for file in files:
        os.close(file)
    for file, number in zip(aside, numbers, strict=True):
        os.dup2(file, number)
        os.close(file)
