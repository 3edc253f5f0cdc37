"""Several processes share one database: nothing is lost or sent twice when one stops or is killed."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.botapi.server import BotApi
from tests.e2e.stage import quiet_hours
from tests.faults.broadcast import Broadcast
from tests.patience import PATIENCE_S, within
from tests.postgres import PostgresServer
from tests.program import Program

pytestmark = pytest.mark.faults

TAKEN_OVER_WITHIN_S = 30
SECRET = "for-the-test"


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database."""
    with postgres_server.new_database() as url:
        yield url


@asynccontextmanager
async def processes(
    folder: Path, botapi: BotApi, url: str, *commands: str, **settings: str
) -> AsyncIterator[list[Program]]:
    """Let several processes run on one database, each in a folder of its own as on its own machine."""
    settings = {
        "DATABASE_URL": url,
        "TELEGRAM_TOKEN": botapi.token,
        "TELEGRAM_API_URL": botapi.url,
        "COMPANY_NAME": "Lantern Tea",
        **quiet_hours(now=False),
        **settings,
    }
    programs = []
    for number, command in enumerate(commands):
        own = folder / f"machine {number}"
        own.mkdir()
        programs.append(Program(own, settings, subcommand=command))
    await programs[0].makes_tables()
    async with AsyncExitStack() as stack:
        for program in programs:
            await program.start()
            stack.push_async_callback(_end, program)
        yield programs


async def _end(program: Program) -> None:
    if program.lives:
        await program.stop()


async def holder(programs: list[Program], duty: str) -> Program:
    """Tell which process has a duty, by what they logged; waits until one has."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for program in programs:
                if program.lives and _took(program, duty) > _gave(program, duty):
                    return program
            await asyncio.sleep(0.05)


def _took(program: Program, duty: str) -> int:
    return program.log.count(f"this process has the duty {duty}\n")


def _gave(program: Program, duty: str) -> int:
    return program.log.count(f"this process has the duty {duty} no more")


async def test_a_killed_process_is_replaced(tmp_path: Path, database_url: str) -> None:
    async with (
        BotApi() as botapi,
        processes(tmp_path, botapi, database_url, "run", "run", "worker") as programs,
    ):
        ana = botapi.user("Ana")
        ana.says("Hello")
        await ana.window.hears("Lantern Tea")
        doomed = [await holder(programs, duty) for duty in ("receive:telegram", "send:telegram")]
        for program in doomed:
            await program.kill()
        async with within(TAKEN_OVER_WITHIN_S, *(pid for program in programs for pid in program.pids)):
            ana.says("The teapot arrived broken.")
            await ana.window.hears("C-1001")


async def test_a_broadcast_goes_on_where_a_process_stopped(tmp_path: Path, database_url: str) -> None:
    async with (
        BotApi() as botapi,
        processes(tmp_path, botapi, database_url, "run", "worker") as programs,
    ):
        broadcast = Broadcast(botapi, programs[0], people=120)
        broadcast.is_queued()
        await broadcast.has_reached(20)
        async with within(TAKEN_OVER_WITHIN_S / 3, *(pid for program in programs for pid in program.pids)):
            await (await holder(programs, "send:telegram")).stop()
            await broadcast.has_reached(60)
        await broadcast.is_over()
        assert broadcast.check() == 0


async def test_webhooks_come_in_through_any_process(tmp_path: Path, database_url: str) -> None:
    public = {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET}
    async with (
        BotApi() as botapi,
        processes(
            tmp_path, botapi, database_url, "run", "run", PUBLIC_URL="http://127.0.0.1:1", **public
        ) as programs,
    ):
        ana = botapi.user("Ana")
        update = {
            "update_id": 1,
            "message": {
                "message_id": 1,
                "date": int(time.time()),
                "chat": {"id": ana.id, "type": "private"},
                "from": ana.about,
                "text": "The teapot arrived broken.",
            },
        }
        posts = (post(program, update) for program in programs for _ in range(3))
        assert set(await asyncio.gather(*posts)) == {200}
        await ana.window.hears("C-1001")
        assert set(await asyncio.gather(*(post(program, update) for program in programs))) == {200}
        ana_heard = [shown for shown in ana.window.all() if "C-1001" in shown.text]
        assert len(ana_heard) == 1


async def post(program: Program, update: Mapping[str, Any]) -> int:
    """Post an update as Telegram does, to one of the processes; gives the status of the answer."""
    header = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{program.url}/telegram/webhook", json=update, headers=header) as response,
    ):
        return response.status


async def test_a_worker_needs_a_database_that_is_shared(tmp_path: Path) -> None:
    code, _, errors = await Program(tmp_path).command("worker")
    assert code == 2
    assert "RAPPORT_DATABASE_URL" in errors
    assert "Traceback" not in errors
