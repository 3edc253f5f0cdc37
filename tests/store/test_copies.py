"""Messages that are alike are, in the outbox, what as many drafts would be."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from store.copies import Copy, enqueue_copies
from store.engine import Database
from store.outbox import Button, Draft, Enclosure, enqueue
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import make_customer

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
BUTTONS = (((Button("给我留一点", "answer:1:0"), Button("More", "", "https://example.org")),), ())
FILES = ((), (Enclosure("photo", "telegram", "abc", otherwise="a picture"),))


def _written(database: Database) -> list[Row[*tuple[Any, ...]]]:
    columns = [one for one in OutboxMessage.__table__.columns if one.name not in {"id", "dedupe_key"}]
    with database.reading() as session:
        return list(session.execute(select(*columns).order_by(OutboxMessage.id)).all())


def test_copies_are_queued_as_drafts_are_and_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        people = [make_customer(session).id for _ in range(8)]
    copies = [
        Copy(
            f"copy:{who}",
            "telegram",
            f"{who}",
            who,
            f"Hello {who}, “您好” \\ \n",
            BUTTONS[who % 2],
            tuple(FILES[who // 2 % 2]),
            NOW + timedelta(minutes=who),
            NOW + timedelta(days=who),
        )
        for who in people
    ]
    alike = Draft(
        MessageKind.INVITATION, "", "", "", purpose=Purpose.INVITATIONS, about="event:7", campaign_id=None
    )
    drafts = [
        Draft(
            kind=alike.kind,
            purpose=alike.purpose,
            about=alike.about,
            **copy._replace(dedupe_key=f"draft:{copy.customer_id}")._asdict(),
        )
        for copy in copies
    ]
    with any_database.transaction() as session:
        assert enqueue_copies(session, alike, [*copies, copies[0]], now=NOW) == len(people)
        assert enqueue_copies(session, alike, copies, now=NOW + timedelta(days=1)) == 0
        assert enqueue(session, drafts, now=NOW) == len(people)
    rows = _written(any_database)
    assert rows[: len(people)] == rows[len(people) :]
