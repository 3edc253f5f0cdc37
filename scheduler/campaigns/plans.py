"""What a marketer plans, as one piece: what is said, to whom, when, and who gets nothing for comparison."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Chat
from customers.phrases import SOURCE_LANGUAGE
from scheduler.campaigns.content import use_template
from scheduler.campaigns.queueing import draft_campaign
from scheduler.campaigns.times import NOW, Timing, set_timing
from scheduler.definitions.template import Template
from store.tables.outreach import Campaign


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a campaign shall be.

    Attributes:
        template: what it says.
        audience: a segment.
        timing: when it leaves.
        holdout: which part of the audience gets nothing, 0–0.5.
        name: of the template that it was made from; may be empty.
        named_in: the language of the text that it is called by, where there is one in it.
    """

    template: Template
    audience: str
    timing: Timing = NOW
    holdout: float = 0.0
    name: str = ""
    named_in: str = SOURCE_LANGUAGE


def draft_plan(
    session: Session, plan: CampaignPlan, *, staff_id: int | None, chat: Chat, now: datetime
) -> Campaign:
    """Write a plan down as a campaign that nobody has confirmed yet; does not commit."""
    campaign = draft_campaign(
        session, text="", audience=plan.audience, event=None, staff_id=staff_id, chat=chat, now=now
    )
    use_template(campaign, plan.template, named_in=plan.named_in)
    set_timing(campaign, plan.timing)
    campaign.holdout, campaign.name = plan.holdout, plan.name
    session.flush()
    return campaign
