"""Marketers write to many: asked step by step, counted, confirmed, sent, and told what became of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from store.tables.outreach import EventGuest, Rsvp
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.tables.staff import Role
from tests.botapi.people import User
from tests.e2e.stage import UNKNOWN_COMMAND, Stage, playing, quiet_hours
from tests.factories import make_customer

NEXT_YEAR = f"{datetime.now(UTC).year + 1}-03-01 19:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One program for the module, without quiet hours."""
    async with playing(tmp_path_factory.mktemp("program"), **quiet_hours(now=False)) as set_up:
        yield set_up


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "text", ["/newevent", "/broadcast Hello", "/join WRONG", "/join", "/open", "/take 1"]
)
async def test_for_a_stranger_the_commands_of_staff_do_not_exist(stage: Stage, text: str) -> None:
    eve = stage.botapi.user("Eve")
    eve.says(text)
    assert (await eve.hears()).text == UNKNOWN_COMMAND


@pytest.mark.asyncio(loop_scope="module")
async def test_for_an_agent_the_commands_of_marketers_do_not_exist(stage: Stage) -> None:
    tom = stage.botapi.user("Tom")
    await stage.joins(tom, role=Role.AGENT)
    answers = []
    for text in ("/nonsense", "/newevent", "/broadcast Hi"):
        tom.says(text)
        answers.append((await tom.hears()).text)
    assert set(answers) == {"I do not know this command. /help shows those I know."}


async def test_an_event_from_its_first_word_to_its_last_place(tmp_path: Path) -> None:
    async with playing(tmp_path, **quiet_hours(now=False)) as stage:
        guests = [stage.botapi.user(name) for name in ("Ana", "Bea", "Cem", "Dan", "Eva")]
        silent, cross, gone = (stage.botapi.user(name) for name in ("Sia", "Kit", "Gus"))
        lin = stage.botapi.user("Lin")
        await stage.joins(lin, role=Role.MANAGER)
        await _become_customers([*guests, silent, cross, gone])
        silent.says("/stop")
        await silent.hears("we will not write to you first")
        cross.says("My teapot is broken and I am very disappointed")
        await cross.hears("C-1001")
        gone.chat.refuses = "Forbidden: bot was blocked by the user"  # and Telegram has not told us

        preview = await _plan_an_event(lin)
        assert "It reaches 6 of 8: 1 wants no such messages, 1 has an open complaint." in preview
        lin.taps("Send invitations")
        invitations = [await guest.hears("would like to invite you") for guest in guests]
        for guest, invitation in zip(guests, invitations, strict=True):
            assert [label for label, _ in invitation.buttons] == ["Going", "Maybe", "No"]
            assert "Tea tasting" in invitation.text
            assert str(guest.about["first_name"]) in invitation.text

        tally = (await lin.hears("is done: 6 messages")).text
        assert "Sent: 5" in tally
        assert "Unreachable: 1" in tally
        assert "Left out from the start: 1 wants no such messages, 1 has an open complaint" in tally
        for left_out in (silent, cross, gone):
            assert not [shown for shown in stage.sent(left_out) if "would like to invite" in shown.text]

        await _five_want_two_places(stage, guests)


