"""The lanes that this process runs, and how those of other processes hear that there is something to send."""

import asyncio
from collections.abc import Callable, Collection

from bot.notices import MISSED, Notices
from scheduler.delivery.channel import Channel
from scheduler.delivery.lane import Lane

TOPIC = "lanes"


class Lanes:
    """Runs lanes, and wakes them wherever they run."""

    def __init__(
        self, channels: Collection[str], open_lane: Callable[[Channel], Lane], notices: Notices
    ) -> None:
        """Prepare; no lane runs yet.

        Args:
            channels: names of the messaging apps that are switched on.
            open_lane: makes the lane of a channel.
            notices: reach the other processes.
        """
        self._channels, self._open_lane, self._notices = frozenset(channels), open_lane, notices
        self._here: dict[str, Lane] = {}
        self._telling: set[asyncio.Task[None]] = set()
        notices.subscribe(TOPIC, self._hear)

    async def send(self, channel: Channel) -> None:
        """Run a channel's lane here until cancelled."""
        lane = self._here[channel.name] = self._open_lane(channel)
        try:
            await lane.run()
        finally:
            del self._here[channel.name]

    def wake(self, channels: frozenset[str] | None = None) -> None:
        """Tell lanes (all of them, where none is named) that rows may be due; on the event loop's thread."""
        for name in self._channels if channels is None else channels & self._channels:
            lane = self._here.get(name)
            if lane is None:
                self._tell(name)
            else:
                lane.wake()

    def _tell(self, name: str) -> None:
        """Let the process that sends for a channel know."""
        task = asyncio.create_task(self._notices.publish(TOPIC, name), name=f"wake the lane {name}")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _hear(self, name: str) -> None:
        for here, lane in self._here.items():
            if name in {here, MISSED}:
                lane.wake()
