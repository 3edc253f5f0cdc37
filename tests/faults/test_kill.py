"""The program is killed at random moments: nothing is lost, nothing happens twice."""

import asyncio
import random
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.botapi.server import BotApi
from tests.e2e.stage import quiet_hours
from tests.faults.broadcast import Broadcast
from tests.faults.crowd import Crowd
from tests.program import Program, free_port

pytestmark = pytest.mark.faults

MESSAGES = 200
PEOPLE = 50
KILLS = {"sqlite": 4, "postgresql": 2}
"""On PostgreSQL a process that was killed is first taken for dead after some seconds."""

BROADCAST_KILLS = 2
UNCERTAIN_A_KILL = 5
"""At 30 messages a second: those on their way when the machine dies. ``benchmarks/kills_out.py`` is stricter:
it has the machine for itself."""


@pytest.fixture
def chance() -> random.Random:
    """Chance whose seed is shown where the test fails."""
    seed = random.randrange(10_000)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    return random.Random(seed)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_each_message_has_one_effect_and_an_answer(
    mode: str, database_url: str, tmp_path: Path, chance: random.Random
) -> None:
    async with BotApi() as botapi:
        program = _program(tmp_path, botapi, database_url, mode)
        await program.makes_tables()
        crowd = Crowd(botapi, program, PEOPLE, chance=chance)
        await program.start()
        writing = asyncio.create_task(crowd.writes_on(MESSAGES))
        for _ in range(KILLS[make_url(database_url).get_backend_name()]):
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            await program.kill()
            await program.start()
        await writing
        await crowd.is_served()
        await program.stop()
        crowd.check(repeats=True)


async def test_a_broadcast_goes_on_and_reaches_nobody_twice(
    database_url: str, tmp_path: Path, chance: random.Random
) -> None:
    async with BotApi() as botapi:
        program = _program(tmp_path, botapi, database_url)
        await program.makes_tables()
        broadcast = Broadcast(botapi, program, people=60)
        broadcast.is_queued()
        botapi.fails("sendMessage", times=1000, delay_s=0.02)
        for _ in range(BROADCAST_KILLS):
            await program.start()
            await broadcast.has_reached(broadcast.reached() + chance.randrange(1, 20))
            await asyncio.sleep(chance.uniform(0.0, 0.05))
            await program.kill()
        await program.start()
        await broadcast.is_over()
        await program.stop()
        uncertain = broadcast.check()
        assert uncertain <= BROADCAST_KILLS * UNCERTAIN_A_KILL


def _program(folder: Path, botapi: BotApi, database_url: str, mode: str = "polling") -> Program:
    port = free_port()
    settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.url, "TELEGRAM_MODE": mode}
    settings |= {"DATABASE_URL": database_url, **quiet_hours(now=False)}
    if mode == "webhook":
        settings |= {"PUBLIC_URL": f"http://127.0.0.1:{port}", "TELEGRAM_WEBHOOK_SECRET": "for-the-test"}
    return Program(folder, settings, port=port)
