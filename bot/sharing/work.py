"""Who does what: alone with its database this process does everything; else the task engine deals it out.

The task engine is loaded only where it is used: it takes memory.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager

from bot.beats import Beats
from bot.notices import Notices
from bot.sharing.duties import Duty
from bot.supervision import Supervisor
from store.engine import Database


@asynccontextmanager
async def doing_duties(
    database: Database, duties: Collection[Duty], notices: Notices, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Do what falls to this process while the block lasts; a duty that fails ends the program."""
    async with AsyncExitStack() as stack:
        if database.is_sqlite:
            for duty in duties:
                await stack.enter_async_context(supervisor.running(duty.name, duty.work()))
        else:
            from bot.sharing.shared_duties import SharedDuties
            from bot.sharing.task_engine import open_connector

            shared = SharedDuties(open_connector(database), duties, notices)
            await stack.enter_async_context(supervisor.running("duties", shared.run()))
        yield


@asynccontextmanager
async def keeping_beats(database: Database, beats: Beats, supervisor: Supervisor) -> AsyncIterator[None]:
    """Keep the beats while the block lasts: each runs once, however many processes there are."""
    async with AsyncExitStack() as stack:
        if not database.is_sqlite:
            from bot.sharing.shared_beats import SharedBeats
            from bot.sharing.task_engine import open_connector

            shared = SharedBeats(lambda: open_connector(database), beats.hand_over(), beats.run)
            beats.on_clock_moved.append(shared.restart)
            await stack.enter_async_context(supervisor.running("beats", shared.run()))
        await stack.enter_async_context(beats)
        yield
