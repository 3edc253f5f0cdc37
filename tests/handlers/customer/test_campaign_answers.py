"""Whoever taps a campaign's button reads thanks in the language in which they read the campaign."""

from handlers.incoming import Sender
from scheduler.campaigns.content import ANSWER
from scheduler.campaigns.plans import CampaignPlan, draft_plan
from scheduler.campaigns.queueing import start_campaign
from scheduler.definitions.template import Template
from tests.factories import COMPANY
from tests.handlers.rooms import answer
from tests.talk import Talk

TEMPLATE = Template.model_validate(
    {
        "messages": {"A": {"en": "Tea?", "de": "Tee?"}},
        "buttons": [
            {"label": {"en": "Yes", "de": "Ja"}, "thanks": {"en": "Done.", "de": "Erledigt."}},
            {"label": {"en": "No", "de": "Nein"}},
        ],
    }
)


def test_thanks_are_read_in_the_customer_s_own_language(talk: Talk) -> None:
    german, english = Sender(id="88", name="Jo", language="de-at"), Sender(id="99", name="Al", language="en")
    talk.says("/start", sender=german)
    talk.says("/start", sender=english)
    with talk.database.transaction() as session:
        chat = COMPANY.staff_chat
        campaign = draft_plan(session, CampaignPlan(TEMPLATE, "all"), staff_id=None, chat=chat, now=talk.now)
        assert start_campaign(session, campaign, chat=chat, company=COMPANY, now=talk.now)
        yes, no = (f"{ANSWER}:{campaign.id}:{place}" for place in range(2))
    assert {one.body["text"] for one in talk.deliver()} >= {"Tea?", "Tee?"}
    assert answer(talk.taps(yes, sender=german), "88") == "Erledigt."
    assert answer(talk.taps(yes, sender=english), "99") == "Done."
    assert answer(talk.taps(no, sender=german), "88").startswith("Changed to: Nein\n")
