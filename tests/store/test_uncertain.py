"""What nobody can know of waits for a person's word, and that word holds for every kind."""

from datetime import timedelta
from typing import Any

import pytest

from store.departures import claim_due, recover_interrupted
from store.engine import Database
from store.outbox import RULES, Draft, enqueue, find_by_key
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from store.uncertain import (
    Verdict,
    count_by_state,
    count_uncertain,
    find_cancelled,
    find_not_uncertain,
    list_uncertain,
    settle_uncertain,
)
from tests.factories import NOW

A_WEEK_LATER = NOW + timedelta(days=7)
FIRST_SPOKEN = [kind for kind, rule in RULES.items() if rule.first_spoken]


def campaign(database: Database, state: CampaignState = CampaignState.RUNNING) -> int:
    with database.transaction() as session:
        made = Campaign(
            text="", audience="all", channel="webchat", address="staff", created_at=NOW, state=state
        )
        session.add(made)
        session.flush()
        return made.id


def interrupt(database: Database, *keys: str, **fields: Any) -> None:
    """Let messages be claimed, and the program die."""
    values: dict[str, Any] = {"kind": MessageKind.CAMPAIGN, "channel": "telegram", "text": "a secret"}
    with database.transaction() as session:
        enqueue(session, (Draft(**(values | fields), address=key, dedupe_key=key) for key in keys), now=NOW)
        assert len(claim_due(session, channel="telegram", now=NOW, limit=99)) == len(keys)
        recover_interrupted(session, channel="telegram")


def row(database: Database, key: str) -> OutboxMessage:
    with database.reading() as session:
        found = find_by_key(session, key)
        assert found is not None
        return found


def settle(database: Database, verdict: Verdict, *keys: str) -> int:
    where = [OutboxMessage.dedupe_key.in_(keys)] if keys else []
    with database.transaction() as session:
        return settle_uncertain(session, verdict, *where, now=A_WEEK_LATER)


def test_they_are_listed_and_counted(any_database: Database) -> None:
    number = campaign(any_database)
    interrupt(any_database, "a", "b", campaign_id=number)
    interrupt(any_database, "c", kind=MessageKind.VISIT)
    with any_database.reading() as session:
        listed = list_uncertain(session, campaign_id=None, limit=2)
        assert [one.id for one in listed] == [row(any_database, key).id for key in "ab"]
        assert (listed[0].campaign_id, listed[0].not_before) == (number, NOW)
        assert "stopped" in (listed[0].reason or "")
        assert "secret" not in repr(listed)
        assert [one.kind for one in list_uncertain(session, campaign_id=None, limit=9)][
            -1
        ] is MessageKind.VISIT
        assert count_uncertain(session) == 3
        assert count_uncertain(session, campaign_id=number) == 2
        assert count_by_state(session) == [("telegram", OutboxState.UNCERTAIN, 3)]
        known = row(any_database, "a").id
        assert find_not_uncertain(session, [known, 9999]) == [9999]


def test_a_word_settles_them(any_database: Database) -> None:
    interrupt(any_database, "a", "b", "c")
    assert settle(any_database, Verdict.SENT, "a") == 1
    assert settle(any_database, Verdict.NOT_SENT) == 2
    a, b = row(any_database, "a"), row(any_database, "b")
    assert (a.state, a.sent_at, a.reason) == (OutboxState.SENT, NOW, "settled by hand: sent")
    assert (b.state, b.sent_at, b.reason) == (OutboxState.FAILED, None, "settled by hand: not sent")
    assert settle(any_database, Verdict.SENT) == 0


@pytest.mark.parametrize("kind", FIRST_SPOKEN)
def test_a_person_may_have_any_kind_sent_again(database: Database, kind: MessageKind) -> None:
    interrupt(database, "a", kind=kind)
    assert settle(database, Verdict.AGAIN) == 1
    again = row(database, "a")
    assert (again.state, again.attempts, again.not_before) == (OutboxState.QUEUED, 0, A_WEEK_LATER)
    assert again.expires_at == A_WEEK_LATER + RULES[kind].lifetime
    with database.transaction() as session:
        assert len(claim_due(session, channel="telegram", now=A_WEEK_LATER, limit=9)) == 1


def test_what_belongs_to_a_stopped_campaign(any_database: Database) -> None:
    paused = campaign(any_database, CampaignState.PAUSED)
    with any_database.transaction() as session:
        session.get_one(Campaign, paused).state = CampaignState.RUNNING
    interrupt(any_database, "a", campaign_id=paused)
    cancelled = campaign(any_database)
    interrupt(any_database, "b", campaign_id=cancelled)
    with any_database.transaction() as session:
        session.get_one(Campaign, paused).state = CampaignState.PAUSED
        session.get_one(Campaign, cancelled).state = CampaignState.CANCELLED
    with any_database.reading() as session:
        assert find_cancelled(session) == [cancelled]
        assert find_cancelled(session, OutboxMessage.campaign_id == paused) == []
    assert settle(any_database, Verdict.AGAIN, "a") == 1
    assert row(any_database, "a").state is OutboxState.PAUSED
