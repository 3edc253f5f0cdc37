"""Photos, voice messages and files on Telegram: sent on by their id, brought from elsewhere, taken back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.files import FileGoneError, Files
from bot.channels.telegram.channel import TelegramChannel
from scheduler.delivery.channel import FileMissingError, Outgoing, RefusedError, UnreachableError
from store.errors import TemporaryError
from store.outbox import Button, ButtonRows, Enclosure
from tests.bot.channels.conftest import Line
from tests.botapi import BotApi
from tests.botapi.media import KINDS
from tests.botapi.people import User

JPEG = b"\xff\xd8\xff\xe0 a cracked pot \x80\xfe"
ELSEWHERE = "webchat"


@pytest.fixture
def files() -> Files:
    """Another app has one picture, and cannot tell of another just now."""

    async def fetch(reference: str) -> bytes:
        if reference == "later":
            raise TemporaryError("the disk is away")
        if reference != "w-1/pot":
            raise FileGoneError("there is no such file")
        return JPEG

    return Files({ELSEWHERE: fetch})


@pytest.fixture
async def channel(line: Line, files: Files) -> AsyncIterator[TelegramChannel]:
    async with line.open() as telegram:
        telegram.share_files(files)
        yield telegram.channel


@pytest.fixture
def ana(api: BotApi) -> User:
    return api.user("Ana")


@pytest.fixture
def mei(api: BotApi) -> User:
    return api.user("Mei")


def _to(person: User, text: str, *files: Enclosure, **more: Any) -> Outgoing:
    return Outgoing(1, str(person.id), text, attachments=files, **more)


def _of_ana(ana: User, kind: str, content: bytes = JPEG) -> Enclosure:
    """Let Ana send a file and name it as our messages do."""
    number = ana.sends_file(kind, content)
    file = ana.chat.messages[number][kind]
    about = file[-1] if isinstance(file, list) else file
    return Enclosure(kind, "telegram", about["file_id"], otherwise="[it cannot be shown]")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_came_in_on_telegram_goes_on_as_what_it_is(
    channel: TelegramChannel, ana: User, mei: User, kind: str
) -> None:
    file = _of_ana(ana, kind)

    await channel.send(_to(mei, "C-1001 · Ana", file))

    media = [shown.media for shown in mei.window.all() if shown.media]
    assert media == [(kind, file.reference)]
    assert "C-1001 · Ana" in [shown.text for shown in mei.window.all()]


async def test_a_picture_keeps_its_words_and_its_buttons(
    channel: TelegramChannel, ana: User, mei: User
) -> None:
    await channel.send(_to(mei, "Look at <b>this</b>", _of_ana(ana, "photo")))

    (shown,) = mei.window.all()
    assert (shown.text, shown.media is not None) == ("Look at <b>this</b>", True)


async def test_words_too_long_for_a_caption_follow(channel: TelegramChannel, ana: User, mei: User) -> None:
    await channel.send(_to(mei, "x" * 1025, _of_ana(ana, "voice")))

    voice, words = mei.window.all()
    assert (voice.media is not None, words.media, words.text) == (True, None, "x" * 1025)


async def test_several_files_go_along_and_the_last_has_the_words(
    channel: TelegramChannel, ana: User, mei: User
) -> None:
    files = [_of_ana(ana, "photo"), _of_ana(ana, "document")]

    name = await channel.send(_to(mei, "both", *files))

    first, last = mei.window.all()
    assert (first.text, last.text) == ("", "both")
    assert name == str(last.message_id)


async def test_a_file_of_another_app_is_brought(channel: TelegramChannel, api: BotApi, mei: User) -> None:
    await channel.send(_to(mei, "Ana", Enclosure("photo", ELSEWHERE, "w-1/pot", "pot <1>.jpg")))

    (shown,) = mei.window.all()
    assert shown.media == ("photo", "pot <1>.jpg")
    assert api.world.files["file-pot <1>.jpg"] == ("photo", JPEG)


async def test_a_file_without_a_name_is_called_after_what_it_is(channel: TelegramChannel, mei: User) -> None:
    await channel.send(_to(mei, "Ana", Enclosure("photo", ELSEWHERE, "w-1/pot")))

    (shown,) = mei.window.all()
    assert shown.media == ("photo", "photo.jpg")


async def test_what_may_be_missing_is_left_to_whoever_sends_it(channel: TelegramChannel, mei: User) -> None:
    gone = Enclosure("photo", "telegram", "no such file", may_be_missing=True)

    with pytest.raises(FileMissingError):
        await channel.send(_to(mei, "New oolong!", gone))

    assert mei.window.all() == []


async def test_a_picture_for_many_is_brought_once(
    channel: TelegramChannel, api: BotApi, ana: User, mei: User
) -> None:
    picture = Enclosure("photo", ELSEWHERE, "w-1/pot", "pot.jpg", may_be_missing=True)

    await channel.send(_to(mei, "New oolong!", picture))
    await channel.send(_to(ana, "New oolong!", picture))

    (first,), (second,) = mei.window.all(), ana.window.all()
    assert first.media == ("photo", "pot.jpg")
    assert second.media == ("photo", "file-pot.jpg")
    assert list(api.world.files) == ["file-pot.jpg"]


async def test_a_button_may_lead_to_the_web(channel: TelegramChannel, ana: User, mei: User) -> None:
    menu: ButtonRows = (
        (Button("Yes", "answer:1:0"),),
        (Button("Menu", "answer:1:1", "https://example.com/"),),
    )

    await channel.send(_to(mei, "New oolong!", _of_ana(ana, "photo"), buttons=menu))
    await channel.send(_to(mei, "And words", buttons=menu))

    shown = [one.buttons for one in mei.window.all()]
    assert shown == [(("Yes", "answer:1:0"), ("Menu", "https://example.com/"))] * 2


@pytest.mark.parametrize("channel_of", [ELSEWHERE, "an app that is switched off", "telegram"])
async def test_words_stand_in_the_place_of_a_file_that_cannot_be_had(
    channel: TelegramChannel, mei: User, channel_of: str
) -> None:
    gone = Enclosure("photo", channel_of, "no such file", otherwise="⚠️ [a photo] cannot be shown here")

    name = await channel.send(_to(mei, "Ana: look", gone))
    await channel.edit(name, _to(mei, "Ana: look here", gone))

    (shown,) = mei.window.all()
    assert (shown.text, shown.media) == ("Ana: look\n⚠️ [a photo] cannot be shown here", None)
    assert mei.chat.messages[int(name)]["text"] == "Ana: look here"


async def test_a_file_that_cannot_be_had_now_is_tried_again(channel: TelegramChannel, mei: User) -> None:
    with pytest.raises(TemporaryError):
        await channel.send(_to(mei, "Ana", Enclosure("photo", ELSEWHERE, "later")))
    assert mei.window.all() == []


async def test_a_picture_that_telegram_takes_for_none_goes_as_a_file(
    channel: TelegramChannel, api: BotApi, mei: User
) -> None:
    api.fails("sendPhoto", status=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")

    await channel.send(_to(mei, "Ana", Enclosure("photo", ELSEWHERE, "w-1/pot", "pot.jpg")))

    (shown,) = mei.window.all()
    assert shown.media == ("document", "pot.jpg")


async def test_a_group_that_takes_no_files_gets_words(
    channel: TelegramChannel, api: BotApi, mei: User, ana: User
) -> None:
    for method in ("sendPhoto", "sendPhoto", "sendDocument"):
        api.fails(method, status=400, description="Bad Request: not enough rights to send photos to the chat")

    await channel.send(_to(mei, "Ana", _of_ana(ana, "photo")))

    (shown,) = mei.window.all()
    assert shown.text == "Ana\n[it cannot be shown]"


async def test_a_chat_that_is_gone_is_unreachable_for_files_too(
    channel: TelegramChannel, ana: User, mei: User
) -> None:
    file = _of_ana(ana, "photo")
    mei.chat.refuses = "Forbidden: bot was blocked by the user"

    with pytest.raises(UnreachableError):
        await channel.send(_to(mei, "Ana", file))
    with pytest.raises(UnreachableError):
        await channel.send(Outgoing(2, "424242", "Ana", attachments=(file,)))


async def test_the_words_under_a_picture_can_be_corrected(
    channel: TelegramChannel, ana: User, mei: User
) -> None:
    name = await channel.send(_to(mei, "before", _of_ana(ana, "photo")))

    await channel.edit(name, _to(mei, "after"))

    assert mei.chat.messages[int(name)]["caption"] == "after"


async def test_what_is_taken_back_is_gone(channel: TelegramChannel, ana: User, mei: User) -> None:
    name = await channel.send(_to(mei, "Ana", _of_ana(ana, "photo")))
    erased = _to(mei, "🗑 erased", takes_back=True)

    await channel.edit(name, erased)
    await channel.edit(name, erased)

    assert int(name) not in mei.chat.messages


async def test_what_is_too_old_to_be_taken_back_shows_nothing_but_words(
    channel: TelegramChannel, api: BotApi, ana: User, mei: User
) -> None:
    photo = await channel.send(_to(mei, "Ana's pot", _of_ana(ana, "photo")))
    voice = await channel.send(_to(mei, "Ana's voice", _of_ana(ana, "voice")))
    for _ in range(2):
        api.fails("deleteMessage", status=400, description="Bad Request: message can't be deleted")

    await channel.edit(photo, _to(mei, "🗑 erased", takes_back=True))
    await channel.edit(voice, _to(mei, "🗑 erased", takes_back=True))

    assert "photo" not in mei.chat.messages[int(photo)]
    assert [mei.chat.messages[int(name)]["caption"] for name in (photo, voice)] == ["🗑 erased"] * 2


async def test_a_file_that_came_in_is_fetched(channel: TelegramChannel, files: Files, ana: User) -> None:
    file = _of_ana(ana, "photo", JPEG)

    assert await channel.fetch(file.reference) == JPEG
    assert await files.fetch(file) == JPEG


async def test_a_file_that_telegram_does_not_give_is_gone(
    channel: TelegramChannel, api: BotApi, ana: User
) -> None:
    huge = _of_ana(ana, "video", b"x" * ((20 << 20) + 1))
    for reference in ("never seen", huge.reference):
        with pytest.raises(FileGoneError):
            await channel.fetch(reference)
    api.fails("getFile", status=502)
    with pytest.raises(TemporaryError):
        await channel.fetch(_of_ana(ana, "photo").reference)


async def test_an_edit_that_telegram_refuses_is_refused(
    channel: TelegramChannel, api: BotApi, ana: User, mei: User
) -> None:
    name = await channel.send(_to(mei, "before", _of_ana(ana, "photo")))
    api.fails("editMessageText", status=400, description="Bad Request: MESSAGE_ID_INVALID")

    with pytest.raises(RefusedError):
        await channel.edit(name, _to(mei, "after"))
