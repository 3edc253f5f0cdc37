"""The event loop and the garbage collector of a program that runs for months."""

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A batch of messages makes about so many objects, nearly all of which go by themselves when it ends."""


def run_for_long(program: Coroutine[Any, Any, None]) -> None:
    """Run a program to its end, on uvloop where there is one (it takes less time for each call to an app).

    What has been loaded by now stays, so the garbage collector need not look at it again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 100)
    with asyncio.Runner(loop_factory=new_loop()) as runner:
        runner.run(program)


def new_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Choose the event loop; None is Python's own."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
