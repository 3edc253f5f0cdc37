"""After a restore guests hear nothing that they may have heard already, and lose no place by it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.backup_commands import back_up, restore
from bot.config import Settings
from scheduler.events.changes import change_event
from scheduler.events.offers import move_waiting_lists
from scheduler.events.telling import tell_changes
from store.tables.outreach import EventGuest, Rsvp
from store.tables.queues import OutboxMessage, OutboxState
from tests.bot.test_backup import ask, change
from tests.factories import make_customer
from tests.scheduler.events.ground import answer, make_event

NOW = datetime.now(UTC)
HELD = select(OutboxMessage.dedupe_key).where(OutboxMessage.state == OutboxState.UNCERTAIN)


def test_news_and_offers_of_an_event_are_not_told_twice(tmp_path: Path) -> None:
    address = SecretStr(f"sqlite:///{tmp_path / 'rapport.db'}")
    settings = Settings(database_url=address, data_dir=tmp_path / "data", telegram_token=SecretStr("1:x"))
    company = settings.company
    start, until = NOW + timedelta(days=9), NOW + timedelta(days=2)

    def fill(session: Session) -> None:
        event = make_event(session, capacity=1, starts_at=start, reminders=())
        goes, waits = (make_customer(session, timezone="UTC").id for _ in range(2))
        for guest in (goes, waits):
            answer(session, event.id, guest, now=NOW, company=company)
        change_event(session, event.id, {"place": "Tea house"}, company=company, now=NOW)
        event.capacity = 2

    change(settings, fill)
    list(back_up(settings, tmp_path / "backup.zip"))
    list(restore(settings, tmp_path / "backup.zip"))
    keys = ask(settings, lambda s: sorted(key.partition(":")[0] for key in s.scalars(HELD)))
    assert keys == ["change", "change", "offer"]

    def plays(session: Session) -> None:
        assert tell_changes(session, company=company, now=until) == 0
        assert _answers(session) == ["going", "offered"]
        assert move_waiting_lists(session, company=company, now=until) == 2
        assert _answers(session) == ["going", "offered"]  # who may never have heard of it is asked again

    change(settings, plays)


def _answers(session: Session) -> list[Rsvp]:
    return sorted(session.scalars(select(EventGuest.answer).execution_options(populate_existing=True)))
