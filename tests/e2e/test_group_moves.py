"""The staff's group becomes a supergroup: a new id, and messages numbered anew; nobody is mixed up."""

import itertools

from tests.e2e.stage import ALERT_WITHIN_S, Stage, reference_in
from tests.patience import within


async def test_after_a_move_each_reply_reaches_the_right_customer(fresh_stage: Stage) -> None:
    stage, staff = fresh_stage, fresh_stage.staff
    ana, bo, mei = (stage.botapi.user(name) for name in ("Ana", "Bo", "Mei"))
    await stage.joins(mei)
    ana.says("My teapot arrived broken and I am very disappointed")
    first = await staff.hears(reference_in((await ana.hears("C-")).text))

    moved = stage.botapi.moves(staff)
    moved.chat.message_ids = itertools.count(first.message_id)
    bo.says("My parcel never arrived and I am very disappointed")
    reference = reference_in((await bo.hears("C-")).text)
    async with within(ALERT_WITHIN_S, *stage.program.pids):
        second = await moved.hears(reference)
    assert second.message_id == first.message_id

    mei.taps("Take it", group=moved)
    assert "My parcel" in (await moved.sees_edit("Mei has it")).text
    mei.says("It leaves again today", group=moved, reply_to=second.message_id)
    await bo.hears("Mei from Lantern Tea: It leaves again today")
    mei.taps_data(
        "take:1", message=moved.chat.messages[second.message_id]
    )  # changes the alert in the old group
    bo.says("Thank you, I will wait")
    below = await moved.hears("I will wait")
    assert below.reply_to == second.message_id

    assert await stage.program.stop() == 0
    await stage.program.start()
    mei.says("It is on its way", group=moved, reply_to=second.message_id)
    await bo.hears("Mei from Lantern Tea: It is on its way")
    assert "My parcel" in moved.chat.messages[second.message_id]["text"]
    assert not [shown for shown in stage.sent(ana) if "Mei from" in shown.text]
