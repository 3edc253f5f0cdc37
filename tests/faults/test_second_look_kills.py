"""Killed anywhere in the middle of a second look, the program ends where it would have ended anyway."""

import pytest
from sqlalchemy import func, select

from bot.intake import handle_batch
from handlers.second_looks import Seen, apply_looks
from store.engine import Database
from store.second_looks import find_waiting_looks
from store.tables.complaints import Complaint
from store.tables.queues import OutboxMessage
from store.tables.second_looks import SecondLookRow
from tests.factories import NOW, make_incoming
from tests.faults.killing import is_killed_at, only_where_processes_fork
from tests.handlers.test_second_looks import FINE, MISSED, READ_TWICE, unsure

pytestmark = [pytest.mark.faults, only_where_processes_fork]
MOST_STEPS = 80


class _RehearsedError(Exception):
    """Undoes what was done."""


def _look(database: Database, *, rehearsing: bool = False) -> int:
    """Let all that waits count, as the duty does; returns how many did."""
    with database.reading() as session:
        waiting = find_waiting_looks(session, 100)
    seen = [Seen(one.feedback_id, one.text, FINE if "fine" in one.text else MISSED) for one in waiting]
    with database.transaction() as session:
        applied = apply_looks(session, seen, company=READ_TWICE, model="abc", now=NOW)
        if rehearsing:
            session.flush()
            raise _RehearsedError
    return sum(applied.outcomes.values())


def _left(database: Database) -> tuple[int, int, int, int]:
    """Count what waits, cases, messages that were queued, and their occasions."""
    with database.reading() as session:
        waiting = session.scalar(
            select(func.count()).select_from(SecondLookRow).where(SecondLookRow.looked_at.is_(None))
        )
        cases = session.scalar(select(func.count()).select_from(Complaint))
        queued = session.scalar(select(func.count()).select_from(OutboxMessage))
        occasions = session.scalar(select(func.count(OutboxMessage.dedupe_key.distinct())))
    return waiting or 0, cases or 0, queued or 0, occasions or 0


def test_each_step_may_be_the_last(any_database: Database) -> None:
    texts = ["The parcel sits at the depot", "That is fine", "And nobody picks up"]
    updates = [make_incoming(text, sender=str(number % 2)) for number, text in enumerate(texts)]
    with any_database.transaction() as session:
        handle_batch(session, updates, company=READ_TWICE, now=NOW, understand=unsure)
    before = _left(any_database)
    assert before[:2] == (3, 0)
    with pytest.raises(_RehearsedError):
        _look(any_database, rehearsing=True)
    assert _left(any_database) == before
    kills = 0
    while is_killed_at(any_database, kills, _look):
        assert _left(any_database) == before
        kills += 1
        assert kills < MOST_STEPS
    assert kills > 10
    waiting, cases, queued, occasions = _left(any_database)
    assert (waiting, cases) == (0, 1)
    assert queued == occasions == before[2] + 5  # two answers, an alert, words under it, one that joins it
    assert _look(any_database) == 0
    assert _left(any_database) == (waiting, cases, queued, occasions)
