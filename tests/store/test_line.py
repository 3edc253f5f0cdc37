"""What one who claims again and again remembers of the line: it hides nothing for long, at rest nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from store.departures import Claimed, PutBack, claim_due, settle
from store.engine import Database
from store.line import COMMITTED_WITHIN, LOOK_BACK_EVERY, PRIORITIES, Line
from store.outbox import RULES, Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage
from tests.factories import NOW
from tests.postgres import PostgresServer

A_MOMENT = LOOK_BACK_EVERY / 5
LONG = 3 * COMMITTED_WITHIN


def chat_of(name: str) -> str:
    return name.rpartition(" ")[2]


class Sender:
    """Claims as a lane does, on PostgreSQL: SQLite's line needs no remembering."""

    def __init__(self, database: Database) -> None:
        self.database, self.line, self.now = database, Line(), NOW
        self.waits: dict[str, datetime] = {}

    def queue(self, *names: str, kind: MessageKind = MessageKind.CAMPAIGN, ago: timedelta = LONG) -> None:
        with self.database.transaction() as session:
            drafts = [Draft(kind, "telegram", chat_of(name), name, dedupe_key=name) for name in names]
            enqueue(session, drafts, now=self.now - ago)

    def claim(self, limit: int = 2, **fields: Any) -> list[Claimed]:
        self.now += A_MOMENT
        with self.database.transaction() as session:
            asked: dict[str, Any] = {"now": self.now, "limit": limit, "held": self._is_held} | fields
            return claim_due(session, channel="telegram", line=self.line, **asked)

    def names(self, limit: int = 2, **fields: Any) -> list[str]:
        return [one.body["text"] for one in self.claim(limit, **fields)]

    def put_back(self, row: Claimed, retry_at: datetime | None = None) -> None:
        if retry_at is not None:
            self.waits[row.address] = retry_at
        again = PutBack(row.id, row.not_before, row.attempts, False, "reset", retry_at)  # noqa: FBT003 - a field
        with self.database.transaction() as session:
            settle(session, [again])

    def _is_held(self, address: str, _priority: int) -> bool:
        return self.now < self.waits.get(address, self.now)


@pytest.fixture
def sender(postgres_server: PostgresServer) -> Iterator[Sender]:
    with postgres_server.new_database(tables=True) as url:
        database = Database(url)
        yield Sender(database)
        database.close()


def test_the_line_goes_on_where_it_was(sender: Sender) -> None:
    sender.queue(*"abcdefg")
    assert [sender.names() for _ in range(5)] == [["a", "b"], ["c", "d"], ["e", "f"], ["g"], []]


def test_what_was_put_back_leaves_within_the_time_of_a_look_back(sender: Sender) -> None:
    sender.queue(*"abcdefghijklmnop")
    first, _ = sender.claim()
    sender.claim()
    sender.put_back(first)
    seen = [sender.names() for _ in range(LOOK_BACK_EVERY // A_MOMENT)]
    assert seen[0] == ["e", "f"]
    assert any("a" in names for names in seen)


def test_what_is_to_be_tried_again_is_not_overtaken_in_its_chat(sender: Sender) -> None:
    sender.queue("first of ana", *"abc", "second of ana", *"defghijklm")
    [first, _] = sender.claim()
    sender.line.forget()
    sender.put_back(first, retry_at=sender.now + 2 * A_MOMENT)
    assert [sender.names() for _ in range(2)] == [["b", "c"], ["first of ana", "d"]]


def test_who_finds_nothing_has_looked_at_all(sender: Sender) -> None:
    sender.queue(*"abcd")
    first, _ = sender.claim()
    sender.claim()
    sender.put_back(first)
    assert sender.names() == ["a"]
    assert sender.names() == []


def test_what_was_queued_by_a_slow_transaction_is_seen_at_once(sender: Sender) -> None:
    sender.queue("a", "b", "c", kind=MessageKind.ANSWER, ago=timedelta())
    assert sender.names(1) == ["a"]
    sender.queue("slow", kind=MessageKind.ANSWER, ago=COMMITTED_WITHIN / 2)
    assert sender.names(1) == ["slow"]


def test_what_is_more_urgent_is_seen_at_once(sender: Sender) -> None:
    sender.queue(*"abcd")
    assert sender.names(1) == ["a"]
    sender.queue("answer", kind=MessageKind.ANSWER, ago=timedelta())
    assert sender.names(1) == ["answer"]


def test_a_clock_that_is_put_back_does_not_hide_the_line(sender: Sender) -> None:
    sender.queue(*"abcd")
    first, _ = sender.claim()
    sender.claim(1)
    sender.put_back(first)
    sender.now -= COMMITTED_WITHIN
    assert sender.names(1) == ["a"]


moments = st.integers(0, 40).map(lambda tenths: NOW + tenths * LOOK_BACK_EVERY / 10)
queued = st.integers(-30, 3).map(lambda seconds: NOW + timedelta(seconds=seconds))
places = st.dictionaries(st.sampled_from(PRIORITIES), st.tuples(queued, st.integers(0, 9)))


@given(looks=st.lists(st.tuples(moments, places)))
def test_a_line_remembers_no_longer_than_it_says_and_nothing_fresh(
    looks: list[tuple[datetime, dict[int, tuple[datetime, int]]]],
) -> None:
    line, whole_at = Line(), NOW
    for now, found in looks:
        begins = line.begins(now)
        if begins:
            assert timedelta() <= now - whole_at < LOOK_BACK_EVERY
        else:
            whole_at = now
        line.remember(found, now)
        assert all(at <= now - COMMITTED_WITHIN for at, _ in line.begins(now).values())
        assert all(line.begins(now)[rank] <= place for rank, place in found.items())


def test_a_rolled_back_claim_hides_nothing(sender: Sender) -> None:
    sender.queue(*"abcd")
    sender.claim(1)

    def fail() -> None:
        with sender.database.transaction() as session:
            claim_due(session, channel="telegram", now=sender.now, limit=2, line=sender.line)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert sender.names() == ["b", "c"]


def test_rows_are_counted_beyond_32_bits(sender: Sender) -> None:
    with sender.database.transaction() as session:
        session.execute(text("SELECT setval(pg_get_serial_sequence('outbox', 'id'), 2147483647)"))
    sender.queue(*"abc")
    assert [sender.names(1) for _ in range(3)] == [["a"], ["b"], ["c"]]


def test_a_sender_that_is_full_keeps_what_it_remembers(sender: Sender) -> None:
    sender.queue(*"abcd")
    assert sender.names(1) == ["a"]
    rank = RULES[MessageKind.CAMPAIGN].priority
    assert sender.names(1) == ["b"]
    remembered = sender.line.begins(sender.now)[rank]
    assert sender.names(1, reserved={rank: 1}) == []
    assert sender.line.begins(sender.now)[rank] == (remembered[0], remembered[1] + 1)


def test_who_finds_only_what_others_have_looks_at_all_next(sender: Sender) -> None:
    sender.queue(*"ab")
    assert sender.names(1) == ["a"]
    with sender.database.transaction() as session:
        session.execute(select(OutboxMessage.id).with_for_update())
        assert sender.names(1) == []
        assert not sender.line.begins(sender.now)
    assert sender.names(1) == ["b"]
