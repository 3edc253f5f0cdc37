"""The database's file is damaged: no start, a running program says so, and nothing is overwritten."""

import random
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store.tables.queues import InboxUpdate
from tests.e2e.stage import SETTINGS, playing
from tests.faults.crowd import Crowd
from tests.faults.sqlite_faults import database_file
from tests.program import Program

pytestmark = pytest.mark.faults

PAGE = 4096
SHARED_HEAD = 136
"""Bytes at the start of what connections share in memory, without which they read the files anew."""


def _garbage(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def _cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _one_bad_page(content: bytes) -> bytes:
    return content[: 3 * PAGE] + b"\xff" * PAGE + content[4 * PAGE :]


async def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    program = Program(tmp_path, dict(SETTINGS))
    code, _, said = await program.command("migrate")
    assert code == 0, said
    file = database_file(program)
    whole = file.read_bytes()
    for damage in (_garbage, _cut_short, _one_bad_page):
        file.write_bytes(damage(whole))
        code, _, said = await program.command("run")
        assert (code, damage.__name__) == (2, damage.__name__), said
        assert str(file) in said
        assert "nothing was changed; put a backup in its place with `rapport restore FILE`" in said
        assert "Traceback" not in said
        assert file.read_bytes() == damage(whole)


async def test_damage_while_it_runs_is_told_and_nothing_is_confirmed_that_was_not_kept(
    tmp_path: Path,
) -> None:
    async with playing(tmp_path, STAFF_CHAT="web") as stage:
        crowd = Crowd(stage.botapi, stage.program)
        crowd.writes(20)
        await crowd.is_served()
        file = database_file(stage.program)
        whole = {path: path.read_bytes() for path in (file, Path(f"{file}-wal"))}
        _spoil(file, *whole)
        for _ in range(3):
            crowd.writes()
        line = await stage.program.logs(" is damaged (")
        assert "run `rapport doctor`, then `rapport restore FILE`" in line
        assert (await stage.program.get("/readyz"))[0] == 503
        assert "Traceback" not in stage.program.log
        assert stage.botapi.updates.pending, "what was not kept was confirmed"
        await stage.program.kill()
        _put_back(whole)
        await stage.program.start()
        await crowd.is_served()
        assert stage.column(select(func.count(InboxUpdate.id))) == [crowd.written]
        crowd.check(repeats=True)


def _put_back(contents: dict[Path, bytes]) -> None:
    """Do what an operator does with a backup."""
    for path, content in contents.items():
        path.write_bytes(content)
        Path(f"{path}-shm").unlink(missing_ok=True)


def _spoil(file: Path, *paths: Path) -> None:
    """Overwrite all but the heads of a database's files, in place, and what SQLite remembers of them."""
    for path in paths:
        head = PAGE if path == file else 32
        with path.open("r+b") as opened:
            opened.seek(head)
            opened.write(b"\xff" * (path.stat().st_size - head))
    with Path(f"{file}-shm").open("r+b") as shared:
        shared.write(bytes(SHARED_HEAD))
