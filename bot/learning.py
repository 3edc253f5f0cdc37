"""The night's learning, in a process of its own: it takes the processor for long, and memory."""

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from bot.other_core import OUR_SIGNALS, live_with_parent
from customers.company import Company
from feedback.learning.switch import is_night
from store.engine import Database
from store.errors import RapportError
from store.trouble import trouble_of

LEAST_URGENT = 19
"""The niceness of work that anything else may delay."""


class LearningError(RapportError):
    """Nothing was learnt; messages are read as before."""


@dataclass(frozen=True, slots=True)
class Learning:
    """What the beat of learning does; by day, or where there is nothing new, it does nothing.

    Attributes:
        company: who we are; its zone says when it is night.
    """

    company: Company

    async def run(self, database: Database, *, now: datetime) -> int:
        """Learn, once.

        Returns:
            How many versions were noted, 0 or 1.

        Raises:
            LearningError: nothing could be learnt.
        """
        if not is_night(self.company, now):
            return 0
        return await _in_own_process(database.url.render_as_string(hide_password=False), now)


async def _in_own_process(url: str, now: datetime) -> int:
    spawned = multiprocessing.get_context("spawn")
    receiver, sender = spawned.Pipe(duplex=False)
    process = spawned.Process(target=_do, args=(sender, url, now), daemon=True)
    try:
        await asyncio.to_thread(_start, process)
        sender.close()
        came_of_it: int | str = await asyncio.to_thread(receiver.recv)
    except EOFError:
        raise LearningError("the process that learns has ended early; the next night learns anew") from None
    except OSError as error:
        raise LearningError(f"no process can be started to learn ({error.strerror})") from error
    finally:
        if process.pid is not None:
            process.kill()  # whose end also ends the thread that waits for it
    if isinstance(came_of_it, str):
        raise LearningError(f"nothing was learnt ({came_of_it}); messages are read as before")
    return came_of_it


def _start(process: BaseProcess) -> None:
    """Start a process that inherits deafness to Ctrl-C."""
    if not hasattr(signal, "pthread_sigmask"):
        process.start()
        return
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, OUR_SIGNALS)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _do(sender: Connection, url: str, now: datetime) -> None:
    """Learn, and tell how many versions that gave, or what went wrong; runs in the process."""
    live_with_parent()
    if hasattr(os, "nice"):
        os.nice(LEAST_URGENT)
    # Only this process loads NumPy and the model.
    from feedback.learning.tonight import learn_tonight

    try:
        sender.send(learn_tonight(url, now))
    except Exception as error:  # noqa: BLE001 - the edge: one night; it is told, and logged there
        sender.send(trouble_of(error) or repr(error))
