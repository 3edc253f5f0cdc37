"""What the contract suite needs of a channel under test: a person at the other end, and a way to break it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels.files import FileGoneError
from handlers.incoming import Incoming
from scheduler.delivery.channel import Channel
from store.errors import TemporaryError
from tests.patience import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of ours as the person sees it now.

    Attributes:
        text: all its text.
        labels: of its buttons, in reading order.
        reply_to: what the app calls the message it is shown under.
        document: name and content of the file that came along.
        media: kind and bytes of photos and voice messages that came along.
    """

    text: str
    labels: tuple[str, ...] = ()
    reply_to: str | None = None
    document: tuple[str, str] | None = None
    media: tuple[tuple[str, bytes], ...] = ()


ELSEWHERE = "elsewhere"
"""An app on which one photo came in: ``pot``."""
POT = b"\xff\xd8\xff\xe0 a cracked pot \x80"


async def fetch_elsewhere(reference: str) -> bytes:
    """Fetch what came in on ``ELSEWHERE``."""
    if reference != "pot":
        raise FileGoneError("there is no such file")
    return POT


async def let_others_act() -> None:
    """Give every other task many turns, so that what would happen too early has happened."""
    for _ in range(500):
        await asyncio.sleep(0)


@dataclass(slots=True)
class Inbox:
    """Stands where the intake stands: ``take`` is given to the channel.

    Attributes:
        asked: what the channel handed over, each time it did.
        taken: what was taken.
        failures: how many times ``take`` still fails.
        open: ``take`` returns only while this is set.
    """

    asked: list[Incoming] = field(default_factory=list)
    taken: list[Incoming] = field(default_factory=list)
    failures: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, updates: Sequence[Incoming]) -> None:
        """Take updates, unless told to fail."""
        self.asked += updates
        await self._notify()
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise TemporaryError("the database is down for the test")
        self.taken += updates
        await self._notify()

    async def asks(self, count: int = 1) -> list[Incoming]:
        """Wait until so many updates were handed over, taken or not; give them all."""
        return await self._wait_for(self.asked, count)

    async def takes(self, count: int = 1) -> list[Incoming]:
        """Wait until so many updates were taken; give them all."""
        return await self._wait_for(self.taken, count)

    async def _wait_for(self, updates: list[Incoming], count: int) -> list[Incoming]:
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: len(updates) >= count)
        return list(updates)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class ChannelHarness(Protocol):
    """A running channel, its app, and one person who uses the app.

    The person acts as fast as the app lets them and does not wait for the bot; where the app repeats what was
    not confirmed, so does the harness.

    Attributes:
        channel: what is tested.
        inbox: what the channel hands updates to; open.
        can_edit: whether a person can correct what they wrote.
        can_leave: whether a person can become unreachable.
        can_break: whether sending can fail in a way that passes.
        nowhere: addresses that no chat has and that the app refuses.
    """

    channel: Channel
    inbox: Inbox
    can_edit: bool
    can_leave: bool
    can_break: bool
    nowhere: tuple[str, ...]

    @property
    def address(self) -> str:
        """The person's chat with us."""

    async def says(self, text: str, *, reply_to: str | None = None) -> None:
        """The person writes a message, perhaps as a reply to one of ours."""

    async def edits(self, text: str) -> None:
        """The person corrects the message they wrote last."""

    async def taps(self, label: str) -> None:
        """The person taps the newest button with this label."""

    async def repeats(self) -> None:
        """The app hands us the last update once more, as if it had missed that we confirmed it."""

    async def leaves(self) -> None:
        """The person becomes unreachable."""

    async def breaks(self) -> None:
        """The app fails at the next message that we send, in a way that passes."""

    async def screen(self) -> list[Seen]:
        """All our messages in the chat as they stand, in order, once all that was sent has arrived."""

    async def is_confirmed(self) -> bool:
        """Whether the app knows that all the person did was received."""

    async def wait_until_confirmed(self) -> None:
        """Return when ``is_confirmed``."""
