"""Whatever goes wrong, and however much is logged: no secret is shown, nor what a customer wrote."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from store.tables.conversations import Message
from tests.botapi.server import TOKEN
from tests.e2e.stage import Stage, playing
from tests.patience import PATIENCE_S
from tests.program import Program, free_port

pytestmark = pytest.mark.faults

SECRET = "the-secret-of-the-webhook"
COMPLAINT = "The marzipan teapot arrived in pieces and I am very disappointed"
PAGES = ("/", "/chat", "/staff", "/staff?code=wrong", "/healthz", "/readyz", "/telegram/webhook", "/none")
TELEGRAM_FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 500, "description": f"Internal Server Error at /bot{TOKEN}/sendMessage"},
    {"status": 401, "description": f"Unauthorized: {TOKEN}"},
    {"body": f"<html>proxy error for /bot{TOKEN}/sendMessage</html>"},
)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_no_secret_is_shown_whatever_goes_wrong(mode: str, tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "LOG_LEVEL": "DEBUG",
        "HTTP_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_MODE": mode,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    if mode == "polling":
        del settings["TELEGRAM_WEBHOOK_SECRET"]
    async with playing(tmp_path, **settings) as stage:
        stage.program.port = port
        shown = await _live_through_faults(stage)
        assert await stage.program.stop() == 0
        shown += "\n".join(stage.program.output) + stage.program.log_path.read_text()
    assert "no such table" in shown, "the database did not fail"
    assert "Unauthorized" in shown, "Telegram did not fail"
    for secret in (SECRET, TOKEN, TOKEN.partition(":")[2]):
        assert secret not in shown
    assert "marzipan" not in shown, "the log repeats what a customer wrote"


async def _live_through_faults(stage: Stage) -> str:
    """Let Telegram and the database fail in many ways; gives all that pages said meanwhile."""
    ana = stage.botapi.user("Ana")
    for fault in TELEGRAM_FAULTS:
        stage.botapi.fails("sendMessage", **fault)
    ana.says("Hello")
    await ana.hears("Lantern Tea")
    stage.botapi.fails("answerCallbackQuery", **TELEGRAM_FAULTS[0])
    ana.taps_data("garbage", message={"message_id": 1, "date": 0, "chat": ana.chat.about})
    await ana.hears("no longer does anything")
    stage.botapi.updates.push(message={"text": COMPLAINT, "date": "soon"})
    with _without_table(stage.program, "messages"):
        ana.says(COMPLAINT)
        while (await stage.program.get("/healthz"))[0] == 200:
            pass  # until the database has failed
        pages = await _all_pages(stage.program)
    await ana.hears("C-1001")
    assert stage.column(select(Message.text)) == ["Hello", COMPLAINT]
    return pages + await _all_pages(stage.program)


async def _all_pages(program: Program) -> str:
    return "".join([(await program.get(path))[1] for path in PAGES])


@contextmanager
def _without_table(program: Program, name: str) -> Iterator[None]:
    """Hide a table from the program while the block lasts."""
    path = make_url(program.database_url).database
    assert path is not None
    with closing(sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)) as connection:
        connection.execute(f"ALTER TABLE {name} RENAME TO hidden")
        yield
        connection.execute(f"ALTER TABLE hidden RENAME TO {name}")
