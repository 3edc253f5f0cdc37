"""The updates that wait for the bot: composed before the start, fetched or posted until confirmed."""

import json
import random
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.botapi.texts import say

FIRST_CHAT = 100_000
FIRST_UPDATE = 700_000_001
MESSAGES_EACH = 5
FIRST_DATE = 1_790_000_000


@dataclass(frozen=True, slots=True)
class Update:
    """A text message in a private chat.

    Attributes:
        number: the update's id.
        chat: the chat's id, which is also its person's.
        text: what was written.
        encoded: the update as Telegram sends it.
    """

    number: int
    chat: int
    text: str
    encoded: bytes


def compose(count: int, *, chats: int = 0, seed: int = 7) -> list[Update]:
    """Compose updates of many private chats, a fifth as many as updates where not told otherwise."""
    dice = random.Random(seed)
    people = chats or max(1, count // MESSAGES_EACH)
    return [_compose(place, FIRST_CHAT + dice.randrange(people), dice) for place in range(count)]


def _compose(place: int, chat: int, dice: random.Random) -> Update:
    said = say(dice)
    name = {"first_name": f"Ana {chat}", "username": f"ana_{chat}"}
    update = {
        "update_id": FIRST_UPDATE + place,
        "message": {
            "message_id": 11 + place,
            "from": {"id": chat, "is_bot": False, **name, "language_code": said.language},
            "chat": {"id": chat, **name, "type": "private"},
            "date": FIRST_DATE + place // 100,
            "text": said.text,
        },
    }
    return Update(FIRST_UPDATE + place, chat, said.text, json.dumps(update, separators=(",", ":")).encode())


@dataclass(slots=True)
class Waiting:
    """The updates in their order, of which those before ``confirmed`` are done with.

    Attributes:
        updates: all that there are.
        confirmed: how many the bot has confirmed by its offset.
        fetched: how many were given at least once.
        given_again: how many were given more than once.
    """

    updates: Sequence[Update]
    confirmed: int = 0
    fetched: int = 0
    given_again: int = 0

    def confirm(self, offset: int) -> bool:
        """Forget what lies below an offset; says whether that confirmed anything."""
        count = len(self.updates)
        before = count + offset if offset < 0 else min(offset - FIRST_UPDATE, count)
        grows = before > self.confirmed
        self.confirmed = max(self.confirmed, before)
        return grows

    def give(self, limit: int) -> Sequence[Update]:
        """Give the next updates, the oldest first; they stay until confirmed."""
        end = min(self.confirmed + max(1, min(limit, 100)), len(self.updates))
        self.given_again += max(0, min(self.fetched, end) - self.confirmed)
        self.fetched = max(self.fetched, end)
        return self.updates[self.confirmed : end]


@dataclass(slots=True)
class Posts:
    """The updates on their way to a webhook; those of one chat go one after the other, as with Telegram.

    Attributes:
        confirmed: how many were taken with a 200.
        tried_again: how many posts failed, and were begun again.
    """

    updates: Iterator[Update]
    confirmed: int = 0
    tried_again: int = 0
    _held: dict[int, deque[Update]] = field(default_factory=dict)
    _free: deque[Update] = field(default_factory=deque)

    def next(self) -> Update | None:
        """Take the next update whose chat has none under way; None where there is none at the moment."""
        if self._free:
            return self._free.popleft()
        for update in self.updates:
            held = self._held.get(update.chat)
            if held is None:
                self._held[update.chat] = deque()
                return update
            held.append(update)
        return None

    def confirm(self, update: Update) -> None:
        """Note that an update was taken: the next one of its chat may go."""
        self.confirmed += 1
        held = self._held[update.chat]
        if held:
            self._free.append(held.popleft())
        else:
            del self._held[update.chat]

    def fail(self, update: Update) -> None:
        """Note that an update was not taken: it goes again before others."""
        self.tried_again += 1
        self._free.append(update)


def per_chat(updates: Sequence[Update]) -> Counter[int]:
    """Count the updates of each chat."""
    return Counter(update.chat for update in updates)
