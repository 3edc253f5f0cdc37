"""Photos and voice messages go both ways, within Telegram and between it and our own page."""

import json
from uuid import uuid4

from tests.e2e.pages import Page, open_page
from tests.e2e.stage import Stage, reference_in

BROKEN = "The teapot arrived broken and I am still waiting for my refund, three weeks now"
PNG = b"\x89PNG\r\n\x1a\n of a cracked pot \xff\x80"
NEW = b"\xff\xd8\xff\xe0 of a new one \x80"
VOICE = b"OggS of Mei \x80"


async def test_within_telegram_what_is_sent_stays_what_it_is(fresh_stage: Stage) -> None:
    stage = fresh_stage
    ana, mei = stage.botapi.user("Ana"), stage.botapi.user("Mei")
    await stage.joins(mei)

    ana.sends_file("photo", PNG, caption=BROKEN)
    reference = reference_in((await ana.hears("C-")).text)
    alert = await stage.staff.hears(BROKEN)
    picture = await stage.staff.hears(f"{reference} · Ana")
    assert picture.media is not None
    assert stage.botapi.world.files[picture.media[1]] == ("photo", PNG)
    assert picture.reply_to == alert.message_id

    mei.sends_file("voice", VOICE, group=stage.staff, reply_to=picture.message_id)
    heard = await ana.hears("Mei from Lantern Tea sends you this.")
    assert heard.media is not None
    assert stage.botapi.world.files[heard.media[1]] == ("voice", VOICE)
    await stage.staff.hears(f"✓ Sent to Ana ({reference}).")

    mei.says("// she is my aunt", group=stage.staff, reply_to=alert.message_id)
    await stage.staff.hears(f"📝 Kept as a note in {reference}.")
    ana.says("/forget")
    await ana.hears("Are you sure?")
    ana.taps("Yes, erase everything")
    await ana.hears("everything we held on you is erased")
    await stage.botapi.wait_for("deleteMessage")
    assert picture.message_id not in stage.staff.chat.messages
    assert stage.tables_that_hold("she is my aunt", picture.media[1]) == []
    assert [shown for shown in stage.sent(ana) if "aunt" in shown.text] == []


async def test_between_our_page_and_telegram_files_are_brought(fresh_stage: Stage) -> None:
    stage = fresh_stage
    mei = stage.botapi.user("Mei")
    await stage.joins(mei)
    async with open_page(stage.program, f"{stage.program.url}/chat") as ana:
        await _sends_file(ana, stage, PNG, "pot.png", text=BROKEN)
        reference = reference_in((await ana.hears("C-"))["text"])
        picture = await stage.staff.hears(f"{reference} · ")
        while picture.media is None:
            picture = await stage.staff.hears(f"{reference} · ")
        assert picture.media == ("photo", "pot.png")
        assert stage.botapi.world.files["file-pot.png"] == ("photo", PNG)

        mei.sends_file("photo", NEW, group=stage.staff, reply_to=picture.message_id, caption="The new one")
        item = await ana.hears("Mei from Lantern Tea: The new one")
        (shown,) = item["attachments"]
        async with ana.http.get(stage.program.url + shown["path"]) as response:
            assert (response.status, await response.read()) == (200, NEW)
            assert response.headers["Content-Type"] == "image/jpeg"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def _sends_file(page: Page, stage: Stage, content: bytes, name: str, *, text: str) -> None:
    headers = {"Origin": stage.program.url}
    async with page.http.post(f"{stage.program.url}/chat/files", data=content, headers=headers) as response:
        assert response.status == 201
        token = (await response.json())["token"]
    said = {
        "type": "say",
        "uuid": str(uuid4()),
        "text": text,
        "reply_to": None,
        "attachments": [{"token": token, "name": name}],
    }
    await page.socket.send_str(json.dumps(said))
