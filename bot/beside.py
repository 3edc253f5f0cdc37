"""What a process beside ours begins with: it leaves signals to us, and ends when we do.

This module is all of the program that such a process must load.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OUR_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def deaf_to_signals() -> Iterator[None]:
    """Let a process that is started in the block inherit deafness to Ctrl-C, which is meant for us."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, OUR_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def live_with_parent() -> None:
    """Leave signals to the parent, and end when it does, however it ends."""
    for number in OUR_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True, name="the parent's end").start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
