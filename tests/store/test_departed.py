"""What left lately is known to whoever takes a lane over; claims of which nobody learnt are given back."""

from datetime import timedelta

from store.departed import departures_since
from store.departures import Sent, claim_due, settle, undo_claims
from store.engine import Database
from store.outbox import Draft, count_waiting, enqueue, find_by_key
from store.tables.queues import MessageKind, OutboxState
from tests.factories import NOW

A_MINUTE = timedelta(minutes=1)


def queue(database: Database, *addresses: str, channel: str = "telegram") -> None:
    with database.transaction() as session:
        enqueue(
            session,
            (Draft(MessageKind.ANSWER, channel, one, one, dedupe_key=channel + one) for one in addresses),
            now=NOW,
        )


def test_what_left_lately_or_may_have(any_database: Database) -> None:
    queue(any_database, "long ago", "-100", "7", "8", "waits")
    queue(any_database, "9", channel="webchat")
    with any_database.transaction() as session:
        first, group, seven, *_ = claim_due(session, channel="telegram", now=NOW, limit=4)
        settle(
            session,
            [Sent(first.id, "1", NOW - A_MINUTE), Sent(group.id, "2", NOW), Sent(seven.id, "3", NOW)],
        )
        since = NOW - A_MINUTE / 2
        departed = departures_since(session, channel="telegram", since=since, until=NOW)
        assert sorted(departed) == [("-100", NOW), ("7", NOW), ("8", None)]
        assert departures_since(session, channel="telegram", since=since, until=NOW, prefix="-") == [
            ("-100", NOW)
        ]
        assert departures_since(session, channel="webchat", since=since, until=NOW) == []
        put_back = NOW - A_MINUTE
        assert departures_since(session, channel="telegram", since=since, until=put_back) == [("8", None)]
        assert count_waiting(session, channel="telegram") == 2


def test_claims_are_given_back_unless_somebody_claimed_anew(any_database: Database) -> None:
    queue(any_database, "a", "b")
    with any_database.transaction() as session:
        old = claim_due(session, channel="telegram", now=NOW, limit=9)
        undo_claims(session, old)
        undo_claims(session, [])
        [again] = claim_due(session, channel="telegram", now=NOW, limit=1)
        assert again.attempts == 1
        undo_claims(session, [again])
        third = claim_due(session, channel="telegram", now=NOW, limit=1)
        settle(session, [Sent(third[0].id, "x", NOW)])
        undo_claims(session, old)
    with any_database.reading() as session:
        found = [find_by_key(session, "telegram" + key) for key in "ab"]
    assert [(row.state, row.attempts) for row in found if row] == [
        (OutboxState.SENT, 1),
        (OutboxState.QUEUED, 0),
    ]
