"""What runs beside everything else for as long as the program does."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Supervisor:
    """Runs tasks for as long as a block lasts; the end of any of them by an error ends the program."""

    ended: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @asynccontextmanager
    async def running(self, name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        """Run a task while the block lasts, and cancel it afterwards."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._note_end)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def stop(self) -> None:
        """Let the program end in good order."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self.ended.done():
            return
        error = task.exception()
        if error is not None:
            self.ended.set_exception(error)
