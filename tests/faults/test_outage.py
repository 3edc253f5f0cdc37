"""The Bot API is down for an hour: we probe with patience, staff know, then all leaves once, in order."""

import asyncio
import re
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.botapi.people import User
from tests.e2e.stage import Stage, playing, quiet_hours
from tests.faults.bent import Bend
from tests.faults.broadcast import TEXT, Broadcast
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.faults

MINUTES = 60
PEOPLE = 40
GUESTS = 5
ROUNDS = ("first", "second")
LEAPS = {"bot.other_core.STUCK_AFTER_S": 7200.0}
"""A minute goes by at once here: work that is in hand then is not stuck."""


async def test_the_bot_api_is_down_for_an_hour_and_back(tmp_path: Path) -> None:
    bend = Bend(tmp_path / "clock", LEAPS)
    async with playing(tmp_path, bend, STAFF_CHAT="web", **quiet_hours(now=False)) as stage:
        ana = stage.botapi.user("Ana")
        await stage.still_answers(ana)
        broadcast = Broadcast(stage.botapi, stage.program, people=PEOPLE)
        broadcast.is_queued()
        await broadcast.has_reached(10)
        await stage.botapi.stop()
        before = len(stage.botapi.calls)
        _answers_are_queued(stage, broadcast.users[-GUESTS:])
        await _minutes_go_by(stage, bend)
        _check_patience(stage)
        await stage.botapi.start()
        ana.says("Hello")  # to Telegram, while we were away from it
        await _time_goes_by_until(bend, broadcast.is_over(), ana.hears("Lantern Tea"))
        assert broadcast.check() == 0
        _check_order(stage, before, broadcast)
        told = _staff_were_told(stage)
        assert ["takes no messages" in text for text in told] == [True, False]
        assert "takes messages again" in told[1]
        assert "Traceback" not in stage.program.log


def _answers_are_queued(stage: Stage, people: list[User]) -> None:
    """Queue two answers to some people, behind the broadcast."""
    now = datetime.now(UTC)
    drafts = [
        Draft(
            MessageKind.ANSWER,
            "telegram",
            str(person.id),
            f"The {place} answer",
            dedupe_key=f"test:{person.id}:{place}",
        )
        for place in ROUNDS
        for person in people
    ]
    database = stage.program.database()
    with database.transaction() as session:
        enqueue(session, drafts, now=now)
    database.close()


async def _minutes_go_by(stage: Stage, bend: Bend) -> None:
    """Let an hour pass, a minute and a bit at a time, each with all that the program tries in it."""
    for _ in range(MINUTES):
        before = _tries(stage)
        bend.passes(62)
        async with asyncio.timeout(PATIENCE_S):
            while any(now == then for now, then in zip(_tries(stage), before, strict=True)):  # noqa: ASYNC110 - another process tries
                await asyncio.sleep(0.01)


def _tries(stage: Stage) -> list[int]:
    """Count the tries to receive, and those to send."""
    log = stage.program.log
    return [log.count("fetching updates failed"), log.count("does not take messages")]


def _check_patience(stage: Stage) -> None:
    """Check that the pauses between probes grew, and that the log did not flow over."""
    pauses = [
        int(found) for found in re.findall(r"does not take messages .* pause of (\d+) s", stage.program.log)
    ]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 30
    assert len(pauses) <= 2 * MINUTES + 10
    assert len(stage.program.log.splitlines()) <= 10 * MINUTES


async def _time_goes_by_until(bend: Bend, *awaited: Awaitable[object]) -> None:
    """Let the seconds pass that are left of the last pauses, and those that the lane's pace takes."""
    everything = asyncio.gather(*awaited)
    while not everything.done():
        bend.passes(1)
        await asyncio.sleep(0.1)
    await everything


def _check_order(stage: Stage, before: int, broadcast: Broadcast) -> None:
    """Check that answers went first, each person's in their order, and each once."""
    guests = [str(user.id) for user in broadcast.users[-GUESTS:]]
    sent = [
        (call.payload["chat_id"], call.payload["text"])
        for call in stage.botapi.calls[before:]
        if call.method == "sendMessage" and call.taken
    ]
    assert len(sent) == len(set(sent))
    answers = [(chat, text) for chat, text in sent if text.endswith("answer")]
    assert sorted(answers) == sorted((chat, f"The {place} answer") for chat in guests for place in ROUNDS)
    for chat in guests:
        assert [text for to, text in sent if to == chat and text != TEXT] == [
            f"The {p} answer" for p in ROUNDS
        ]
    first_offer = [text for _, text in sent].index(TEXT)
    assert {text for _, text in sent[:first_offer]} >= {"The first answer"}
    assert [chat for chat, text in sent[:first_offer] if text == "The first answer"] == guests


def _staff_were_told(stage: Stage) -> list[str]:
    rows = stage.column(
        select(OutboxMessage)
        .where(OutboxMessage.channel == "webchat", OutboxMessage.kind == MessageKind.ALERT)
        .order_by(OutboxMessage.id)
    )
    assert {row.state for row in rows} == {OutboxState.SENT}
    return [row.body["text"] for row in rows]
