"""A promise that is kept, and a concession that needs leave, over real HTTP."""

from sqlalchemy import select

from store.tables.desk import Concession, ConcessionState, Promise, PromiseState
from store.tables.staff import Role
from tests.e2e.stage import Stage, reference_in

COMPLAINT = "My parcel never arrived and nobody answers the phone. I am very disappointed."


async def test_what_was_promised_is_kept_and_what_is_given_is_allowed(fresh_stage: Stage) -> None:
    stage, staff = fresh_stage, fresh_stage.staff
    ana, mei, lea = (stage.botapi.user(name) for name in ("Ana", "Mei", "Lea"))
    await stage.joins(mei)
    await stage.joins(lea, role=Role.LEAD)
    ana.says(COMPLAINT)
    reference = reference_in((await ana.hears("C-")).text)
    await staff.hears(reference)

    mei.taps("More…", group=staff)
    await staff.hears(f"What next with {reference}?")
    mei.taps("Promise something", group=staff)
    await staff.hears("By when, and what?")
    mei.taps("2 days", group=staff)
    asked = await staff.hears("What happens by")
    mei.says("A new parcel arrives", group=staff, reply_to=asked.message_id)
    assert "“A new parcel arrives”" in (await ana.hears("Mei from Lantern Tea has promised you, by")).text
    card = await staff.hears("Mei promised Ana, by")

    mei.taps("It is kept", group=staff, message_id=card.message_id)
    await ana.hears("says that this was done, as promised: “A new parcel arrives”. Was it?")
    ana.says("yes")
    await ana.hears("It is noted as kept.")
    await staff.sees_edit("It was kept, by the customer's word.")
    assert stage.column(select(Promise.state)) == [PromiseState.CONFIRMED]

    mei.says(f"/concession {reference} voucher 50 Three weeks late", group=staff)
    await staff.hears("Can approve it: Lea")
    mei.taps("Approve", group=staff)
    await staff.hears("Only leads, managers and admins approve.")
    lea.taps("Approve", group=staff)
    assert (await ana.hears("you get a voucher of $50.00.")).text.startswith("Mei from Lantern Tea: ")
    await staff.hears(f"Mei: Lea approved what you proposed in {reference}.")
    assert stage.column(select(Concession.state)) == [ConcessionState.GIVEN]
    assert not [shown for shown in stage.sent(ana) if "Three weeks late" in shown.text]
