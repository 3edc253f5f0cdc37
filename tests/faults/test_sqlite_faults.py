"""The SQLite file is locked, its disk is full or read-only: messages wait, and nobody has to help."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.botapi.server import BotApi
from tests.e2e.stage import SETTINGS, Stage, playing
from tests.faults.bent import Bend
from tests.faults.crowd import Crowd
from tests.faults.sqlite_faults import (
    MODES_BIND,
    database_file,
    no_file_may_grow,
    remount,
    small_disk,
    write_lock,
)
from tests.program import Program

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="module")]

BUSY = {"store.engine.SQLITE_BUSY_TIMEOUT_MS": 300}
"""So that a lock is held for longer than a writer waits, and the test is not."""

KEPT = "updates, which are kept and tried again in"
WAITS = "delivery waits for the database and looks again in"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One program for the module, with little patience for locks."""
    folder = tmp_path_factory.mktemp("program")
    async with playing(folder, Bend(folder / "clock", BUSY), STAFF_CHAT="web") as set_up:
        yield set_up


async def _still_holds(stage: Stage, crowd: Crowd) -> None:
    """Check that what was written in a fault is answered, once, and no traceback tells of it."""
    await crowd.is_served()
    crowd.check()
    assert "Traceback" not in stage.program.log
    await stage.program.is_well()


@pytest.fixture(scope="module")
def crowd(stage: Stage) -> Crowd:
    return Crowd(stage.botapi, stage.program)


async def test_a_lock_that_another_program_holds(stage: Stage, crowd: Crowd) -> None:
    with write_lock(stage.program):
        crowd.writes()
        line = await stage.program.logs(KEPT)
        assert "another program holds the database file (database is locked): it goes on when" in line
        assert (await stage.program.get("/healthz"))[0] == 503
        crowd.writes()
    await _still_holds(stage, crowd)


async def test_no_file_may_grow(stage: Stage, crowd: Crowd) -> None:
    with no_file_may_grow(stage.program):
        crowd.writes(30)
        line = await stage.program.logs(
            "the disk does not take what is written (disk I/O error): look whether"
        )
        assert _says_what_waits(line)
    await _still_holds(stage, crowd)


async def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=6000) as disk:
        url = f"sqlite:///{disk / 'rapport.db'}"
        async with playing(tmp_path, DATABASE_URL=url, STAFF_CHAT="web") as stage:
            crowd = Crowd(stage.botapi, stage.program)
            crowd.writes()
            await crowd.is_served()
            ballast = disk / "ballast"
            _fill(ballast)
            crowd.writes(40)
            line = await stage.program.logs("the disk is full (database or disk is full): make room")
            assert _says_what_waits(line)
            ballast.unlink()
            await _still_holds(stage, crowd)
            assert await stage.program.stop() == 0


def _says_what_waits(line: str) -> bool:
    """Tell whether a line of the log says what goes on once the disk can be written: whoever met it first."""
    return any(words in line for words in ("which are kept", WAITS, "comes again in"))


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


async def test_a_disk_that_turns_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=20_000) as disk:
        url = f"sqlite:///{disk / 'rapport.db'}"
        async with playing(tmp_path, DATABASE_URL=url, STAFF_CHAT="web") as stage:
            crowd = Crowd(stage.botapi, stage.program)
            crowd.writes()
            await crowd.is_served()
            assert await stage.program.stop() == 0
            remount(disk, "ro")
            code, _, said = await stage.program.command("run")
            assert code == 2
            assert "cannot be written" in said
            assert "Traceback" not in said
            remount(disk, "rw")
            await stage.program.start()
            crowd.writes()
            await _still_holds(stage, crowd)


@pytest.mark.parametrize("what", ["file", "folder"])
async def test_what_may_not_be_written_ends_the_start(what: str, tmp_path: Path) -> None:
    program = Program(tmp_path, dict(SETTINGS))
    code, _, said = await program.command("migrate")
    assert code == 0, said
    file = database_file(program)
    before = file.read_bytes()
    forbidden = file if what == "file" else file.parent
    forbidden.chmod(0o500)
    if os.geteuid() == 0:
        program.prefix = MODES_BIND
    code, _, said = await program.command("run")
    forbidden.chmod(0o700)
    assert code == 2, said
    assert str(file.parent) in said or "RAPPORT_DATABASE_URL: the database may not be written" in said
    assert "Traceback" not in said
    assert file.read_bytes() == before


async def test_two_programs_on_one_file(stage: Stage, crowd: Crowd) -> None:
    second = Program(stage.program.folder, dict(stage.program.settings))
    async with BotApi() as other:
        second.settings |= {"TELEGRAM_API_URL": other.url, "TELEGRAM_TOKEN": other.token}
        code, _, said = await second.command("run")
        assert (code, other.count("getUpdates")) == (2, 0)
    assert f"Rapport runs on {database_file(stage.program)} already" in said
    assert f"(process {stage.program.process.pid})" in said if stage.program.process else False
    assert "Traceback" not in said
    crowd.writes()
    await _still_holds(stage, crowd)
