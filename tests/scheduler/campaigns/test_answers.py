"""What customers answer by a campaign's buttons, and what staff read of it and of a picture that is gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from customers.phrases import phrases
from scheduler.campaigns.answers import answer_campaign, count_answers
from scheduler.campaigns.plans import CampaignPlan, draft_plan
from scheduler.campaigns.progress import COUNTED_EVERY
from scheduler.campaigns.queueing import find_campaign, start_campaign
from scheduler.campaigns.tally import count_tally
from scheduler.campaigns.text import final_text, progress_text
from scheduler.definitions.template import Template
from scheduler.delivery.calls import WITHOUT_PICTURE
from scheduler.segments.counting import sample
from store.engine import Database
from store.errors import InputError, NotFoundError
from store.tables.outreach import Campaign, CampaignAnswer
from store.tables.queues import OutboxState
from tests.campaigns import tell
from tests.factories import COMPANY, NOW, make_customer
from tests.scheduler.campaigns.test_queueing import CHAT, messages_of, settle

TEMPLATE = Template.model_validate(
    {
        "messages": {"A": {"en": "New oolong!"}},
        "buttons": [
            {"label": {"en": "Yes"}},
            {"label": {"en": "No"}},
            {"label": {"en": "M"}, "link": "https://a.bc"},
        ],
        "picture": {"channel": "telegram", "reference": "gone"},
    }
)


def started(session: Session, people: int) -> tuple[Campaign, list[int]]:
    customers = [make_customer(session).id for _ in range(people)]
    campaign = draft_plan(session, CampaignPlan(TEMPLATE, "all"), staff_id=None, chat=CHAT, now=NOW)
    assert start_campaign(session, campaign, chat=CHAT, company=COMPANY, now=NOW)
    return campaign, customers


def test_the_last_tap_of_each_counts(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign, (ana, ben) = started(session, 2)
        stranger = make_customer(session).id
        assert answer_campaign(session, campaign.id, ana, 0, now=NOW)[1] is False
        assert answer_campaign(session, campaign.id, ana, 0, now=NOW)[1] is False
        assert answer_campaign(session, campaign.id, ana, 1, now=NOW + timedelta(minutes=1))[1] is True
        answer_campaign(session, campaign.id, ben, 1, now=NOW)
        assert count_answers(session, campaign.id) == {1: 2}
        assert session.get_one(CampaignAnswer, (campaign.id, ana)).at == NOW + timedelta(minutes=1)
        for customer, place in ((stranger, 0), (ana, 2), (ana, 3), (ana, -1)):
            with pytest.raises(NotFoundError):
                answer_campaign(session, campaign.id, customer, place, now=NOW)
        with pytest.raises(NotFoundError):
            answer_campaign(session, 10**9, ana, 0, now=NOW)


def test_who_tapped_is_found_by_the_number_that_is_shown(database: Database) -> None:
    with database.transaction() as session:
        campaign, (ana, _ben) = started(session, 2)
        answer_campaign(session, campaign.id, ana, 0, now=NOW)
        for message in messages_of(session, campaign):
            settle(session, message, OutboxState.SENT)
        tally = count_tally(
            session, campaign, ended=True, company=COMPANY, channels=COMPANY.channels, now=NOW
        )
        lines = final_text(tally, campaign, company=COMPANY, say=phrases("en")).splitlines()
        shown = f"Who tapped a button: /segment answered campaign “{campaign.id}”"
        assert shown in lines
        source = shown.partition("/segment ")[2]
        assert [one.id for one in sample(session, source, company=COMPANY, now=NOW)] == [ana]
        with pytest.raises(InputError, match="77"):
            sample(session, "answered campaign “77”", company=COMPANY, now=NOW)


def test_taps_at_once_leave_one_answer_of_each(any_database: Database) -> None:
    with any_database.transaction() as session:
        campaign, (ana,) = started(session, 1)

    def tap(place: int) -> None:
        with any_database.transaction() as session:
            answer_campaign(session, campaign.id, ana, place % 2, now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(tap, range(16)))
    with any_database.reading() as session:
        assert len(session.scalars(select(CampaignAnswer)).all()) == 1


def test_answers_and_a_picture_that_is_gone_show_in_progress_and_result(database: Database) -> None:
    with database.transaction() as session:
        campaign, (ana, ben) = started(session, 2)
        tell(session, now=NOW)
        first, second = messages_of(session, campaign)
        settle(session, first, OutboxState.SENT, WITHOUT_PICTURE)
        answer_campaign(session, campaign.id, ana, 0, now=NOW)
        later = NOW + COUNTED_EVERY
        tally = count_tally(
            session, campaign, ended=False, company=COMPANY, channels=COMPANY.channels, now=later
        )
        say = phrases("en")
        lines = progress_text(tally, campaign, company=COMPANY, say=say).splitlines()
        answers = ["  ▫️ Yes: 1", "  ▫️ No: 0", "⚠️ The picture is gone: 1 got the words alone."]
        assert lines[2:5] == answers
        settle(session, second, OutboxState.SENT)
        answer_campaign(session, campaign.id, ben, 1, now=NOW)
        ended = count_tally(
            session, campaign, ended=True, company=COMPANY, channels=COMPANY.channels, now=later
        )
        assert "  ▫️ No: 1" in final_text(ended, campaign, company=COMPANY, say=say)
        assert type(ended).from_json(ended.to_json()) == ended
        assert find_campaign(session, campaign.id).picture is not None
