"""The event loop, the garbage collector and the memory of a program that runs for months."""

import asyncio
import ctypes
import gc
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

COLLECT_AFTER = (25_000, 20, 100)
"""New objects after which the youngest are looked through for garbage, and how often the older ones are;
Python's 700 is for small programs. Of 10,000 hardly 200 were garbage; all others were looked at in vain."""

GIVE_WAY_AFTER_S = 0.001
"""Python's own 5 ms are a long time for who has waited for a server already."""


def run_for_long(program: Coroutine[Any, Any, None]) -> None:
    """Run a program to its end, on uvloop where there is one (it takes less time for each call to an app)."""
    with asyncio.Runner(loop_factory=new_loop()) as runner:
        runner.run(program)


def spare_the_collector() -> None:
    """Let garbage collections pass over what the start has made: all of it lives as long as the program.

    Looking through it again and again took two fifths of the CPU time of every message sent.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def give_way_sooner() -> None:
    """Let a thread that has its answer from PostgreSQL go on soon; a turn of a lane asks it a dozen times.

    Else it waits each time until the event loop, which is busy sending, gives up Python's lock: a broadcast
    takes a tenth longer. SQLite answers at once, and there it makes no difference.
    """
    sys.setswitchinterval(GIVE_WAY_AFTER_S)


def give_memory_back() -> None:
    """Let the system have what was freed, where the C library can (glibc): it would be kept for later."""
    with suppress(OSError, AttributeError, TypeError):  # TypeError: Windows has no library of that name
        ctypes.CDLL(None).malloc_trim(0)


def new_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Choose the event loop; None is Python's own."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
