"""Templates: what may stand in one, and that a campaign says what its template says."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.audience import Addressee
from scheduler.campaigns.content import content_of, template_of, use_template, words_for
from scheduler.campaigns.samples import Sample, choose
from scheduler.definitions.template import MOST_BUTTONS, Template, is_link
from scheduler.text_languages import choose_language
from store.engine import Database
from store.tables.outreach import Campaign
from tests.factories import COMPANY, NOW
from tests.scheduler.campaigns.test_queueing import CHAT

TEXTS = {"en": "Hello {first_name|friend}", "zh": "您好"}
BUTTON = {"label": {"en": "Yes", "zh": "好"}, "thanks": {"en": "Done!"}}


def template(**parts: Any) -> Template:
    return Template.model_validate({"messages": {"A": TEXTS}} | parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"messages": {}},
        {"messages": {"A": {}}},
        {"messages": {"E": TEXTS}},
        {"messages": {"A": {"english": "x"}}},
        {"messages": {"A": {"en": "  "}}},
        {"messages": {"A": {"en": "{nobody}"}}},
        {"messages": {"A": {"en": "{city}"}}},
        {"messages": {"A": {"en": "x" * 4097}}},
        {"messages": {"A": {"en": "x" * 1025}}, "picture": {"channel": "telegram", "reference": "r"}},
        {"buttons": [BUTTON] * (MOST_BUTTONS + 1)},
        {"buttons": [{"label": {}}]},
        {"buttons": [{"label": {"en": " "}}]},
        {"buttons": [{"label": {"en": "x" * 41}}]},
        {"buttons": [{**BUTTON, "link": "javascript:alert(1)"}]},
        {"purpose": "spam"},
        {"more": 1},
    ],
)
def test_what_cannot_be_sent_is_no_template(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        template(**parts)


@pytest.mark.parametrize(
    ("link", "is_one"),
    [
        ("https://example.com/menu?a=b#c", True),
        ("http://茶.中国/", True),
        ("https://localhost", False),
        ("https://[bad", False),
        ("https://exa mple.com", False),
        ("ftp://example.com", False),
        ("example.com", False),
        ("https://example.com/" + "x" * 500, False),
    ],
)
def test_a_link_leads_to_the_web(link: str, *, is_one: bool) -> None:
    assert is_link(link) is is_one


LANGUAGES = st.sampled_from(["en", "zh", "de", "fr"])
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}"), min_size=1, max_size=30
)
SAID = WORDS.filter(str.strip)
MESSAGES = st.dictionaries(
    st.sampled_from("ABCD"), st.dictionaries(LANGUAGES, SAID, min_size=1), min_size=1, max_size=4
)
BUTTONS = st.lists(
    st.fixed_dictionaries(
        {"label": st.dictionaries(LANGUAGES, SAID, min_size=1), "thanks": st.dictionaries(LANGUAGES, WORDS)}
    ),
    max_size=MOST_BUTTONS,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=MESSAGES, buttons=BUTTONS)
def test_a_campaign_says_what_its_template_says(
    any_database: Database, messages: dict[str, Any], buttons: list[dict[str, Any]]
) -> None:
    given_template = template(messages=messages, buttons=buttons)
    assert Template.model_validate(given_template.to_json()) == given_template
    with any_database.transaction() as session:
        campaign = Campaign(
            text="", audience="all", channel=CHAT.channel, address=CHAT.address, created_at=NOW
        )
        use_template(campaign, given_template)
        session.add(campaign)
        session.flush()
        session.expire(campaign)
        assert template_of(campaign) == given_template
        content = content_of(campaign)
        for variant, texts in messages.items():
            for language in ("en", "zh", "de", "es"):
                who = Addressee(1, "Ana", language, None, None, "telegram", "1")
                words = words_for(content, variant, who, campaign_id=campaign.id, company=COMPANY)
                assert words.text == texts[choose_language(texts, language, COMPANY.language)].strip()
                assert sum(len(row) for row in words.buttons) == len(buttons)


@given(
    st.lists(
        st.tuples(st.sampled_from(["en", "zh"]), st.sampled_from(["Ana", ""]), st.sampled_from("AB")),
        max_size=12,
    )
)
def test_samples_show_every_language_and_version_that_three_can(people: list[tuple[str, str, str]]) -> None:
    campaign = Campaign(id=7, text="", buttons=[], messages={"A": TEXTS, "B": TEXTS}, picture=None)
    content = content_of(campaign)
    samples = []
    for number, (language, name, variant) in enumerate(people):
        who = Addressee(number, name, language, None, None, "telegram", "1")
        samples.append(Sample(who, variant, words_for(content, variant, who, campaign_id=7, company=COMPANY)))
    chosen = choose(samples)
    different = {
        one.who.customer_id if one.who.name else (one.variant, one.words.text) for one in samples
    }  # of those without a name who read the same, one is enough
    assert len(chosen) == min(3, len(different))
    assert len({one.who.customer_id for one in chosen}) == len(chosen)
    assert {one.words.language for one in chosen} == {one.words.language for one in samples}
    assert {one.variant for one in chosen} == {one.variant for one in samples}
