"""Handling on another core: the same as here, and nothing is lost or counts twice when that process ends."""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.other_core import OtherCore, hands_here, open_handling
from feedback.learning.keeping import keep
from feedback.learning.nightly import learn
from handlers.incoming import Incoming
from store.engine import Database
from store.soundness import DamageWatch
from store.tables.feedback import Feedback
from store.tables.queues import MessageKind, OutboxMessage
from store.trouble import trouble_of
from tests.factories import NOW, make_incoming
from tests.feedback.learning.ratings import ratings
from tests.patience import until

TEXTS = [
    "The teapot is lovely, thank you!",
    "My kettle is broken and nobody answers",
    "ok",
    "壶坏了，太失望了",
    "When do you open?",
]
READY_TIMEOUT_S = 30.0
PROGRAM = """
import asyncio, sys, time
from datetime import datetime, UTC
from pydantic import SecretStr
from bot.config import Settings
from bot.other_core import OtherCore, hands_here

core = OtherCore(Settings(database_url=SecretStr(sys.argv[1])), here=hands_here(None, None))
asyncio.run(core.handle([], datetime.now(UTC)))
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def settings(database: Database) -> Settings:
    return settings_for(database)


@pytest_asyncio.fixture
async def core(settings: Settings, database: Database) -> AsyncIterator[OtherCore]:
    core = OtherCore(settings, hands_here(database, settings.company))
    yield core
    await asyncio.to_thread(core.close)


def settings_for(database: Database) -> Settings:
    return Settings(database_url=SecretStr(database.url.render_as_string(hide_password=False)))


def said(*texts: str) -> Sequence[Incoming]:
    return [make_incoming(text, sender=f"{place}") for place, text in enumerate(texts)]


def damage_table(database: Database, table: str) -> None:
    """Overwrite the first page of a table in the file."""
    with database.engine.begin() as connection:
        root = connection.scalar(
            text("SELECT rootpage FROM sqlite_master WHERE name = :name"), {"name": table}
        )
        page_bytes = connection.scalar(text("PRAGMA page_size"))
    database.engine.dispose()  # the last connection takes the log along
    with Path(str(database.url.database)).open("r+b") as file:
        file.seek((root - 1) * page_bytes)
        file.write(b"\xff" * page_bytes)


async def heard(database: Database) -> Sequence[tuple[str, float]]:
    def read(session: Session) -> Sequence[tuple[str, float]]:
        rows = session.scalars(select(Feedback).order_by(Feedback.id))
        return [(str(row.kind), row.polarity) for row in rows]

    return await database.read(read)


async def test_what_it_handles_is_handled_as_here(any_database: Database) -> None:
    settings = settings_for(any_database)
    core = OtherCore(settings, hands_here(any_database, settings.company))
    try:
        assert await core.handle(said(*TEXTS), NOW) == {"telegram", "webchat"}
    finally:
        await asyncio.to_thread(core.close)
    there = await heard(any_database)
    assert await core.here.handle(said(*TEXTS), NOW) == {"telegram", "webchat"}
    both = await heard(any_database)
    assert len(there) == len(TEXTS)
    assert both[len(there) :] == there


async def test_the_same_update_counts_once_wherever_it_is_handled(
    core: OtherCore, database: Database
) -> None:
    updates = said(*TEXTS)
    for handle in (core.handle, core.here.handle, core.handle):
        await handle(updates, NOW)
    assert len(await heard(database)) == len(TEXTS)


async def test_planners_of_cases_run_there_too(core: OtherCore, database: Database) -> None:
    await core.handle([make_incoming("My kettle is broken and nobody answers", channel="webchat")], NOW)
    later = NOW + timedelta(hours=2)

    for name in ("alerts", "ladder"):
        assert await core.plan_cases(name, later) == 1
        assert await core.here.plan_cases(name, later) == 0
    with database.reading() as session:
        alerts = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.ALERT)).all()
    assert any("Still nobody has taken" in alert.body["text"] for alert in alerts)


async def test_it_is_started_ahead_of_the_first_message(core: OtherCore) -> None:
    assert multiprocessing.active_children() == []
    core.start()
    (process,) = multiprocessing.active_children()
    await core.handle(said("Hello"), NOW)
    assert multiprocessing.active_children() == [process]


async def test_where_the_process_ends_we_handle_the_batch_here(
    core: OtherCore, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await core.handle(said("ok"), NOW)
    (process,) = multiprocessing.active_children()
    os.kill(process.pid or 0, signal.SIGSTOP)
    handling = asyncio.create_task(core.handle(said(*TEXTS), NOW))
    await asyncio.sleep(0)
    with caplog.at_level(logging.WARNING):
        os.kill(process.pid or 0, signal.SIGKILL)
        assert "telegram" in await handling
    assert await core.handle(said("ok"), NOW)
    assert "the process that handles messages has ended: we go on without" in caplog.text
    assert len(await heard(database)) == 1 + len(TEXTS) + 1


async def test_one_that_is_stuck_is_ended_and_the_batch_handled_once(
    core: OtherCore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await core.handle(said("ok"), NOW)
    monkeypatch.setattr("bot.other_core.STUCK_AFTER_S", 0.1)
    (process,) = multiprocessing.active_children()
    os.kill(process.pid or 0, signal.SIGSTOP)
    assert "telegram" in await core.handle(said(*TEXTS), NOW)
    assert not process.is_alive()
    assert len(await heard(database)) == 1 + len(TEXTS)


async def test_whatever_waits_for_one_that_is_stuck_is_handled_here(
    core: OtherCore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fallen = list[object]()
    monkeypatch.setattr(threading, "excepthook", fallen.append)
    await core.handle(said("ok"), NOW)
    threads = threading.enumerate()
    monkeypatch.setattr("bot.other_core.STUCK_AFTER_S", 0.1)
    (process,) = multiprocessing.active_children()
    os.kill(process.pid or 0, signal.SIGSTOP)

    planning = [asyncio.create_task(core.plan_cases("alerts", NOW)) for _ in range(9)]
    handling = asyncio.create_task(core.handle(said(*TEXTS), NOW))
    await asyncio.sleep(0)
    planning[-1].cancel()  # as at a stop, while it waits for its turn there
    await asyncio.wait([handling, *planning])

    assert "telegram" in handling.result()
    assert len(await heard(database)) == 1 + len(TEXTS)
    (pools_own,) = [one for one in threads if type(one).__name__ == "_ExecutorManagerThread"]
    await until(lambda: not pools_own.is_alive())
    assert fallen == []


async def test_a_stop_does_not_wait_for_one_that_is_stuck(
    core: OtherCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await core.handle(said("ok"), NOW)
    monkeypatch.setattr("bot.other_core.CLOSE_PATIENCE_S", 0.1)
    (process,) = multiprocessing.active_children()
    os.kill(process.pid or 0, signal.SIGSTOP)
    await asyncio.to_thread(core.close)
    await until(lambda: multiprocessing.active_children() == [])  # a thread of the pool may be who reaps it


async def test_damage_that_it_meets_is_met_here_as_well(core: OtherCore, database: Database) -> None:
    damage_table(database, "inbox")
    watch = DamageWatch("it")
    watch.watch(database.engine)
    with pytest.raises(Exception, match="malformed"):
        await core.handle(said("Hello"), NOW)
    assert watch.trouble is not None


async def test_a_process_that_lived_long_is_replaced(
    core: OtherCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.other_core.SETTLED_AFTER_S", 0.0)
    await core.handle(said("ok"), NOW)
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    await core.handle(said(TEXTS[0]), NOW)
    await core.handle(said("ok"), NOW)
    (another,) = multiprocessing.active_children()
    assert another.pid != process.pid


async def test_it_says_what_troubles_the_database_there(core: OtherCore, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE inbox"))
    troubles = []
    for handle in (core.handle, core.here.handle):
        with pytest.raises(Exception, match="inbox") as raised:
            await handle(said("Hello"), NOW)
        troubles.append(trouble_of(raised.value))
    assert troubles[0] == troubles[1]


async def test_it_leaves_signals_to_us_and_ends_with_the_block(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.other_core.cores", lambda: 2)
    async with open_handling(settings, database) as hands:
        await hands.handle(said(*TEXTS), NOW)
        (process,) = multiprocessing.active_children()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process.pid or 0, number)
        assert await hands.handle(said("ok"), NOW)
        assert process.is_alive()
    assert multiprocessing.active_children() == []


async def test_it_ends_with_a_program_that_is_killed(settings: Settings) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        settings.database_url.get_secret_value(),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert program.stdout is not None
    async with asyncio.timeout(READY_TIMEOUT_S):
        assert await program.stdout.readline() == b"ready\n"
        program.kill()
        await program.wait()
        assert await program.stdout.read() == b""  # the other process held it open, too


async def test_where_no_process_can_be_started_we_handle_all_here(
    core: OtherCore,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def no_room(_process: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", no_room)
    for _ in range(2):
        await core.handle(said(*TEXTS), NOW)
    assert len(await heard(database)) == 2 * len(TEXTS)
    assert "we go on without" in caplog.text


async def test_who_asks_an_app_for_messages_waits_until_they_can_be_handled(core: OtherCore) -> None:
    core.start()
    ready = asyncio.create_task(core.ready())
    await asyncio.sleep(0)
    assert not ready.done()  # the process has hardly begun to load what it needs
    async with asyncio.timeout(READY_TIMEOUT_S):
        await ready
        await core.ready()


async def test_nobody_waits_for_a_process_that_cannot_begin(
    settings: Settings, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken = settings.model_copy(update={"database_url": SecretStr("nonsense://")})
    core = OtherCore(broken, hands_here(database, settings.company))
    core.start()
    async with asyncio.timeout(READY_TIMEOUT_S):
        await core.ready()
        await core.handle(said(*TEXTS), NOW)
    assert "we go on without" in caplog.text
    await asyncio.to_thread(core.close)
    assert len(await heard(database)) == len(TEXTS)


async def test_on_one_core_nothing_is_started(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.other_core.cores", lambda: 1)
    async with open_handling(settings, database) as hands:
        await hands.handle(said(*TEXTS), NOW)
    assert multiprocessing.active_children() == []
    assert len(await heard(database)) == len(TEXTS)


async def test_what_was_learnt_reads_in_the_other_process(core: OtherCore, database: Database) -> None:
    words = "we saw the nightmare tour at the end"
    await core.here.handle(said(words), NOW)
    with database.transaction() as session:
        keep(session, learn(ratings(90), "90"), now=NOW)
    await core.handle([make_incoming(words, sender="7")], NOW)

    with database.reading() as session:
        shipped, learnt = session.scalars(select(Feedback.polarity).order_by(Feedback.id)).all()
    assert abs(shipped - learnt) > 0.05
