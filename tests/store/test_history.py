"""The history of a chat, on each database."""

from datetime import timedelta

from store.engine import Database
from store.history import Page, has_heard, read_history
from store.outbox import Button, Draft, enqueue, mark_sent
from store.tables.conversations import Message
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW


def _hear(database: Database, number: int, *, address: str = "w-ana", minutes: int = 0) -> None:
    with database.transaction() as session:
        session.add(
            Message(
                channel="webchat",
                address=address,
                sender=address,
                external_id=f"m-{number}",
                text=f"in {number}",
                at=NOW + timedelta(minutes=minutes),
            )
        )


def _send(database: Database, key: str, *, minutes: int = 0, sent: bool = True, **fields: object) -> None:
    values: dict[str, object] = {"text": key, "dedupe_key": key} | fields
    with database.transaction() as session:
        draft = Draft(MessageKind.ANSWER, "webchat", "w-ana", **values)  # type: ignore[arg-type]  # a draft's fields
        enqueue(session, [draft], now=NOW)
        if sent:
            row = session.query(OutboxMessage).filter_by(dedupe_key=key).one()
            mark_sent(session, row.id, external_id=str(row.id), now=NOW + timedelta(minutes=minutes))


def _read(database: Database, **fields: object) -> Page:
    values: dict[str, object] = {"channel": "webchat", "address": "w-ana", "limit": 100} | fields
    with database.reading() as session:
        return read_history(session, **values)  # type: ignore[arg-type]  # the parts of each test


def test_both_sides_are_merged_by_time(any_database: Database) -> None:
    _hear(any_database, 1, minutes=0)
    _send(any_database, "first", minutes=1)
    _hear(any_database, 2, minutes=2)
    _send(any_database, "second", minutes=3)
    _hear(any_database, 3, address="w-ben")
    page = _read(any_database)
    assert [said.text for said in page.said] == ["in 1", "first", "in 2", "second"]
    assert page.earlier is None


def test_what_was_not_sent_was_not_said(any_database: Database) -> None:
    _send(any_database, "waiting", sent=False)
    assert _read(any_database).said == ()
    with any_database.transaction() as session:
        session.query(OutboxMessage).update({"state": OutboxState.SENDING})
    assert [said.text for said in _read(any_database).said] == ["waiting"]


def test_a_correction_replaces_text_and_buttons(any_database: Database) -> None:
    _send(any_database, "alert", buttons=((Button("Take it", "take:1"),),))
    _send(any_database, "taken", edits="alert", minutes=1)
    _send(any_database, "solved", edits="alert", minutes=2)
    [said] = _read(any_database).said
    assert (said.text, said.buttons) == ("solved", ())


def test_pages_leave_nothing_out_and_repeat_nothing(any_database: Database) -> None:
    for number in range(5):
        _hear(any_database, number, minutes=number)
        _send(any_database, f"out {number}", minutes=9 - number)  # not in the order of their numbers
    whole = {said.id for said in _read(any_database).said}
    seen: list[str] = []
    page = _read(any_database, limit=3)
    seen += [said.id for said in page.said]
    while page.earlier is not None:
        page = _read(any_database, limit=3, before=page.earlier)
        seen += [said.id for said in page.said]
    assert sorted(seen) == sorted(whole)


def test_long_messages_make_short_pages(any_database: Database) -> None:
    for number in range(5):
        _send(any_database, f"long {number}", text="x" * 100_000)
    page = _read(any_database)
    assert len(page.said) == 3
    assert page.earlier is not None


def test_an_erased_chat_was_never_heard(any_database: Database) -> None:
    _hear(any_database, 1)
    with any_database.reading() as session:
        assert has_heard(session, channel="webchat", address="w-ana")
        assert not has_heard(session, channel="webchat", address="w-ben")
