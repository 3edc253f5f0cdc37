"""The command line, as an operator uses it: each command in a process of its own."""

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.cli import EXIT_CONFIGURATION, EXIT_FAILED
from store.outbox import Draft, enqueue
from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.feedback import EntrySource, SatisfactionEntry
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.botapi.server import BotApi
from tests.factories import NOW
from tests.patience import PATIENCE_S
from tests.program import ROOT, Program, kept_running, running

SAMPLE = """who,words,when,stars
ana,The courier lost my parcel and nobody answers. Terrible!,2026-03-01 14:05,1
bo,"I love your jasmine tea, thank you!",2026-03-02,5
cy,short row
bo,What are your opening hours?,2026-03-03,
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with default settings, in an empty folder; not started."""
    return Program(tmp_path)


async def test_help_names_every_command(program: Program) -> None:
    program.loaded_before = False
    code, output, _ = await program.command("--help")
    assert code == 0
    for command in ("run", "migrate", "backup", "restore", "copy-to", "replay", "score", "staff", "doctor"):
        assert re.search(rf"\b{command}\b", output)


async def test_wrong_settings_end_every_command_with_one_message(program: Program) -> None:
    program.settings = {"HTTP_PORT": "eighty", "TELEGRAM_TOKEN": "hidden-word", "TIMEZONE": "Mars"}
    for command in ("run", "migrate", "doctor"):
        code, output, errors = await program.command(command)
        assert code == 2
        assert output == ""
        assert errors.count("  - RAPPORT_") == 3
        assert "Traceback" not in errors
        assert "hidden-word" not in errors


async def test_migrate_makes_the_database_and_may_run_again(program: Program) -> None:
    for _ in range(2):
        code, output, errors = await program.command("migrate")
        assert (code, output, errors) == (0, "The database is up to date.\n", "")


