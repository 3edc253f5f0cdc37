"""Whoever must know of it hears of what will not arrive, in the transaction that notes it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from scheduler.delivery.channel import RefusedError, UnreachableError
from store.departures import Ended
from store.errors import TemporaryError
from store.outbox import withdraw_queued
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.scheduler.delivery.fakes import Scene, draft


@pytest.fixture
def heard(scene: Scene) -> list[OutboxState]:
    """What was told, in order."""
    states: list[OutboxState] = []

    def told(session: Session, ended: Sequence[Ended], /, *, now: datetime) -> None:
        for one in ended:
            row = session.get_one(OutboxMessage, one.id)
            assert row.state is one.state  # it is noted already
            states.append(one.state)

    scene.told = told
    return states


async def test_it_is_told_once_where_the_app_will_never_take_it(
    scene: Scene, heard: list[OutboxState]
) -> None:
    scene.channel.fails("77", UnreachableError("blocked"))
    scene.channel.fails("88", RefusedError("too long"))
    await scene.starts()
    await scene.sends(draft("a"), draft("b", address="88"), draft("c", address="99"), seconds=60)
    assert sorted(heard) == [OutboxState.FAILED, OutboxState.UNREACHABLE]
    await scene.stops()
    await scene.starts()
    await scene.time.passes(60)
    assert len(heard) == 2


async def test_what_waits_is_not_told_before_it_is_given_up(scene: Scene, heard: list[OutboxState]) -> None:
    scene.channel.outage = TemporaryError("no connection")
    await scene.starts()
    soon = scene.time.now + timedelta(hours=1)
    await scene.sends(draft("a", expires_at=soon), seconds=1800)
    assert heard == []
    await scene.time.passes(2400)
    scene.channel.outage = None
    await scene.time.passes(600)
    assert heard in ([OutboxState.FAILED], [OutboxState.SKIPPED])


async def test_what_nobody_wants_any_more_is_not_told(scene: Scene, heard: list[OutboxState]) -> None:
    later = scene.time.now + timedelta(hours=1)
    scene.queue(draft("a", not_before=later), draft("b", kind=MessageKind.VISIT, purpose=Purpose.VISITS))
    with scene.database.transaction() as session:
        withdraw_queued(session, OutboxMessage.dedupe_key == "a", reason="its album is a note")
    await scene.starts()
    await scene.time.passes(3700)
    assert heard == []
