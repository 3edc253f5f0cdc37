"""Work that takes the processor or memory for long, done once in a process of its own, which then ends."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pickle import PicklingError
from typing import ParamSpec, TypeVar

from bot.beside import deaf_to_signals, live_with_parent
from store.errors import RapportError

P = ParamSpec("P")
T = TypeVar("T")

LEAST_URGENT = 19
"""The niceness of work that anything else may delay."""

AWAITED = 5
"""The niceness of work of a second or so for which a person waits; what handles messages goes before it."""


class AsideError(RapportError):
    """The work could not be done; nothing came of it."""


async def do_aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do some work in a process that gives way to all others.

    Args:
        work: a function of a module; it loads what it needs by itself, so that our process need not.
        args: what it is given, and kwargs: they are copied there, and what it returns is copied back.
        kwargs: see ``args``.

    Raises:
        AsideError: the work failed, or no process can be started.
    """
    return await _do_aside(LEAST_URGENT, partial(work, *args, **kwargs))


async def do_awaited(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do some work as ``do_aside`` does, sooner: a person waits for it."""
    return await _do_aside(AWAITED, partial(work, *args, **kwargs))


async def _do_aside(niceness: int, work: Callable[[], T]) -> T:
    spawned = multiprocessing.get_context("spawn")
    receiver, sender = spawned.Pipe(duplex=False)
    process = spawned.Process(target=_do, args=(sender, niceness, work), daemon=True)
    given_up = threading.Event()
    try:
        await asyncio.to_thread(_start, process, given_up)
        sender.close()
        done, came_of_it = await asyncio.to_thread(receiver.recv)
    except EOFError:
        raise AsideError("the process has ended early") from None
    except OSError as error:
        raise AsideError(f"no process can be started ({error.strerror})") from error
    finally:
        given_up.set()
        if process.pid is not None:
            process.kill()  # whose end also ends the thread that waits for it
    if not done:
        raise AsideError(came_of_it)
    result: T = came_of_it
    return result


def _start(process: BaseProcess, given_up: threading.Event) -> None:
    """Start the process; who gave it up before it had begun could not end it, so that is done here."""
    with deaf_to_signals():
        process.start()
    if given_up.is_set():
        process.kill()


def _do(sender: Connection, niceness: int, work: Callable[[], object]) -> None:
    """Do the work, and tell what came of it or what went wrong; runs in the process."""
    live_with_parent()
    if hasattr(os, "nice"):
        os.nice(niceness)
    try:
        told = (True, work())
    except Exception as error:  # noqa: BLE001 - the edge: one piece of work; it is told, and logged there
        told = (False, _trouble(error))
    with suppress(BrokenPipeError):  # nobody waits for it any longer
        try:
            sender.send(told)
        except (TypeError, AttributeError, PicklingError) as error:  # what came of it cannot be sent
            sender.send((False, _trouble(error)))


def _trouble(error: Exception) -> str:
    from store.trouble import trouble_of  # SQLAlchemy: not all work that is done aside has loaded it

    return trouble_of(error) or repr(error)
