"""A restored database repeats nothing: what may have been done since its backup counts as done."""

from datetime import timedelta

from customers.phrases import phrases
from scheduler.campaigns.starts import start_due
from scheduler.campaigns.tally import kept_tally
from scheduler.campaigns.text import headline
from scheduler.campaigns.times import Timing, schedule_campaign, set_timing
from store.after_restore import pause_campaigns
from store.engine import Database
from store.tables.outreach import CampaignState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import draft, start


def test_a_campaign_that_ran_says_that_it_is_paused(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        campaign = draft(session)
        start(session, campaign)
        assert pause_campaigns(session, now=NOW) == [campaign.id]
        session.refresh(campaign)
        assert (campaign.state, campaign.paused_at) == (CampaignState.PAUSED, NOW)
        line = headline(kept_tally(campaign), campaign, company=COMPANY, say=phrases("en"))
        assert line.startswith("⏸")


def test_a_campaign_that_waited_for_its_time_is_held(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session)
        campaign = draft(session)
        set_timing(campaign, Timing(NOW - timedelta(hours=1)))
        schedule_campaign(session, campaign, chat=COMPANY.staff_chat)
        assert pause_campaigns(session, now=NOW) == [campaign.id]
        session.refresh(campaign)
        assert start_due(session, company=COMPANY, now=NOW) == 0
        assert (campaign.state, campaign.paused_at) == (CampaignState.SCHEDULED, NOW)
