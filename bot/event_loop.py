"""The event loop and the garbage collector of a program that runs for months."""

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any

COLLECT_AFTER = (10_000, 20, 100)
"""New objects after which the youngest are looked through for garbage, and how often the older ones are;
Python's 700 is for small programs."""


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


def new_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Choose the event loop; None is Python's own."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