async def test_in_the_staff_group_replies_answer_and_what_else_is_said_is_left_alone(tmp_path: Path) -> None:
    async with playing(tmp_path, **quiet_hours(now=False)) as stage:
        ana, lin, staff = stage.botapi.user("Ana"), stage.botapi.user("Lin"), stage.staff
        await stage.joins(lin, role=Role.MANAGER)
        await _become_customers([ana])
        lin.says("/newevent", group=staff)
        question = await staff.hears("What is its title?")
        for said, expected in (
            ("Tea tasting", "When does it start?"),
            (NEXT_YEAR, "Where is it?"),
            ("Lantern House", "How many places"),
            ("2", "Whom do we invite?"),
            ("all", "It reaches 1 of 1."),
        ):
            assert "Reply to this message with your answer." in question.text
            lin.says("Lunch?", group=staff)
            lin.says(said, group=staff, reply_to=question.message_id)
            question = await staff.hears(expected)
        lin.taps("Send invitations", group=staff)
        assert "Tea tasting" in (await ana.hears("would like to invite you")).text
        await staff.hears("is done: 1 message")

        ana.says("May I bring a friend to it?")
        await staff.hears("May I bring a friend")
        lin.taps("Reply", group=staff)
        asked = await staff.hears("Reply to this message with what Ana should read.")
        lin.says("/open", group=staff)
        await staff.hears("No complaint is open.")  # a chat hears one message after the other: ours is noted
        lin.says("Lunch?", group=staff)
        lin.says("Please do!", group=staff, reply_to=asked.message_id)
        await ana.hears("Lin from Lantern Tea: Please do!")
        lin.says("Lunch?", group=staff)
        await stage.all_handled()
        assert not [shown for shown in stage.sent(ana) if "Lunch" in shown.text]


async def test_an_alert_comes_while_a_broadcast_goes_out(tmp_path: Path) -> None:
    async with playing(tmp_path, **quiet_hours(now=False)) as stage:
        ana, lin, staff = stage.botapi.user("Ana"), stage.botapi.user("Lin"), stage.staff
        await stage.joins(lin, role=Role.MANAGER)
        _take_in(stage, [stage.botapi.user(f"Reader {number}") for number in range(150)])
        lin.says("/broadcast New teas!", group=staff)
        question = await staff.hears("Who gets it?")
        lin.says("all", group=staff, reply_to=question.message_id)
        await staff.hears("It reaches 150 of 150.")
        lin.taps("Send", group=staff)
        await staff.hears("Sending “New teas!”")
        ana.says("My teapot is broken and I am very disappointed")
        await staff.hears("My teapot is broken")
        assert sum(call.payload["text"] == "New teas!" for call in stage.calls("sendMessage")) < 150
        await staff.hears("is done: 150 messages")


def _take_in(stage: Stage, people: list[User]) -> None:
    """Let people be known as customers already."""
    database = stage.program.database()
    try:
        with database.transaction() as session:
            for person in people:
                make_customer(session, sender=str(person.id), created_at=datetime.now(UTC))
    finally:
        database.close()


async def _five_want_two_places(stage: Stage, guests: list[User]) -> None:
    for guest in guests:
        guest.taps("Going")
    answers = {str(guest.about["first_name"]): (await guest.hears()).text for guest in guests}
    going = [name for name, text in answers.items() if "you are on the list" in text]
    waiting = [name for name, text in answers.items() if "on the waiting list" in text]
    assert (len(going), len(waiting)) == (2, 3)
    assert sorted(stage.column(select(EventGuest.answer))) == 2 * [Rsvp.GOING] + 3 * [Rsvp.WAITING]

    first = next(guest for guest in guests if guest.about["first_name"] == going[0])
    late = next(guest for guest in guests if "You are next." in answers[str(guest.about["first_name"])])
    first.taps("No")
    await first.hears("maybe next time")
    await late.hears("1 place came free")
    late.taps("Going")
    await late.hears("you are on the list")
    await late.hears("Your ticket")
    first.taps("Maybe")
    await first.hears("We hold no place for a maybe")
    late.says("/events")
    assert "You are going." in (await late.hears("Tea tasting")).text


