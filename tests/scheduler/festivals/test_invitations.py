"""Invitations that wait for a festival: offered, scheduled, and moved with a corrected calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from scheduler.campaigns.starts import start_due
from scheduler.campaigns.times import Timing, change_timing
from scheduler.festivals.invitations import keep_invitations
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import OutboxMessage
from store.tables.staff import Role
from tests.campaigns import move_all
from tests.factories import make_customer, make_staff
from tests.scheduler.festivals.planning import write_plan
from tests.scheduler.festivals.test_moves import Correct, correct
from tests.talk import Talk, texts

__all__ = ["correct"]

EID = date(2027, 3, 10)
LINE = "/newevent Eid tea | 2027-03-11 18:00 | Harbour Hall | 40 | all"


@pytest.fixture
def marketing(talk: Talk, correct: Correct) -> Talk:
    """A marketer of a company in Cairo, and a plan to invite two weeks before the end of Ramadan."""
    correct(EID)
    talk.company = replace(talk.company, timezone="Africa/Cairo", country="EG")
    with talk.database.transaction() as session:
        make_staff(session, role=Role.MARKETER, sender="900")
        make_customer(session)
    write_plan(talk.database, "eid_tea", festival="eid_al_fitr", what="invitation", lead_days=14, hour=11)
    return talk


def taps(talk: Talk) -> dict[str, str]:
    (preview,) = talk.says(LINE, sender="900")
    return {label: data for row in preview.body["buttons"] for label, data in row}


def campaign_of(talk: Talk) -> Campaign:
    with talk.database.reading() as session:
        return session.scalars(select(Campaign)).one()


def wait(talk: Talk) -> None:
    (data,) = [data for label, data in taps(talk).items() if label.startswith("For Eid al-Fitr: ")]
    (told,) = texts(talk.taps(data, sender="900"))
    assert "waits for its time" in told


def test_the_preview_offers_to_wait_for_the_festival(marketing: Talk) -> None:
    wait(marketing)

    campaign = campaign_of(marketing)
    assert (campaign.state, campaign.local_time) == (CampaignState.SCHEDULED, True)
    assert campaign.send_at == datetime(2027, 2, 24, 9, tzinfo=UTC)  # eleven in Cairo, a fortnight before
    with marketing.database.reading() as session:
        assert session.scalars(select(Event)).one().festival == "eid_al_fitr"


@pytest.mark.parametrize(
    ("festival_day", "moment"),
    [(date(2027, 6, 1), datetime(2026, 11, 21, tzinfo=UTC)), (EID, datetime(2027, 2, 25, tzinfo=UTC))],
    ids=["far from the event", "too late"],
)
def test_it_is_not_offered_where_it_makes_no_sense(
    marketing: Talk, correct: Correct, festival_day: date, moment: datetime
) -> None:
    correct(festival_day)
    marketing.now = moment
    assert list(taps(marketing)) == ["Send invitations", "Cancel", "Say more …"]


@pytest.mark.parametrize(
    "data", ["newevent:1:wait:christmas", "newevent:99:wait:eid_al_fitr", "newevent:1:wait:"]
)
def test_a_button_that_names_nothing_changes_nothing(marketing: Talk, data: str) -> None:
    taps(marketing)
    marketing.taps(data, sender="900")
    assert campaign_of(marketing).state is CampaignState.DRAFT


def test_a_corrected_day_moves_invitations_that_wait(marketing: Talk, correct: Correct) -> None:
    wait(marketing)
    correct(EID + timedelta(days=1), estimated=False)

    for moved in (1, 0):
        with marketing.database.transaction() as session:
            assert keep_invitations(session, company=marketing.company, now=marketing.now) == moved
    assert campaign_of(marketing).send_at == datetime(2027, 2, 25, 9, tzinfo=UTC)


def test_what_should_have_left_by_now_leaves_at_once_and_once(marketing: Talk, correct: Correct) -> None:
    wait(marketing)
    marketing.now = datetime(2027, 2, 23, 18, tzinfo=UTC)
    correct(EID - timedelta(days=1))

    with marketing.database.transaction() as session:
        assert keep_invitations(session, company=marketing.company, now=marketing.now) == 1
        assert start_due(session, company=marketing.company, now=marketing.now) == 1
    assert campaign_of(marketing).state is CampaignState.RUNNING
    correct(EID + timedelta(days=5))
    with marketing.database.transaction() as session:
        assert keep_invitations(session, company=marketing.company, now=marketing.now) == 0


def test_where_the_plan_is_gone_they_keep_their_time(marketing: Talk) -> None:
    wait(marketing)
    before = campaign_of(marketing).send_at
    write_plan(marketing.database, "eid_tea", active=False, festival="eid_al_fitr", what="invitation")

    with marketing.database.transaction() as session:
        assert keep_invitations(session, company=marketing.company, now=marketing.now) == 0
    assert campaign_of(marketing).send_at == before


@pytest.mark.parametrize("moment", [datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 2, 25, tzinfo=UTC)])
def test_another_time_holds_whatever_the_festivals_is(marketing: Talk, moment: datetime) -> None:
    """Also where the festival's own time is over by then: it must not become now."""
    wait(marketing)
    wished = Timing(datetime(2027, 3, 1, 9, tzinfo=UTC))
    with marketing.database.transaction() as session:
        assert change_timing(session, session.scalars(select(Campaign)).one(), wished)

    with marketing.database.transaction() as session:
        assert keep_invitations(session, company=marketing.company, now=moment) == 0
    assert campaign_of(marketing).send_at == wished.send_at


def test_invitations_that_were_missed_leave_late_until_the_event_begins(marketing: Talk) -> None:
    """A program that was off for a week still invites: the event is a week ahead."""
    wait(marketing)
    back = datetime(2027, 3, 4, 10, tzinfo=UTC)
    with marketing.database.transaction() as session:
        keep_invitations(session, company=marketing.company, now=back)
        assert start_due(session, company=marketing.company, now=back) == 1
        move_all(session, now=back, company=marketing.company)
        sent = select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("invite:"))
        invitation = session.scalars(sent).one()
    assert invitation.not_before == back  # it is noon in Cairo, an hour past the hour of invitations
    assert invitation.expires_at == datetime(2027, 3, 11, 16, tzinfo=UTC)
