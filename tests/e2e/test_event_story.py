"""A Spring Festival event from its invitation to the thanks, in English and Chinese, over real HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from store.tables.outreach import EventGuest, Rsvp
from store.tables.staff import Role
from tests.e2e.stage import Stage, playing
from tests.faults.bent import Bend

TOLD = datetime(2027, 1, 30, 11, 30, tzinfo=UTC)
"""A Saturday; the event is a week later, on the first day of the Spring Festival."""

START = datetime(2027, 2, 6, 15, 0, tzinfo=UTC)
NEXT_YEAR = datetime(2028, 1, 26, 10, 30, tzinfo=UTC)
"""The Spring Festival moves; of the next one nobody told the program."""

DAY_S = 86_400.0
SOON = {"bot.beats.CLOCK_WATCHED_EVERY_S": 0.2}


@pytest.fixture
def bend(tmp_path: Path) -> Bend:
    """A clock whose moves are noticed soon."""
    return Bend(tmp_path / "clock", SOON)


@pytest.fixture
async def stage(tmp_path: Path, bend: Bend) -> AsyncIterator[Stage]:
    async with playing(tmp_path, bend) as set_up:
        yield set_up


async def passes(stage: Stage, bend: Bend, seconds: float) -> None:
    """Let time go by at once, and wait until the program has noticed."""
    bend.leaps(seconds)
    await stage.program.logs(f"the clock was moved by {seconds:+.0f} s: every beat runs now")


async def test_from_the_invitation_to_the_thanks(stage: Stage, bend: Bend) -> None:
    botapi, staff = stage.botapi, stage.staff
    ana, ben = botapi.user("Ana"), botapi.user("Ben")
    li, mei = botapi.user("Li", language_code="zh-hans"), botapi.user("Mei")
    await stage.joins(mei, role=Role.MARKETER)
    await passes(stage, bend, round((TOLD - datetime.now(UTC)).total_seconds()))
    for customer in (ana, li):
        customer.says("/start")
        await customer.hears("Lantern Tea")

    mei.says("/newevent Spring Festival tea | 2027-02-06 15:00 | Harbour Hall | 1 | all", group=staff)
    await staff.hears("This is what customers will get:")
    mei.taps("Send invitations", group=staff)
    await ana.hears("would like to invite you")
    await li.hears("诚挚邀请您参加")
    mei.says("/event 1", group=staff)
    await staff.hears("0 of 1 places taken")
    mei.taps("Links for friends", group=staff)
    await staff.hears("gets a link for friends")

    li.taps("参加")
    await li.hears("Spring Festival tea")
    link = (await li.hears("/friends/")).text.rpartition("/friends/")[2]
    ana.taps("Going")
    await ana.hears("is full, so I put you on the waiting list")
    ben.says(f"/start ref_{link}")
    await ben.hears("Your friend brought you here")
    li.taps("不参加")
    await ana.hears("came free, and it is yours if you want it")
    ana.taps("Going")
    await ana.hears("you are on the list")
    ticket = await ana.hears("Your ticket")
    assert ticket.media is not None

    await passes(stage, bend, (START - TOLD).total_seconds() - DAY_S)
    await ana.hears("See you soon!")
    await passes(stage, bend, DAY_S)
    code = ticket.text.split()[-1]
    mei.says(f"/checkin {code}", group=staff)
    await staff.hears("✓ Ana is here.")
    await passes(stage, bend, DAY_S)
    await ana.hears("Thank you for coming to “Spring Festival tea”!")
    ana.taps("5 ★")
    await ana.hears("★★★★★ Thank you!")
    assert stage.column(select(EventGuest.stars).where(EventGuest.answer == Rsvp.GOING)) == [5]

    await passes(stage, bend, (NEXT_YEAR - START).total_seconds() - DAY_S)
    await li.hears("春节快乐")
    assert not [shown for shown in stage.sent(ana) if "Spring Festival!" in shown.text]
