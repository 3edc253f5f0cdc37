"""A Spring Festival event from its invitation to the next year's, in English and Chinese, over real HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from store.tables.outreach import EventGuest
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Role
from tests.botapi.people import User
from tests.e2e.stage import Stage, playing
from tests.faults.bent import Bend

PLAN = """
[festivals.spring_party]
festival = "spring_festival"
what = "invitation"
lead_days = 14
hour = 10
"""
PLANNED = datetime(2027, 1, 20, 11, 30, tzinfo=UTC)
START = datetime(2027, 2, 6, 15, 0, tzinfo=UTC)
"""The first day of the Spring Festival. Of no festival's day anybody told the program."""

DAY, LONDON, SHANGHAI = timedelta(days=1), ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")
AT_TEN = {zone: datetime(2027, 1, 23, 10, 0, tzinfo=zone) for zone in (LONDON, SHANGHAI)}
"""Two weeks before it, by the clock of each."""

NEXT_FESTIVAL = datetime(2028, 1, 26, 10, 0, tzinfo=SHANGHAI)
SOON = {"bot.beats.CLOCK_WATCHED_EVERY_S": 0.2}


@pytest.fixture
def bend(tmp_path: Path) -> Bend:
    """A clock whose moves are noticed soon."""
    return Bend(tmp_path / "clock", SOON)


@pytest.fixture
async def stage(tmp_path: Path, bend: Bend) -> AsyncIterator[Stage]:
    async with playing(tmp_path, bend, PUBLIC_URL="https://tea.example") as set_up:
        yield set_up


async def it_is(moment: datetime, stage: Stage, bend: Bend) -> None:
    """Let it be just after a moment, and wait until the program has noticed."""
    seconds = ceil((moment - datetime.now(UTC)).total_seconds() - bend.leap_s) + 1
    bend.leaps(seconds)
    await stage.program.logs(f"the clock was moved by {seconds:+.0f} s: every beat runs now")


async def test_from_the_invitation_to_the_next_year(stage: Stage, bend: Bend, tmp_path: Path) -> None:
    botapi = stage.botapi
    ana, ben, zoe = botapi.user("Ana"), botapi.user("Ben"), botapi.user("Zoe")
    li, mei = botapi.user("Li", language_code="zh-cn"), botapi.user("Mei")
    await stage.joins(mei, role=Role.MARKETER)
    await it_is(PLANNED, stage, bend)
    for customer in (ana, zoe, li):
        customer.says("/start")
        await customer.hears("Lantern Tea")

    await _mei_plans_it(mei, stage, tmp_path)
    await _invitations_leave_at_ten(stage, bend, li, ana, zoe)
    tickets = await _three_places_are_taken(li, ben, zoe, ana)
    await _guests_are_reminded(stage, bend, li, ana)
    await _guests_come(stage, bend, mei, tickets)
    await _guests_are_thanked(stage, bend, li, ana)
    await _the_next_year_plans_itself(stage, bend, mei, li)


async def _mei_plans_it(mei: User, stage: Stage, folder: Path) -> None:
    (folder / "festivals.toml").write_text(PLAN, encoding="utf-8")
    code, printed, _ = await stage.program.command("outreach", "import", str(folder / "festivals.toml"))
    assert (code, "spring_party" in printed) == (0, True)
    staff = stage.staff
    mei.says("/newevent Spring Festival tea | 2027-02-06 15:00 | Harbour Hall | 3 | all", group=staff)
    await staff.hears("This is what customers will get, as if it went to ")
    mei.taps("For Spring Festival: 23 Jan, 10:00", group=staff)
    await staff.hears("At 23 Jan, 10:00 by each customer's own clock.")
    mei.says("/event 1", group=staff)
    await staff.hears("0 of 3 places taken")
    mei.taps("Links for friends", group=staff)
    await staff.hears("gets a link for friends")


