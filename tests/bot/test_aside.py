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


async def test_work_given_up_before_its_process_has_begun_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    others, given_up = set(multiprocessing.active_children()), threading.Event()

    @contextmanager
    def waits() -> Iterator[None]:
        assert given_up.wait(PATIENCE_S)
        yield

    monkeypatch.setattr(aside, "deaf_to_signals", waits)
    with ThreadPoolExecutor() as threads:  # whose end waits for what starts the process
        asyncio.get_running_loop().set_default_executor(threads)
        work = asyncio.create_task(do_aside(time.sleep, LONGER_THAN_A_TEST_S))
        await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        given_up.set()

    for process in set(multiprocessing.active_children()) - others:
        process.join(PATIENCE_S)
        assert not process.is_alive()
