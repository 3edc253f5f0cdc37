"""How far, how fast, until when: counted exactly, told from what the lane does and what waits before it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.phrases import phrases
from scheduler.campaigns import progress as campaign_progress
from scheduler.campaigns.moves import pause_campaign
from scheduler.campaigns.progress import COUNTED_AT_REST_EVERY, COUNTED_EVERY, see_campaigns, tell_campaigns
from scheduler.campaigns.queueing import reach_of
from scheduler.campaigns.quiet_share import Quiet, quiet_share
from scheduler.campaigns.tally import (
    Tally,
    count_tally,
    ends_at,
    kept_tally,
    measure_speed,
    result_of,
)
from scheduler.campaigns.text import quiet_lines
from scheduler.delivery.pacing import rules_for
from store.engine import Database
from store.outbox import Draft, enqueue
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState
from tests.campaigns import move_all, refresh, tell
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import draft, messages_of, start, told
from tests.scheduler.test_return_visits import explain

CHANNELS = frozenset({"telegram", "webchat"})
MINUTE = timedelta(minutes=1)
DUE: dict[str, Any] = {"company": COMPANY, "channels": CHANNELS}


def started(session: Session, people: int, **fields: str) -> Campaign:
    for _ in range(people):
        make_customer(session, **fields)
    campaign = draft(session, text="Sale!")
    start(session, campaign)
    move_all(session, now=NOW)
    return campaign


def send(session: Session, messages: list[OutboxMessage], *, every_s: float, until: datetime) -> None:
    """Let messages have been sent at an even pace, the last of them at a moment."""
    for number, message in enumerate(reversed(messages)):
        message.state, message.sent_at = OutboxState.SENT, until - timedelta(seconds=every_s * number)
    session.flush()


def tally_of(session: Session, campaign: Campaign, now: datetime) -> Tally:
    return count_tally(session, campaign, ended=False, company=COMPANY, channels=CHANNELS, now=now)


def result_now(session: Session, campaign: Campaign) -> Tally:
    return result_of(session, campaign, channels=CHANNELS, now=NOW)


def test_the_speed_is_that_of_the_last_minute(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 10)
        rows = messages_of(session, campaign)
        send(session, rows[:2], every_s=1, until=NOW - MINUTE)  # longer ago
        send(session, rows[2:6], every_s=2, until=NOW)
        speed = measure_speed(session, campaign, "telegram", now=NOW)
        assert speed.per_minute == 4
        assert speed.per_s == pytest.approx(4 / 6)
        tally = tally_of(session, campaign, NOW)
    assert (tally.per_minute, tally.settled, tally.total) == (4, 6, 10)
    assert tally.ends_at == NOW + timedelta(seconds=4 / (4 / 6))


def test_before_anything_was_sent_the_speed_is_the_usual_one(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 3)
        tally = tally_of(session, campaign, NOW)
    usual = rules_for("telegram").per_s
    assert usual is not None
    assert tally.ends_at is not None
    assert (tally.ends_at - NOW).total_seconds() == pytest.approx(3 / usual)


def test_what_stands_before_it_in_the_line_counts_too_and_what_stands_behind_does_not(
    any_database: Database,
) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 3)
        rank_before = [
            Draft(kind=MessageKind.VISIT, channel="telegram", address=str(n), text="?", dedupe_key=f"v{n}")
            for n in range(4)
        ]
        behind = Draft(
            kind=MessageKind.CAMPAIGN,
            channel="telegram",
            address="9",
            text="!",
            dedupe_key="other",
            not_before=NOW + timedelta(days=1),
        )
        enqueue(session, [*rank_before, behind], now=NOW)
        tally = tally_of(session, campaign, NOW)
    assert tally.ends_at is not None
    assert (tally.ends_at - NOW).total_seconds() == pytest.approx(7 / 30, rel=0.05)


def test_it_does_not_end_before_quiet_hours_do(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, timezone="Asia/Tokyo")  # 21:00 there
        campaign = started(session, 2)
        refresh(session, now=NOW)
        tally = tally_of(session, campaign, NOW)
        (shown,) = told(session)
    assert tally.ends_at is not None
    assert tally.ends_at >= datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    assert shown.body["text"].endswith("Ends about Sun, 22 Nov, 00:00 (London time)")


def test_what_waits_for_quiet_hours_is_not_on_the_way(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, timezone="Asia/Tokyo")  # 21:00 there
        make_customer(session, country="KR")  # the same
        campaign = started(session, 3)
        tally = tally_of(session, campaign, NOW)
        assert (tally.waiting, tally.on_the_way) == (5, 3)
        assert tally.quiet == Quiet(2, datetime(2026, 11, 22, 0, 0, tzinfo=UTC))
        reach = reach_of(session, draft(session), company=COMPANY, now=NOW)
        assert quiet_share(reach.places, COMPANY, NOW) == tally.quiet
        assert tally_of(session, campaign, NOW + timedelta(hours=13)).quiet == Quiet()


def test_who_waits_for_room_does_not_wait_for_morning(database: Database) -> None:
    with database.transaction() as session:
        campaign = started(session, 3)
        row = messages_of(session, campaign)[0]
        row.not_before, row.reason = NOW + timedelta(days=2), "too many messages lately"
        quiet = tally_of(session, campaign, NOW).quiet

    assert quiet == Quiet(1, NOW + timedelta(days=2), full=1)
    said = quiet_lines(quiet, company=COMPANY, say=phrases("en"))
    assert said == ["Waiting because they got enough lately: 1"]


def test_a_paused_campaign_has_no_end_and_is_counted_seldom(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 2)
        tell(session, now=NOW)
        for row in told(session):
            row.state = OutboxState.SENT
        pause_campaign(session, campaign, now=NOW)
        move_all(session, now=NOW)
        assert tell(session, now=NOW) == 1
        for row in told(session):
            row.state = OutboxState.SENT
        kept = kept_tally(campaign)
        assert (kept.state, kept.ends_at, kept.per_minute) == (CampaignState.PAUSED, None, 0)
        assert see_campaigns(session, **DUE, now=NOW + 2 * COUNTED_EVERY) == []
        assert len(see_campaigns(session, **DUE, now=NOW + COUNTED_AT_REST_EVERY)) == 1


def test_a_large_campaign_is_counted_more_seldom(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_progress, "COUNTED_PER_S", 0.1)
    with database.transaction() as session:
        started(session, 2)
        tell(session, now=NOW)
        told(session)[-1].state = OutboxState.SENT
        session.flush()
        assert see_campaigns(session, **DUE, now=NOW + timedelta(seconds=19)) == []
        assert len(see_campaigns(session, **DUE, now=NOW + timedelta(seconds=20))) == 1


def test_of_two_that_count_at_once_one_tells(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 2)
        seen = see_campaigns(session, **DUE, now=NOW)
        assert tell_campaigns(session, seen, company=COMPANY, now=NOW) == 1
        assert tell_campaigns(session, seen, company=COMPANY, now=NOW) == 0
        pause_campaign(session, campaign, now=NOW)
        assert tell_campaigns(session, seen, company=COMPANY, now=NOW) == 0


def test_a_clock_that_is_put_back_does_not_silence_the_progress(database: Database) -> None:
    with database.transaction() as session:
        campaign = started(session, 2)
        tell(session, now=NOW)
        told(session)[-1].state = OutboxState.SENT
        messages_of(session, campaign)[0].state = OutboxState.SENT
        session.flush()
        assert tell(session, now=NOW - timedelta(hours=1)) == 1


def test_uncertain_ones_come_with_what_to_do(database: Database) -> None:
    with database.transaction() as session:
        campaign = started(session, 2)
        uncertain, other = messages_of(session, campaign)
        uncertain.state = OutboxState.UNCERTAIN
        session.flush()
        tell(session, now=NOW)
        text = told(session)[-1].body["text"]
        assert "Uncertain whether they arrived: 1" in text
        assert f"settle it with rapport outbox uncertain --campaign {campaign.id}" in text
        other.state = OutboxState.SENT
        session.flush()
        tell(session, now=NOW)
        assert result_now(session, campaign).of(OutboxState.UNCERTAIN) == 1
        uncertain.state = OutboxState.SENT
        session.flush()
        assert result_now(session, campaign).states == {OutboxState.SENT: 2}


def test_who_asks_before_the_first_count_hears_of_what_is_queued(database: Database) -> None:
    with database.transaction() as session:
        campaign = started(session, 3)
        assert campaign.tally is None
        assert result_now(session, campaign).states == {OutboxState.QUEUED: 3}


def test_counting_looks_only_at_the_campaign(any_database: Database) -> None:
    with any_database.transaction() as session:
        statement = select(OutboxMessage.state).where(OutboxMessage.campaign_id == 1)
        assert "ix_outbox_campaign_id_state" in explain(session, statement)


MOMENTS = st.lists(
    st.tuples(st.integers(-100, 10_000), st.integers(1, 1000)), max_size=8, unique_by=lambda pair: pair[0]
)


@given(queued=MOMENTS, per_s=st.none() | st.floats(0.1, 1000))
def test_the_end_is_never_before_the_work_is_done_nor_before_the_last_may_leave(
    queued: list[tuple[int, int]], per_s: float | None
) -> None:
    line = [(NOW + timedelta(seconds=offset), count) for offset, count in sorted(queued)]
    end = ends_at(line, per_s=per_s, now=NOW)
    work_s = 0.0 if per_s is None else sum(count for _, count in line) / per_s
    assert end >= max([NOW, *(moment for moment, _ in line)])
    assert (end - NOW).total_seconds() >= work_s - 0.001
    latest = max([NOW, *(moment for moment, _ in line)]) + timedelta(seconds=work_s + 0.001)
    assert end <= latest


COUNTS = st.dictionaries(st.sampled_from(list(OutboxState)), st.integers(0, 10**6))


@given(states=COUNTS, at=st.none() | st.just(NOW), untouched=st.integers(0, 9))
def test_a_tally_is_kept_as_it_was(
    states: dict[OutboxState, int], at: datetime | None, untouched: int
) -> None:
    tally = Tally(
        states, {"stopped": 2}, {"too late": 1}, untouched, 5, at, CampaignState.PAUSED, Quiet(3, at, 1)
    )
    assert Tally.from_json(tally.to_json()) == tally
    by_an_older_program = {name: value for name, value in tally.to_json().items() if name != "quiet"}
    assert Tally.from_json(by_an_older_program) == replace(tally, quiet=Quiet())
    assert tally.settled + tally.waiting == tally.total