@pytest.mark.asyncio(loop_scope="module")
async def test_a_broadcast_and_how_it_goes(stage: Stage) -> None:
    readers = [stage.botapi.user(name, language_code="zh-hans") for name in ("安娜", "小美", "阿强")]
    blocking = stage.botapi.user("阿明", language_code="zh-hans")
    lin = stage.botapi.user("Lin")
    await stage.joins(lin, role=Role.MARKETER)
    await _become_customers([*readers, blocking])
    blocking.blocks()
    await stage.all_handled()

    lin.says("/broadcast")
    await lin.hears("What should customers read?")
    lin.says("新茶到了，{first_name}！*尝尝* <b>吧</b>")
    await lin.hears("Who gets it?")
    lin.says("zh")
    preview = (await lin.hears("It reaches 3 of 4: 1 cannot be reached.")).text
    assert "新茶到了，Lin！*尝尝* <b>吧</b>" in preview

    slow = asyncio.Event()
    stage.botapi.fails("sendMessage", skip=1, hold=slow)  # the first is to Lin: that it has begun
    stage.botapi.fails("sendMessage", skip=1, status=429, parameters={"retry_after": 3})
    lin.taps("Send")
    put_off = await stage.botapi.wait_for(lambda call: call.status == 429)
    changing_mind = next(reader for reader in readers if str(reader.id) == put_off.payload["chat_id"])
    changing_mind.says("/stop")
    progress = await lin.hears("Sending “新茶到了")
    lin.taps("Send")
    await lin.hears("nothing is sent twice")
    assert "Sent: 1\nSkipped: 1\nOn the way: 1" in (await lin.sees_edit("2 of 3")).text
    slow.set()
    await lin.sees_edit("Done.")
    tally = await lin.hears("is done: 3 messages")
    assert "Sent: 2\nSkipped: 1\n  – consent withdrawn: 1" in tally.text
    assert "Left out from the start: 1 cannot be reached" in tally.text
    assert tally.reply_to == progress.message_id

    for reader in readers:
        news = f"新茶到了，{reader.about['first_name']}！*尝尝* <b>吧</b>"
        assert (news in [shown.text for shown in stage.sent(reader)]) is (reader is not changing_mind)
    edits = [call for call in stage.calls("editMessageText") if call.payload["chat_id"] == str(lin.id)]
    assert {int(call.payload["message_id"]) for call in edits} == {progress.message_id}


async def test_in_quiet_hours_answers_come_and_invitations_wait(tmp_path: Path) -> None:
    async with playing(tmp_path, **quiet_hours(now=True)) as stage:
        ana, lin = stage.botapi.user("Ana"), stage.botapi.user("Lin")
        await stage.joins(lin, role=Role.MANAGER)
        await _become_customers([ana])
        lin.says(f"/newevent Tea tasting | {NEXT_YEAR} | Lantern House | 2 | all")
        await lin.hears("It reaches 1 of 1.")
        lin.taps("Send invitations")
        await lin.hears("Sending “Tea tasting”")
        ana.says("Hello")
        await ana.hears("What can I do for you?")
        assert not [shown for shown in stage.sent(ana) if "would like to invite" in shown.text]
        (row,) = stage.column(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.INVITATION))
        assert row.state is OutboxState.QUEUED
        assert row.not_before > datetime.now(UTC)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_dropped_event_invites_nobody(stage: Stage) -> None:
    ana, lin = stage.botapi.user("Ana"), stage.botapi.user("Lin")
    await stage.joins(lin, role=Role.MANAGER)
    await _become_customers([ana])
    lin.says(f"/newevent Tea tasting | {NEXT_YEAR} | Lantern House | 2 | en")
    await lin.hears("It reaches")
    lin.taps("Cancel")
    await lin.hears("Cancelled; nothing was sent.")
    lin.taps("Send invitations")
    await lin.hears("This was cancelled before")
    ana.says("/events")
    await ana.hears("Nothing is planned at the moment")


async def _become_customers(people: list[User]) -> None:
    for person in people:
        person.says("/start")
    for person in people:
        await person.hears("Lantern Tea")


async def _plan_an_event(lin: User) -> str:
    lin.says("/newevent")
    await lin.hears("What is its title?")
    lin.says("Tea tasting")
    await lin.hears("When does it start?")
    lin.says("the day after tomorrow")
    await lin.hears("I cannot read this as a date")
    lin.says(NEXT_YEAR)
    await lin.hears("Where is it?")
    lin.says("Lantern House, 2nd floor")
    await lin.hears("How many places")
    lin.says("2")
    await lin.hears("Whom do we invite?")
    lin.says("all")
    return (await lin.hears("It reaches")).text
