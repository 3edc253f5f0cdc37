"""The wall clock is moved: nothing waits for an hour that is over, and nothing leaves early."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.departures import PutBack, claim_due, settle
from store.engine import Database
from store.inbox import claim_update
from store.moved_clock import find_put_back, mend_waiting
from store.outbox import Draft, enqueue
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.factories import NOW

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=5)


def queue(session: Session, key: str, *, at: datetime, not_before: datetime | None = None) -> None:
    draft = Draft(MessageKind.ANSWER, "telegram", key, "Hello", dedupe_key=key, not_before=not_before)
    enqueue(session, [draft], now=at)


def moments(session: Session) -> Mapping[str, datetime]:
    rows = session.execute(select(OutboxMessage.dedupe_key, OutboxMessage.not_before)).all()
    return {row.dedupe_key: row.not_before for row in rows}


def test_what_was_to_leave_at_once_does(any_database: Database) -> None:
    with any_database.transaction() as session:
        queue(session, "first", at=NOW)
        queue(session, "second", at=NOW + MINUTE)
        queue(session, "set for later", at=NOW, not_before=LATER)
    put_back = NOW - HOUR
    with any_database.transaction() as session:
        assert claim_due(session, channel="telegram", now=put_back, limit=9) == []
        assert mend_waiting(session, now=put_back) == 2
        assert mend_waiting(session, now=put_back) == 0
        leaving = claim_due(session, channel="telegram", now=put_back, limit=9)
        assert [row.address for row in leaving] == ["first", "second"]
        assert moments(session)["set for later"] == LATER


def test_a_paused_campaign_is_mended_too(any_database: Database) -> None:
    with any_database.transaction() as session:
        queue(session, "paused", at=NOW)
        session.scalars(select(OutboxMessage)).one().state = OutboxState.PAUSED
        session.flush()
        assert mend_waiting(session, now=NOW - HOUR) == 1
        assert moments(session)["paused"] == NOW - HOUR


def fail(session: Session, *, until: datetime) -> None:
    """Let a message be tried and put back until a moment."""
    (row,) = claim_due(session, channel="telegram", now=NOW, limit=1)
    settle(session, [PutBack(row.id, row.not_before, 1, maybe_repeat=False, reason="", retry_at=until)])


def retry_at(session: Session) -> datetime | None:
    session.expire_all()
    failing = OutboxMessage.dedupe_key == "failing"
    return session.scalars(select(OutboxMessage.retry_at).where(failing)).one()


def test_a_wait_after_a_failure_is_as_long_as_it_was(any_database: Database) -> None:
    with any_database.transaction() as session:
        queue(session, "failing", at=NOW)
        fail(session, until=NOW + MINUTE)
        mend_waiting(session, now=NOW - HOUR)
        assert retry_at(session) == NOW - HOUR + MINUTE
        mend_waiting(session, now=NOW - HOUR)
        assert retry_at(session) == NOW - HOUR + MINUTE


def test_a_clock_that_goes_right_changes_nothing(any_database: Database) -> None:
    with any_database.transaction() as session:
        queue(session, "failing", at=NOW)
        fail(session, until=NOW + MINUTE)
        queue(session, "later", at=NOW, not_before=LATER)
        assert mend_waiting(session, now=NOW) == 0
        assert retry_at(session) == NOW + MINUTE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(ahead_s=st.integers(1, 2 * 86_400), moved_s=st.integers(-2 * 86_400, 2 * 86_400))
def test_nothing_leaves_before_the_moment_that_was_set(
    database: Database, ahead_s: int, moved_s: int
) -> None:
    set_for, now = NOW + timedelta(seconds=ahead_s), NOW + timedelta(seconds=moved_s)
    with database.transaction() as session:
        queue(session, "set for later", at=NOW, not_before=set_for)
        queue(session, "at once", at=NOW)
        mend_waiting(session, now=now)
        leaving = [row.address for row in claim_due(session, channel="telegram", now=now, limit=9)]
        assert "at once" in leaving
        assert ("set for later" in leaving) == (set_for <= now)
        session.rollback()


def test_how_far_it_was_put_back_is_read_from_the_newest_rows(any_database: Database) -> None:
    with any_database.transaction() as session:
        assert find_put_back(session, now=NOW) == timedelta(0)
        claim_update(session, channel="telegram", update_id="1", now=NOW + HOUR)
        assert find_put_back(session, now=NOW) == HOUR
        assert find_put_back(session, now=NOW + 2 * HOUR) <= timedelta(0)
