"""A lane on PostgreSQL remembers where its line began; what goes back in line is never overtaken for that."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from scheduler.delivery.traffic import Gate, Wish
from scheduler.delivery.turns import Note, take_turn
from store.departures import Claimed, PutBack
from store.engine import Database
from store.line import COMMITTED_WITHIN, LOOK_BACK_EVERY, Line
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind
from tests.factories import COMPANY, NOW
from tests.postgres import PostgresServer

A_MOMENT = LOOK_BACK_EVERY / 5


class Turns:
    """The turns of one lane, a moment apart; ``claims`` are those of the last."""

    def __init__(self, database: Database) -> None:
        self.database, self.line, self.now = database, Line(), NOW
        self.claims: list[Claimed] = []

    def queue(self, *named: tuple[str, str]) -> None:
        drafts = [Draft(MessageKind.ANSWER, "telegram", chat, text, dedupe_key=text) for chat, text in named]
        with self.database.transaction() as session:
            enqueue(session, drafts, now=self.now - 2 * COMMITTED_WITHIN)

    def take(
        self, limit: int, *, notes: Sequence[Note] = (), doubtful: Sequence[Claimed] = (), busy: str = ""
    ) -> list[str]:
        self.now += A_MOMENT
        self.claims = []
        with self.database.transaction() as session:
            turn = take_turn(
                session,
                notes=notes,
                doubtful=doubtful,
                wish=Wish(limit=limit, reserved={}, held=Gate(0.0, frozenset({busy}))),
                channel="telegram",
                company=COMPANY,
                now=self.now,
                claims=self.claims,
                line=self.line,
            )
        return [ready.outgoing.text for ready in turn.ready]


@pytest.fixture
def turns(postgres_server: PostgresServer) -> Iterator[Turns]:
    with postgres_server.new_database(tables=True) as url:
        database = Database(url)
        turns = Turns(database)
        turns.queue(("7", "first"), ("8", "a"), ("9", "b"), ("7", "second"), ("10", "c"), ("11", "d"))
        yield turns
        database.close()


def put_back(row: Claimed, retry_at: datetime) -> Note:
    again = PutBack(row.id, row.not_before, row.attempts, False, "reset", retry_at)  # noqa: FBT003 - a field
    return Note(row.address, again)


@pytest.mark.parametrize("limit", [1, 0])
def test_what_failed_goes_before_what_its_chat_has_after_it(turns: Turns, limit: int) -> None:
    assert turns.take(1) == ["first"]
    failed = turns.claims[0]
    assert turns.take(1, busy="7") == ["a"]
    turns.take(limit, notes=[put_back(failed, turns.now + timedelta(seconds=0.15))], busy="7")
    assert turns.take(1) == ["first"]


def test_so_does_what_a_doubtful_turn_claimed(turns: Turns) -> None:
    assert turns.take(1) == ["first"]
    doubtful = list(turns.claims)
    assert turns.take(1, busy="7") == ["a"]
    assert turns.take(1, busy="7") == ["b"]
    assert turns.take(1, doubtful=doubtful) == ["first"]
