"""The main job in one piece, over real HTTP: a complaint from its first word to the customer's last."""

import re

from sqlalchemy import select

from store.tables.complaints import Complaint, ComplaintState
from tests.botapi.people import User
from tests.e2e.stage import ALERT_WITHIN_S, Stage, complaint_id, reference_in
from tests.patience import within

COMPLAINT = "My parcel never arrived and nobody answers the phone. I am very disappointed."


async def test_a_complaint_from_the_first_word_to_the_last(paced_stage: Stage) -> None:
    stage, staff = paced_stage, paced_stage.staff
    ana, mei = stage.botapi.user("Ana"), stage.botapi.user("Mei")
    await _joins(mei, stage)

    ana.says(COMPLAINT)
    reference = reference_in((await ana.hears("C-")).text)
    async with within(ALERT_WITHIN_S, *stage.program.pids):
        alert = await staff.hears(reference)
    assert COMPLAINT in alert.text
    offered = ["Take it", "Reply", "Resolved", "This was no complaint", "More…"]
    assert [label for label, _ in alert.buttons] == offered

    mei.taps("Take it", group=staff)
    assert "Mei" in (await staff.sees_edit(reference)).text
    mei.says("So sorry, it leaves again today.", group=staff, reply_to=alert.message_id)
    assert "Mei from Lantern Tea: So sorry, it leaves again today." in (await ana.hears("sorry, it")).text

    ana.says("Thank you, I will wait for it")
    answer_below = await staff.hears("I will wait for it")
    assert answer_below.reply_to is not None

    before = stage.customer(ana).index
    assert before is not None
    mei.taps("Resolved", group=staff, message_id=alert.message_id)
    await staff.hears(f"What did {reference} come from?")
    mei.taps("Delivery", group=staff)
    await staff.reads("What was done about it?")
    mei.taps("Replaced", group=staff)
    await ana.hears(f"{reference} is solved. Is it?")
    ana.taps(f"solved:{complaint_id(reference)}:yes")
    await ana.hears("How well did we handle it")
    ana.taps(f"rate:c{complaint_id(reference)}:5")
    await ana.hears("Thank you")

    assert stage.column(select(Complaint.state)) == [ComplaintState.CONFIRMED]
    after = stage.customer(ana).index
    assert after is not None
    assert after > before


async def _joins(member: User, stage: Stage) -> None:
    """Let somebody become staff as the company does it: a code from the command line."""
    code, output, errors = await stage.program.command("staff", "add", "Mei", "--role", "agent")
    assert code == 0, errors
    found = re.search(r"/join \S+", output)
    assert found is not None
    member.says(found.group())
    await member.hears("Mei")
