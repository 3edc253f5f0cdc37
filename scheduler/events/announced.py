"""Which events others may hear of: a marketer has let their invitations go, or wait for their time."""

from sqlalchemy import ColumnElement, exists, or_

from store.tables.outreach import Campaign, CampaignState, Event


def takes_place() -> ColumnElement[bool]:
    """Give the condition that picks events which are, or will be, announced, and are not cancelled.

    One that was only looked at, or dropped before anybody was invited, is nobody else's business.
    """
    return _invites(CampaignState.SCHEDULED)


def may_take_place() -> ColumnElement[bool]:
    """Give the condition that picks these events, and those that a marketer is still looking at."""
    return _invites(CampaignState.SCHEDULED, CampaignState.DRAFT)


def _invites(*before: CampaignState) -> ColumnElement[bool]:
    return Event.cancelled_at.is_(None) & exists().where(
        Campaign.event_id == Event.id,
        or_(Campaign.started_at.is_not(None), Campaign.state.in_(before)),
    )
