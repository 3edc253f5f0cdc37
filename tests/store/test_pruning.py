"""Handled updates are forgotten when no app can repeat them any more, and not before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from store import pruning
from store.engine import Database
from store.inbox import claim_update, record_failure
from store.pruning import KEPT_FOR, prune_inbox
from store.tables.queues import InboxUpdate
from tests.factories import NOW

LIVE = ("telegram", "webchat")


def prune(database: Database) -> list[int]:
    """Run the planner as its beat does, until it does nothing; gives what each run deleted."""
    runs: list[int] = []
    while not runs or runs[-1]:
        with database.transaction() as session:
            runs.append(prune_inbox(session, now=NOW, channels=LIVE))
    return runs


def kept(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(InboxUpdate.update_id)))


def test_only_what_nobody_repeats_is_forgotten(any_database: Database) -> None:
    old, young = NOW - KEPT_FOR - timedelta(seconds=1), NOW - KEPT_FOR
    with any_database.transaction() as session:
        claim_update(session, channel="telegram", update_id="failed", now=old)
        record_failure(session, channel="telegram", update_id="failed", error="oops", payload={})
        claim_update(session, channel="replay", update_id="replayed", now=old)
        claim_update(session, channel="telegram", update_id="old", now=old)
        claim_update(session, channel="webchat", update_id="old too", now=old)
        claim_update(session, channel="telegram", update_id="young", now=young)
    prune(any_database)
    assert kept(any_database) == {"failed", "replayed", "young"}


def test_it_is_done_in_small_steps(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "PER_RUN", 3)
    with any_database.transaction() as session:
        for number in range(7):
            claim_update(session, channel="telegram", update_id=str(number), now=NOW - 2 * KEPT_FOR)
    assert prune(any_database) == [3, 3, 1, 0]


def test_a_late_repeat_still_has_one_effect(any_database: Database) -> None:
    with any_database.transaction() as session:
        claim_update(session, channel="telegram", update_id="1", now=NOW - timedelta(days=13))
    prune(any_database)
    with any_database.transaction() as session:
        assert not claim_update(session, channel="telegram", update_id="1", now=NOW)
