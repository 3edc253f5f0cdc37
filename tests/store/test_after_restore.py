"""A restored database repeats nothing: what may have been done since its backup counts as done."""

from datetime import timedelta

from customers.phrases import phrases
from scheduler.campaign_tally import kept_tally
from scheduler.campaign_text import headline
from scheduler.return_visits import plan_visits
from store.after_restore import count_as_visited, pause_campaigns
from store.engine import Database
from store.tables.outreach import CampaignState
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.test_campaigns import draft, start

PERIOD = timedelta(days=COMPANY.visit_every_days)


def test_a_visit_that_was_due_is_not_planned_again(database: Database) -> None:
    with database.transaction() as session:
        make_customer(session, last_contact_at=NOW - PERIOD)
        visited = NOW - PERIOD
        make_customer(session, last_contact_at=NOW - 3 * PERIOD, visited_at=visited, visit_from=visited)
        not_due = make_customer(session, last_contact_at=NOW - PERIOD + timedelta(days=1))
        assert count_as_visited(session, due_since=NOW - PERIOD, now=NOW) == 2
        session.refresh(not_due)
        assert not_due.visited_at is None
        assert plan_visits(session, company=COMPANY, now=NOW, channels=COMPANY.channels) == 0


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
