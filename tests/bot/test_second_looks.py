"""The duty of the second look: all that waits is read once, whatever ends in between."""

import asyncio
import importlib.util
import os
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.intake import handle_batch
from bot.second_core import CoreGoneError, CoreNotStartedError, SecondCore
from bot.second_looks import SecondLooks, applied_here, outcomes_in_words
from feedback.second_look.calibration import SecondOpinion
from feedback.second_look.model import why_not
from feedback.second_look.serving import Read
from store.engine import Database
from store.errors import ConfigurationError
from store.tables.complaints import Complaint
from store.tables.queues import OutboxMessage
from store.tables.second_looks import LookReason, Outcome, SecondLookRow
from tests.factories import NOW, make_incoming
from tests.handlers.test_second_looks import READ_TWICE, unsure
from tests.patience import settled as none_left
from tests.patience import until

BAD = "The courier left it in the rain"
POISON = "poison"
needs_model = pytest.mark.skipif(why_not() is not None, reason=f"the second look cannot be had: {why_not()}")


class FakeCore(SecondCore):
    """Reads at once, here; some texts are the end of it."""

    def __init__(self, *, dies: Sequence[Exception] = ()) -> None:
        super().__init__(model="fake")
        self.dies = list(dies)
        self.asked: list[Sequence[str]] = []
        self.begun = 0

    async def begin(self) -> None:
        """Count how often it is started ahead."""
        self.begun += 1

    async def read(self, texts: Sequence[str]) -> Sequence[Read]:
        """Find a complaint in everything."""
        self.asked.append(texts)
        if self.dies:
            raise self.dies.pop(0)
        if POISON in texts:
            raise CoreGoneError("poisoned")
        return [Read(SecondOpinion(0.95, 0.03, 0.02, 0.97)) for _ in texts]


def say(database: Database, *texts: str) -> None:
    updates = [make_incoming(text, sender=f"{place}") for place, text in enumerate(texts)]
    with database.transaction() as session:
        handle_batch(session, updates, company=READ_TWICE, now=NOW, understand=unsure)


async def settled(
    database: Database, core: SecondCore, *, woken: list[Any] | None = None, wakes: int = 0
) -> dict[Any, int]:
    """Run the duty until nothing waits and lanes were woken so often; tell how many had which outcome."""
    wake = (lambda _channels: None) if woken is None else woken.append
    looks = SecondLooks(
        database, applied_here(database, READ_TWICE), wake, core, clock=lambda: NOW, look_every_s=0.01
    )
    task = asyncio.create_task(looks.run())
    try:
        await none_left(partial(database.read, _waiting))
        await until(lambda: len(woken or ()) >= wakes)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return await database.read(_outcomes)


def _waiting(session: Session, /) -> int:
    waiting = select(func.count()).select_from(SecondLookRow).where(SecondLookRow.looked_at.is_(None))
    return session.scalar(waiting) or 0


def _outcomes(session: Session, /) -> dict[Any, int]:
    rows = session.execute(select(SecondLookRow.outcome, func.count()).group_by(SecondLookRow.outcome))
    return {outcome: count for outcome, count in rows}  # noqa: C416 - rows are no pairs to a type checker


async def test_all_that_waits_is_read_and_lanes_are_woken(any_database: Database) -> None:
    say(any_database, *[f"{BAD} {number}" for number in range(70)])
    core, woken = FakeCore(), list[Any]()
    assert await settled(any_database, core, woken=woken, wakes=3) == {Outcome.COMPLAINT_OPENED: 70}
    assert [len(texts) for texts in core.asked] == [32, 32, 6]
    assert woken == [{"telegram"}] * 3


