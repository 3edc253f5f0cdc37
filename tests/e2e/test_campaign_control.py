"""A broadcast under way: paused, resumed, cancelled; nobody gets it twice, or after it was stopped."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from store.tables.staff import Role
from tests.botapi.people import User
from tests.e2e.stage import Stage, playing, quiet_hours
from tests.factories import make_customer

READERS = 90
NEWS = "New teas!"


async def test_a_broadcast_is_paused_resumed_and_one_is_cancelled(tmp_path: Path) -> None:
    async with playing(tmp_path, **quiet_hours(now=False)) as stage:
        readers = [stage.botapi.user(f"Reader {number}") for number in range(READERS)]
        _take_in(stage, readers)
        lin, tom = stage.botapi.user("Lin"), stage.botapi.user("Tom")
        await stage.joins(lin, role=Role.MARKETER)
        await stage.joins(tom, role=Role.AGENT)
        await _broadcast(lin)
        await lin.hears("Sending “New teas!”")
        await stage.botapi.wait_for(lambda call: call.taken and call.payload.get("text") == NEWS)
        lin.taps("Pause")
        await lin.hears("⏸ Lin paused “New teas!”.")
        shown = await lin.sees_edit("Waiting: ")  # once those that were about to leave have left, or stayed
        assert "is paused since" in shown.text
        before = _got(stage)
        assert 0 < sum(before.values()) < READERS

        tom.taps_data("campaign:1:resume", message=next(reversed(tom.chat.messages.values())))
        await tom.hears("Only marketers and managers can do this.")
        lin.says("/campaigns")
        await lin.hears("“New teas!” is paused since")
        assert _got(stage) == before

        lin.taps("Resume")
        await lin.hears("▶️ Lin resumed “New teas!”.")
        tally = await lin.hears(f"is done: {READERS} messages")
        assert f"Sent: {READERS}" in tally.text
        assert _got(stage) == Counter({str(reader.id): 1 for reader in readers})

        await _broadcast(lin)
        await lin.hears("Sending “New teas!”")
        lin.taps("Stop sending")
        await lin.hears("Stop sending “New teas!” for good?")
        lin.taps("Yes, send no more")
        await lin.hears("⏹ Lin stopped sending “New teas!”.")
        result = await lin.hears("was stopped: ")
        assert "the campaign was cancelled: " in result.text
        after = _got(stage)
        await stage.still_answers(readers[0])
        assert _got(stage) == after
        sent = sum(after.values()) - READERS
        assert f"was stopped: {sent} of 90 got it; {READERS - sent} never will\nSent: {sent}\n" in result.text
        lin.taps("Yes, send no more")
        await lin.hears("Sending “New teas!” was stopped")


async def _broadcast(lin: User) -> None:
    lin.says(f"/broadcast {NEWS}")
    await lin.hears("Who gets it?")
    lin.says("all")
    await lin.hears(f"It reaches {READERS} of {READERS}.")
    lin.taps("Send")


def _got(stage: Stage) -> Counter[str]:
    """How often each chat got the news."""
    return Counter(
        str(call.payload["chat_id"])
        for call in stage.calls("sendMessage")
        if call.taken and call.payload["text"] == NEWS
    )


def _take_in(stage: Stage, people: list[User]) -> None:
    """Let people be known as customers already."""
    database = stage.program.database()
    try:
        with database.transaction() as session:
            for person in people:
                make_customer(session, sender=str(person.id), created_at=datetime.now(UTC))
    finally:
        database.close()
