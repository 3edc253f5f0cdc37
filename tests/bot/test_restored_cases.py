"""After a restore a customer hears nothing of a promise or a case that they may have heard already."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.backup_commands import back_up, restore
from bot.config import Settings
from feedback import promises
from handlers.staff.promise_steps import see_to_promises
from handlers.staff.silence import break_silences
from store.tables.queues import OutboxMessage, OutboxState
from tests.bot.test_backup import ask, change
from tests.factories import make_staff
from tests.feedback.cases import make_complaint, settle

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=9)
HELD = select(OutboxMessage).where(OutboxMessage.state == OutboxState.UNCERTAIN)
TO_CUSTOMERS = OutboxMessage.customer_id.is_not(None)


BY_DAY, AT_NIGHT = (NOW.hour + 3) % 24, (NOW.hour - 1) % 24


@pytest.mark.parametrize("quiet_from", [BY_DAY, AT_NIGHT], ids=["by day", "at night"])
def test_reminders_and_broken_promises_are_not_told_twice(tmp_path: Path, quiet_from: int) -> None:
    settings = Settings(
        database_url=SecretStr(f"sqlite:///{tmp_path / 'rapport.db'}"),
        data_dir=tmp_path / "data",
        telegram_token=SecretStr("1:x"),
        quiet_from_hour=quiet_from,
        quiet_until_hour=(quiet_from + 3) % 24,
    )
    company = settings.company

    def fill(session: Session) -> None:
        mei = make_staff(session)
        promised, resolved = (make_complaint(session, now=LONG_AGO) for _ in range(2))
        due = NOW - timedelta(hours=1)
        promises.promise(
            session, promised, staff=mei, text="It comes", due_at=due, company=company, now=LONG_AGO
        )
        settle(session, resolved, staff=mei, now=LONG_AGO)

    change(settings, fill)
    list(back_up(settings, tmp_path / "backup.zip"))
    list(restore(settings, tmp_path / "backup.zip"))
    assert ask(settings, lambda session: {"promise", "silence"} <= _held(session))

    def plays(session: Session) -> None:
        count = select(func.count()).select_from(OutboxMessage).where(TO_CUSTOMERS)
        before = session.scalar(count)
        see_to_promises(session, company=company, now=NOW)
        break_silences(session, company=company, now=NOW)
        assert session.scalar(count) == before

    change(settings, plays)


def _held(session: Session) -> set[str]:
    return {row.dedupe_key.partition(":")[0] for row in session.scalars(HELD)}
