"""What every channel does with what a person does in the app."""

from datetime import timedelta

import pytest

from handlers.incoming import IncomingKind
from scheduler.delivery.channel import Outgoing
from store.outbox import Button
from tests.contract.harness import ChannelHarness, let_others_act
from tests.contract.texts import ODD_TEXTS


async def test_a_message_becomes_one_incoming(harness: ChannelHarness) -> None:
    await harness.says("The tea was cold.")
    (incoming,) = await harness.inbox.takes()
    assert incoming.kind is IncomingKind.MESSAGE
    assert incoming.channel == harness.channel.name
    assert incoming.address == harness.address
    assert incoming.text == "The tea was cold."
    assert incoming.sender.id
    assert incoming.update_id
    assert incoming.message_id
    assert incoming.private
    assert incoming.at.utcoffset() == timedelta(0)
    await harness.wait_until_confirmed()
    assert harness.inbox.asked == [incoming]


async def test_an_answer_reaches_whoever_wrote(harness: ChannelHarness) -> None:
    await harness.says("Hello?")
    (incoming,) = await harness.inbox.takes()
    await harness.channel.send(Outgoing(1, incoming.address, "Hello!", reply_to=incoming.message_id))
    (seen,) = await harness.screen()
    assert (seen.text, seen.reply_to) == ("Hello!", incoming.message_id)


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_what_a_person_writes_comes_verbatim(harness: ChannelHarness, text: str) -> None:
    await harness.says(text)
    assert [incoming.text for incoming in await harness.inbox.takes()] == [text]


async def test_a_long_message_comes_whole(harness: ChannelHarness) -> None:
    text = "The pot was cold. " * 227
    await harness.says(text)
    assert [incoming.text for incoming in await harness.inbox.takes()] == [text]


async def test_messages_come_in_order_under_ids_of_their_own(harness: ChannelHarness) -> None:
    texts = [f"message {number}" for number in range(20)]
    for text in texts:
        await harness.says(text)
    taken = await harness.inbox.takes(20)
    assert [incoming.text for incoming in taken] == texts
    assert len({incoming.update_id for incoming in taken}) == 20
    assert len({incoming.message_id for incoming in taken}) == 20


async def test_a_reply_names_our_message(harness: ChannelHarness) -> None:
    name = await harness.channel.send(Outgoing(1, harness.address, "Is it solved?"))
    await harness.says("Not yet", reply_to=name)
    (incoming,) = await harness.inbox.takes()
    assert incoming.reply_to == name


async def test_a_tap_brings_back_the_buttons_data(harness: ChannelHarness) -> None:
    buttons = ((Button("Yes", "solved:7:yes"),), (Button("No 🫖", "solved:7:no"),))
    name = await harness.channel.send(Outgoing(1, harness.address, "Is it solved?", buttons))
    await harness.taps("No 🫖")
    (incoming,) = await harness.inbox.takes()
    assert incoming.kind is IncomingKind.BUTTON
    assert incoming.button == "solved:7:no"
    assert incoming.message_id == name
    assert incoming.address == harness.address


async def test_a_correction_names_the_corrected_message(harness: ChannelHarness) -> None:
    if not harness.can_edit:
        pytest.skip("this app does not let people edit")
    await harness.says("The tee was cold.")
    await harness.edits("The tea was cold.")
    written, corrected = await harness.inbox.takes(2)
    assert corrected.kind is IncomingKind.EDIT
    assert corrected.text == "The tea was cold."
    assert corrected.message_id == written.message_id
    assert corrected.update_id != written.update_id


async def test_nothing_is_confirmed_before_it_is_taken(harness: ChannelHarness) -> None:
    harness.inbox.open.clear()
    await harness.says("The tea was cold.")
    await harness.inbox.asks()
    await let_others_act()
    assert not await harness.is_confirmed()
    harness.inbox.open.set()
    await harness.inbox.takes()
    await harness.wait_until_confirmed()


async def test_what_could_not_be_taken_comes_again(harness: ChannelHarness) -> None:
    harness.inbox.failures = 2
    await harness.says("The tea was cold.")
    (taken,) = await harness.inbox.takes()
    assert [incoming.update_id for incoming in harness.inbox.asked] == [taken.update_id] * 3
    await harness.wait_until_confirmed()


async def test_a_repeated_update_has_the_same_id(harness: ChannelHarness) -> None:
    await harness.says("The tea was cold.")
    await harness.inbox.takes()
    await harness.wait_until_confirmed()
    await harness.repeats()
    first, second = await harness.inbox.takes(2)
    assert first.update_id == second.update_id
    assert first.message_id == second.message_id
