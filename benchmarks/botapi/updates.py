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
FIRST_MESSAGE = 11
FIRST_DATE = 1_790_000_000


@dataclass(frozen=True, slots=True)
class People:
    """Who writes.

    Attributes:
        chats: how many; 0 for a fifth as many as there are updates.
        apart: by how much their numbers differ from one to the next.
    """

    chats: int = 0
    apart: int = 1


@dataclass(frozen=True, slots=True)
class Update:
    """A text message in a private chat.

    Attributes:
        number: the update's id.
        message_id: the message's.
        chat: the chat's id, which is also its person's.
        text: what was written.
        encoded: the update as Telegram sends it.
    """

    number: int
    message_id: int
    chat: int
    text: str
    encoded: bytes


def compose(count: int, *, people: People | None = None, skip: int = 0) -> list[Update]:
    """Compose updates of many private chats, always the same ones.

    Args:
        count: how many.
        people: who writes; where nobody is named, each chat writes about five times.
        skip: how many came before; numbers and texts go on from there.
    """
    dice, people = random.Random(skip), people or People()
    chats = people.chats or max(1, count // MESSAGES_EACH)
    return [
        _compose(skip + place, FIRST_CHAT + people.apart * dice.randrange(chats), dice)
        for place in range(count)
    ]


def _compose(place: int, chat: int, dice: random.Random) -> Update:
    said = say(dice)
    name = {"first_name": f"Ana {chat}", "username": f"ana_{chat}"}
    update = {
        "update_id": FIRST_UPDATE + place,
        "message": {
            "message_id": FIRST_MESSAGE + place,
            "from": {"id": chat, "is_bot": False, **name, "language_code": said.language},
            "chat": {"id": chat, **name, "type": "private"},
            "date": FIRST_DATE + place // 100,
            "text": said.text,
        },
    }
    encoded = json.dumps(update, separators=(",", ":")).encode()
    return Update(FIRST_UPDATE + place, FIRST_MESSAGE + place, chat, said.text, encoded)


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
        first = self.updates[0].number if count else 0
        before = count + offset if offset < 0 else min(offset - first, count)
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
