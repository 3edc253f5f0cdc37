"""Which updates the intake handles together: nobody overtakes themselves, and few transactions are made."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from bot.intake import BATCH_LIMIT, WORTH_A_BATCH, Intake
from handlers.incoming import Incoming
from store.engine import Database
from tests.factories import make_incoming


@dataclass
class Handling:
    """Handles batches slowly, and now and then the database does not take one."""

    chance: random.Random
    fails: float = 0.2
    batches: list[Sequence[str]] = field(default_factory=list)
    under_way: list[Sequence[Incoming]] = field(default_factory=list)

    async def __call__(self, updates: Sequence[Incoming], now: datetime) -> frozenset[str]:
        del now
        self.under_way.append(updates)
        assert len(self.under_way) <= len(WORTH_A_BATCH)
        speakers = [{update.sender.id for update in batch} for batch in self.under_way]
        assert not any(one & other for one in speakers for other in speakers if one is not other)
        for _ in range(self.chance.randrange(5)):
            await asyncio.sleep(0)
        self.under_way.remove(updates)
        if self.chance.random() < self.fails:
            raise OperationalError("", None, Exception("disk is full"))
        self.batches.append([update.update_id for update in updates])
        return frozenset()


@given(st.lists(st.lists(st.integers(0, 20), max_size=80), min_size=1, max_size=6), st.integers())
def test_what_somebody_says_keeps_its_order(hands: list[list[int]], seed: int) -> None:
    handled = asyncio.run(handled_in(hands, Handling(random.Random(seed))))
    said: Counter[tuple[int, int]] = Counter()
    for name in handled:
        hand, speaker, number = map(int, name.split("-"))
        assert number == said[hand, speaker]
        said[hand, speaker] += 1
    assert said.total() == sum(map(len, hands))


async def handled_in(hands: Sequence[Sequence[int]], handling: Handling) -> Sequence[str]:
    """Hand updates over from several hands at once; gives what was handled, in its order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.intake.RETRY_FIRST_S", 0.0)
        intake = Intake(_no_database(), handling)
        running = asyncio.create_task(intake.run())
        await asyncio.gather(*(intake.take(_updates(hand, said)) for hand, said in enumerate(hands)))
        running.cancel()
        await asyncio.wait([running])
    return [name for batch in handling.batches for name in batch]


def _updates(hand: int, said: Sequence[int]) -> Sequence[Incoming]:
    counts: Counter[int] = Counter()
    updates = []
    for speaker in said:
        name = f"{hand}-{speaker}-{counts[speaker]}"
        updates.append(make_incoming("Hello", sender=f"{hand}-{speaker}", update_id=name))
        counts[speaker] += 1
    return updates


def _no_database() -> Database:
    return None  # type: ignore[return-value] # only unreadable updates are kept by the intake itself


async def test_a_burst_is_handled_in_few_transactions() -> None:
    handling = Handling(random.Random(3), fails=0.0)
    await handled_in([[speaker] for speaker in range(5 * BATCH_LIMIT)], handling)
    assert sum(map(len, handling.batches)) == 5 * BATCH_LIMIT
    assert len(handling.batches) <= 5 * BATCH_LIMIT / WORTH_A_BATCH[1]


async def test_an_error_that_is_no_trouble_ends_the_intake() -> None:
    async def handle(_updates: Sequence[Incoming], _now: datetime) -> frozenset[str]:
        raise RuntimeError("a fault of ours")

    intake = Intake(_no_database(), handle)
    taking = asyncio.create_task(intake.take([make_incoming("Hello")]))
    with pytest.raises(RuntimeError, match="a fault of ours"):
        await intake.run()
    taking.cancel()
