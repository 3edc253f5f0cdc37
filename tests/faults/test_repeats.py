"""Telegram delivers the same update five times, in every way it can: it has one effect and one answer."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from store.tables.complaints import Complaint
from store.tables.conversations import Message
from store.tables.feedback import EntrySource, Feedback, SatisfactionEntry
from tests.botapi.people import User
from tests.e2e.stage import Stage, playing
from tests.program import free_port

pytestmark = pytest.mark.faults

TIMES = 5
SECRET = "what-Telegram-shows"
COMPLAINT = "My parcel never arrived and I am very disappointed"


def _webhook(port: int) -> dict[str, str]:
    return {
        "HTTP_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "STAFF_CHAT": "web",
    }


async def _post(stage: Stage, update: dict[str, Any]) -> int:
    url = f"{stage.program.settings['PUBLIC_URL']}/telegram/webhook"
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with aiohttp.ClientSession() as http, http.post(url, json=update, headers=headers) as answer:
        return answer.status


def _check_one_effect(stage: Stage, ana: User) -> None:
    """Check that what Ana wrote was heard once: one message, one case, one answer."""
    for table in (Message, Feedback, Complaint):
        assert len(stage.column(select(table.id))) == 1
    assert len(stage.sent(ana)) == 1


async def test_over_webhook_connections_polling_and_restarts(tmp_path: Path) -> None:
    port = free_port()
    async with playing(tmp_path, **_webhook(port)) as stage:
        stage.program.port = port
        await stage.botapi.wait_for("setWebhook")
        ana = stage.botapi.user("Ana")
        stage.botapi.updates.webhook = {}  # what comes is posted by the test
        ana.says(COMPLAINT)
        update = stage.botapi.updates.latest
        assert await asyncio.gather(*(_post(stage, update) for _ in range(TIMES))) == [200] * TIMES
        await ana.hears("C-1001")
        for _ in range(TIMES):
            assert await _post(stage, update) == 200
        _check_one_effect(stage, ana)

        bea = stage.botapi.user("Bea")
        bea.says("Your jasmine tea is wonderful, thank you!")
        await _post(stage, stage.botapi.updates.latest)
        await bea.hears("makes our day")
        bea.taps("5 ★")
        tapped = stage.botapi.updates.latest
        assert await asyncio.gather(*(_post(stage, tapped) for _ in range(TIMES))) == [200] * TIMES
        await bea.hears()

        assert await stage.program.stop() == 0
        stage.program.settings["TELEGRAM_MODE"] = "polling"
        again = [update] * TIMES + [tapped] * TIMES
        stage.botapi.fails("getUpdates", body=json.dumps({"ok": True, "result": again}))
        await stage.program.start()
        stage.botapi.updates.pending.clear()
        for _ in range(TIMES):
            stage.botapi.updates.push_raw(update)
        await stage.all_handled()
        await stage.program.kill()
        stage.botapi.updates.push_raw(update)
        await stage.program.start()
        await stage.all_handled()
        await stage.still_answers(ana)
        await stage.still_answers(bea)
        for person in (ana, bea):
            heard = Counter(shown.text for shown in stage.sent(person))
            assert set(heard.values()) == {1}, heard
        assert len(stage.column(select(Complaint.id))) == 1
        rated = SatisfactionEntry.source == EntrySource.RATING
        assert len(stage.column(select(SatisfactionEntry.id).where(rated))) == 1
        assert "Traceback" not in stage.program.log
