"""How a campaign is called where it is spoken of."""

import pytest

from scheduler.campaigns.text import title_of
from store.tables.outreach import Campaign


@pytest.mark.parametrize(
    ("campaign", "title"),
    [
        (Campaign(name="spring-tea", text="{first_name|friend}, tea!"), "spring-tea"),
        (Campaign(name="", text="Sale!\nOnly today."), "Sale!"),
        (Campaign(text="{first_name|friend}, teas are here from Monday, 9 o’clock on"), None),
        (Campaign(messages={"A": {"en": "Tea, {first_name}!"}}, text="Tea, {first_name}!"), "Tea, friend!"),
        (Campaign(messages={"A": {"zh": "{first_name}，茶"}}, text="{first_name}，茶"), "朋友，茶"),
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
