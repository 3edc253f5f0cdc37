"""Whatever a page of the web chat sends is taken or refused in words, and what comes next is taken."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handlers.incoming import MAX_TEXT, clean_text
from tests.e2e.pages import Page, open_page
from tests.e2e.stage import SETTINGS, UNKNOWN_COMMAND, reference_in
from tests.e2e.test_bad_input import STRANGE
from tests.program import Program, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = ("The tea was cold and the staff were rude. " * 2_400)[:MAX_TEXT]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """One program for the module."""
    async with running(tmp_path_factory.mktemp("program"), **SETTINGS) as started:
        yield started


async def _still_answers(page: Page) -> None:
    await page.says("Hello")
    await page.hears("Lantern Tea")


VISIBLE = {name: text for name, text in STRANGE.items() if text.strip()}


@pytest.mark.parametrize("text", VISIBLE.values(), ids=VISIBLE.keys())
async def test_strange_text_is_answered_and_shown_again(program: Program, text: str) -> None:
    async with open_page(program, f"{program.url}/chat") as ana:
        await ana.says(text)
        assert "something went wrong" not in (await ana.hears(""))["text"]
        await _still_answers(ana)
        async with open_page(program, f"{program.url}/chat", cookies=ana.cookies) as again:
            assert again.items[0]["text"] == clean_text(text)


async def test_100_kb_are_taken_and_shown_to_staff_in_short(program: Program) -> None:
    async with (
        open_page(program, f"{program.url}/chat") as ana,
        open_page(program, program.staff_link) as desk,
    ):
        await ana.says(LONG)
        reference = reference_in((await ana.hears("C-"))["text"])
        alert = await desk.hears(reference)
        assert "…”" in alert["text"]
        assert len(alert["text"]) < 2_000
        await _still_answers(ana)


NO_FRAMES = {
    "no JSON": "tea",
    "a list": "[]",
    "null": "null",
    "endless nesting": "[" * 100_000,
    "an unknown type": '{"type": "dance"}',
    "a type that is no text": '{"type": {}}',
    "a message without a name": '{"type": "say", "text": "tea"}',
    "a text that is none": '{"type": "say", "uuid": "00000000-0000-4000-8000-000000000001", "text": 5}',
    "nothing at all": '{"type": "say", "uuid": "00000000-0000-4000-8000-000000000002", "text": " "}',
    "a forged tap": (
        '{"type": "tap", "uuid": "00000000-0000-4000-8000-000000000003", "id": "../..", "data": "take:1"}'
    ),
    "a file that nobody sent": (
        '{"type": "say", "uuid": "00000000-0000-4000-8000-000000000004", "text": "",'
        ' "attachments": [{"token": "../../etc/passwd", "name": "x"}]}'
    ),
    "too much": (
        '{"type": "say", "uuid": "00000000-0000-4000-8000-000000000005", "text": "'
        + "x" * (MAX_TEXT + 1)
        + '"}'
    ),
}


@pytest.mark.parametrize("frame", NO_FRAMES.values(), ids=NO_FRAMES.keys())
async def test_what_is_no_message_is_refused_in_words(program: Program, frame: str) -> None:
    async with open_page(program, f"{program.url}/chat") as ana:
        assert len(await ana.is_refused(frame)) > 10
        await _still_answers(ana)


async def test_bytes_are_refused_in_words(program: Program) -> None:
    async with open_page(program, f"{program.url}/chat") as ana:
        assert await ana.is_refused(b"\x00\xff")
        await _still_answers(ana)


async def test_a_message_that_is_sent_again_has_one_effect(program: Program) -> None:
    async with open_page(program, f"{program.url}/chat") as ana:
        number = await ana.says("Your jasmine tea is wonderful, thank you!")
        await ana.hears("makes our day")
        await ana.says("Your jasmine tea is wonderful, thank you!", number=number)
        await _still_answers(ana)
        assert [item["from"] for item in ana.items] == ["company", "company"]


@pytest.mark.parametrize("data", ["take:1", "solved:1:yes", "rate:f1:5", "garbage", "x" * 64])
async def test_a_forged_tap_changes_nothing_and_is_answered(program: Program, data: str) -> None:
    async with open_page(program, f"{program.url}/chat") as ana:
        await ana.says("Hello")
        item = await ana.hears("Lantern Tea")
        await ana.taps_data(data, under=item["id"])
        await ana.hears("This button no longer does anything")
        await _still_answers(ana)


@pytest.mark.parametrize("text", ["/open", "/newevent", "/join WRONG"])
async def test_a_stranger_learns_nothing_of_the_commands_of_staff(program: Program, text: str) -> None:
    async with open_page(program, f"{program.url}/chat") as eve:
        await eve.says(text)
        assert (await eve.hears(""))["text"] == UNKNOWN_COMMAND
