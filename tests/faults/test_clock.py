"""The clock is put back and forward an hour: what waits leaves, the pace holds, nothing comes twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from store.outbox import Draft, enqueue
from store.tables.outreach import Visit
from store.tables.queues import MessageKind, OutboxMessage
from tests.e2e.pages import open_page
from tests.e2e.stage import Stage, playing, quiet_hours
from tests.factories import COMPANY, make_customer
from tests.faults.bent import Bend
from tests.faults.broadcast import Broadcast
from tests.faults.crowd import Crowd
from tests.patience import watched

pytestmark = pytest.mark.faults

HOUR_S = 3600.0
PER_S = 30
SOON = {"bot.beats.CLOCK_WATCHED_EVERY_S": 0.2}


@pytest.fixture
def bend(tmp_path: Path) -> Bend:
    """A clock whose moves are noticed soon."""
    return Bend(tmp_path / "clock", SOON)


async def test_people_are_answered_whatever_the_clock_does(
    database_url: str, tmp_path: Path, bend: Bend
) -> None:
    """On PostgreSQL the server's clock stays right, so ours is an hour off in between."""
    async with playing(tmp_path, bend, STAFF_CHAT="web", DATABASE_URL=database_url) as stage:
        crowd = Crowd(stage.botapi, stage.program, 8)
        for leap_s in (-HOUR_S, 2 * HOUR_S, -HOUR_S - 60):
            calls = len(stage.botapi.calls)
            stage.botapi.fails("sendMessage", times=3, status=500)  # so that some wait for their next try
            crowd.writes()
            await stage.botapi.wait_for(lambda call: call.status == 500, after=calls)
            bend.leaps(leap_s)
            await stage.program.logs(f"the clock was moved by {leap_s:+.0f} s: every beat runs now")
            crowd.writes()
            await crowd.is_served()
            crowd.check(repeats=True)
        async with open_page(stage.program, f"{stage.program.url}/chat") as page:
            await page.says("Hello")
            await page.hears("Lantern Tea")
        assert "Traceback" not in stage.program.log


async def test_a_broadcast_keeps_its_pace(tmp_path: Path, bend: Bend) -> None:
    async with playing(tmp_path, bend, STAFF_CHAT="web", **quiet_hours(now=False)) as stage:
        broadcast = Broadcast(stage.botapi, stage.program, people=90)
        async with watched(*stage.program.pids) as absence:
            broadcast.is_queued()
            for number, leap_s in enumerate((-300, 300, 300, -300), start=1):
                await broadcast.has_reached(15 * number)
                bend.leaps(leap_s)
            await broadcast.is_over()
        assert broadcast.check() == 0
        sent = [call.at for call in stage.botapi.calls if call.taken and call.method == "sendMessage"]
        at_once = 1 + PER_S * absence.total_s  # what arrives late arrives with what comes after it
        assert max(_within_a_second(sent, at) for at in sent) <= PER_S + at_once
        assert (sent[-1] - sent[0]).total_seconds() < 3 * len(sent) / PER_S + absence.total_s


def _within_a_second(moments: list[datetime], until: datetime) -> int:
    return sum(until - timedelta(seconds=1) < moment <= until for moment in moments)


async def test_after_a_start_on_a_clock_that_was_put_back_nobody_waits_an_hour(
    tmp_path: Path, bend: Bend
) -> None:
    async with playing(tmp_path, bend, STAFF_CHAT="web") as stage:
        crowd = Crowd(stage.botapi, stage.program)
        for _ in range(3):
            crowd.writes()
            await crowd.is_served()
        stage.botapi.fails("sendMessage", times=1000, status=500)
        crowd.writes()
        await stage.botapi.wait_for(lambda call: call.status == 500)
        assert await stage.program.stop() == 0
        stage.botapi.faults.waiting.clear()
        bend.leaps(-HOUR_S)
        await stage.program.start()
        crowd.writes()
        await crowd.is_served()
        crowd.check(repeats=True)


async def test_what_falls_due_in_the_hour_that_is_skipped_comes_once(
    database_url: str, tmp_path: Path, bend: Bend
) -> None:
    settings = {"DATABASE_URL": database_url, "STAFF_CHAT": "web", **quiet_hours(now=False)}
    async with playing(tmp_path, bend, **settings) as stage:
        ana = stage.botapi.user("Ana")
        _silent_until(stage, str(ana.id), datetime.now(UTC) + timedelta(minutes=30))
        bend.leaps(HOUR_S)
        await ana.hears("how are things")
        for leap_s in (-HOUR_S, 2 * HOUR_S, -2 * HOUR_S, 24 * HOUR_S, -24 * HOUR_S):
            bend.leaps(leap_s)
            await stage.program.logs(f"the clock was moved by {leap_s:+.0f} s")
        bea = stage.botapi.user("Bea")
        _silent_until(stage, str(bea.id), datetime.now(UTC))
        asked = asyncio.create_task(bea.hears("how are things"))
        while not asked.done():
            bend.passes(20)  # the beats go on
            await asyncio.sleep(0.2)
        await asked
        await stage.still_answers(ana)
        assert len(stage.sent(ana)) == 2
        assert len(stage.column(select(Visit.id))) == 2


def _silent_until(stage: Stage, sender: str, due: datetime) -> None:
    """Add a customer whose return visit is due at a moment."""
    since = due - timedelta(days=COMPANY.visit_every_days)
    database = stage.program.database()
    with database.transaction() as session:
        make_customer(session, sender=sender, last_contact_at=since, created_at=since)
    database.close()


async def test_a_message_that_waits_for_its_moment_waits_on(tmp_path: Path, bend: Bend) -> None:
    """What somebody set for a moment leaves when the clock shows it, not before and not an hour after."""
    async with playing(tmp_path, bend, STAFF_CHAT="web") as stage:
        ana = stage.botapi.user("Ana")
        await stage.still_answers(ana)
        _later(stage, str(ana.id), datetime.now(UTC) + timedelta(minutes=50))
        bend.leaps(-HOUR_S)
        await stage.program.logs("the clock was moved by -3600 s")
        assert len(stage.sent(ana)) == 1
        bend.leaps(2 * HOUR_S)
        await ana.hears("as you wished")


def _later(stage: Stage, address: str, at: datetime) -> None:
    draft = Draft(
        MessageKind.ANSWER, "telegram", address, "Now, as you wished", dedupe_key="later", not_before=at
    )
    database = stage.program.database()
    with database.transaction() as session:
        enqueue(session, [draft], now=datetime.now(UTC))
        assert session.scalar(select(OutboxMessage.id).where(OutboxMessage.not_before == at)) is not None
    database.close()
