"""A campaign as it is made and read: languages, picture, button, test, answer; then the picture is gone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from store.tables.outreach import CampaignAnswer
from store.tables.staff import Role
from tests.botapi.people import User
from tests.e2e.stage import Stage, playing, quiet_hours
from tests.factories import make_customer

JPEG = b"\xff\xd8\xff\xe0 a pot of oolong"


async def test_a_campaign_with_a_picture_is_read_answered_and_survives_the_loss_of_its_picture(
    tmp_path: Path,
) -> None:
    async with playing(tmp_path, **quiet_hours(now=False)) as stage:
        ana, ming, lin = (stage.botapi.user(name) for name in ("Ana", "小明", "Lin"))
        _take_in(stage, (ana, "en"), (ming, "zh"))
        await stage.joins(lin, role=Role.MARKETER)

        await _plan(lin, "Hi {first_name|friend}, new oolong!", "zh: {first_name|朋友}您好，新茶到了！")
        lin.taps("Test to me")
        test = await lin.hears("Hi Lin, new oolong!")
        assert test.media is not None
        lin.taps("Keep me one")
        await lin.hears("(A test: it is not counted.)\nDone!")
        lin.taps("Send now")
        await lin.hears("Sending “Hi friend, new oolong!”")
        shown = await ana.hears("Hi Ana, new oolong!")
        assert (shown.media and shown.media[0], shown.buttons[0][0]) == ("photo", "Keep me one")
        assert (await ming.hears("小明您好，新茶到了！")).media is not None
        ana.taps("Keep me one")
        await ana.hears("Done!")
        assert "Sent: 2" in (await lin.hears("is done: 2 messages.")).text
        assert len(stage.rows(select(CampaignAnswer))) == 1

        await _plan(lin, "Once more, {first_name|friend}!")
        stage.botapi.world.files.clear()
        lin.taps("Send now")
        alone = await ana.hears("Once more, Ana!")
        assert alone.media is None
        assert "⚠️ The picture is gone: 2 got the words alone." in (await lin.hears("is done: 2")).text


async def _plan(lin: User, first: str, *others: str) -> None:
    """Go through all steps up to the preview."""
    lin.says("/campaign")
    await lin.hears("What should customers read?")
    lin.says(first)
    await lin.hears("Version A is there in")
    for other in others:
        lin.says(other)
        await lin.hears("Version A is there in")
    lin.taps("Go on")
    await lin.hears("A picture above it?")
    lin.sends_file("photo", JPEG)
    await lin.hears("Buttons under it?")
    lin.says("Keep me one | Done!")
    if others:
        await lin.hears("The same buttons in 中文?")
        lin.taps("Skip")
    await lin.hears("Who gets it?")
    lin.says("all")
    await lin.hears("That is everybody: 2 customers.")
    lin.taps("Yes, everybody")
    await lin.hears("When?")
    lin.taps("Now")
    assert "👤 As" in (await lin.hears("👤 As Ana will read it")).text
    await lin.hears("It reaches 2 of 2.")


def _take_in(stage: Stage, *people: tuple[User, str]) -> None:
    """Let people be known as customers already."""
    database = stage.program.database()
    try:
        with database.transaction() as session:
            for person, language in people:
                name = str(person.about["first_name"])
                values: dict[str, Any] = {"display_name": name, "language": language}
                make_customer(session, sender=str(person.id), created_at=datetime.now(UTC), **values)
    finally:
        database.close()
