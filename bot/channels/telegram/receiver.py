"""From a handful of raw updates to the intake; used by both roads, polling and webhook."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.channel import NAME
from bot.channels.telegram.moves import GroupMoves
from bot.channels.telegram.updates import Me, Reading, read_update
from handlers.incoming import Incoming, clean_text

log = logging.getLogger(__name__)

RawUpdate = Mapping[str, Any]
Take = Callable[[Sequence[Incoming]], Awaitable[None]]
Unreadable = Callable[[str, str, str, Mapping[str, Any]], Awaitable[None]]
"""Called with channel, update id, what is wrong, and the update itself; returns when it is kept."""


@dataclass(slots=True)
class Receiver:
    """Hands updates on, and lets Telegram know of taps once they are handled.

    Attributes:
        bot: answers taps.
        take: handles updates; returns when that is committed.
        unreadable: keeps an update that cannot be read.
        clock: tells the time.
        moves: groups that moved.
    """

    bot: Bot
    take: Take
    unreadable: Unreadable
    clock: Callable[[], datetime]
    moves: GroupMoves
    _answers: set[asyncio.Task[None]] = field(default_factory=set)

    async def receive(self, updates: Sequence[RawUpdate], me: Me) -> None:
        """Handle updates; returns when everything in them is committed or recorded as unreadable.

        Raises:
            Exception: what ``take`` or ``unreadable`` raised; then nothing may be confirmed.
        """
        readings = [await self._read(raw, me) for raw in updates]
        incoming = [reading.incoming for reading in readings if reading.incoming is not None]
        if incoming:
            await self.take(incoming)
        for reading in readings:
            if reading.tap_id is not None:
                self._answer_later(reading.tap_id)

    async def close(self) -> None:
        """Stop answering taps."""
        for answer in self._answers:
            answer.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def _read(self, raw: RawUpdate, me: Me) -> Reading:
        try:
            return read_update(raw, me=me, moves=self.moves, now=self.clock())
        except Exception as error:
            number = str(raw.get("update_id"))
            log.exception("update %s of Telegram cannot be read; it is recorded and left out", number)
            await self.unreadable(NAME, number, f"{type(error).__name__}: {error}", _storable(raw))
            return Reading()

    def _answer_later(self, tap_id: str) -> None:
        """Let the tapped button stop spinning; intake does not wait for it."""
        task = asyncio.create_task(self._answer(tap_id), name="telegram: answer a tap")
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, tap_id: str) -> None:
        try:
            await self.bot.answer_callback_query(tap_id)
        except TelegramError as error:
            log.debug("a tap was not answered: %s", error.message)


def _storable(value: Any) -> Any:
    """Copy a JSON value with its texts made such that every database takes them."""
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _storable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_storable(entry) for entry in value]
    return clean_text(value) if isinstance(value, str) else value
