"""The outbox: each message once, the urgent first, and no row in two hands."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text

from store.departures import (
    Claimed,
    Ended,
    PutBack,
    Sent,
    chats_that_wait,
    claim_due,
    recover_interrupted,
    settle,
)
from store.engine import Database
from store.line import next_due_at
from store.outbox import (
    RULES,
    Body,
    Button,
    Document,
    Draft,
    enqueue,
    find_by_external_id,
    find_by_key,
    mark_sent,
    withdraw_queued,
)
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW

A_MINUTE = timedelta(minutes=1)


def draft(key: str, **fields: Any) -> Draft:
    values: dict[str, Any] = {
        "kind": MessageKind.ANSWER,
        "channel": "telegram",
        "address": key,
        "text": key,
        "dedupe_key": key,
    }
    return Draft(**(values | fields))


def queue(database: Database, *drafts: Draft, now: datetime = NOW) -> int:
    with database.transaction() as session:
        return enqueue(session, drafts, now=now)


def claim(database: Database, limit: int = 10, now: datetime = NOW, **fields: Any) -> list[Claimed]:
    with database.transaction() as session:
        return claim_due(session, channel="telegram", now=now, limit=limit, **fields)


def keys(claimed: Sequence[Claimed]) -> list[str]:
    return [row.body["text"] for row in claimed]


def row(database: Database, key: str) -> OutboxMessage:
    with database.reading() as session:
        found = find_by_key(session, key)
        assert found is not None
        return found


def test_a_dedupe_key_is_queued_once_for_ever(any_database: Database) -> None:
    assert queue(any_database, draft("a"), draft("b"), draft("a", text="again")) == 2
    assert queue(any_database, draft("b"), draft("c")) == 1
    with any_database.transaction() as session:
        mark_sent(session, row(any_database, "a").id, external_id="1", now=NOW)
    assert queue(any_database, draft("a")) == 0
    assert row(any_database, "a").body["text"] == "a"


def test_many_are_queued_at_once(any_database: Database) -> None:
    assert queue(any_database, *(draft(str(number)) for number in range(1203))) == 1203
    assert queue(any_database, *(draft(str(number)) for number in range(1300))) == 97


def test_a_draft_needs_a_key(any_database: Database) -> None:
    with pytest.raises(ValueError, match="dedupe key"):
        queue(any_database, draft(""))


def test_a_naive_moment_is_refused(any_database: Database) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        queue(any_database, draft("a", not_before=datetime(2026, 1, 1)))  # noqa: DTZ001 - the fault


def test_a_row_says_when_it_is_no_longer_worth_sending(any_database: Database) -> None:
    queue(
        any_database,
        draft("a"),
        draft("b", not_before=NOW + A_MINUTE),
        draft("c", expires_at=NOW + A_MINUTE),
    )
    lifetime = RULES[MessageKind.ANSWER].lifetime
    assert row(any_database, "a").expires_at == NOW + lifetime
    assert row(any_database, "b").expires_at == NOW + A_MINUTE + lifetime
    assert row(any_database, "c").expires_at == NOW + A_MINUTE


def test_a_body_comes_back_as_it_was(any_database: Database) -> None:
    body = Body(
        "你好 <b>&", ((Button("Yes", "a:1"), Button("No", "a:2")),), Document("a", "text/plain", "{}")
    )
    queue(any_database, draft("a", text=body.text, buttons=body.buttons, document=body.document))
    assert Body.from_json(claim(any_database)[0].body) == body


def test_the_most_urgent_are_claimed_first(any_database: Database) -> None:
    kinds = list(reversed(MessageKind))
    queue(any_database, *(draft(kind, kind=kind) for kind in kinds))
    claimed = claim(any_database, limit=20)
    ranks = [RULES[one.kind].priority for one in claimed]
    assert ranks == sorted(ranks)
    assert len(claimed) == len(kinds)
    assert keys(claimed)[0] == "answer"


def test_within_a_rank_the_oldest_goes_first(any_database: Database) -> None:
    queue(any_database, *(draft(str(number)) for number in range(30)))
    assert keys(claim(any_database, limit=3)) == ["0", "1", "2"]
    assert keys(claim(any_database, limit=3)) == ["3", "4", "5"]


def test_what_is_claimed_is_being_sent(any_database: Database) -> None:
    queue(any_database, draft("a"))
    [claimed] = claim(any_database)
    found = row(any_database, "a")
    assert (claimed.id, claimed.attempts) == (found.id, 1)
    assert (found.state, found.attempts) == (OutboxState.SENDING, 1)
    assert claim(any_database) == []


def test_nothing_is_claimed_before_its_moment(any_database: Database) -> None:
    queue(any_database, draft("a", not_before=NOW + A_MINUTE))
    assert claim(any_database) == []
    assert keys(claim(any_database, now=NOW + A_MINUTE)) == ["a"]


def test_of_a_chat_only_the_first_in_line_is_claimed(any_database: Database) -> None:
    queue(any_database, *(draft(f"a{number}", address="7") for number in range(3)), draft("b", address="8"))
    assert keys(claim(any_database)) == ["a0", "b"]


def test_held_chats_and_reserved_places(any_database: Database) -> None:
    queue(
        any_database,
        draft("a"),
        draft("b"),
        draft("x", kind=MessageKind.CAMPAIGN),
        draft("y", kind=MessageKind.CAMPAIGN),
    )

    def held(address: str, _priority: int) -> bool:
        return address in {"a", "x"}

    assert keys(claim(any_database, held=held, limit=2, reserved={4: 1})) == ["b"]
    assert keys(claim(any_database, held=held)) == ["y"]


def test_a_retry_keeps_its_place_in_line(any_database: Database) -> None:
    queue(any_database, draft("first", address="7"))
    [first] = claim(any_database)
    queue(any_database, draft("second", address="7"), now=NOW + timedelta(seconds=1))
    later = NOW + A_MINUTE
    with any_database.transaction() as session:
        settle(
            session,
            [PutBack(first.id, first.not_before, 1, maybe_repeat=True, reason="reset", retry_at=later)],
        )
    with any_database.reading() as session:
        long, short = timedelta(hours=1), timedelta(seconds=1)
        assert chats_that_wait(session, channel="telegram", now=NOW, longest=long) == {"7": later}
        assert chats_that_wait(session, channel="telegram", now=NOW, longest=short) == {}
        assert chats_that_wait(session, channel="telegram", now=later, longest=long) == {}
    assert claim(any_database, held=lambda address, _priority: address == "7") == []
    [again] = claim(any_database, now=later)
    assert (again.body["text"], again.attempts, again.maybe_repeat) == ("first", 2, True)


def test_two_claimers_never_get_the_same_row(any_database: Database) -> None:
    queue(any_database, *(draft(str(number)) for number in range(300)))
    taken: list[int] = []
    start = threading.Barrier(4)

    def claimer() -> None:
        start.wait()
        while claimed := claim(any_database, limit=7):
            taken.extend(one.id for one in claimed)

    threads = [threading.Thread(target=claimer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken))
    rest = claim(any_database, limit=300)
    assert len(taken) + len(rest) == 300


def test_on_postgresql_a_claimer_does_not_wait_for_another(any_database: Database) -> None:
    if any_database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    queue(any_database, draft("a"))
    with any_database.transaction() as session:
        assert len(claim_due(session, channel="telegram", now=NOW, limit=5)) == 1
        assert claim(any_database) == []


def test_settling(any_database: Database) -> None:
    queue(any_database, *(draft(key) for key in "abc"))
    a, b, c = claim(any_database)
    with any_database.transaction() as session:
        settle(
            session,
            [
                Sent(a.id, "x1", NOW),
                Ended(b.id, OutboxState.FAILED, "refused"),
                PutBack(c.id, NOW + A_MINUTE, 1, maybe_repeat=False, reason="quiet hours"),
            ],
        )
    sent, failed, waits = (row(any_database, key) for key in "abc")
    assert (sent.state, sent.external_id, sent.sent_at) == (OutboxState.SENT, "x1", NOW)
    assert (failed.state, failed.reason) == (OutboxState.FAILED, "refused")
    assert (waits.state, waits.not_before, waits.attempts) == (OutboxState.QUEUED, NOW + A_MINUTE, 0)
    with any_database.reading() as session:
        found = find_by_external_id(session, channel="telegram", address="a", external_id="x1")
        assert found is not None
        assert found.id == a.id
        assert find_by_external_id(session, channel="telegram", address="b", external_id="x1") is None


def test_of_messages_with_one_name_the_newest_is_meant_and_no_correction(any_database: Database) -> None:
    chat: dict[str, Any] = {"address": "chat"}
    queue(any_database, draft("old", **chat), draft("new", **chat), draft("fix", edits="new", **chat))
    with any_database.transaction() as session:
        for key in ("old", "new", "fix"):
            mark_sent(session, row(any_database, key).id, external_id="505", now=NOW)
        found = find_by_external_id(session, channel="telegram", address="chat", external_id="505")
        assert found is not None
        assert found.dedupe_key == "new"


def test_settling_nothing_or_what_was_erased(any_database: Database) -> None:
    with any_database.transaction() as session:
        settle(session, [])
        settle(session, [Sent(999, "x", NOW)])


def test_the_next_due_moment(any_database: Database) -> None:
    def next_due() -> datetime | None:
        with any_database.reading() as session:
            return next_due_at(session, channel="telegram")

    assert next_due() is None
    queue(
        any_database,
        draft("a", kind=MessageKind.CAMPAIGN, not_before=NOW + A_MINUTE),
        draft("b", not_before=NOW + 2 * A_MINUTE),
        draft("elsewhere", channel="webchat"),
    )
    assert next_due() == NOW + A_MINUTE
    claim(any_database, now=NOW + A_MINUTE)
    assert next_due() == NOW + 2 * A_MINUTE


def test_recovery_follows_the_policy_of_each_kind(any_database: Database) -> None:
    kinds = list(MessageKind)
    queue(any_database, *(draft(kind, kind=kind) for kind in kinds))
    queue(any_database, draft("edit", kind=MessageKind.CAMPAIGN, edits="campaign"))
    claim(any_database, limit=20)
    queue(any_database, draft("untouched"))
    with any_database.transaction() as session:
        assert recover_interrupted(session, channel="webchat") == (0, 0)
        assert recover_interrupted(session, channel="telegram") == (4, 6)
    states = {kind: row(any_database, kind).state for kind in kinds}
    assert states[MessageKind.ANSWER] is states[MessageKind.ALERT] is OutboxState.QUEUED
    assert states[MessageKind.CAMPAIGN] is states[MessageKind.VISIT] is OutboxState.UNCERTAIN
    assert row(any_database, "answer").maybe_repeat
    assert row(any_database, "edit").state is OutboxState.QUEUED
    assert not row(any_database, "untouched").maybe_repeat


def test_withdrawing_takes_queued_rows_that_meet_every_condition(any_database: Database) -> None:
    queue(any_database, draft("a", address="7"), draft("b", address="7", about="x"), draft("c", about="x"))
    with any_database.transaction() as session:
        where = (OutboxMessage.address == "7", OutboxMessage.about == "x")
        assert withdraw_queued(session, *where, reason="no longer") == 1
    assert row(any_database, "b").state is OutboxState.SKIPPED
    assert row(any_database, "b").reason == "no longer"
    claim(any_database)
    with any_database.transaction() as session:
        assert withdraw_queued(session, OutboxMessage.address == "7", reason="too late") == 0


def plans(database: Database, *, rows: int) -> list[str]:
    """Fill a channel with rows that are not due, and tell how the database finds what is."""
    with database.transaction() as session:
        session.execute(insert(OutboxMessage), [_plain_row(number) for number in range(rows)])
    with database.transaction() as session:
        session.execute(text("ANALYZE"))
    found: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith(("SELECT", "WITH")) or "FOR UPDATE" in statement:
            return
        prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        cursor = connection.connection.cursor()
        cursor.execute(prefix + statement, parameters)
        found.append(" ".join(str(line) for line in cursor.fetchall()))

    with database.transaction() as session:
        event.listen(session.connection(), "before_cursor_execute", explain)
        claim_due(session, channel="telegram", now=NOW, limit=10)
        next_due_at(session, channel="telegram")
    return found


def _plain_row(number: int) -> dict[str, Any]:
    return {
        "dedupe_key": str(number),
        "channel": "telegram",
        "address": str(number),
        "kind": MessageKind.CAMPAIGN,
        "priority": 4,
        "body": Body("hi").to_json(),
        "state": OutboxState.SENT if number % 2 else OutboxState.QUEUED,
        "not_before": NOW + A_MINUTE,
        "attempts": 0,
        "maybe_repeat": False,
        "created_at": NOW,
    }


def test_what_is_due_is_found_by_the_index(any_database: Database) -> None:
    queue(any_database, *(draft(f"due {number}", address=f"due {number}") for number in range(60)))
    found = plans(any_database, rows=4000)
    assert len(found) >= 3, "which ranks wait, who is first in line, when the next is due"
    assert all("ix_outbox_due" in plan for plan in found), found
    assert not any("TEMP B-TREE" in plan for plan in found)
    if any_database.is_sqlite:
        assert all("COVERING INDEX" in plan for plan in found), "a long line is read without the table"


def test_rows_that_wait_cost_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(OutboxMessage), [_plain_row(number) for number in range(2000)])
    queue(database, draft("now"))
    assert keys(claim(database)) == ["now"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 2001
        assert next_due_at(session, channel="telegram") == (NOW + A_MINUTE).astimezone(UTC)
