"""Changes to many rows of the outbox at once."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.departures import Ended, PutBack, Sent, claim_due, recover_interrupted, settle
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW


def _claimed(session: Session, count: int) -> list[int]:
    drafts = [
        Draft(MessageKind.ANSWER, "telegram", str(number), "Hello", dedupe_key=str(number))
        for number in range(count)
    ]
    enqueue(session, drafts, now=NOW)
    return [row.id for row in claim_due(session, channel="telegram", now=NOW, limit=count)]


def _rows(session: Session) -> dict[int, OutboxMessage]:
    return {row.id: row for row in session.scalars(select(OutboxMessage))}


def test_each_row_gets_its_own_values(any_database: Database) -> None:
    with any_database.transaction() as session:
        one, two, three, untouched = _claimed(session, 4)
        later = NOW + timedelta(seconds=1)

        settle(session, [Sent(one, "a", NOW), Sent(two, None, later), Sent(three, "it's {c}", NOW)])

        rows = _rows(session)
    assert [(rows[id_].external_id, rows[id_].sent_at) for id_ in (one, two, three)] == [
        ("a", NOW),
        (None, later),
        ("it's {c}", NOW),
    ]
    assert {rows[id_].state for id_ in (one, two, three)} == {OutboxState.SENT}
    assert rows[untouched].state is OutboxState.SENDING


def test_settlements_of_all_kinds_are_written_together(any_database: Database) -> None:
    with any_database.transaction() as session:
        sent, failed, gone, again, back = _claimed(session, 5)

        settle(
            session,
            [
                Sent(sent, "7", NOW),
                Ended(failed, OutboxState.FAILED, "refused"),
                Ended(gone, OutboxState.UNREACHABLE, "blocked"),
                PutBack(again, NOW, 1, True, "no answer", NOW + timedelta(seconds=9)),  # noqa: FBT003 - a field
                PutBack(back, NOW, 1, False, "stopped"),  # noqa: FBT003 - a field
            ],
        )

        rows = _rows(session)
    assert [(rows[id_].state, rows[id_].reason) for id_ in (sent, failed, gone, again, back)] == [
        (OutboxState.SENT, None),
        (OutboxState.FAILED, "refused"),
        (OutboxState.UNREACHABLE, "blocked"),
        (OutboxState.QUEUED, "no answer"),
        (OutboxState.QUEUED, "stopped"),
    ]
    assert (rows[again].maybe_repeat, rows[again].retry_at) == (True, NOW + timedelta(seconds=9))
    assert (rows[back].maybe_repeat, rows[back].retry_at, rows[back].attempts) == (False, None, 0)


def test_what_was_sent_is_not_put_back(any_database: Database) -> None:
    with any_database.transaction() as session:
        one, two = _claimed(session, 2)
        settle(session, [Sent(one, "7", NOW), Sent(two, "8", NOW)])

        settle(session, [Ended(one, OutboxState.FAILED, "too late"), PutBack(two, NOW, 1, False, "stopped")])  # noqa: FBT003 - a field

        rows = _rows(session)
    assert {rows[id_].state for id_ in (one, two)} == {OutboxState.SENT}


def test_nothing_to_settle_changes_nothing(any_database: Database) -> None:
    with any_database.transaction() as session:
        (row,) = _claimed(session, 1)

        settle(session, [])

        assert _rows(session)[row].state is OutboxState.SENDING


def test_what_another_sender_took_over_is_not_put_back(any_database: Database) -> None:
    """A sender stood still, was taken for dead, and goes on while its successor is sending."""
    with any_database.transaction() as session:
        ours, theirs = _claimed(session, 2)
        assert recover_interrupted(session, channel="telegram") == (2, 0)
        taken = claim_due(session, channel="telegram", now=NOW, limit=1)
        assert [(row.id, row.attempts) for row in taken] == [(ours, 2)]

        back = [PutBack(id_, NOW, 1, maybe_repeat=False, reason="stopped") for id_ in (ours, theirs)]
        settle(session, back)

        rows = _rows(session)
        assert rows[ours].state is OutboxState.SENDING
        assert (rows[ours].attempts, rows[ours].maybe_repeat) == (2, True)
        assert (rows[theirs].state, rows[theirs].maybe_repeat) == (OutboxState.QUEUED, True)
        settle(session, [PutBack(ours, NOW, 2, maybe_repeat=True, reason="stopped")])
        session.expire_all()
        assert (rows[ours].state, rows[ours].attempts) == (OutboxState.QUEUED, 1)


def test_each_is_put_back_by_its_own_claim(any_database: Database) -> None:
    with any_database.transaction() as session:
        one, two = _claimed(session, 2)
        again = NOW + timedelta(seconds=1)
        settle(session, [PutBack(one, NOW, 1, maybe_repeat=False, reason="reset", retry_at=NOW)])
        (claim,) = claim_due(session, channel="telegram", now=again, limit=1)
        assert claim.attempts == 2
        settle(
            session,
            [
                PutBack(id_, NOW, attempt, maybe_repeat=False, reason="")
                for id_, attempt in ((one, 2), (two, 1))
            ],
        )
        rows = _rows(session)
    assert [(rows[id_].state, rows[id_].attempts) for id_ in (one, two)] == [
        (OutboxState.QUEUED, 1),
        (OutboxState.QUEUED, 0),
    ]
