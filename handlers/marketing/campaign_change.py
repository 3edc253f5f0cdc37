"""«Change …» under a campaign's preview: one question is asked again, then the preview comes anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from customers.phrases import Phrases
from handlers.buttons import button, number, parse
from handlers.context import StaffContext
from handlers.drafts import REPLACES
from handlers.marketing import campaign_target, campaign_words, confirmation, stale
from handlers.marketing.campaign_asking import CHANGE, STEP, Data, Step
from handlers.staff.roles import may_market
from scheduler.campaigns.content import template_of
from scheduler.campaigns.queueing import find_campaign
from scheduler.campaigns.times import timing_of
from store.errors import NotFoundError
from store.outbox import ButtonRows, Draft
from store.tables.outreach import Campaign, CampaignState

VERB = CHANGE

_QUESTIONS: Mapping[str, Step] = {
    "text": campaign_words.ask_words,
    "picture": campaign_words.ask_picture,
    "buttons": campaign_words.ask_buttons,
    "audience": campaign_target.ask_audience,
    "when": campaign_target.ask_when,
}
"""What can be changed, and what asks for it."""


def tap(context: StaffContext) -> Sequence[Draft]:
    """Ask what shall be changed of a drafted campaign, or ask for it."""
    match parse(context.incoming.button or "")[1]:
        case (written, *what) if (campaign_id := number(written)) and (not what or what[0] in _QUESTIONS):
            pass
        case _:
            return stale.plan_button(context)
    try:
        campaign = find_campaign(context.session, campaign_id)
    except NotFoundError:
        return stale.plan_button(context)
    if not may_market(context.staff) or not campaign.messages:
        return stale.plan_button(context)
    if campaign.state is not CampaignState.DRAFT:
        return confirmation.already(context, campaign)
    other = context.begun_at(STEP)
    if other is not None and other.changes is None:
        return (context.answer(_is_writing_another(context.say)),)
    return _ask(context, campaign, what[0]) if what else _ask_what(context, campaign)


def _is_writing_another(say: Phrases) -> str:
    """Say that the question would take the place of a campaign that is half written."""
    return say(
        "You are writing another campaign: /campaign goes on with it. Finish it, or give it up there with "
        "/cancel; then change this one."
    )


def _ask_what(context: StaffContext, campaign: Campaign) -> Sequence[Draft]:
    say = context.say
    labels = {
        "text": say("Text"),
        "picture": say("Picture"),
        "buttons": say("Buttons"),
        "audience": say("Who gets it"),
        "when": say("Time"),
    }
    made = [button(label, VERB, campaign.id, what) for what, label in labels.items()]
    rows: ButtonRows = (tuple(made[:3]), tuple(made[3:]))
    return (context.answer(say("What shall be changed? All else stays as it is."), buttons=rows),)


def _ask(context: StaffContext, campaign: Campaign, what: str) -> Sequence[Draft]:
    """Ask the one question again; the preview holds until its answer has made another one."""
    (question,) = _QUESTIONS[what](context, _said_in(context, campaign), "")
    hint = context.say("/cancel leaves it as it is.")
    return (replace(question, text=f"{question.text}\n{hint}"),)


def _said_in(context: StaffContext, campaign: Campaign) -> Data:
    """Give what was said of a campaign, as if it had just been asked."""
    said = template_of(campaign).model_dump(mode="json")
    spoken = {language for texts in said["messages"].values() for language in texts}
    labelled = {language for one in said["buttons"] for language in one["label"]}
    data: Data = {
        **said,
        REPLACES: campaign.id,
        "variant": min(said["messages"]),
        "name": campaign.name,
        "audience": campaign.audience,
        "labelled": sorted(spoken | labelled),
    }
    campaign_target.recount(context, data)
    # Of whom a part was to get nothing, and nobody is: that was tapped, and stays so.
    due = campaign_target.holdout_of(context, data, timing_of(campaign))
    return data | {"nobody_left_out": due > campaign.holdout == 0}
