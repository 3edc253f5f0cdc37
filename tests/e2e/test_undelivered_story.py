"""A reply to somebody who has blocked us comes back to staff, and goes out again once they are there."""

from tests.e2e.stage import Stage, reference_in


async def test_what_did_not_arrive_comes_back_and_goes_out_again(fresh_stage: Stage) -> None:
    stage, staff = fresh_stage, fresh_stage.staff
    ana, mei = stage.botapi.user("Ana"), stage.botapi.user("Mei")
    await stage.joins(mei)
    ana.says("My teapot arrived broken and I am very disappointed")
    alert = await staff.hears(reference_in((await ana.hears("C-")).text))
    ana.chat.refuses = "Forbidden: bot was blocked by the user"  # and Telegram has not told us

    mei.says("A new one leaves today", group=staff, reply_to=alert.message_id)

    told = await staff.hears(
        "📪 Mei: this did not reach Ana (C-1001): “Mei from Lantern Tea: A new one leaves"
    )
    assert "They blocked us or left that app." in told.text
    assert told.reply_to == alert.message_id
    mei.taps("Send again", group=staff)
    await staff.hears("Ana cannot be reached")

    ana.chat.refuses = ""
    ana.says("Hello?")
    await ana.hears("C-1001 is with Mei")
    mei.taps("Send again", group=staff, message_id=told.message_id)
    await ana.hears("Mei from Lantern Tea: A new one leaves today")
    await staff.sees_edit("↻ Sent again to Ana")
