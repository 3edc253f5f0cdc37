"""One rule says in which language a customer reads a campaign, its buttons, a greeting and a visit."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.company import Company
from customers.phrases import phrases
from scheduler.audience import Addressee
from scheduler.campaigns.content import content_of, words_for
from scheduler.definitions.festival import FestivalPlan, read_plan
from scheduler.definitions.programme import Programme, read_programme
from scheduler.definitions.template import Template
from scheduler.festivals.wording import festival_name, greeting_text
from scheduler.programmes.asking import Asked, our_question, visit_text
from scheduler.text_languages import choose_language, find_language
from store.errors import InputError
from store.tables.outreach import Campaign
from tests.factories import COMPANY

LANGUAGES = st.sampled_from(["en", "zh", "de", "fr", "pt", "he"])
TEXTS = st.sets(LANGUAGES, min_size=1).map(lambda tags: {tag: f"words in {tag}" for tag in sorted(tags)})
REGIONS = st.sampled_from(["", "-BR", "_CN", "-hans-cn"])


def company_of(language: str) -> Company:
    return Company("Lantern Tea", "Europe/London", "GB", language, COMPANY.staff_chat)


@given(TEXTS, LANGUAGES, REGIONS, LANGUAGES, REGIONS)
def test_it_is_their_own_the_company_s_english_or_the_first(
    texts: dict[str, str], own: str, region: str, company: str, company_region: str
) -> None:
    found = find_language(texts, own + region, company + company_region)
    assert found == next((one for one in (own, company, "en") if one in texts), None)
    assert choose_language(texts, own + region, company + company_region) == (found or min(texts))


@given(TEXTS, LANGUAGES, LANGUAGES)
def test_all_that_a_company_writes_is_read_in_the_same_language(
    texts: dict[str, str], own: str, language: str
) -> None:
    company, who = company_of(language), Addressee(1, "Ana", own, None, None, "telegram", "1")
    chosen = texts[choose_language(texts, own, language)]
    campaign = Campaign(
        id=7, text="", messages={"A": texts}, buttons=[{"label": texts, "thanks": {}}], picture=None
    )
    words = words_for(content_of(campaign), "A", who, campaign_id=7, company=company)
    assert (words.text, words.buttons[0][0].label) == (chosen, chosen)
    plan = FestivalPlan(name="ours", festival="ours", every_year="09-01", title=texts, messages={"A": texts})
    assert greeting_text(who, plan, "A", company=company) == chosen
    assert (
        festival_name("ours", phrases("zh"), texts, company_language=language)
        == texts[choose_language(texts, "zh", language)]
    )
    asked = Asked(who, None, _asking(texts), company)
    found = find_language(texts, own, language)
    question = our_question(asked.programme.steps[0].kind, asked.say)
    assert visit_text(asked).endswith(question if found is None else f"{chosen}\n{chosen}")


def _asking(texts: Mapping[str, str]) -> Programme:
    questions = [{"kind": "nps", "text": texts}]
    return Programme.model_validate(
        {"name": "p", "period_days": 30, "opening": texts, "questions": questions}
    )


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("pt-br", "write pt in place of pt-br: "),
        ("zh-Hans", "write zh in place of zh-Hans: "),
        ("EN", "write en in place of EN: "),
        ("iw", "write he in place of iw: "),
        ("klingon", "it must be the short name of a language, such as en or zh"),
        ("xx", "it must be the short name of a language, such as en or zh"),
        ("", "it must be the short name of a language, such as en or zh"),
    ],
)
def test_every_definition_takes_the_tags_by_which_customers_are_known(tag: str, told: str) -> None:
    texts = {tag: "words"}
    with pytest.raises(InputError, match=told):
        read_programme("p", {"period_days": 30, "opening": texts})
    with pytest.raises(InputError, match=told):
        read_plan("ours", {"every_year": "09-01", "messages": {"A": texts}})
    with pytest.raises(ValueError, match=told):
        Template.model_validate({"messages": {"A": texts}})
