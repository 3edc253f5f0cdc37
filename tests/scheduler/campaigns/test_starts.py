"""Scheduled campaigns: started once when their time has come, made up while worth it, else dropped."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.phrases import phrases
from scheduler.calendar_ahead import days_ahead
from scheduler.campaigns.kinds import LIFETIME
from scheduler.campaigns.queueing import list_campaigns
from scheduler.campaigns.starts import start_due
from scheduler.campaigns.times import (
    Timing,
    change_timing,
    pause_schedule,
    resume_schedule,
    schedule_campaign,
    set_timing,
    stop_schedule,
    timing_of,
)
from scheduler.recurrence.rules import read_recurrence
from scheduler.wall_clock import moment_at
from store.engine import Database
from store.outbox import find_by_key
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import OutboxMessage, OutboxState
from tests.campaigns import move_all
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import CHAT, draft, messages_of

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # London shows 10:00
EN = phrases("en")
RECURRING = "every day at 10:00"


def scheduled(session: Session, timing: Timing | None = None) -> Campaign:
    """A campaign that waits for ``AT``, or for something else."""
    campaign = draft(session)
    set_timing(campaign, timing or Timing(AT))
    assert schedule_campaign(session, campaign, chat=CHAT)
    return campaign


def daily(*, last_day: date | None = None, local_time: bool = False) -> Timing:
    """Every day at 10:00, from ``AT`` on."""
    read = read_recurrence(RECURRING, EN, zone=COMPANY.timezone, now=NOW)
    assert read is not None
    return Timing(AT, local_time, read.rule, last_day)


def run(session: Session, now: datetime) -> int:
    done = start_due(session, company=COMPANY, now=now)
    move_all(session, now=now)
    return done


def runs_of(session: Session, campaign: Campaign) -> list[Campaign]:
    found = select(Campaign).where(Campaign.parent_id == campaign.id).order_by(Campaign.send_at)
    return list(session.scalars(found))


def told(session: Session) -> list[str]:
    rows = select(OutboxMessage.body).where(OutboxMessage.address == CHAT.address).order_by(OutboxMessage.id)
    return [body["text"] for body in session.scalars(rows)]


def test_it_waits_for_its_time_and_starts_once(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session)
        campaign = scheduled(session)
        assert run(session, AT - timedelta(seconds=1)) == 0
        assert run(session, AT + timedelta(seconds=1)) == 1
        assert run(session, AT + timedelta(seconds=2)) == 0
        (message,) = messages_of(session, campaign)
        assert campaign.state is CampaignState.RUNNING
        assert message.expires_at == AT + LIFETIME
        assert told(session)[0] == "Sending “Hello …” …"
        assert find_by_key(session, campaign.progress) is not None


def test_of_many_who_look_at_once_one_starts_it(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign_id = scheduled(session, daily()).id

    def look(_: int) -> int:
        with any_database.transaction() as session:
            return start_due(session, company=COMPANY, now=AT)

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(look, range(6))) == 1
    with any_database.reading() as session:
        assert len(runs_of(session, session.get_one(Campaign, campaign_id))) == 1


def test_each_gets_it_when_their_own_clock_shows_the_time(any_database: Database) -> None:
    zones = ("Pacific/Kiritimati", "Asia/Shanghai", "Europe/London", "America/New_York", "Pacific/Pago_Pago")
    with any_database.transaction() as session:
        people = {make_customer(session, timezone=zone).id: zone for zone in zones}
        campaign = scheduled(session, Timing(AT, local_time=True))
        first = AT - timedelta(hours=14)
        assert run(session, first - timedelta(minutes=1)) == 0
        assert run(session, first) == 1
        wall = AT.replace(tzinfo=None)
        leaves = {row.customer_id: row.not_before for row in messages_of(session, campaign)}
        assert leaves == {one: moment_at(wall, zone) for one, zone in people.items()}


def test_whose_time_has_passed_gets_it_the_next_day_and_travellers_never_get_it_twice(
    database: Database,
) -> None:
    with database.transaction() as session:
        ana = make_customer(session, timezone="Asia/Shanghai")
        campaign = scheduled(session, Timing(AT, local_time=True))
        run(session, AT)  # it is 18:00 in Shanghai
        (message,) = messages_of(session, campaign)
        assert message.not_before == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
        ana.timezone, campaign.queued_through, campaign.queued_all = "America/New_York", 0, False
        move_all(session, now=AT)
        assert len(messages_of(session, campaign)) == 1


def test_one_that_was_missed_is_made_up_for_a_while(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        late = scheduled(session)
        assert run(session, AT + LIFETIME - timedelta(hours=1)) == 1
        assert late.state is CampaignState.RUNNING
        assert messages_of(session, late)[0].expires_at == AT + LIFETIME


def test_one_that_is_too_late_is_dropped_with_a_record(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        campaign = scheduled(session)
        assert run(session, AT + LIFETIME) == 1
        assert (campaign.state, campaign.finished_at) == (CampaignState.CANCELLED, AT + LIFETIME)
        assert messages_of(session, campaign) == []
        why = "It was due Mon, 23 Nov, 10:00 (London time), and the program did not run then."
        assert told(session) == [f"“Hello …” was not sent. {why}"]
        assert list_campaigns(session, since=NOW, limit=9) == [campaign]


def test_one_that_recurs_makes_a_campaign_each_time_until_its_last_day(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana = make_customer(session)
        campaign = scheduled(session, daily(last_day=date(2026, 11, 24)))
        for days in range(4):
            run(session, AT + timedelta(days=days))
        runs = runs_of(session, campaign)
        assert [one.send_at for one in runs] == [AT, AT + timedelta(days=1)]
        assert campaign.state is CampaignState.DONE
        keys = [row.dedupe_key for one in runs for row in messages_of(session, one)]
        assert keys == [f"campaign:{one.id}:{ana.id}" for one in runs]
        assert messages_of(session, runs[0])[0].expires_at == AT + timedelta(days=1)  # not into the next one


def test_runs_that_were_missed_are_noted_and_only_the_last_is_made_up(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        campaign = scheduled(session, daily())
        assert run(session, AT + timedelta(days=40, hours=1)) == 1
        *gone, last = runs_of(session, campaign)
        assert (last.state, last.send_at) == (CampaignState.RUNNING, AT + timedelta(days=40))
        assert len(gone) == 30
        assert {one.state for one in gone} == {CampaignState.CANCELLED}
        assert "It was due 40 times, from Mon, 23 Nov" in told(session)[0]
        assert campaign.send_at == AT + timedelta(days=41)
        assert run(session, AT + timedelta(days=40, hours=2)) == 0


def test_by_local_time_it_recurs_on_each_one_s_clock(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session, timezone="Asia/Shanghai")
        campaign = scheduled(session, daily(local_time=True))
        for hours in range(0, 72, 6):
            run(session, AT - timedelta(hours=15) + timedelta(hours=hours))
        leaves = [row.not_before for one in runs_of(session, campaign) for row in messages_of(session, one)]
        assert leaves[:2] == [AT - timedelta(hours=8), AT + timedelta(hours=16)]
        assert len(leaves) == len(set(leaves))


def test_a_pause_lets_its_times_go_by_and_a_stop_ends_it(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        recurring, once, stopped = scheduled(session, daily()), scheduled(session), scheduled(session)
        assert pause_schedule(session, recurring, now=NOW)
        assert not pause_schedule(session, recurring, now=NOW)
        assert pause_schedule(session, once, now=NOW)
        assert stop_schedule(session, stopped, now=NOW)
        later = AT + timedelta(days=2, hours=1)
        assert run(session, later) == 0
        assert resume_schedule(session, recurring, company=COMPANY, now=later)
        assert recurring.send_at == AT + timedelta(days=3)
        assert not resume_schedule(session, once, company=COMPANY, now=later)
        assert change_timing(session, once, Timing(later + timedelta(hours=1)))
        assert not change_timing(session, stopped, Timing(later))
        assert run(session, later + timedelta(hours=1)) == 1
        assert once.state is CampaignState.RUNNING
        assert (stopped.state, stopped.finished_at) == (CampaignState.CANCELLED, NOW)


@pytest.mark.parametrize("what", ["begun", "cancelled"])
def test_invitations_to_what_is_over_are_not_sent(database: Database, what: str) -> None:
    with database.transaction() as session:
        make_customer(session)
        campaign = scheduled(session)
        begun = AT - timedelta(hours=1)
        event = Event(
            title="Tea evening",
            place="Shop",
            starts_at=begun if what == "begun" else AT + timedelta(days=1),
            timezone="Europe/London",
            capacity=9,
            audience="all",
            created_at=NOW,
            cancelled_at=begun if what == "cancelled" else None,
        )
        session.add(event)
        session.flush()
        campaign.event_id = event.id
        session.flush()
        run(session, AT)
        assert campaign.state is CampaignState.CANCELLED
        assert "was not sent. The event" in told(session)[0]


def test_a_segment_that_cannot_be_read_any_more_stops_it_with_a_word(database: Database) -> None:
    with database.transaction() as session:
        campaign = scheduled(session)
        campaign.audience = 'segment "gone"'
        run(session, AT)
        assert campaign.state is CampaignState.CANCELLED
        assert "Whom it is for cannot be read any more" in told(session)[0]


def test_a_timing_is_read_as_it_was_written(database: Database) -> None:
    with database.transaction() as session:
        timing = daily(last_day=date(2027, 1, 1), local_time=True)
        assert Timing.from_json(timing.to_json()) == timing
        assert timing_of(scheduled(session, timing)) == timing
        assert Timing.from_json(replace(timing, send_at=None, last_day=None).to_json()).send_at is None


def test_a_held_out_customer_stays_so_from_run_to_run_and_gets_nothing(any_database: Database) -> None:
    with any_database.transaction() as session:
        people = [make_customer(session).id for _ in range(60)]
        campaign = scheduled(session, daily())
        campaign.holdout = 0.3
        for days in range(2):
            run(session, AT + timedelta(days=days))
        first, second = runs_of(session, campaign)
        got = [{row.customer_id for row in messages_of(session, one)} for one in (first, second)]
        assert got[0] == got[1]
        assert 0 < first.left_out["held out"] == len(people) - len(got[0])
        assert {row.state for row in messages_of(session, first)} == {OutboxState.QUEUED}


BROKEN = "DTSTART:20261123T100000\nRRULE:FREQ=MONTHLY;BYDAY=4MO,9MO"
"""A rule as it was kept before it was refused: dateutil fails at it once it comes to December."""


def test_one_that_cannot_be_started_is_held_and_the_others_start(any_database: Database) -> None:
    with any_database.transaction() as session:
        make_customer(session)
        ids = scheduled(session, Timing(AT, rule=BROKEN)).id, scheduled(session, Timing(AT)).id
    now = AT + timedelta(minutes=2)
    with any_database.transaction() as session:
        assert start_due(session, company=COMPANY, now=now) == 2
        assert start_due(session, company=COMPANY, now=now) == 0
    with any_database.transaction() as session:
        broken, other = (session.get_one(Campaign, one) for one in ids)
        assert other.state is CampaignState.RUNNING
        assert (broken.state, broken.paused_at) == (CampaignState.SCHEDULED, now)
        assert runs_of(session, broken) == []
        assert [text.partition(".")[0] for text in told(session)] == [
            "⏸ “Hello …” could not be started, and is held",
            "Sending “Hello …” …",
        ]
        assert not resume_schedule(session, broken, company=COMPANY, now=now)
        assert change_timing(session, broken, Timing(now + timedelta(days=1)))
        broken.rule = BROKEN
        assert days_ahead(session, company=COMPANY, now=now)
