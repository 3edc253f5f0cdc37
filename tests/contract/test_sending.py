"""What every channel does with a message that we send."""

import pytest

from scheduler.delivery.channel import Outgoing, RefusedError, UnreachableError
from store.errors import TemporaryError
from store.outbox import Button, ButtonRows, Document, Enclosure
from tests.contract.harness import ELSEWHERE, POT, ChannelHarness
from tests.contract.texts import ODD_TEXTS

YES_NO: ButtonRows = ((Button("Yes", "solved:7:yes"), Button("No", "solved:7:no")),)


def _long(characters: int) -> str:
    words = "The pot was cold and the lid was cracked. "
    return (words * (characters // len(words) + 1))[: characters - 1] + "!"


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_text_arrives_verbatim(harness: ChannelHarness, text: str) -> None:
    await harness.channel.send(Outgoing(1, harness.address, text))
    assert [seen.text for seen in await harness.screen()] == [text]


@pytest.mark.parametrize(
    "text", [_long(4096), _long(4097), _long(10_000), "茶" * 9000, "🫖" * 5000, "a" * 4097]
)
async def test_a_text_of_any_length_arrives_whole(harness: ChannelHarness, text: str) -> None:
    await harness.channel.send(Outgoing(1, harness.address, text, YES_NO))
    screen = await harness.screen()
    assert "".join(seen.text for seen in screen) == text
    assert [seen.labels for seen in screen if seen.labels] == [screen[-1].labels] == [("Yes", "No")]


@pytest.mark.parametrize("text", ["half a pair \ud83d!", "\udfff", "a\x00b", "\x07\x1b[31m"])
async def test_text_that_is_no_text_does_no_harm(harness: ChannelHarness, text: str) -> None:
    await harness.channel.send(Outgoing(1, harness.address, text))
    await harness.channel.send(Outgoing(2, harness.address, "after"))
    assert (await harness.screen())[-1].text == "after"


async def test_messages_arrive_in_order(harness: ChannelHarness) -> None:
    for number in range(5):
        await harness.channel.send(Outgoing(number, harness.address, f"message {number}"))
    assert [seen.text for seen in await harness.screen()] == [f"message {number}" for number in range(5)]


async def test_each_message_gets_a_name_of_its_own(harness: ChannelHarness) -> None:
    first = await harness.channel.send(Outgoing(1, harness.address, "one"))
    second = await harness.channel.send(Outgoing(2, harness.address, "two"))
    assert first
    assert second
    assert first != second


async def test_a_message_is_shown_under_the_one_it_replies_to(harness: ChannelHarness) -> None:
    first = await harness.channel.send(Outgoing(1, harness.address, "one"))
    await harness.channel.send(Outgoing(2, harness.address, "two", reply_to=first))
    assert [seen.reply_to for seen in await harness.screen()] == [None, first]


@pytest.mark.parametrize("gone", ["999999999", "no such name"])
async def test_a_reply_to_what_is_gone_is_sent_all_the_same(harness: ChannelHarness, gone: str) -> None:
    await harness.channel.send(Outgoing(1, harness.address, "hello", reply_to=gone))
    assert [seen.text for seen in await harness.screen()] == ["hello"]


async def test_an_edit_replaces_text_and_buttons(harness: ChannelHarness) -> None:
    name = await harness.channel.send(Outgoing(1, harness.address, "before", YES_NO))
    again = ((Button("Again", "again:7"),),)
    await harness.channel.edit(name, Outgoing(2, harness.address, "after <b>", again))
    assert [(seen.text, seen.labels) for seen in await harness.screen()] == [("after <b>", ("Again",))]
    await harness.channel.edit(name, Outgoing(3, harness.address, "done"))
    assert [(seen.text, seen.labels) for seen in await harness.screen()] == [("done", ())]


async def test_an_edit_that_changes_nothing_is_no_error(harness: ChannelHarness) -> None:
    name = await harness.channel.send(Outgoing(1, harness.address, "same", YES_NO))
    await harness.channel.edit(name, Outgoing(2, harness.address, "same", YES_NO))
    assert [seen.text for seen in await harness.screen()] == ["same"]


@pytest.mark.parametrize("name", ["999999999", "no such name"])
async def test_an_edit_of_what_is_not_there_is_refused(harness: ChannelHarness, name: str) -> None:
    with pytest.raises(RefusedError):
        await harness.channel.edit(name, Outgoing(1, harness.address, "text"))


@pytest.mark.parametrize("length", [20, 1024, 1025, 9000])
async def test_a_document_goes_along(harness: ChannelHarness, length: int) -> None:
    document = Document("your data.json", "application/json", '{"said": "café 茶 <b>"}')
    await harness.channel.send(Outgoing(1, harness.address, _long(length), YES_NO, document=document))
    screen = await harness.screen()
    assert [seen.document for seen in screen if seen.document] == [(document.name, document.text)]
    assert "".join(seen.text for seen in screen) == _long(length)
    assert screen[-1].labels == ("Yes", "No")


async def test_a_message_with_a_document_can_be_edited(harness: ChannelHarness) -> None:
    document = Document("data.json", "application/json", "{}")
    name = await harness.channel.send(Outgoing(1, harness.address, "before", document=document))
    await harness.channel.edit(name, Outgoing(2, harness.address, "after", document=document))
    assert [seen.text for seen in await harness.screen()] == ["after"]


async def test_a_document_needs_no_text(harness: ChannelHarness) -> None:
    document = Document("data.json", "application/json", "{}")
    await harness.channel.send(Outgoing(1, harness.address, "", document=document))
    assert [(seen.text, seen.document) for seen in await harness.screen()] == [("", ("data.json", "{}"))]


async def test_a_photo_of_another_app_is_brought_with_its_words(harness: ChannelHarness) -> None:
    photo = Enclosure("photo", ELSEWHERE, "pot", "pot.jpg")
    await harness.channel.send(Outgoing(1, harness.address, "Look <b>here</b>", YES_NO, attachments=(photo,)))
    (seen,) = await harness.screen()
    assert (seen.text, seen.labels, seen.media) == ("Look <b>here</b>", ("Yes", "No"), (("photo", POT),))


async def test_what_cannot_be_brought_takes_no_words_with_it(harness: ChannelHarness) -> None:
    gone = Enclosure("photo", ELSEWHERE, "a lost one", otherwise="[it cannot be shown]")
    await harness.channel.send(Outgoing(1, harness.address, "Look", attachments=(gone,)))
    (seen,) = await harness.screen()
    assert (seen.text.splitlines()[0], seen.media) == ("Look", ())


async def test_the_words_beside_a_photo_can_be_edited(harness: ChannelHarness) -> None:
    photo = Enclosure("photo", ELSEWHERE, "pot")
    name = await harness.channel.send(Outgoing(1, harness.address, "before", attachments=(photo,)))
    await harness.channel.edit(name, Outgoing(2, harness.address, "after"))
    (seen,) = await harness.screen()
    assert (seen.text, seen.media) == ("after", (("photo", POT),))


async def test_a_chat_that_does_not_exist_is_unreachable(harness: ChannelHarness) -> None:
    for address in harness.nowhere:
        with pytest.raises(UnreachableError):
            await harness.channel.send(Outgoing(1, address, "hello?"))


async def test_a_person_who_left_is_unreachable(harness: ChannelHarness) -> None:
    if not harness.can_leave:
        pytest.skip("nobody can leave this app")
    await harness.leaves()
    with pytest.raises(UnreachableError):
        await harness.channel.send(Outgoing(1, harness.address, "hello?"))


async def test_a_passing_fault_is_temporary_and_the_next_try_succeeds(harness: ChannelHarness) -> None:
    if not harness.can_break:
        pytest.skip("nothing stands between this channel and its app")
    await harness.breaks()
    with pytest.raises(TemporaryError):
        await harness.channel.send(Outgoing(1, harness.address, "hello"))
    await harness.channel.send(Outgoing(1, harness.address, "hello"))
    assert [seen.text for seen in await harness.screen()] == ["hello"]


async def test_an_app_that_answers_can_be_asked(harness: ChannelHarness) -> None:
    await harness.channel.look()
    assert await harness.screen() == []
