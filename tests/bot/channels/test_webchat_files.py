"""Files and documents that go along with messages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from store.engine import Database
from store.tables.conversations import Message
from tests.bot.channels.webchat_house import Browser, House, browsing, standing


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as house:
        yield house


async def test_a_file_goes_along_and_comes_back_to_its_owner_and_staff_alone(house: House) -> None:
    staff_link = (await house.staff_link()).removeprefix(house.url)
    async with browsing(house) as ana, browsing(house) as ben, browsing(house, page=staff_link) as mei:
        await ana.hello()
        token = await _upload(ana, b"\x89PNG\r\n\x1a\n....")
        await ana.says(
            "", attachments=[{"token": token, "name": "cup.png"}, {"latitude": 51.5, "longitude": -0.12}]
        )
        photo, place = house.taken[0].attachments
        assert (photo.kind, photo.name, place.reference) == ("photo", "cup.png", "51.500000,-0.120000")
        shown = (await ana.hello())["items"][0]["attachments"]
        assert shown[0] == {"kind": "photo", "name": "cup.png", "path": f"/chat/files/{token}"}
        assert await _status(ben, f"/chat/files/{token}") == 404
        assert await _status(ben, f"/staff/files/{photo.reference}") == 403
        assert await _status(mei, f"/staff/files/{photo.reference}") == 200
        assert await _status(mei, f"/staff/files/{photo.reference}x") == 404
        async with ana.session.get(f"{house.url}/chat/files/{token}") as response:
            assert response.headers["Content-Disposition"] == "attachment"
            assert response.headers["Content-Type"] == "image/png"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        await ben.hello()
        assert "attach it again" in await ben.refused(
            type="say", uuid=ben.uuid(), attachments=[{"token": token, "name": "stolen"}]
        )


async def test_a_page_pretending_to_be_a_picture_is_a_plain_download(house: House) -> None:
    async with browsing(house) as ana:
        token = await _upload(ana, b"<html><script>alert(1)</script>")
        async with ana.session.get(f"{house.url}/chat/files/{token}") as response:
            assert response.headers["Content-Type"] == "application/octet-stream"


async def test_a_file_that_is_too_large_is_refused(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1_000_000

    async with browsing(house) as ana:
        url, headers = f"{house.url}/chat/files", {"Origin": house.url}
        async with ana.session.post(url, data=endless(), headers=headers) as response:
            assert response.status == 413
        async with ana.session.post(url, data=b"x", headers={"Origin": "https://evil.example"}) as response:
            assert response.status == 403
    assert [path for path in (house.folder / "uploads").rglob("*") if path.is_file()] == []


async def test_a_file_of_another_machine_is_a_clear_answer(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        token = await _upload(ana, b"a torn bag")
        uploads = house.folder / "uploads"
        uploads.rename(house.folder / "elsewhere")
        url = f"{house.url}/chat/files/{token}"
        async with ana.session.get(url, headers={"Accept-Language": "zh"}) as response:
            assert (response.status, await response.text()) == (
                404,
                "没有找到这个文件。如果是刚刚发送的，请一分钟后再试。",
            )
        say = {"type": "say", "uuid": ana.uuid(), "attachments": [{"token": token, "name": "bag.txt"}]}
        assert "attach it again" in await ana.refused(**say)
        uploads.write_text("no folder")
        async with ana.session.get(url) as response:
            assert (response.status, "try again" in await response.text()) == (503, True)
        headers = {"Origin": house.url}
        async with ana.session.post(f"{house.url}/chat/files", data=b"x", headers=headers) as response:
            assert response.status == 507
        await ana.send(**say)
        refused = await ana.next("refused")
        assert (refused["retryAfter"], "again in a moment" in refused["text"]) == (3.0, True)


async def _upload(browser: Browser, content: bytes) -> str:
    url = f"{browser.house.url}/chat/files"
    async with browser.session.post(url, data=content, headers={"Origin": browser.house.url}) as response:
        assert response.status == 201
        return str((await response.json())["token"])


async def _status(browser: Browser, path: str) -> int:
    async with browser.session.get(browser.house.url + path) as response:
        return response.status


async def test_a_document_is_downloaded_by_its_reader_alone(house: House) -> None:
    async with browsing(house) as ana, browsing(house) as ben:
        await ana.hello()
        await ana.says("my document")
        sent = await ana.item()
        assert sent["document"] == "your data.json"
        path = f"/chat/documents/{sent['id']}"
        async with ana.session.get(house.url + path) as response:
            assert await response.json(content_type=None) == {"name": "Ana"}
            assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''your%20data.json"
            assert response.content_type == "application/octet-stream"
        assert await _status(ben, path) == 404
        assert await _status(ana, "/chat/documents/x") == 404


async def test_an_entry_for_the_calendar_is_served_as_one(house: House) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        await ana.says("my calendar")
        sent = await ana.item()
        async with ana.session.get(f"{house.url}/chat/documents/{sent['id']}") as response:
            assert (response.content_type, response.charset) == ("text/calendar", "utf-8")


async def test_files_go_when_their_messages_are_erased(house: House, database: Database) -> None:
    async with browsing(house) as ana:
        await ana.hello()
        token = await _upload(ana, b"a torn bag")
        await ana.says("look", attachments=[{"token": token, "name": "bag.txt"}])
        with database.transaction() as session:
            session.execute(delete(Message))
        await ana.send(type="tap", uuid=ana.uuid(), id="1", data="forget:yes")
        await ana.next("taken")
        await ana.hello()
        assert await _status(ana, f"/chat/files/{token}") == 404
    assert list((house.folder / "uploads").rglob("*")) == []
