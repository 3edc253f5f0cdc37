"""The main job with no account anywhere: a customer and staff on the program's own pages."""

from pathlib import Path

import aiohttp

from tests.e2e.pages import open_page
from tests.e2e.stage import SETTINGS, reference_in
from tests.program import running

COMPLAINT = "My parcel never arrived <b>&</b> nobody answers the phone. I am very disappointed."


async def test_a_complaint_from_the_first_word_to_the_last_in_two_windows(tmp_path: Path) -> None:
    async with (
        running(tmp_path, **SETTINGS) as program,
        open_page(program, f"{program.url}/chat") as ana,
        open_page(program, program.staff_link) as desk,
    ):
        await ana.says(COMPLAINT)
        reference = reference_in((await ana.hears("C-"))["text"])
        alert = await desk.hears(reference)
        assert f"“{COMPLAINT}”" in alert["text"]

        await desk.taps("Take it")
        await desk.sees_edit("Desk has it")
        await desk.says("So sorry, it leaves again today.", reply_to=alert["id"])
        await ana.hears("Desk from Lantern Tea: So sorry, it leaves again today.")
        await ana.says("Thank you, I will wait for it")
        assert (await desk.hears("I will wait for it"))["replyTo"] == alert["id"]

        await desk.taps("Resolved")
        await desk.hears(f"What did {reference} come from?")
        await desk.taps("Delivery")
        await desk.sees_edit("What was done about it?")
        await desk.taps("Replaced")
        await ana.hears(f"{reference} is solved. Is it?")
        await ana.taps("Yes, it is solved")
        await ana.hears("How well did we handle it")
        await ana.taps("5 ★")
        await ana.hears("★★★★★")
        await desk.sees_edit("The customer says it is solved")


async def test_the_staff_link_lets_one_browser_in_once(tmp_path: Path) -> None:
    async with running(tmp_path, **SETTINGS) as program:
        link = program.staff_link
        async with open_page(program, link) as desk, aiohttp.ClientSession() as other:
            async with other.get(link) as response:
                assert response.status == 403
                assert "used already" in await response.text()
            async with desk.http.get(program.url + "/staff") as response:
                assert response.status == 200
            async with other.get(program.url + "/staff") as response:
                assert response.status == 403
        assert await program.stop() == 0
        await program.start()
        assert "?code=" not in "\n".join(program.output)  # who reads a log must not get in
        assert f"{program.url}/staff\n" in "\n".join(program.output)
        code, printed, _ = await program.command("staff", "link")
        another = printed.splitlines()[0]
        assert code == 0
        assert another != link
        async with open_page(program, another) as desk:
            await desk.says("/open")
            await desk.hears("No complaint is open.")


async def test_what_was_said_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, **SETTINGS) as program, open_page(program, f"{program.url}/chat") as ana:
        await ana.says("Your jasmine tea is wonderful, thank you!")
        await ana.hears("makes our day")
        assert await program.stop() == 0
        await program.start()
        async with open_page(program, f"{program.url}/chat", cookies=ana.cookies) as again:
            assert [item["from"] for item in again.items] == ["me", "company"]
            await again.taps("5 ★")
            await again.hears("★★★★★")
