"""The main job in one piece, over real HTTP: a complaint from its first word to the customer's last."""

import re

from sqlalchemy import select

from store.tables.complaints import Complaint, ComplaintState
from store.tables.customers import Customer
from tests.botapi.people import Group, User
from tests.botapi.server import BotApi
from tests.e2e.conftest import STAFF_GROUP
from tests.program import Program

COMPLAINT = "My parcel never arrived and nobody answers the phone. I am very disappointed."


async def test_a_complaint_from_the_first_word_to_the_last(botapi: BotApi, program: Program) -> None:
    ana, mei = botapi.user("Ana"), botapi.user("Mei")
    staff = botapi.group("Staff", group_id=STAFF_GROUP)
    await _joins(mei, staff, program)

    ana.says(COMPLAINT)
    reply = await ana.hears("C-")
    reference = _reference(reply.text)
    alert = await staff.hears(reference, timeout_s=1.0)
    assert COMPLAINT in alert.text
    assert [label for label, _ in alert.buttons] == ["Take it", "Reply", "Resolved"]

    mei.taps("Take it", group=staff)
    assert "Mei" in (await staff.sees_edit(reference)).text
    mei.says("So sorry, it leaves again today.", group=staff, reply_to=alert.message_id)
    assert "Mei from Lantern Tea: So sorry, it leaves again today." in (await ana.hears("sorry, it")).text

    ana.says("Thank you, I will wait for it")
    answer_below = await staff.hears("I will wait for it")
    assert answer_below.reply_to is not None

    before = _index(program)
    mei.taps("Resolved", group=staff, message_id=alert.message_id)
    await ana.hears(f"{reference} is solved. Is it?")
    ana.taps(f"solved:{_number(reference)}:yes")
    await ana.hears("How well did we handle it")
    ana.taps(f"rate:c{_number(reference)}:5")
    await ana.hears("Thank you")

    assert _state(program) is ComplaintState.CONFIRMED
    assert _index(program) > before


async def _joins(member: User, staff: Group, program: Program) -> None:
    code, output, _ = await program.command("staff", "add", "Mei", "--role", "agent")
    assert code == 0
    found = re.search(r"/join \S+", output)
    assert found is not None
    member.says(found.group())
    await member.hears("Mei")


def _reference(text: str) -> str:
    found = re.search(r"C-\d+", text)
    assert found is not None
    return found.group()


def _number(reference: str) -> int:
    return int(reference.removeprefix("C-")) - 1000


def _index(program: Program) -> float:
    database = program.database()
    with database.reading() as session:
        index = session.scalars(select(Customer.index).where(Customer.display_name == "Ana")).one()
    database.close()
    assert index is not None
    return index


def _state(program: Program) -> ComplaintState:
    database = program.database()
    with database.reading() as session:
        state = session.scalars(select(Complaint.state)).one()
    database.close()
    return state
