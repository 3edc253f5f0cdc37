"""Understanding on another core: the same as here, and no message waits for a process that is gone."""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.other_core import WORTH_SENDING, OtherCore, open_understanding
from feedback.understanding import understand

TEXTS = [
    "The teapot is lovely, thank you!",
    "My kettle is broken and nobody answers",
    "ok",
    "壶坏了，太失望了",
    "When do you open?",
]
READY_TIMEOUT_S = 30.0
PROGRAM = """
import time
from bot.other_core import OtherCore, understand

core, texts = OtherCore(), ["Hello"] * 10
while core.ahead(texts) is understand:
    time.sleep(0.02)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def core() -> Iterator[OtherCore]:
    core = OtherCore()
    yield core
    core.close()


async def _ready(core: OtherCore) -> None:
    """Wait until texts go over to the other process."""
    async with asyncio.timeout(READY_TIMEOUT_S):
        while core.ahead(TEXTS) is understand:  # noqa: ASYNC110 - another process gets ready
            await asyncio.sleep(0.02)


async def test_what_it_understands_is_what_we_would(core: OtherCore) -> None:
    assert core.ahead(TEXTS)("ok") == understand("ok")  # before the process is ready
    await _ready(core)
    understood = core.ahead([*TEXTS, *(f"number {number} never came" for number in range(100))])
    assert [understood(text) for text in TEXTS] == [understand(text) for text in TEXTS]
    assert understood("number 99 never came") == understand("number 99 never came")
    assert understood("not among them, sadly") == understand("not among them, sadly")


def test_a_few_texts_are_not_worth_the_way(core: OtherCore) -> None:
    assert core.ahead(TEXTS[: WORTH_SENDING - 1]) is understand
    assert multiprocessing.active_children() == []


async def test_where_the_process_ends_we_understand_ourselves(
    core: OtherCore, caplog: pytest.LogCaptureFixture
) -> None:
    await _ready(core)
    (process,) = multiprocessing.active_children()
    understood = core.ahead(TEXTS)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    with caplog.at_level(logging.WARNING):
        assert [understood(text) for text in TEXTS] == [understand(text) for text in TEXTS]
        assert [core.ahead(TEXTS)(text) for text in TEXTS] == [understand(text) for text in TEXTS]
    assert "the process that understands messages has ended" in caplog.text


async def test_a_process_that_lived_long_is_replaced(
    core: OtherCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.other_core.SETTLED_AFTER_S", 0.0)
    await _ready(core)
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    core.ahead(TEXTS)(TEXTS[0])
    await _ready(core)
    (another,) = multiprocessing.active_children()
    assert another.pid != process.pid


async def test_it_leaves_signals_to_us_and_ends_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.other_core.cores", lambda: 2)
    async with open_understanding() as ahead:
        async with asyncio.timeout(READY_TIMEOUT_S):
            while ahead(TEXTS) is understand:  # noqa: ASYNC110 - another process gets ready
                await asyncio.sleep(0.02)
        (process,) = multiprocessing.active_children()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process.pid or 0, number)
        assert ahead(TEXTS)("ok") == understand("ok")
        assert process.is_alive()
    assert multiprocessing.active_children() == []


async def test_it_ends_with_a_program_that_is_killed() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert program.stdout is not None
    async with asyncio.timeout(READY_TIMEOUT_S):
        assert await program.stdout.readline() == b"ready\n"
        program.kill()
        await program.wait()
        assert await program.stdout.read() == b""  # the other process held it open, too


async def test_on_one_core_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.other_core.cores", lambda: 1)
    async with open_understanding() as ahead:
        assert ahead(TEXTS * 10) is understand
    assert multiprocessing.active_children() == []
