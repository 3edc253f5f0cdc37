"""How a campaign is called where it is spoken of."""

from collections.abc import Callable

import pytest

from customers.phrases import phrases
from scheduler.campaigns.tally import Tally
from scheduler.campaigns.text import final_text, progress_text, title_of
from scheduler.left_out import LeftOut
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxState
from tests.factories import COMPANY


@pytest.mark.parametrize(
    ("campaign", "title"),
    [
        (Campaign(name="spring-tea", text="{first_name|friend}, tea!"), "spring-tea"),
        (Campaign(name="", text="Sale!\nOnly today."), "Sale!"),
        (Campaign(text="{first_name|friend}, teas are here from Monday, 9 o’clock on"), None),
        (Campaign(messages={"A": {"en": "Tea, {first_name}!"}}, text="Tea, {first_name}!"), "Tea, friend!"),
        (Campaign(messages={"A": {"zh": "{first_name}，茶"}}, text="{first_name}，茶"), "朋友，茶"),
        (
            Campaign(messages={"A": {"en": "Hi", "zh": "{first_name}，茶"}}, text="{first_name}，茶"),
            "朋友，茶",
        ),
        (Campaign(text="Tea, {first_name}! {company}"), "Tea, …! …"),
        (Campaign(messages={"A": {"en": "Hi from {company}"}}, text="Hi from {company}"), "Hi from …"),
        (Campaign(text="{first_name|}"), "{first_name|}"),
    ],
)
def test_a_campaign_is_called_by_its_name_or_by_words_without_variables(
    campaign: Campaign, title: str | None
) -> None:
    told = title_of(campaign)
    assert told == (title or "friend, teas are here from Monday, 9 o’…")
    assert len(told) <= 40


@pytest.mark.parametrize("worded", [progress_text, final_text])
def test_everybody_of_the_audience_is_in_a_count(worded: Callable[..., str]) -> None:
    states = {OutboxState.SENT: 2, OutboxState.QUEUED: 1}
    tally = Tally(states, {str(LeftOut.STOPPED): 1, str(LeftOut.COMPLAINT): 2})
    campaign = Campaign(id=1, text="Sale!", state=CampaignState.RUNNING, buttons=[], queued_all=True)
    told = worded(tally, campaign, company=COMPANY, say=phrases("en"))
    assert "“Sale!”: 2 of 3\nSent: 2\n" in told
    assert "Left out from the start: 1 wants no such messages, 2 have an open complaint" in told
