"""A reply that comes before what it replies to is noted waits for that; nothing else waits."""

import asyncio

import pytest
from sqlalchemy import update

from bot import early_replies
from bot.early_replies import until_noted
from handlers.incoming import Incoming, IncomingKind
from store.engine import Database
from store.outbox import Draft, enqueue, mark_sent
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW, make_incoming

CHAT = "42"


def _reply(to: str, *, address: str = CHAT) -> Incoming:
    return make_incoming("Yes, please", sender=CHAT, address=address, reply_to=to)


def _being_sent(database: Database) -> None:
    """Let a message to the chat be with the app, which shows it as 7 and has not answered yet."""
    draft = Draft(
        kind=MessageKind.ANSWER, channel="telegram", address=CHAT, text="Who gets it?", dedupe_key="q"
    )
    with database.transaction() as session:
        enqueue(session, [draft], now=NOW)
        session.execute(update(OutboxMessage).values(state=OutboxState.SENDING))


def _noted(database: Database) -> None:
    with database.transaction() as session:
        (row,) = session.query(OutboxMessage)
        mark_sent(session, row.id, external_id="7", now=NOW)


def _tap(under: str) -> Incoming:
    return make_incoming(sender=CHAT, kind=IncomingKind.BUTTON, button="any", message_id=under)


@pytest.mark.parametrize("incoming", [_reply("7"), _tap("7")], ids=["reply", "tap"])
async def test_a_reply_or_tap_waits_until_its_message_is_noted(
    any_database: Database, incoming: Incoming
) -> None:
    _being_sent(any_database)
    waiting = asyncio.create_task(until_noted(any_database, [incoming]))
    await asyncio.sleep(3 * early_replies.LOOK_EVERY_S)
    assert not waiting.done()
    _noted(any_database)
    await waiting


@pytest.mark.parametrize(
    "incoming",
    [make_incoming("Hello", sender=CHAT), _reply("7", address="43")],
    ids=["no reply", "another chat"],
)
async def test_what_cannot_be_early_does_not_wait(
    any_database: Database, incoming: Incoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_replies, "LOOK_EVERY_S", 3600.0)
    _being_sent(any_database)
    await until_noted(any_database, [incoming])


async def test_a_reply_to_what_is_known_or_to_nothing_of_ours_does_not_wait(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_replies, "LOOK_EVERY_S", 3600.0)
    await until_noted(any_database, [_reply("8")])
    _being_sent(any_database)
    _noted(any_database)
    await until_noted(any_database, [_reply("7"), _reply("8")])


async def test_who_replies_to_what_never_was_waits_no_longer_than_a_moment(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_replies, "LOOK_EVERY_S", 0.0)
    _being_sent(any_database)
    await until_noted(any_database, [_reply("8")])
