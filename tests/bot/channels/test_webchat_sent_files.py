"""What goes along with our messages on the web chat: brought from where it came in, gone when taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.files import FileGoneError
from store.engine import Database
from store.errors import TemporaryError
from store.outbox import Body, Enclosure, find_by_key
from tests.bot.channels.webchat_house import Browser, House, browsing, standing

PNG = b"\x89PNG\r\n\x1a\n of a cup"
VOICE = b"OggS of Mei"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as house:
        yield house


class Elsewhere:
    """Another app, which has one voice message and counts who asks."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    async def fetch(self, reference: str) -> bytes:
        self.asked += 1
        if self.away:
            raise TemporaryError("the other app does not answer")
        if reference != "voice-1":
            raise FileGoneError("there is no such file")
        return VOICE


@pytest.fixture
def elsewhere(house: House) -> Elsewhere:
    other = Elsewhere()
    house.files.sources["telegram"] = other.fetch
    return other


async def _get(browser: Browser, path: str) -> tuple[int, bytes, str]:
    async with browser.session.get(browser.house.url + path) as response:
        return response.status, await response.read(), response.headers.get("Content-Type", "")


async def _uploads(browser: Browser, side: str, content: bytes, origin: str = "") -> dict[str, str]:
    url, headers = f"{browser.house.url}{side}/files", {"Origin": origin or browser.house.url}
    async with browser.session.post(url, data=content, headers=headers) as response:
        assert response.status == 201, await response.text()
        found: dict[str, str] = await response.json()
        return found


async def _address(browser: Browser) -> str:
    await browser.hello()
    await browser.says("hello")
    await browser.item()
    return browser.house.taken[-1].address


async def test_what_staff_send_along_reaches_the_customer_alone(house: House) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house) as ana, browsing(house) as ben, browsing(house, page=link) as mei:
        address = await _address(ana)
        await ben.hello()
        await mei.hello()
        sent = await _uploads(mei, "/staff", PNG)
        assert (sent["kind"], sent["path"]) == ("photo", f"/staff/files/staff/{sent['token']}")
        await mei.says("Look", attachments=[{"token": sent["token"], "name": "cup.png"}])
        (photo,) = house.taken[-1].attachments
        assert photo.reference == f"staff/{sent['token']}"

        file = Enclosure("photo", "webchat", photo.reference, "cup.png")
        await house.says("Mei: Look", address=address, key="reply:1", attachments=(file,))

        item = await ana.item()
        (shown,) = item["attachments"]
        assert shown == {"kind": "photo", "name": "cup.png", "path": f"/chat/sent/{item['id']}/0"}
        assert await _get(ana, shown["path"]) == (200, PNG, "image/png")
        assert (await ana.hello())["items"][-1]["attachments"] == [shown]
        assert (await _get(ben, shown["path"]))[0] == 404
        assert (await _get(ana, f"/chat/sent/{item['id']}/1"))[0] == 404
        assert (await _get(ana, "/chat/sent/x/0"))[0] == 404
        assert (await _get(mei, sent["path"]))[:2] == (200, PNG)
        assert (await _get(ana, sent["path"]))[0] == 403


async def test_who_is_no_staff_sends_no_files_as_staff(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        url = f"{house.url}/staff/files"
        async with ana.session.post(url, data=PNG, headers={"Origin": house.url}) as response:
            assert response.status == 403
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        headers = {"Origin": "https://evil.example"}
        async with mei.session.post(f"{house.url}/staff/files", data=PNG, headers=headers) as response:
            assert response.status == 403


async def test_staff_see_what_a_customer_sent_where_it_lies(house: House) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house) as ana, browsing(house, page=link) as mei:
        address = await _address(ana)
        await mei.hello()
        sent = await _uploads(ana, "/chat", PNG)
        file = Enclosure("photo", "webchat", f"{address}/{sent['token']}", "cup.png")

        await house.says("C-1001 · Ana", address="staff", key="shown:1", attachments=(file,))

        (shown,) = (await mei.item())["attachments"]
        assert shown["path"] == f"/staff/files/{address}/{sent['token']}"
        assert await _get(mei, shown["path"]) == (200, PNG, "image/png")


