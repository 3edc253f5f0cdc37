"""The program is stopped in the middle of a story and started again: the story goes on."""

from sqlalchemy import select

from scheduler.delivery.clearance import SUPERSEDED
from store.tables.complaints import Complaint, ComplaintState
from store.tables.queues import OutboxMessage, OutboxState
from tests.e2e.stage import Stage, reference_in


async def test_a_story_goes_on_after_a_restart(fresh_stage: Stage) -> None:
    stage, staff, program = fresh_stage, fresh_stage.staff, fresh_stage.program
    ana, mei = stage.botapi.user("Ana"), stage.botapi.user("Mei")
    await stage.joins(mei)
    ana.says("My parcel never arrived and I am very disappointed")
    reference = reference_in((await ana.hears("C-")).text)
    alert = await staff.hears(reference)
    ana.says("/complaint")
    await ana.hears("What happened?")

    assert await program.stop() == 0
    ana.says("The second parcel never arrived either")  # while the program is down
    mei.taps("Take it", group=staff)
    await program.start()

    second = reference_in((await ana.hears("C-")).text)
    assert second != reference
    assert reference in (await staff.sees_edit("Mei has it")).text
    mei.says("It leaves again today", group=staff, reply_to=alert.message_id)
    await ana.hears("Mei from Lantern Tea: It leaves again today")
    ana.says("/status")
    status = (await ana.hears(second)).text
    assert f"{reference} “My parcel" in status
    mei.taps("Resolved", group=staff, message_id=alert.message_id)
    await staff.hears(f"What did {reference} come from?")
    mei.taps("Delivery", group=staff)
    await staff.reads("What was done about it?")
    mei.taps("Replaced", group=staff)
    await ana.hears(f"{reference} is solved. Is it?")

    assert await program.stop() == 0
    await program.start()
    ana.taps("Yes, it is solved")
    await ana.hears(f"{reference} is closed")
    states = stage.column(select(Complaint.state).order_by(Complaint.id))
    assert states == [ComplaintState.CONFIRMED, ComplaintState.OPEN]
    assert await program.stop() == 0
    is_out = OutboxMessage.state.in_([OutboxState.SENT, OutboxState.QUEUED])
    unsent = set(stage.column(select(OutboxMessage.reason).where(~is_out)))
    assert unsent <= {SUPERSEDED}  # of two changes of an alert that wait together the last is shown
    texts = [shown.text for shown in stage.sent(ana)]
    assert len(texts) == len(set(texts)), "something was said twice"


async def test_what_the_stop_finds_in_hand_is_finished(fresh_stage: Stage) -> None:
    stage, program = fresh_stage, fresh_stage.program
    people = [stage.botapi.user(f"Customer {number}") for number in range(40)]
    for person in people:
        person.says("Your jasmine tea is wonderful, thank you!")
    await people[0].hears("makes our day")
    assert await program.stop() == 0
    await program.start()
    for person in people[1:]:
        await person.hears("makes our day")
    await stage.still_answers(people[-1])
    assert await program.stop() == 0
    for person in people[:-1]:
        assert len(stage.sent(person)) == 1
