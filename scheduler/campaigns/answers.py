"""What customers answer to a campaign by its buttons: the last tap of each counts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from scheduler.definitions.template import TemplateButton
from store.errors import NotFoundError
from store.inserts import insert_into
from store.tables.outreach import Campaign, CampaignAnswer
from store.tables.queues import OutboxMessage


def answer_campaign(
    session: Session, campaign_id: int, customer_id: int, place: int, *, now: datetime
) -> tuple[TemplateButton, bool]:
    """Note which button of a campaign a customer tapped, in place of an earlier one; does not commit.

    Args:
        session: the open transaction.
        campaign_id: which.
        customer_id: who; only those to whom it was sent can answer.
        place: of the button, from 0.
        now: the moment.

    Returns:
        The button, and whether another answer stood there before.

    Raises:
        NotFoundError: there is no such button, or the campaign was not sent to this customer.
    """
    button = find_button(session, campaign_id, place)
    got_it = exists().where(
        OutboxMessage.dedupe_key == f"campaign:{campaign_id}:{customer_id}",
        OutboxMessage.customer_id == customer_id,
    )
    if not session.scalar(select(got_it)):
        raise NotFoundError(f"campaign {campaign_id} was not sent to customer {customer_id}")
    key = {"campaign_id": campaign_id, "customer_id": customer_id}
    before = session.scalar(
        select(CampaignAnswer.button).where(
            CampaignAnswer.campaign_id == campaign_id, CampaignAnswer.customer_id == customer_id
        )
    )
    new = insert_into(CampaignAnswer, dialect=session.get_bind().dialect.name)
    session.execute(
        new.values(**key, button=place, at=now).on_conflict_do_update(
            index_elements=["campaign_id", "customer_id"], set_={"button": place, "at": now}
        )
    )
    return button, before is not None and before != place


def find_button(session: Session, campaign_id: int, place: int) -> TemplateButton:
    """Find a button that is an answer.

    Raises:
        NotFoundError: there is none, or it is a link.
    """
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or not 0 <= place < len(campaign.buttons):
        raise NotFoundError(f"campaign {campaign_id} has no button {place}")
    button = TemplateButton.model_validate(campaign.buttons[place])
    if button.link is not None:
        raise NotFoundError(f"button {place} of campaign {campaign_id} is a link")
    return button


def count_answers(session: Session, campaign_id: int) -> Mapping[int, int]:
    """Count the answers to a campaign by the button's place; one that nobody tapped is not in it."""
    rows = session.execute(
        select(CampaignAnswer.button, func.count())
        .where(CampaignAnswer.campaign_id == campaign_id)
        .group_by(CampaignAnswer.button)
        .order_by(CampaignAnswer.button)
    )
    return {row[0]: row[1] for row in rows}
