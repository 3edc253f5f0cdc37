"""Pausing, resuming and cancelling: at once, for every message, whoever taps, whatever stops in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scheduler.campaigns import moves as campaign_moves
from scheduler.campaigns import queueing as campaigns
from scheduler.campaigns.kinds import LIFETIME
from scheduler.campaigns.moves import (
    CANCELLED,
    cancel_campaign,
    move_campaigns,
    pause_campaign,
    resume_campaign,
)
from scheduler.campaigns.queueing import draft_campaign, find_campaign
from scheduler.campaigns.tally import count_states
from scheduler.delivery.clearance import TOO_LATE
from scheduler.suppressions import count_suppressed
from store.departures import Ended, PutBack, Sent, claim_due, settle
from store.engine import Database
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import OutboxMessage, OutboxState
from tests.campaigns import move_all, tell
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import CHAT, draft, messages_of, start

NIGHT = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def started(session: Session, people: int) -> Campaign:
    """Start a campaign to so many customers."""
    for _ in range(people):
        make_customer(session)
    campaign = draft(session)
    assert start(session, campaign)
    return campaign


def states(session: Session, campaign: Campaign) -> dict[OutboxState, int]:
    session.flush()
    session.expire_all()
    return count_states(session, campaign.id)


def test_a_paused_campaign_keeps_out_of_the_line_and_comes_back(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 3)
        assert pause_campaign(session, campaign, now=NOW)
        assert (campaign.state, campaign.paused_at) == (CampaignState.PAUSED, NOW)
        assert claim_due(session, channel="telegram", now=NOW, limit=9) == []
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.PAUSED: 3}
        assert claim_due(session, channel="telegram", now=NOW, limit=9) == []
        assert resume_campaign(session, campaign)
        assert campaign.paused_at is None
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.QUEUED: 3}
        assert len(claim_due(session, channel="telegram", now=NOW, limit=9)) == 3


def test_nothing_more_is_queued_while_it_is_paused(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 2)
    with any_database.transaction() as session:
        campaign = started(session, 5)
        pause_campaign(session, campaign, now=NOW)
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.PAUSED: 2}
        assert not campaign.queued_all
        resume_campaign(session, campaign)
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.QUEUED: 5}


def test_rows_move_few_at_a_time(any_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_moves, "CHUNK", 2)
    with any_database.transaction() as session:
        campaign = started(session, 5)
        move_all(session, now=NOW)
        pause_campaign(session, campaign, now=NOW)
        sizes = []
        while moved := move_campaigns(session, company=COMPANY, channels=COMPANY.channels, now=NOW):
            sizes.append(moved)
        assert sizes == [2, 2, 1]


def test_what_was_under_way_lands_and_what_comes_back_is_held(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 2)
        first, second = claim_due(session, channel="telegram", now=NOW, limit=9)
        pause_campaign(session, campaign, now=NOW)
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.SENDING: 2}
        again = NOW + timedelta(seconds=5)
        failed = PutBack(second.id, NOW, 1, maybe_repeat=False, reason="reset", retry_at=again)
        settle(session, [Sent(first.id, "1", NOW), failed])
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.SENT: 1, OutboxState.PAUSED: 1}


def test_what_became_too_late_meanwhile_is_skipped_with_its_reason(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign = started(session, 2)
        pause_campaign(session, campaign, now=NOW)
        move_all(session, now=NOW + LIFETIME)
        assert states(session, campaign) == {OutboxState.PAUSED: 2}
        resume_campaign(session, campaign)
        move_all(session, now=NOW + LIFETIME)
        assert {(row.state, row.reason) for row in messages_of(session, campaign)} == {
            (OutboxState.SKIPPED, TOO_LATE)
        }
        assert count_suppressed(session) == {Purpose.OFFERS: {"too late": 2}}


def test_resumed_in_quiet_hours_it_leaves_in_each_customers_morning(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session, timezone="Europe/London")
        make_customer(session, timezone="Asia/Tokyo")  # 8:00 there
        make_customer(session, timezone="America/New_York")  # 18:00 there
        campaign = draft(session)
        start(session, campaign)
        pause_campaign(session, campaign, now=NOW)
        move_all(session, now=NOW)
        resume_campaign(session, campaign)
        move_all(session, now=NIGHT)
        london, tokyo, new_york = (row.not_before for row in messages_of(session, campaign))
    assert (london, tokyo) == (MORNING, NIGHT + timedelta(hours=1))
    assert new_york <= NIGHT


def test_a_cancelled_campaign_skips_what_waits_and_counts_everybody(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 3)
    with any_database.transaction() as session:
        campaign = started(session, 7)
        sent, *_ = claim_due(session, channel="telegram", now=NOW, limit=1)
        settle(session, [Sent(sent.id, "1", NOW)])
        assert cancel_campaign(session, campaign)
        assert claim_due(session, channel="telegram", now=NOW, limit=9) == []
        move_all(session, now=NOW)
        assert states(session, campaign) == {OutboxState.SENT: 1, OutboxState.SKIPPED: 2}
        assert tell(session, now=NOW) == 2
        assert (campaign.state, campaign.finished_at) == (CampaignState.CANCELLED, NOW)
        edit, final = session.scalars(
            select(OutboxMessage).where(OutboxMessage.address == CHAT.address).order_by(OutboxMessage.id)
        )
        assert edit.body == {"text": "Stopped. The result is below.", "buttons": [], "document": None}
        assert final.body["text"].splitlines() == [
            "⏹ Sending “Hello …” was stopped: 1 of 7 got it; 6 never will",
            "Sent: 1",
            "Skipped: 2",
            f"  – {CANCELLED}: 2",
            "Not begun with: 4",
        ]
        assert tell(session, now=NOW) == 0


def test_a_campaign_that_is_over_cannot_be_changed(database: Database) -> None:
    with database.transaction() as session:
        campaign = draft(session)
        assert not pause_campaign(session, campaign, now=NOW)
        assert not cancel_campaign(session, campaign)
        start(session, campaign)
        assert not resume_campaign(session, campaign)
        assert cancel_campaign(session, campaign)
        assert not pause_campaign(session, campaign, now=NOW)
        assert not resume_campaign(session, campaign)
        assert not start(session, campaign)


def test_of_taps_at_once_one_counts(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign_id = started(session, 2).id

    def tap(number: int) -> bool:
        with any_database.transaction() as session:
            campaign = find_campaign(session, campaign_id)
            return (
                cancel_campaign(session, campaign)
                if number % 2
                else pause_campaign(session, campaign, now=NOW)
            )

    with ThreadPoolExecutor(8) as threads:
        taps = list(threads.map(tap, range(8)))
    with any_database.reading() as session:
        assert find_campaign(session, campaign_id).state is CampaignState.CANCELLED
    assert taps[1::2].count(True) == 1
    assert taps[0::2].count(True) <= 1


def test_beats_in_several_processes_queue_everybody_once(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 3)
    with any_database.transaction() as session:
        campaign_id = started(session, 30).id

    def beat(_: int) -> None:
        with any_database.transaction() as session:
            move_campaigns(session, company=COMPANY, channels=COMPANY.channels, now=NOW)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(beat, range(20)))
    with any_database.transaction() as session:
        move_all(session, now=NOW)
        customers = [row.customer_id for row in messages_of(session, find_campaign(session, campaign_id))]
    assert len(customers) == len(set(customers)) == 30


def test_only_those_who_are_meant_are_looked_for_a_part_at_a_time(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 2)
    monkeypatch.setattr(campaigns, "LOOKED_AT", 3)
    with any_database.transaction() as session:
        meant = [make_customer(session, language="zh" if n % 4 == 0 else "en").id for n in range(14)][::4]
        campaign = draft(session, audience="zh")
        start(session, campaign)
        assert [row.customer_id for row in messages_of(session, campaign)] == meant[:1]
        assert move_all(session, now=NOW) == 4
        assert campaign.queued_all
        assert [row.customer_id for row in messages_of(session, campaign)] == meant


def test_invitations_can_be_paused_too_until_the_event_begins(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        event = Event(
            title="Tea",
            place="Here",
            starts_at=NOW + timedelta(hours=2),
            timezone="UTC",
            capacity=2,
            audience="all",
            created_at=NOW,
        )
        session.add(event)
        session.flush()
        campaign = draft_campaign(
            session, text="Tea", audience="all", event=event, staff_id=None, chat=CHAT, now=NOW
        )
        start(session, campaign)
        pause_campaign(session, campaign, now=NOW)
        move_all(session, now=NOW)
        resume_campaign(session, campaign)
        move_all(session, now=event.starts_at)
        assert [row.reason for row in messages_of(session, campaign)] == [TOO_LATE]


AFTER_THE_END = 4
"""Rounds in which nothing may happen any more."""
STEPS = st.lists(
    st.sampled_from(["pause", "resume", "cancel", "beat", "tell", "send", "land", "fail", "crash"]),
    max_size=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_everybody_is_counted_once_and_gets_it_at_most_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, steps: list[str]
) -> None:
    monkeypatch.setattr(campaigns, "BATCH", 2)
    monkeypatch.setattr(campaign_moves, "CHUNK", 2)
    with database.transaction() as session:
        for table in (OutboxMessage, Campaign, Customer):
            session.execute(delete(table))
        campaign = started(session, 7)
        play = Play(session, campaign)
        for step in steps:
            play.now += timedelta(seconds=11)
            getattr(play, step)()
            play.check()
        play.end()


class Play:
    """A campaign through which anything may happen, in any order."""

    def __init__(self, session: Session, campaign: Campaign) -> None:
        self.session, self.campaign, self.now = session, campaign, NOW
        self.calls: list[int] = []
        self.under_way: list[int] = []
        self.cancelled = False

    def pause(self) -> None:
        pause_campaign(self.session, self.campaign, now=self.now)

    def resume(self) -> None:
        resume_campaign(self.session, self.campaign)

    def cancel(self) -> None:
        self.cancelled |= cancel_campaign(self.session, self.campaign)

    def beat(self) -> None:
        move_campaigns(self.session, company=COMPANY, channels=COMPANY.channels, now=self.now)

    def tell(self) -> None:
        tell(self.session, now=self.now)

    def send(self) -> None:
        """The lane takes what it may; every call counts as having reached the customer."""
        for row in claim_due(self.session, channel="telegram", now=self.now, limit=2):
            if row.customer_id is not None:
                assert self.campaign.state in (CampaignState.RUNNING, CampaignState.DONE)
                assert not self.cancelled
                self.calls.append(row.customer_id)
                self.under_way.append(row.id)
            else:
                settle(self.session, [Sent(row.id, str(row.id), self.now)])

    def land(self) -> None:
        settle(self.session, [Sent(row, str(row), self.now) for row in self.under_way])
        self.under_way.clear()

    def fail(self) -> None:
        settle(self.session, [Ended(row, OutboxState.FAILED, "refused") for row in self.under_way])
        self.under_way.clear()

    def crash(self) -> None:
        settle(self.session, [Ended(row, OutboxState.UNCERTAIN, "stopped") for row in self.under_way])
        self.under_way.clear()

    def check(self) -> None:
        counts = states(self.session, self.campaign)
        customers = [row.customer_id for row in messages_of(self.session, self.campaign)]
        assert sum(counts.values()) == len(customers) == len(set(customers))
        assert len(self.calls) == len(set(self.calls))
        assert counts.get(OutboxState.SENT, 0) + counts.get(OutboxState.FAILED, 0) + counts.get(
            OutboxState.UNCERTAIN, 0
        ) + len(self.under_way) == len(self.calls)

    def end(self) -> None:
        """Let it come to its end; then everybody is in one count of the tally that is kept."""
        self.land()
        self.resume()
        after = 0
        while after < AFTER_THE_END and self.now < NOW + timedelta(hours=1):
            after += self.campaign.finished_at is not None
            self.now += timedelta(seconds=11)
            self.beat()
            self.send()
            self.land()
            self.tell()
            self.check()
        tally = self.campaign.tally or {}
        assert self.campaign.finished_at is not None
        assert sum(tally["states"].values()) + tally["untouched"] == 7
        assert self.cancelled or len(self.calls) == 7