async def test_a_file_that_is_no_database_is_refused_and_kept(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("these are my notes, not a database" * 100)
    program.settings = {"DATABASE_URL": f"sqlite:///{path}"}
    for command in ("run", "migrate"):
        code, _, errors = await program.command(command)
        assert code == 2
        assert "RAPPORT_DATABASE_URL" in errors
        assert "Traceback" not in errors
    assert path.read_text().startswith("these are my notes")


async def test_staff_are_added_listed_and_removed(program: Program) -> None:
    code, output, _ = await program.command("staff", "add", "Mei Lin", "--role", "marketer")
    assert code == 0
    assert re.search(r"/staff\?code=\S{16}", output)
    _, listing, _ = await program.command("staff", "list")
    assert re.search(r"1\s+Mei Lin\s+marketer\s+on duty\s+not joined yet", listing)
    _, again, _ = await program.command("staff", "code", "1")
    assert re.search(r"/staff\?code=\S{16}", again)
    assert "Mei Lin has no access any more" in (await program.command("staff", "remove", "mei"))[1]
    code, _, errors = await program.command("staff", "code", "1")
    assert code == 1
    assert "nobody of the staff is called '1'" in errors
    assert (await program.command("staff", "add", "X", "--role", "boss"))[0] == 2


async def test_replay_reports_and_has_no_second_effect(program: Program, tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text(SAMPLE)
    replay = ("replay", "sample.csv", "--text=words", "--customer=who", "--at=when", "--rating=stars")
    code, output, errors = await program.command(*replay)
    assert code == 0, errors
    assert "3 messages of 2 customers" in output
    assert "Complaints opened: 1" in output
    assert "line 4: it has 2 fields, the header has 4" in output
    assert re.search(r"Worst off.*ana", output, re.DOTALL)
    first = _held(program)
    assert (await program.command(*replay))[0] == 0
    assert _held(program) == first
    assert first["ratings"] == 2
    assert first["queued"] == 0


def _held(program: Program) -> dict[str, object]:
    database = program.database()
    with database.reading() as session:
        rated = SatisfactionEntry.source == EntrySource.RATING
        waiting = OutboxMessage.state == OutboxState.QUEUED
        held: dict[str, object] = {
            "messages": session.scalar(select(func.count(Message.id))),
            "complaints": session.scalar(select(func.count(Complaint.id))),
            "ratings": session.scalar(select(func.count(SatisfactionEntry.id)).where(rated)),
            "queued": session.scalar(select(func.count(OutboxMessage.id)).where(waiting)),
            "dates": sorted(at.date().isoformat() for at in session.scalars(select(SatisfactionEntry.at))),
        }
    database.close()
    return held


async def test_replayed_entries_carry_the_dates_of_the_file(program: Program, tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text(SAMPLE)
    await program.command("replay", "sample.csv", "--text=words", "--at=when", "--rating=stars")
    held = _held(program)
    assert isinstance(held["dates"], list)
    assert {"2026-03-01", "2026-03-02"} <= set(held["dates"])


async def test_a_bad_file_is_refused_before_anything_is_done(program: Program, tmp_path: Path) -> None:
    (tmp_path / "cut.csv").write_text('words\nfine\n"never en')
    code, output, errors = await program.command("replay", "cut.csv", "--text", "words")
    assert code == 1
    assert "cut short" in errors
    assert output == ""
    assert _held(program)["messages"] == 0
    code, _, errors = await program.command("replay", "cut.csv", "--text", "text")
    assert "has no column text; its columns are: words" in errors


async def test_score_writes_json_lines(program: Program, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text(
        "The website is not working\n\nI love it\n这个很好\n", encoding="utf-8"
    )
    code, output, errors = await program.command("score", "lines.txt")
    assert code == 0, errors
    scored = [json.loads(line) for line in output.splitlines()]
    assert [row["sentiment"] for row in scored if row["text"]] == ["negative", "positive", "positive"]
    assert scored[0]["why"]
    code, _, errors = await program.command("score", "nowhere.txt")
    assert code == 1
    assert "nowhere.txt" in errors
    assert "Traceback" not in errors


async def test_the_company_names_the_parts_of_its_service(program: Program, tmp_path: Path) -> None:
    code, output, errors = await program.command("aspects")
    assert (code, errors) == (0, "")
    (tmp_path / "aspects.toml").write_text(output + '"tea house" = ["samovar*"]\n', encoding="utf-8")
    (tmp_path / "reviews.csv").write_text("id;Review\n7;The samovars are wonderful\n", encoding="utf-8")
    program.settings["ASPECTS"] = "aspects.toml"
    code, output, errors = await program.command("score", "reviews.csv", "--first-look")
    assert (code, errors) == (0, "")
    assert json.loads(output)["aspects"][0]["aspect"] == "tea house"
    (tmp_path / "aspects.toml").write_text("[aspects]\ndelivery = 'late'\n")
    code, _, errors = await program.command("doctor")
    assert code == EXIT_CONFIGURATION
    assert "RAPPORT_ASPECTS: aspects.toml: 'delivery' needs a list of words" in errors


async def _score(program: Program, *arguments: str, stdin: int, stdout: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "score", *arguments),
        cwd=program.folder,
        env=program.environment(),
        stdin=stdin,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )


async def _errors_of(scoring: asyncio.subprocess.Process) -> str:
    """Wait for its end; gives what it said of errors.

    Raises:
        AssertionError: it does not end; it shows where each thread was.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, errors = await scoring.communicate()
    except TimeoutError:
        scoring.send_signal(signal.SIGABRT)
        _, errors = await scoring.communicate()
        raise AssertionError(f"it does not end:\n{errors.decode()}") from None
    return errors.decode()


async def test_score_ends_quietly_when_its_reader_has_enough(program: Program, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("The website is not working\n" * 3000)
    read, write = os.pipe()
    scoring = await _score(program, "lines.txt", stdin=asyncio.subprocess.DEVNULL, stdout=write)
    os.close(write)
    assert await asyncio.to_thread(os.read, read, 1) == b"{"
    os.close(read)
    assert await _errors_of(scoring) == ""
    assert scoring.returncode == 0


async def test_an_output_that_cannot_be_written_is_not_blamed_on_the_input(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "lines.txt").write_text("I love it\n")
    full = os.open("/dev/full", os.O_WRONLY)
    scoring = await _score(program, "lines.txt", stdin=asyncio.subprocess.DEVNULL, stdout=full)
    os.close(full)
    assert await _errors_of(scoring) == "the output cannot be written: No space left on device\n"
    assert scoring.returncode == EXIT_FAILED


async def test_the_exit_codes_are_those_of_the_documentation(program: Program) -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    told = {int(code) for code in re.findall(r"^\| `(\d+)` \|", page, re.MULTILINE)}
    assert told == {0, EXIT_FAILED, EXIT_CONFIGURATION, 130, 137}
    assert (await program.command("migrate"))[0] == 0
    assert (await program.command("score", "nowhere.txt"))[0] == EXIT_FAILED
    assert (await program.command("staff", "code", "7"))[0] == EXIT_FAILED
    assert (await program.command("dance"))[0] == EXIT_CONFIGURATION
    program.settings["HTTP_PORT"] = "eighty"
    assert (await program.command("migrate"))[0] == EXIT_CONFIGURATION
    del program.settings["HTTP_PORT"]
    for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, 137)):
        scoring = await _score(program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        assert scoring.stdin is not None
        assert scoring.stdout is not None
        scoring.stdin.write(b"It is under way\n")
        assert await scoring.stdout.readline()
        scoring.send_signal(number)
        errors = await _errors_of(scoring)
        ended = scoring.returncode
        assert ended is not None
        assert (ended if ended >= 0 else 128 - ended) == code  # as a shell tells it
        assert "Traceback" not in errors


async def test_limits_above_those_of_telegram_are_pointed_out(program: Program) -> None:
    async with BotApi() as botapi:
        program.settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.url}
        _, output, _ = await program.command("doctor")
        pace = "[ ok] pace: Telegram gets at most 30 messages a second over all, 1 a second to one chat, 20 a"
        assert pace in output
        assert "[ ! ] pace" not in output
        program.settings |= {"TELEGRAM_MESSAGES_PER_S": "50", "TELEGRAM_GROUP_MESSAGES_PER_MINUTE": "30"}
        code, output, _ = await program.command("doctor")
        assert code == 0
        assert "pace: Telegram gets at most 50 messages a second over all" in output
        assert "RAPPORT_TELEGRAM_MESSAGES_PER_S is 50, but Telegram documents 30 a second over all" in output
        assert "RAPPORT_TELEGRAM_GROUP_MESSAGES_PER_MINUTE is 30" in output
        assert "RAPPORT_TELEGRAM_CHAT_MESSAGES_PER_S" not in output
        program.settings["TELEGRAM_PAID_BROADCASTS"] = "true"
        _, output, _ = await program.command("doctor")
        assert "RAPPORT_TELEGRAM_MESSAGES_PER_S" not in output
        assert "costs 0.1 Telegram Stars" in output
        await program.start()
        assert "Note: RAPPORT_TELEGRAM_GROUP_MESSAGES_PER_MINUTE is 30" in "\n".join(program.output)
        assert "costs 0.1 Telegram Stars" in "\n".join(program.output)
        assert await program.stop() == 0


async def test_doctor_says_what_works(program: Program) -> None:
    await program.command("migrate")
    async with BotApi() as botapi:
        program.settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.url}
        code, output, errors = await program.command("doctor")
        assert code == 0, output + errors
        for part in ("database", "clock", "time zone", "calendar", "disk", "Telegram: @"):
            assert f"[ ok] {part}" in output
        program.settings["TELEGRAM_TOKEN"] = "1:wrong-hidden-word"
        code, output, errors = await program.command("doctor")
        assert code == 1
        assert "[BAD] Telegram: " in output
        assert "RAPPORT_TELEGRAM_TOKEN" in output
        assert "hidden-word" not in output + errors


async def test_doctor_points_at_uncertain_messages(program: Program) -> None:
    await program.command("migrate")
    _, output, _ = await program.command("doctor")
    assert "uncertain" not in output
    database = program.database()
    with database.transaction() as session:
        draft = Draft(
            kind=MessageKind.CAMPAIGN, channel="telegram", address="1", text="Hidden words", dedupe_key="one"
        )
        enqueue(session, [draft], now=NOW)
        session.execute(update(OutboxMessage).values(state=OutboxState.UNCERTAIN))
    database.close()
    code, output, errors = await program.command("doctor")
    assert code == 0, output + errors
    assert "[ ! ] outbox: uncertain whether they arrived: 1 messages; `rapport outbox uncertain`" in output
    assert "Hidden words" not in output


async def test_doctor_finds_a_staff_chat_that_does_not_exist(program: Program) -> None:
    async with BotApi() as botapi:
        program.settings = {
            "TELEGRAM_TOKEN": botapi.token,
            "TELEGRAM_API_URL": botapi.url,
            "STAFF_CHAT": "telegram:-100999",
        }
        code, output, _ = await program.command("doctor")
        assert code == 1
        assert "RAPPORT_STAFF_CHAT" in output
        program.settings["STAFF_CHAT"] = f"telegram:{botapi.group().id}"
        code, output, _ = await program.command("doctor")
        assert code == 0, output


async def test_doctor_finds_a_missing_and_an_unreachable_database(program: Program) -> None:
    code, output, _ = await program.command("doctor")
    assert code == 0
    assert "[off] database" in output
    program.settings = {"DATABASE_URL": "postgresql://nobody:hidden-word@127.0.0.1:1/none"}
    code, output, errors = await program.command("doctor")
    assert code == 1
    assert "[BAD] database" in output
    assert "hidden-word" not in output + errors


async def test_the_start_tells_where_to_go_and_the_end_is_clean(tmp_path: Path) -> None:
    start = Program(tmp_path, {"COMPANY_NAME": "Lantern Tea"}, loaded_before=False)
    async with kept_running(start) as program:
        told = "\n".join(program.output)
        assert "Lantern Tea" in told
        assert f"{program.url}/chat" in told
        assert "RAPPORT_TELEGRAM_TOKEN" in told
        assert program.staff_link.startswith(program.url)
        assert (await program.get("/healthz"))[0] == 200
        assert (await program.get("/readyz"))[0] == 200
        assert await program.stop() == 0
        assert program.log.splitlines()[-1].endswith("stopped")


async def test_a_second_program_on_the_same_file_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        assert program.process is not None
        code, output, errors = await program.command("run")
        assert (code, output) == (2, "")
        assert "rapport.db already" in errors
        assert f"(process {program.process.pid})" in errors
        assert "stop it first" in errors
        for command in (("staff", "list"), ("doctor",), ("migrate",), ("backup",)):
            code, _, errors = await program.command(*command)
            assert code == 0, errors
        (archive,) = (tmp_path / "data" / "backups").iterdir()
        assert (await program.command("restore", str(archive)))[0] == 2
        await program.kill()
        await program.start()
        assert (await program.get("/readyz"))[0] == 200


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        program.settings["DATABASE_URL"] = f"sqlite:///{tmp_path / 'another.db'}"
        code, _, errors = await program.command("run")
        assert code == 2
        assert "RAPPORT_HTTP_PORT" in errors


async def test_a_wrong_token_ends_the_start_without_showing_it(tmp_path: Path) -> None:
    async with BotApi() as botapi:
        program = Program(tmp_path)
        program.settings = {"TELEGRAM_TOKEN": "1:wrong-hidden-word", "TELEGRAM_API_URL": botapi.url}
        code, output, errors = await program.command("run")
    assert code == 2
    assert "RAPPORT_TELEGRAM_TOKEN" in errors
    assert "hidden-word" not in output + errors
    assert "Traceback" not in errors