async def test_it_begins_before_the_first_message(database: Database) -> None:
    core = FakeCore()
    looks = SecondLooks(database, applied_here(database, READ_TWICE), lambda _channels: None, core)
    task = asyncio.create_task(looks.run())
    await until(lambda: core.begun > 0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (core.begun, core.asked) == (1, [])


@needs_model
async def test_one_that_cannot_begin_ahead_is_tried_again(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = SecondCore()
    with monkeypatch.context() as patched:
        patched.setattr("bot.second_core._start", _no_room)
        looks = SecondLooks(database, applied_here(database, READ_TWICE), lambda _channels: None, core)
        await looks._begin()
    assert "tries once more" in caplog.text
    await core.begin()
    assert core._line is not None
    line = core._line
    await core.begin()
    assert core._line is line
    core.close()


def _no_room(*_arguments: object) -> None:
    raise OSError("no memory")


async def test_a_text_that_ends_the_process_holds_up_no_other(any_database: Database) -> None:
    say(any_database, BAD, POISON, f"{BAD}!")
    outcomes = await settled(any_database, FakeCore())
    assert outcomes == {Outcome.COMPLAINT_OPENED: 2, Outcome.UNREADABLE: 1}


async def test_a_process_that_is_killed_once_costs_no_message(database: Database) -> None:
    say(database, BAD)
    assert await settled(database, FakeCore(dies=[CoreGoneError("killed")])) == {Outcome.COMPLAINT_OPENED: 1}


async def test_where_no_process_can_be_started_messages_wait(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.second_looks.TROUBLE_WAIT_S", 0.01)
    say(database, BAD)
    core = FakeCore(dies=[CoreNotStartedError("no memory")] * 3)
    assert await settled(database, core) == {Outcome.COMPLAINT_OPENED: 1}
    assert caplog.text.count("second looks wait") == 3


async def test_where_nothing_can_be_read_it_is_said_once_and_all_waits(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    say(database, BAD, f"{BAD}!")
    looks = SecondLooks(
        database, applied_here(database, READ_TWICE), lambda _channels: None, FakeCore(), look_every_s=0.01
    )
    looks.core = FakeCore(dies=[ConfigurationError("onnxruntime is not installed")] * 9)
    task = asyncio.create_task(looks.run())
    await until(lambda: "first look alone" in caplog.text)
    say(database, BAD)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert caplog.text.count("first look alone: onnxruntime is not installed") == 1
    assert await database.read(_outcomes) == {None: 3}


async def test_a_broken_file_is_said_and_not_the_end() -> None:
    core = SecondCore(file=Path(__file__))
    with pytest.raises(ConfigurationError, match=r"test_second_looks\.py"):
        await core.read(["anything"])
    core.close()


@needs_model
async def test_it_is_read_in_another_process_and_again_when_that_was_killed(any_database: Database) -> None:
    core = SecondCore()
    (read,) = await core.read(["The website is not working"])
    assert read.opinion is not None
    assert read.opinion.negative > 0.5
    assert len(core.model) == 12
    process = core._process
    assert process is not None
    if hasattr(os, "getpriority"):
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
    say(any_database, "The website is not working", "你好吗")
    os.kill(process.pid, signal.SIGKILL)
    outcomes = await settled(any_database, core)
    assert outcomes == {Outcome.COMPLAINT_OPENED: 1, Outcome.UNREADABLE: 1}
    with any_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 1
        keys = session.scalars(select(OutboxMessage.dedupe_key)).all()
        assert len(set(keys)) == len(keys)
    assert core._process is None
    core.close()


def test_what_was_read_is_said_in_words() -> None:
    counted = {
        (LookReason.UNSURE, Outcome.COMPLAINT_OPENED): 1,
        (LookReason.KEY_CUSTOMER, Outcome.REFINED): 2,
    }
    said = "second look: 3 messages (2 key customer, 1 unsure): 2 refined, 1 complaint opened"
    assert outcomes_in_words(counted) == said


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    missing = {"onnxruntime": None}
    monkeypatch.setattr(
        "feedback.second_look.model.find_spec", lambda name: missing[name] if name in missing else real(name)
    )
    why_not.cache_clear()
    try:
        assert "onnxruntime is not installed (`make second-look`" in (why_not() or "")
    finally:
        why_not.cache_clear()
