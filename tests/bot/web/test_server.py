"""What the web server answers besides the chat itself."""

import io
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from bot.channels.webchat.channel import WebChat
from bot.notices import LocalNotices
from bot.web.health import Check
from bot.web.server import build_application
from bot.web.words import page_phrases
from store.engine import Database
from store.tables.staff import Staff
from tests.bot.channels.webchat_house import SECRET, House, standing
from tests.factories import COMPANY, NOW

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(database, tmp_path) as house:
        yield house


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def works() -> None:
    pass


async def fails() -> None:
    raise OSError("postgresql://user:secret@host is down")


async def says_no() -> bool:
    return False


def application(house: House, **parts: object) -> web.Application:
    values: dict[str, object] = {"webchat": house.webchat, "ready_checks": {}} | parts
    return build_application(**values)  # type: ignore[arg-type]  # the parts of each test


async def test_health_tells_whether_messages_are_taken(house: House) -> None:
    for takes, status in ((True, 200), (False, 503)):
        served = application(house, takes_messages=lambda takes=takes: takes)
        async with TestClient(TestServer(served)) as client:
            assert (await client.get("/healthz")).status == status


@pytest.mark.parametrize(
    ("check", "status", "word"), [(works, 200, "ok"), (fails, 503, "failed"), (says_no, 503, "failed")]
)
async def test_readiness_names_each_check_and_no_secret(
    house: House, check: Check, status: int, word: str
) -> None:
    async with TestClient(TestServer(application(house, ready_checks={"database": check}))) as client:
        answer = await client.get("/readyz")
        assert answer.status == status
        assert await answer.json() == {"ready": status == 200, "checks": {"database": word}}


@pytest.mark.parametrize("path", ["/chat", "/staff", "/healthz", "/assets/chat.css", "/nowhere"])
async def test_every_answer_is_guarded(house: House, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(house.url + path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "aiohttp" not in response.headers["Server"].lower()


async def test_the_first_page_is_the_chat(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(house.url) as response:
        assert response.url.path == "/chat"
        assert "Lantern Tea" in await response.text()


async def test_the_cookie_is_guarded(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(house.url + "/chat", headers={"X-Forwarded-Proto": "https"}) as response:
        cookie = response.cookies["rapport_customer"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    async with session.get(house.url + "/chat") as response:
        assert not response.cookies["rapport_customer"]["secure"]


async def test_a_staff_link_works_once_and_leaves_the_address(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    link = await house.staff_link()
    code = link.partition("code=")[2]
    with caplog.at_level(logging.DEBUG):
        for status in (303, 403):
            async with (
                aiohttp.ClientSession() as session,
                session.get(link, allow_redirects=False) as response,
            ):
                assert response.status == status
                assert code not in await response.text()
                assert code not in response.headers.get("Location", "")
    assert code not in caplog.text


async def test_asking_for_the_head_uses_up_no_link(house: House, session: aiohttp.ClientSession) -> None:
    link = await house.staff_link()
    async with session.head(link) as response:
        assert response.status == 405
    async with session.get(link) as response:
        assert response.status == 200


async def test_staff_who_left_see_the_closed_page(
    house: House, session: aiohttp.ClientSession, database: Database
) -> None:
    async with session.get(await house.staff_link()) as response:
        assert response.status == 200
    with database.transaction() as opened:
        opened.execute(update(Staff).values(active=False))
    async with session.get(house.url + "/staff") as response:
        assert response.status == 403
        assert "rapport staff add" in await response.text()


async def test_the_staff_page_is_closed_where_staff_are_elsewhere(
    house: House, database: Database, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    elsewhere = WebChat(
        database=database,
        take=house.take,
        company=COMPANY,
        secret=SECRET,
        uploads=tmp_path,
        clock=lambda: NOW,
        notices=LocalNotices(),
    )
    link = (await house.staff_link()).removeprefix(house.url)
    served = build_application(webchat=elsewhere, ready_checks={})
    async with TestClient(TestServer(served)) as client:
        assert (await client.get(link)).status == 403
    async with session.get(house.url + link) as response:
        assert response.status == 200, "the code was not used up"


async def test_an_error_shows_no_traceback(house: House) -> None:
    async def breaks(_request: web.Request) -> web.Response:
        raise RuntimeError("a secret")

    async with TestClient(TestServer(application(house, telegram_webhook=breaks))) as client:
        answer = await client.post("/telegram/webhook")
        assert answer.status == 500
        assert "secret" not in await answer.text()


async def test_a_webhook_is_there_only_where_telegram_is(house: House) -> None:
    async def takes(request: web.Request) -> web.Response:
        return web.json_response({"bytes": len(await request.read())})

    async with TestClient(TestServer(application(house))) as client:
        assert (await client.post("/telegram/webhook")).status == 404
    async with TestClient(TestServer(application(house, telegram_webhook=takes))) as client:
        assert (await client.post("/telegram/webhook", data=b"12345")).status == 200
        assert (await client.post("/telegram/webhook", data=io.BytesIO(b"x" * 3_000_000))).status == 413


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../chat.html",
        "/assets/..%2Fchat.html",
        "/assets/",
        "/assets/x",
        "/chat/files/..%2F..%2Frapport.db",
    ],
)
async def test_no_other_file_is_served(house: House, path: str) -> None:
    async with TestClient(TestServer(application(house))) as client:
        assert (await client.get(path)).status == 404


async def test_a_companys_name_is_never_markup(house: House, database: Database, tmp_path: Path) -> None:
    evil = WebChat(
        database=database,
        take=house.take,
        company=replace(COMPANY, name="</script><script>alert(1)</script> & $sons"),
        secret=SECRET,
        uploads=tmp_path,
        clock=lambda: NOW,
        notices=LocalNotices(),
    )
    async with TestClient(TestServer(build_application(webchat=evil, ready_checks={}))) as client:
        page = await (await client.get("/chat?source=%3Cb%3E")).text()
    assert "<script>alert" not in page
    assert "&lt;/script&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("fr,zh;q=0.3,en;q=0.7", "en"),
        ("de", "en"),
        ("", "en"),
        (";;;q=x,,,", "en"),
    ],
)
def test_the_language_of_a_page_is_what_the_browser_likes_best(accepted: str, language: str) -> None:
    assert page_phrases(accepted, "en").language == language
