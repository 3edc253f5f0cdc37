"""The program is asked to stop in the middle of a broadcast: it ends soon, and nobody is left in doubt."""

from pathlib import Path

import pytest

from store.tables.queues import OutboxState
from tests.botapi.server import BotApi
from tests.e2e.stage import quiet_hours
from tests.faults.broadcast import Broadcast
from tests.program import Program

pytestmark = pytest.mark.faults

PEOPLE = 100
RATES = ("30", "1000")
CALLS_TAKE_S = (0.05, 3.0)


async def test_it_ends_soon_with_nothing_uncertain_and_goes_on_after_the_next_start(tmp_path: Path) -> None:
    async with BotApi() as botapi:
        settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.url, **quiet_hours(now=False)}
        program = Program(tmp_path, settings)
        await program.makes_tables()
        broadcasts = []
        for call_s in CALLS_TAKE_S:
            for rate in RATES:
                broadcast = Broadcast(botapi, program, people=PEOPLE)
                broadcast.is_queued()
                broadcasts.append(broadcast)
                program.settings["TELEGRAM_MESSAGES_PER_S"] = rate
                await _stop_in_the_middle(broadcast, call_s)
        program.settings["TELEGRAM_MESSAGES_PER_S"] = "1000"
        botapi.faults.waiting.clear()
        await program.start()
        await broadcasts[-1].is_over()
        assert await program.stop() == 0
        assert [broadcast.check() for broadcast in broadcasts] == [0] * len(broadcasts)
        assert "Traceback" not in program.log


async def _stop_in_the_middle(broadcast: Broadcast, call_s: float) -> None:
    """Start the program, let the broadcast reach somebody, stop it, and look at what it left behind."""
    program = broadcast.program
    broadcast.botapi.faults.waiting.clear()
    broadcast.botapi.fails("sendMessage", times=1_000_000, delay_s=call_s)
    await program.start()
    await broadcast.has_reached(broadcast.reached() + 5)
    assert await program.stop() == 0
    states = broadcast.states()
    assert states.keys() <= {OutboxState.SENT, OutboxState.QUEUED}, (states, program.log)
    assert states[OutboxState.SENT] == broadcast.reached()
