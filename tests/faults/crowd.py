"""Many people who write while things go wrong, and the account of what became of all their words."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables.conversations import Message
from store.tables.feedback import Feedback
from store.tables.queues import InboxUpdate, OutboxMessage, OutboxState
from tests.botapi.people import User
from tests.botapi.server import BotApi
from tests.patience import settled
from tests.program import Program

WORDS = (
    "I love your teas, number {number} is my favourite",
    "Where can I park near shop number {number}?",
    "My parcel number {number} never arrived, I am very disappointed",
    "You could offer tea number {number} in smaller tins",
    "你好，第{number}号茶很好喝，谢谢",
)
ENDLESS = 1_000_000
ON_THE_WAY = (OutboxState.QUEUED, OutboxState.SENDING)


@dataclass
class Crowd:
    """Some people on Telegram; every text that they write is another.

    Attributes:
        botapi: the server where they are.
        program: who shall answer them.
        size: how many they are.
        written: how many messages they wrote so far.
    """

    botapi: BotApi
    program: Program
    size: int = 10
    written: int = 0
    chance: random.Random = field(default_factory=random.Random)
    people: list[User] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let them all open a chat."""
        self.people = [self.botapi.user(f"Customer {number}") for number in range(self.size)]

    def writes(self, messages: int | None = None) -> None:
        """Write so many messages, or one each, in turn."""
        for number in range(self.written, self.written + (messages or self.size)):
            self.people[number % self.size].says(self.chance.choice(WORDS).format(number=number))
            self.written += 1

    async def writes_on(self, messages: int, *, longest_pause_s: float = 0.04) -> None:
        """Write so many messages one after another, at uneven paces."""
        for _ in range(messages):
            self.writes(1)
            await asyncio.sleep(self.chance.uniform(0.0, longest_pause_s))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write one message after another while the block lasts, at uneven paces."""
        task = asyncio.create_task(self.writes_on(ENDLESS))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def is_served(self) -> None:
        """Wait until every message is handled and nothing waits to be sent.

        Raises:
            AssertionError: it went on no more before that; it shows the log.
        """
        database = self.program.database()
        try:
            await settled(lambda: database.read(self._left))
        except TimeoutError:
            raise AssertionError(f"not served; the log:\n{self.program.log}") from None
        finally:
            database.close()

    def _left(self, session: Session) -> int:
        handled = session.scalar(select(func.count()).select_from(InboxUpdate))
        on_the_way = OutboxMessage.state.in_(ON_THE_WAY)
        waiting = session.scalar(select(func.count()).select_from(OutboxMessage).where(on_the_way))
        return self.written - (handled or 0) + (waiting or 0)

    def check(self, *, repeats: bool = False) -> None:
        """Check that every message had one effect and its answer, and that no answer came twice.

        Args:
            repeats: whether an answer may come again where nobody could know that it had arrived.
        """
        database = self.program.database()
        with database.reading() as session:
            texts = Counter(session.scalars(select(Message.text)))
            feedback = Counter(session.scalars(select(Feedback.message_id)))
            failures = session.scalars(select(InboxUpdate.error).where(InboxUpdate.error.is_not(None))).all()
            rows = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "telegram")).all()
        database.close()
        assert failures == []
        assert len(texts) == self.written
        assert set(texts.values()) == {1}
        assert set(feedback.values()) == {1}
        assert {row.state for row in rows} == {OutboxState.SENT}
        for person in self.people:
            self._check_heard(person, [row for row in rows if row.address == str(person.id)], repeats)

    def _check_heard(self, person: User, rows: list[OutboxMessage], repeats: bool) -> None:  # noqa: FBT001 - private
        heard = Counter(shown.text for shown in person.window.all())
        assert len(rows) >= self.written // self.size, "somebody was left without an answer"
        said = Counter(row.body["text"] for row in rows)
        repeatable: Counter[str] = Counter()  # one kill after another may fall on the same message
        for row in rows:
            repeatable[row.body["text"]] += row.attempts - 1 if repeats and row.maybe_repeat else 0
        assert not said - heard, "an answer that is noted as sent did not arrive"
        needless = heard - said - repeatable
        rows_of_it = [
            (row.id, row.attempts, row.maybe_repeat) for row in rows if row.body["text"] in needless
        ]
        assert not needless, f"an answer came twice without need: {needless}, {rows_of_it}"
