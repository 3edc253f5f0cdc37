"""The inbox: each update has one effect."""

import threading

from sqlalchemy import select

from store.engine import Database
from store.inbox import claim_update, claim_updates, record_failure, record_unreadable
from store.tables.queues import InboxUpdate
from tests.factories import NOW


def test_an_update_is_claimed_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        assert claim_update(session, channel="telegram", update_id="1", now=NOW)
        assert not claim_update(session, channel="telegram", update_id="1", now=NOW)
        assert claim_update(session, channel="telegram", update_id="2", now=NOW)
        assert claim_update(session, channel="webchat", update_id="1", now=NOW)
    with any_database.transaction() as session:
        assert not claim_update(session, channel="telegram", update_id="1", now=NOW)


def test_of_many_those_that_are_new_are_told(any_database: Database) -> None:
    odd = [("telegram", "7"), ("web'chat", '"8"'), ("wechat", "九\\🙂"), ("telegram", "007")]
    with any_database.transaction() as session:
        assert claim_updates(session, odd[:2], now=NOW) == set(odd[:2])
    with any_database.transaction() as session:
        assert claim_updates(session, odd, now=NOW) == set(odd[2:])
        assert claim_updates(session, [], now=NOW) == set()
    with any_database.reading() as session:
        rows = session.execute(
            select(InboxUpdate.channel, InboxUpdate.update_id, InboxUpdate.received_at).order_by(
                InboxUpdate.id
            )
        )
        assert [tuple(row) for row in rows] == [(*one, NOW) for one in odd]


def test_a_claim_goes_with_its_transaction(any_database: Database) -> None:
    with any_database.transaction() as session:
        assert claim_update(session, channel="telegram", update_id="1", now=NOW)
        session.rollback()
    with any_database.transaction() as session:
        assert claim_update(session, channel="telegram", update_id="1", now=NOW)


def test_of_two_at_once_one_wins(any_database: Database) -> None:
    start, won = threading.Barrier(4), []

    def claimer() -> None:
        start.wait()
        with any_database.transaction() as session:
            won.append(claim_update(session, channel="telegram", update_id="1", now=NOW))

    threads = [threading.Thread(target=claimer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


def test_a_failure_is_kept_for_a_person(any_database: Database) -> None:
    with any_database.transaction() as session:
        claim_update(session, channel="telegram", update_id="1", now=NOW)
        record_failure(session, channel="telegram", update_id="1", error="oops", payload={"text": "hi"})
        record_unreadable(
            session, channel="telegram", update_id="2", error="unreadable", payload={"a": [1]}, now=NOW
        )
        record_unreadable(session, channel="telegram", update_id="2", error="once more", payload={}, now=NOW)
    with any_database.reading() as session:
        rows = session.scalars(select(InboxUpdate).order_by(InboxUpdate.id)).all()
    assert [(row.update_id, row.error, row.payload) for row in rows] == [
        ("1", "oops", {"text": "hi"}),
        ("2", "unreadable", {"a": [1]}),
    ]
