"""The Bot API refuses, fails, breaks off, is slow or away: every answer comes, and none needlessly twice."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store.tables.customers import Identity
from store.tables.queues import OutboxMessage, OutboxState
from tests.botapi.account import Call
from tests.botapi.people import User
from tests.botapi.server import BotApi
from tests.e2e.pages import open_page
from tests.e2e.stage import SETTINGS, STAFF_GROUP, Stage
from tests.program import running

pytestmark = pytest.mark.faults

PRAISE = "Your jasmine tea is wonderful, thank you!"


def _tries(stage: Stage, person: User) -> list[Call]:
    return [call for call in stage.calls("sendMessage") if call.payload["chat_id"] == str(person.id)]


@pytest.mark.asyncio(loop_scope="module")
async def test_who_goes_too_fast_waits_as_long_as_told(lasting_stage: Stage) -> None:
    stage = lasting_stage
    ana = stage.botapi.user("Ana")
    stage.botapi.fails("sendMessage", status=429, parameters={"retry_after": 2})
    ana.says(PRAISE)
    await ana.hears("makes our day")
    await stage.still_answers(ana)
    refused, taken, _ = _tries(stage, ana)
    assert refused.status == 429
    assert (taken.at - refused.at).total_seconds() >= 2
    assert len(stage.sent(ana)) == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_while_one_waits_others_are_answered(lasting_stage: Stage) -> None:
    stage = lasting_stage
    ana, bea = stage.botapi.user("Ana"), stage.botapi.user("Bea")
    calls = len(stage.botapi.calls)
    stage.botapi.fails("sendMessage", status=429, parameters={"retry_after": 3})
    ana.says(PRAISE)
    await stage.botapi.wait_for(lambda call: call.status == 429, after=calls)
    bea.says(PRAISE)
    await bea.hears("makes our day")
    assert not stage.sent(ana)
    await ana.hears("makes our day")


FAULTS: dict[str, dict[str, Any]] = {
    "an error of theirs": {"status": 500},
    "a bad gateway's page": {"status": 502, "body": "<html>Bad Gateway</html>"},
    "an answer that is none": {"body": "<html>welcome to the hotel's network</html>"},
    "a connection that breaks before": {"drop": "before"},
    "a connection that breaks after": {"drop": "after"},
}
ARRIVED = frozenset({"a connection that breaks after"})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_answer_comes_after_a_fault(lasting_stage: Stage, fault: str) -> None:
    stage = lasting_stage
    ana = stage.botapi.user("Ana")
    stage.botapi.fails("sendMessage", **FAULTS[fault])
    ana.says(PRAISE)
    await ana.hears("makes our day")
    await stage.still_answers(ana)
    heard = Counter(shown.text for shown in stage.sent(ana))
    assert max(heard.values()) == (2 if fault in ARRIVED else 1)
    assert len(heard) == 2
    first = stage.column(
        select(OutboxMessage).where(OutboxMessage.address == str(ana.id)).order_by(OutboxMessage.id)
    )[0]
    assert (first.state, first.attempts, first.maybe_repeat) == (OutboxState.SENT, 2, True)


async def test_an_alert_that_came_twice_can_be_answered(stage: Stage) -> None:
    ana, mei = stage.botapi.user("Ana"), stage.botapi.user("Mei")
    await stage.joins(mei)
    stage.botapi.fails("sendMessage", skip=1, drop="after")  # the first is to Ana
    ana.says("My parcel never arrived and I am very disappointed")
    await ana.hears("C-1001")
    first, second = await stage.staff.hears("C-1001"), await stage.staff.hears("C-1001")
    assert second.text == f"(may be a repeat)\n{first.text}"
    assert first.buttons == second.buttons

    mei.taps("Take it", group=stage.staff, message_id=first.message_id)
    assert (await stage.staff.sees_edit("Mei has it")).message_id == second.message_id
    mei.says("So sorry!", group=stage.staff, reply_to=first.message_id)
    await stage.staff.hears("Nothing went out")
    mei.says("So sorry!", group=stage.staff, reply_to=second.message_id)
    await ana.hears("Mei from Lantern Tea: So sorry!")


@pytest.mark.asyncio(loop_scope="module")
async def test_many_faults_in_a_row_delay_the_answers_and_lose_none(lasting_stage: Stage) -> None:
    stage = lasting_stage
    people = [stage.botapi.user(f"Customer {number}") for number in range(10)]
    stage.botapi.fails("sendMessage", status=500, times=8)
    for person in people:
        person.says(PRAISE)
    for person in people:
        await person.hears("makes our day")
    await stage.still_answers(people[0])
    assert [len(stage.sent(person)) for person in people] == [2] + [1] * 9


async def test_who_blocked_us_is_left_alone_until_they_write(stage: Stage) -> None:
    ana, mei = stage.botapi.user("Ana"), stage.botapi.user("Mei")
    await stage.joins(mei)
    ana.says("My parcel never arrived and I am very disappointed")
    await ana.hears("C-1001")
    alert = await stage.staff.hears("C-1001")
    mei.taps("Take it", group=stage.staff)
    await stage.staff.sees_edit("Mei has it")

    ana.chat.refuses = "Forbidden: bot was blocked by the user"  # and nobody has told us
    mei.says("So sorry!", group=stage.staff, reply_to=alert.message_id)
    await stage.botapi.wait_for(lambda call: call.status == 403)
    await stage.staff.hears("✓ Sent to Ana")
    mei.says("Are you there?", group=stage.staff, reply_to=alert.message_id)
    await stage.staff.hears("cannot be reached")
    assert [call.status for call in _tries(stage, ana)] == [200, 403]
    assert stage.column(select(Identity.unreachable_since))[0] is not None

    ana.chat.refuses = ""
    ana.says("I am back")
    await ana.hears("I have added this to C-1001")
    assert stage.column(select(Identity.unreachable_since)) == [None]
    mei.says("Good to hear from you", group=stage.staff, reply_to=alert.message_id)
    await ana.hears("Mei from Lantern Tea: Good to hear from you")


@pytest.mark.asyncio(loop_scope="module")
async def test_who_blocks_us_openly_is_not_tried_at_all(lasting_stage: Stage) -> None:
    stage = lasting_stage
    ana = stage.botapi.user("Ana")
    ana.says(PRAISE)
    await ana.hears("makes our day")
    ana.blocks()
    await stage.all_handled()
    assert stage.column(select(Identity.unreachable_since).where(Identity.sender == str(ana.id))) != [None]
    ana.unblocks()
    await stage.still_answers(ana)
    assert [call.status for call in _tries(stage, ana)] == [200, 200]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_slow_poll_delays_only_what_it_brings(lasting_stage: Stage) -> None:
    stage = lasting_stage
    ana, slow = stage.botapi.user("Ana"), asyncio.Event()
    await stage.still_answers(ana)
    await stage.all_handled()
    stage.botapi.fails("getUpdates", hold=slow)
    await stage.still_answers(stage.botapi.user("Bea"))  # ends the poll under way; the next one hangs
    ana.says(PRAISE)
    async with open_page(stage.program, f"{stage.program.url}/chat") as page:
        await page.says("Hello")
        await page.hears("Lantern Tea")
    assert len(stage.sent(ana)) == 1
    slow.set()
    await ana.hears("makes our day")


POLL_FAULTS: dict[str, dict[str, Any]] = {
    "an error of theirs": {"status": 502},
    "too many requests": {"status": 429, "parameters": {"retry_after": 1}},
    "a connection that breaks before": {"drop": "before"},
    "a connection that breaks after": {"drop": "after"},
    "an answer that is none": {"body": "<html>welcome</html>"},
    "an answer of another form": {"body": '{"ok": true, "result": [{"no": "number"}]}'},
    "another program that polls": {"status": 409},
}


@pytest.mark.parametrize("fault", POLL_FAULTS)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_poll_that_fails_is_made_again(lasting_stage: Stage, fault: str) -> None:
    stage = lasting_stage
    ana = stage.botapi.user("Ana")
    stage.botapi.fails("getUpdates", **POLL_FAULTS[fault])
    ana.says("Hello")
    await ana.hears("Lantern Tea")
    await stage.still_answers(ana)
    assert len(stage.sent(ana)) == 2


async def test_a_token_that_is_revoked_ends_the_program_and_says_why(stage: Stage) -> None:
    stage.botapi.fails("getUpdates", status=401)
    stage.botapi.user("Ana").says("Hello")
    assert await stage.program.ended() == 2
    log = stage.program.log_path.read_text()
    assert "copy it again from @BotFather" in log
    assert "Traceback" not in log


async def test_without_telegram_at_the_start_the_web_chat_works_and_telegram_follows(tmp_path: Path) -> None:
    botapi = await BotApi().start()
    await botapi.stop()
    telegram = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.url}
    async with running(tmp_path, **SETTINGS, **telegram, STAFF_CHAT=f"telegram:{STAFF_GROUP}") as program:
        async with open_page(program, f"{program.url}/chat") as page:
            await page.says("My parcel never arrived and I am very disappointed")
            await page.hears("C-1001")
        assert (await program.get("/healthz"))[0] == 200
        status, text = await program.get("/readyz")
        assert (status, '"telegram": "failed"' in text) == (503, True)

        async with BotApi(port=botapi.port) as back:
            staff, ana = back.group("Staff", group_id=STAFF_GROUP), back.user("Ana")
            ana.says("Hello")
            await ana.hears("Lantern Tea")
            await staff.hears("C-1001")
            assert (await program.get("/readyz"))[0] == 200
            assert "Traceback" not in program.log
