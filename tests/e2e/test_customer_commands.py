"""What a customer can ask for by a command, over real HTTP."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from customers.erasure import scrub_farewells
from store.tables.customers import ErasureTally
from tests.e2e.stage import Stage, complaint_id, reference_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPLAINT = "The teapot arrived in pieces and I am very disappointed"


async def test_the_app_shows_the_commands_in_each_language(stage: Stage) -> None:
    await stage.botapi.wait_for(
        lambda call: call.method == "setMyCommands" and call.payload.get("language_code") == "zh"
    )
    menus = {language: commands for (_, language), commands in stage.botapi.world.commands.items()}
    assert set(menus) == {"", "zh"}
    names = [command["command"] for command in menus[""]]
    assert names == [command["command"] for command in menus["zh"]]
    told = {"start", "help", "feedback", "complaint", "status", "events", "language", "stop", "resume"}
    assert {*told, "mydata", "forget"} <= set(names)
    assert not any(command["description"].isascii() for command in menus["zh"])


async def test_the_link_by_which_somebody_came_is_kept(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/start poster7")
    assert (await ana.hears("Lantern Tea")).text.startswith("Hello Ana, this is Lantern Tea.")
    assert stage.customer(ana).source == "poster7"


async def test_help_names_what_can_be_done(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/help")
    text = (await ana.hears("/complaint")).text
    for command in ("/feedback", "/status", "/events", "/language", "/stop", "/resume", "/mydata", "/forget"):
        assert command in text


async def test_feedback_is_asked_for_and_thanked_for(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/feedback")
    await ana.hears("What do you think of us?")
    ana.says("Your jasmine tea is wonderful, thank you!")
    asked = await ana.hears("How many stars")
    ana.taps("4 ★", message_id=asked.message_id)
    await ana.hears("★★★★☆")
    index = stage.customer(ana).index
    assert index is not None
    assert index > 50


async def test_a_complaint_is_asked_for_and_its_status_told(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/status")
    await ana.hears("You have no complaints with us")
    ana.says("/complaint")
    await ana.hears("What happened?")
    ana.says("The lid is missing")
    reference = reference_in((await ana.hears("C-")).text)
    ana.says("/status")
    assert reference in (await ana.hears("received")).text


async def test_nothing_is_planned_yet(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/events")
    await ana.hears("Nothing is planned at the moment")


async def test_from_one_word_on_we_speak_chinese(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/language")
    offered = await ana.hears("Which language do you like?")
    assert [label for label, _ in offered.buttons] == ["English", "中文"]
    ana.says("/language 中文")
    await ana.hears("从现在起，我用中文和您交流。")
    ana.says("Hello")
    await ana.hears("您好")
    ana.taps("English", message_id=offered.message_id)
    await ana.hears("From now on I speak English with you.")


async def test_silence_is_kept_until_it_is_broken(stage: Stage) -> None:
    ana = stage.botapi.user("Ana")
    ana.says("/stop")
    await ana.hears("we will not write to you first any more")
    ana.says("Hello")
    await ana.hears("What can I do for you?")
    ana.says("/resume")
    await ana.hears("Welcome back")


async def test_a_customer_sees_all_that_is_held_on_them(stage: Stage) -> None:
    ana = stage.botapi.user("Ana", last_name="Ruiz", username="ana_r")
    ana.says(COMPLAINT)
    reference = reference_in((await ana.hears("C-")).text)
    ana.says("/mydata")
    document = (await ana.hears("everything we hold on you")).document
    assert document is not None
    name, content = document
    everything = json.loads(content)
    assert name == "my-data.json"
    assert everything["profile"]["display_name"] == "Ana Ruiz"
    assert everything["identities"][0]["username"] == "ana_r"
    assert COMPLAINT in [message["text"] for message in everything["messages_from_you"]]
    assert reference in str(everything["messages_to_you"])
    assert [complaint["text"] for complaint in everything["complaints"]] == [COMPLAINT]
    assert {entry["source"] for entry in everything["satisfaction_entries"]} >= {"complaint_opened"}


async def test_who_wants_to_be_forgotten_is_forgotten(stage: Stage) -> None:
    zoe = stage.botapi.user("Zoë", last_name="Quillfeather", username="zoe_quill")
    zoe.says("/start leaflet9")
    await zoe.hears("Zoë Quillfeather")
    zoe.says("My name is Quillfeather, and the kettle is broken")
    number = complaint_id(reference_in((await zoe.hears("C-")).text))
    alert = await stage.staff.hears("Quillfeather")
    mei = stage.botapi.user("Mei")
    await stage.joins(mei)
    mei.taps(f"take:{number}", group=stage.staff)
    await stage.staff.sees_edit("Mei has it")
    mei.says("Dear Zoë Quillfeather, a new pot leaves today", group=stage.staff, reply_to=alert.message_id)
    await zoe.hears("a new pot leaves today")

    unreadable = {"message_id": 1, "from": zoe.about, "chat": zoe.chat.about, "date": "soon", "text": "Hm"}
    stage.botapi.updates.push(message=unreadable)

    zoe.says("/forget")
    asked = await zoe.hears("Are you sure?")
    zoe.taps("No, keep it", message_id=asked.message_id)
    await zoe.hears("nothing was erased")
    assert stage.tables_that_hold("Quillfeather")
    zoe.taps("Yes, erase everything", message_id=asked.message_id)
    await zoe.hears("everything we held on you is erased")

    assert "Quillfeather" not in (await stage.staff.sees_edit("was erased at their wish")).text
    await stage.program.stop()  # so that all that was sent is noted
    _scrub_farewells(stage)
    assert not stage.tables_that_hold(
        "Quillfeather", "zoe_quill", "leaflet9", "the kettle is broken", "a new pot", str(zoe.id)
    )
    assert {"customers", "complaints"} <= set(stage.column(select(ErasureTally.what)))

    await stage.program.start()
    zoe.says("Hello")
    await zoe.hears("Hello Zoë Quillfeather, this is Lantern Tea.")
    assert stage.customer(zoe).source is None


def _scrub_farewells(stage: Stage) -> None:
    """Do now what the program does once a minute: take the address from last answers that have left."""
    database = stage.program.database()
    with database.transaction() as session:
        assert scrub_farewells(session, now=datetime.now(UTC)) == 1
    database.close()
