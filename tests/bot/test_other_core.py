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

from bot.other_core import OtherCore, open_understanding
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
from bot.other_core import OtherCore

core = OtherCore()
core.ahead(["Hello"])("Hello")
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def core() -> Iterator[OtherCore]:
    core = OtherCore()
    yield core
    core.close()


def test_what_it_understands_is_what_we_would(core: OtherCore) -> None:
    understood = core.ahead([*TEXTS, *(f"number {number} never came" for number in range(100))])
    assert [understood(text) for text in TEXTS] == [understand(text) for text in TEXTS]
    assert understood("number 99 never came") == understand("number 99 never came")
    assert understood("not among them, sadly") == understand("not among them, sadly")


def test_nothing_is_started_before_the_first_message(core: OtherCore) -> None:
    assert multiprocessing.active_children() == []
    core.ahead(["Hello"])
    assert len(multiprocessing.active_children()) == 1


def test_one_that_does_not_answer_is_not_waited_for(
    core: OtherCore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    core.ahead(TEXTS)("ok")
    monkeypatch.setattr("bot.other_core.PATIENCE_S", 0.0)
    (process,) = multiprocessing.active_children()
    os.kill(process.pid or 0, signal.SIGSTOP)
    understood = core.ahead(TEXTS)
    assert [understood(text) for text in TEXTS] == [understand(text) for text in TEXTS]
    os.kill(process.pid or 0, signal.SIGCONT)
    assert caplog.text.count("does not answer") == 1


def test_where_the_process_ends_we_understand_ourselves(
    core: OtherCore, caplog: pytest.LogCaptureFixture
) -> None:
    core.ahead(TEXTS)("ok")
    (process,) = multiprocessing.active_children()
    understood = core.ahead(TEXTS)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    with caplog.at_level(logging.WARNING):
        assert [understood(text) for text in TEXTS] == [understand(text) for text in TEXTS]
        assert [core.ahead(TEXTS)(text) for text in TEXTS] == [understand(text) for text in TEXTS]
    assert "the process that understands messages has ended" in caplog.text


def test_a_process_that_lived_long_is_replaced(core: OtherCore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.other_core.SETTLED_AFTER_S", 0.0)
    core.ahead(TEXTS)("ok")
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    core.ahead(TEXTS)(TEXTS[0])
    core.ahead(TEXTS)("ok")
    (another,) = multiprocessing.active_children()
    assert another.pid != process.pid


async def test_it_leaves_signals_to_us_and_ends_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.other_core.cores", lambda: 2)
    async with open_understanding() as ahead:
        ahead(TEXTS)("ok")
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


def test_where_no_process_can_be_started_we_understand_ourselves(
    core: OtherCore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_room(_process: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", no_room)
    for _ in range(2):
        assert [core.ahead(TEXTS)(text) for text in TEXTS] == [understand(text) for text in TEXTS]
    assert caplog.text.count("no process for understanding can be started") == 1


async def test_on_one_core_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.other_core.cores", lambda: 1)
    async with open_understanding() as ahead:
        assert ahead(TEXTS * 10) is understand
    assert multiprocessing.active_children() == []