async def test_a_voice_message_of_another_app_is_brought_once_and_again_where_it_is_missing(
    house: House, elsewhere: Elsewhere
) -> None:
    async with browsing(house) as ana:
        address = await _address(ana)
        await house.says("Mei:", address=address, key="v", attachments=(_voice(),))

        (shown,) = (await ana.item())["attachments"]
        assert await _get(ana, shown["path"]) == (200, VOICE, "audio/ogg")
        assert elsewhere.asked == 1
        (copy,) = (house.folder / "uploads").rglob("sent-*")
        copy.unlink()
        assert (await _get(ana, shown["path"]))[1] == VOICE
        assert elsewhere.asked == 2


async def test_what_cannot_be_brought_says_so_and_takes_no_words_with_it(
    house: House, elsewhere: Elsewhere
) -> None:
    async with browsing(house) as ana:
        address = await _address(ana)
        await house.says("Mei: Look", address=address, key="v", attachments=(_voice("voice-2"),))

        item = await ana.item()
        assert item["text"] == "Mei: Look"
        assert (await _get(ana, item["attachments"][0]["path"]))[0] == 404
        elsewhere.away = True
        assert (await _get(ana, item["attachments"][0]["path"]))[0] == 503


async def test_what_cannot_be_brought_now_is_sent_later(house: House, elsewhere: Elsewhere) -> None:
    async with browsing(house) as ana:
        address = await _address(ana)
        elsewhere.away = True
        with pytest.raises(TemporaryError):
            await house.says("Mei:", address=address, key="v", attachments=(_voice(),))


async def test_what_is_taken_back_loses_its_file_on_every_page_and_on_the_disk(
    house: House, elsewhere: Elsewhere, database: Database
) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        await mei.hello()
        await house.says("C-1001 · Ana", address="staff", key="shown:1", attachments=(_voice(),))
        path = (await mei.item())["attachments"][0]["path"]
        assert (await _get(mei, path))[0] == 200
        with database.transaction() as session:
            row = find_by_key(session, "shown:1")
            assert row is not None
            row.body = Body("").to_json()  # as an erasure leaves it

        await house.says("🗑 erased", address="staff", key="gone:1", edits="shown:1", takes_back=True)

        frame = await mei.next("edit")
        assert (frame["text"], frame["attachments"]) == ("🗑 erased", [])
        assert (await _get(mei, path))[0] == 404
        assert list((house.folder / "uploads").rglob("sent-*")) == []
        assert (await mei.hello())["items"][-1]["attachments"] == []


async def test_copies_of_what_was_erased_are_swept_at_once_and_others_stay(
    house: House, elsewhere: Elsewhere, database: Database
) -> None:
    async with browsing(house) as ana:
        address = await _address(ana)
        await house.says("one", address=address, key="one", attachments=(_voice(),))
        await house.says("two", address=address, key="two", attachments=(_voice(),))
        with database.transaction() as session:
            row = find_by_key(session, "one")
            assert row is not None
            row.body = Body("").to_json()

        assert await house.webchat.sweep_uploads() == 1
        assert len(list((house.folder / "uploads").rglob("sent-*"))) == 1
    assert elsewhere.asked == 2


def _voice(reference: str = "voice-1") -> Enclosure:
    return Enclosure("voice", "telegram", reference, "", "⚠️ it cannot be shown")


async def test_a_tap_of_staff_deletes_no_files(house: House, elsewhere: Elsewhere) -> None:
    link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house, page=link) as mei:
        await mei.hello()
        await house.says("C-1001 · Ana", address="staff", key="shown:1", attachments=(_voice(),))
        item = await mei.item()

        await mei.send(type="tap", uuid=mei.uuid(), id=item["id"], data="take:1")
        await mei.next("taken")

    assert len(list((house.folder / "uploads").rglob("sent-*"))) == 1
    assert elsewhere.asked == 1
