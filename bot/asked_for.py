"""What somebody asked for, and a beat brings: it is brought at once, not at the beat's time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bot.intake import Handle
from handlers.incoming import Incoming

BEATS: Mapping[str, str] = MappingProxyType({"calendar": "calendar", "digest": "digest"})
"""The beat that brings what is asked for, by the command that asks."""


@dataclass(slots=True)
class Prompting:
    """Handles batches, and lets beats run at once where one of their messages asks for what they bring.

    Attributes:
        handle: handles a batch.
        nudge: runs the beats of some names now.
    """

    handle: Handle
    nudge: Callable[[Collection[str]], None] = field(default=lambda _names: None)

    async def handle_and_prompt(self, updates: Sequence[Incoming], now: datetime) -> frozenset[str]:
        """Handle a batch, as ``Handle`` does; whoever only pretends to be staff makes a beat look in vain."""
        channels = await self.handle(updates, now)
        asked = {BEATS[one.command] for one in updates if one.command is not None and one.command in BEATS}
        if asked:
            self.nudge(asked)
        return channels
