"""The web chat of two processes on one PostgreSQL database: pages are open in both, and one is killed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.pages import Page, open_page
from tests.e2e.stage import SETTINGS, quiet_hours, reference_in
from tests.patience import PATIENCE_S, within
from tests.postgres import PostgresServer
from tests.program import Program

TAKEN_OVER_WITHIN_S = 30.0
COMPLAINT = "My parcel never arrived and nobody answers the phone. I am very disappointed."


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.new_database() as url:
        yield url


@pytest.fixture
async def processes(tmp_path: Path, database_url: str) -> AsyncIterator[tuple[Program, Program]]:
    """Two processes that share a folder of files: the one that sends for the web chat, and the other."""
    settings = {
        **SETTINGS,
        **quiet_hours(now=False),
        "DATABASE_URL": database_url,
        "DATA_DIR": str(tmp_path / "shared"),
    }
    programs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        programs.append(Program(tmp_path / name, dict(settings)))
    await programs[0].makes_tables()
    async with AsyncExitStack() as stack:
        for program in programs:
            await program.start()
            stack.push_async_callback(_end, program)
        sender = await _sender(programs)
        yield sender, next(program for program in programs if program is not sender)


async def _end(program: Program) -> None:
    if program.lives:
        await program.stop()


async def _sender(programs: list[Program]) -> Program:
    """Tell which process sends for the web chat, by what it logged; waits until one does."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for program in programs:
                if "this process has the duty send:webchat\n" in program.log_path.read_text():
                    return program
            await asyncio.sleep(0.05)


def staff_link(program: Program) -> str:
    """The one-time link that the program printed last, at its own address."""
    link = urlsplit(program.staff_link)
    return f"{program.url}{link.path}?{link.query}"


async def test_a_story_over_two_processes_and_the_end_of_one(processes: tuple[Program, Program]) -> None:
    sender, other = processes
    async with open_page(other, staff_link(other)) as desk:
        async with open_page(sender, f"{sender.url}/chat") as ana:
            await ana.says(COMPLAINT)
            reference = reference_in((await ana.hears("C-"))["text"])
            alert = await desk.hears(reference)
            await desk.taps("Take it")
            await desk.sees_edit("Desk has it")
            async with open_page(other, f"{other.url}/chat", cookies=ana.cookies) as elsewhere:
                assert COMPLAINT in [item["text"] for item in elsewhere.items if item["from"] == "me"]
                await desk.says("So sorry, it leaves again today.", reply_to=alert["id"])
                for page in (ana, elsewhere):
                    await page.hears("So sorry, it leaves again today.")
                await elsewhere.says("I am at home all day")
                await ana.sees_edit("I am at home all day")
            cookies = ana.cookies
            lost = ana.items
            await sender.kill()
        async with open_page(other, f"{other.url}/chat", cookies=cookies) as ana:
            assert {item["text"] for item in lost} < {item["text"] for item in ana.items}
            async with within(TAKEN_OVER_WITHIN_S, *other.pids):
                await ana.says("Are you still there? My parcel is still missing.")
                await desk.hears("My parcel is still missing.")
            await desk.says("Yes, we are.", reply_to=alert["id"])
            await ana.hears("Yes, we are.")
            ids = [item["id"] for item in (await again(ana)).items]
            assert len(ids) == len(set(ids))


async def again(page: Page) -> Page:
    """Ask for the history once more."""
    await page.socket.send_json({"type": "hello", "language": "en-GB", "timezone": "Europe/London"})
    await page._until(lambda frame: frame["type"] == "history")
    return page


async def test_a_file_goes_through_one_process_and_comes_back_through_the_other(
    processes: tuple[Program, Program],
) -> None:
    one, two = processes
    async with open_page(one, f"{one.url}/chat") as ana:
        headers = {"Origin": one.url}
        async with ana.http.post(
            f"{one.url}/chat/files", data=b"\x89PNG\r\n\x1a\n", headers=headers
        ) as taken:
            token = (await taken.json())["token"]
        async with open_page(two, f"{two.url}/chat", cookies=ana.cookies) as elsewhere:
            files = [{"token": token, "name": "cup.png"}]
            await elsewhere._does({"type": "say", "text": "the broken cup", "attachments": files})
            shown = await ana.sees_edit("the broken cup")
            assert [attachment["name"] for attachment in shown["attachments"]] == ["cup.png"]
            async with elsewhere.http.get(two.url + shown["attachments"][0]["path"]) as response:
                assert (response.status, response.headers["Content-Type"]) == (200, "image/png")