async def _invitations_leave_at_ten(stage: Stage, bend: Bend, li: User, *others: User) -> None:
    await it_is(AT_TEN[SHANGHAI] - timedelta(minutes=5), stage, bend)
    await stage.staff.reads("Waiting for the time on their clock: 3")
    await it_is(AT_TEN[SHANGHAI], stage, bend)
    assert "诚挚邀请您参加" in (await li.hears("Spring Festival tea")).text
    assert not [shown for one in others for shown in stage.sent(one) if "would like to invite" in shown.text]
    await stage.staff.reads("Waiting for the time on their clock: 2")  # that it left is noted
    await it_is(AT_TEN[LONDON], stage, bend)
    for other in others:
        await other.hears("would like to invite you")
    await stage.staff.hears("is done: 3 messages")
    invited = select(OutboxMessage).where(OutboxMessage.kind == MessageKind.INVITATION)
    zones = {stage.customer(li).id: SHANGHAI}
    for row in stage.column(invited):
        at_ten = AT_TEN[zones.get(row.customer_id, LONDON)]
        assert row.not_before == at_ten
        assert at_ten <= row.sent_at < at_ten + timedelta(minutes=1)


async def _three_places_are_taken(li: User, ben: User, zoe: User, ana: User) -> list[str]:
    li.taps("参加")
    codes = [(await li.hears("入场券")).text]
    link = (await li.hears("/friends/")).text.rpartition("/friends/")[2]
    ben.says(f"/start ref_{link}")
    await ben.hears("Your friend brought you here")
    ben.taps("Going")
    codes.append((await ben.hears("Your ticket")).text)
    await li.hears("您的一位朋友通过您的链接报名参加「Spring Festival tea」，感谢您的推荐！")
    zoe.taps("Going")
    await zoe.hears("you are on the list")
    ana.taps("Going")
    await ana.hears("is full, so I put you on the waiting list")
    zoe.taps("No")
    await ana.hears("came free, and it is yours if you want it")
    ana.taps("Going")
    ticket = await ana.hears("Your ticket")
    assert ticket.media is not None
    return [text.split()[-1].rpartition("：")[2] for text in (*codes, ticket.text)]


async def _guests_are_reminded(stage: Stage, bend: Bend, li: User, ana: User) -> None:
    await it_is(START - DAY, stage, bend)
    await ana.hears("See you soon!")
    assert not [
        shown for shown in stage.sent(li) if "很快就要见面了" in shown.text
    ]  # there it is late at night
    await it_is(START - timedelta(hours=13), stage, bend)
    await li.hears("很快就要见面了")


async def _guests_come(stage: Stage, bend: Bend, mei: User, codes: list[str]) -> None:
    await it_is(START, stage, bend)
    for code, name in zip(codes, ("Li", "Ben", "Ana"), strict=True):
        mei.says(f"/checkin {code}", group=stage.staff)
        await stage.staff.hears(f"✓ {name} is here.")
    brought = stage.column(select(EventGuest.checked_in_at).where(EventGuest.referred_by.is_not(None)))
    assert [at is not None for at in brought] == [True]  # the friend came, too


async def _guests_are_thanked(stage: Stage, bend: Bend, li: User, ana: User) -> None:
    await it_is((START + DAY).replace(hour=10), stage, bend)
    await li.hears("感谢您来参加「Spring Festival tea」！您觉得怎么样？")
    li.taps("4 ★")
    await li.hears("★★★★☆")
    await ana.hears("Thank you for coming to “Spring Festival tea”!")
    ana.taps("5 ★")
    await ana.hears("★★★★★ Thank you!")
    stars = select(EventGuest.stars).where(EventGuest.stars.is_not(None)).order_by(EventGuest.stars)
    assert stage.column(stars) == [4, 5]


async def _the_next_year_plans_itself(stage: Stage, bend: Bend, mei: User, li: User) -> None:
    await it_is(NEXT_FESTIVAL, stage, bend)
    await li.hears("春节快乐")
    greeted = select(OutboxMessage).where(
        OutboxMessage.kind == MessageKind.GREETING, OutboxMessage.dedupe_key.contains("spring_festival")
    )
    *_, greeting = stage.column(greeted.order_by(OutboxMessage.id))
    assert greeting.customer_id == stage.customer(li).id
    assert NEXT_FESTIVAL <= greeting.not_before < NEXT_FESTIVAL + timedelta(minutes=1)
    mei.says("/newevent Next year's tea | 2029-02-13 15:00 | Harbour Hall | 3 | all", group=stage.staff)
    preview = await stage.staff.hears("This is what customers will get, as if it went to ")
    assert "For Spring Festival: 30 Jan, 10:00" in [label for label, _ in preview.buttons]
