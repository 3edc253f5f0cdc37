"""Work that is done aside: what comes of it is told, and who gives it up ends it."""

import asyncio
import multiprocessing
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bot import aside
from bot.aside import AsideError, do_aside
from tests.patience import PATIENCE_S

LONGER_THAN_A_TEST_S = 3600


async def test_what_comes_of_it_is_told() -> None:
    assert await do_aside(divmod, 7, 2) == (3, 1)


async def test_what_fails_aside_says_why() -> None:
    with pytest.raises(AsideError, match="ZeroDivisionError"):
        await do_aside(divmod, 1, 0)


async def test_what_cannot_be_sent_back_is_told() -> None:
    with pytest.raises(AsideError, match="pickle"):
        await do_aside(threading.Lock)


async def test_work_given_up_before_its_process_has_begun_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    others = set(multiprocessing.active_children())
    taken, given_up = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    @contextmanager
    def waits() -> Iterator[None]:
        loop.call_soon_threadsafe(taken.set)
        assert given_up.wait(PATIENCE_S)
        yield

    monkeypatch.setattr(aside, "deaf_to_signals", waits)
    with ThreadPoolExecutor() as threads:  # whose end waits for what starts the process
        loop.set_default_executor(threads)
        work = asyncio.create_task(do_aside(time.sleep, LONGER_THAN_A_TEST_S))
        await taken.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        given_up.set()

    for process in set(multiprocessing.active_children()) - others:
        process.join(PATIENCE_S)
        assert not process.is_alive()
