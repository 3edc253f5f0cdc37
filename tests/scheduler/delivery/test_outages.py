"""Staff hear of an app that takes nothing: once when it lasts, and once when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from customers.company import Chat
from scheduler.delivery.outages import Outage, OutageWatch
from store.errors import TemporaryError
from store.moved_clock import mend_waiting
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW
from tests.scheduler.delivery.fakes import Scene, draft, many

NOT_CONNECTED = TemporaryError("no connection")
TOO_FAST = TemporaryError("too many requests", retry_after_s=120)


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_a_short_outage_is_not_worth_telling() -> None:
    watch = OutageWatch()
    assert watch.look(troubled=True, now=NOW) is None
    assert watch.look(troubled=True, now=NOW + at(29)) is None
    assert watch.look(troubled=False, now=NOW + at(29.5)) is None
    assert watch.look(troubled=True, now=NOW + at(40)) is None


def test_a_long_one_is_told_once_and_its_end_once() -> None:
    watch = OutageWatch()
    watch.look(troubled=True, now=NOW)
    begun = watch.look(troubled=True, now=NOW + at(30))
    assert begun == Outage(NOW)
    assert watch.look(troubled=True, now=NOW + at(31)) == begun
    watch.told(begun)
    assert watch.look(troubled=True, now=NOW + at(99)) is None
    over = watch.look(troubled=False, now=NOW + at(100))
    assert over == Outage(NOW, until=NOW + at(100))
    watch.told(over)
    assert watch.look(troubled=False, now=NOW + at(101)) is None


def alerts(scene: Scene) -> list[OutboxMessage]:
    with scene.database.reading() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("outage:"))
        return list(session.scalars(wanted.order_by(OutboxMessage.id)))


async def test_staff_on_another_app_hear_of_it_while_it_lasts_and_when_it_is_over(scene: Scene) -> None:
    scene.company = replace(scene.company, staff_chat=Chat("webchat", "staff"))
    scene.channel.outage = NOT_CONNECTED
    await scene.starts()
    await scene.sends(*many(40), seconds=600)
    [begun] = alerts(scene)
    assert (begun.kind, begun.channel, begun.address) == (MessageKind.ALERT, "webchat", "staff")
    assert "takes no messages" in begun.body["text"]
    assert "messages now: 40" in begun.body["text"]
    scene.channel.outage = None
    await scene.time.passes(400)
    over = alerts(scene)[1:]
    assert len(over) == 1
    assert "takes messages again. It took none for 1" in over[0].body["text"]
    assert len(scene.channel.texts) == 40


@pytest.mark.parametrize("leap_s", [-3600, 3600])
async def test_how_long_it_lasts_does_not_hang_on_the_wall_clock(scene: Scene, leap_s: float) -> None:
    scene.company = replace(scene.company, staff_chat=Chat("webchat", "staff"))
    scene.channel.outage = NOT_CONNECTED
    await scene.starts()
    await scene.sends(*many(10), seconds=20)
    scene.time.now += at(leap_s)
    with scene.database.transaction() as session:
        mend_waiting(session, now=scene.time.now)  # as a beat does
    await scene.time.passes(5)
    assert alerts(scene) == []
    await scene.time.passes(200)
    scene.channel.outage = None
    await scene.time.passes(60)
    assert len(alerts(scene)) == 2
    assert "It took none for 4 min" in alerts(scene)[1].body["text"]


async def test_staff_on_the_same_app_hear_all_when_it_is_over(scene: Scene) -> None:
    scene.company = replace(scene.company, staff_chat=Chat("telegram", "-100"))
    scene.channel.outage = NOT_CONNECTED
    await scene.starts()
    await scene.sends(*many(10), seconds=600)
    assert alerts(scene) == []
    scene.channel.outage = None
    await scene.time.passes(400)
    [over] = alerts(scene)
    assert over.state is OutboxState.SENT
    assert "It took none for 1" in over.body["text"]


async def test_a_lane_that_is_told_to_wait_for_minutes_is_out_too(scene: Scene) -> None:
    scene.company = replace(scene.company, staff_chat=Chat("webchat", "staff"))
    await scene.starts()
    for address in "abc":
        scene.channel.fails(address, TOO_FAST)
    await scene.sends(*(draft(f"to {address}", address=address) for address in "abc"), seconds=60)
    assert len(alerts(scene)) == 1
    await scene.time.passes(120)
    assert len(alerts(scene)) == 2
    assert sorted(scene.channel.texts) == ["to a", "to b", "to c"]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_each_language_says_how_long_and_how_many(scene: Scene, language: str) -> None:
    scene.company = replace(scene.company, language=language, staff_chat=Chat("telegram", "-100"))
    scene.channel.outage = NOT_CONNECTED
    await scene.starts()
    await scene.sends(*many(7), seconds=120)
    scene.channel.outage = None
    await scene.time.passes(400)
    [over] = alerts(scene)
    assert "Telegram" in over.body["text"]
    assert "7" in over.body["text"]
