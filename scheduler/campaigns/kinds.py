"""What follows from what a campaign is: which consent it needs, what its messages are, how long they last."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.trials.members import TrialKind, trial_name
from scheduler.wall_clock import first_in_the_world, shown_at
from store.tables.customers import Purpose
from store.tables.outreach import Campaign, Event
from store.tables.queues import MessageKind

LIFETIME = timedelta(days=3)
"""An unsent message of a campaign is stale after this long."""


def purpose_of(campaign: Campaign) -> Purpose:
    """Tell what consent a campaign needs."""
    if campaign.purpose is not None:
        return campaign.purpose
    return Purpose.OFFERS if campaign.event_id is None else Purpose.INVITATIONS


def kind_of(campaign: Campaign) -> MessageKind:
    """Tell what the messages of a campaign are."""
    return MessageKind.CAMPAIGN if campaign.event_id is None else MessageKind.INVITATION


def trial_of(campaign: Campaign) -> str:
    """Name the trial of a campaign; the runs of one that recurs share it, so that arms stay."""
    return trial_name(TrialKind.CAMPAIGN, campaign.parent_id or campaign.id)


def occasion_in_trial(campaign: Campaign, company: Company) -> str:
    """Name the round of its trial that a campaign is in; "" where it is the only one.

    The runs of one that recurs are looked at by the year, together: each alone would tell nothing, and who is
    in an arm stays in it.
    """
    if campaign.parent_id is None:
        return ""
    return str(shown_at(campaign.send_at or campaign.created_at, company.timezone).year)


def begins_at(send_at: datetime, company: Company, *, local_time: bool) -> datetime:
    """Tell when the first message of a campaign is due that leaves at a time.

    By local time that is when the first clock in the world shows what the company's shows then.
    """
    return first_in_the_world(shown_at(send_at, company.timezone)) if local_time else send_at


def lifetime_of(session: Session, campaign: Campaign) -> timedelta:
    """Tell for how long after its moment a message is worth sending: not until the next run is due."""
    parent = None if campaign.parent_id is None else session.get(Campaign, campaign.parent_id)
    if parent is None or parent.send_at is None or campaign.send_at is None:
        return LIFETIME
    until_next = parent.send_at - campaign.send_at
    return min(LIFETIME, until_next) if until_next > timedelta() else LIFETIME


def stale_at(session: Session, campaign: Campaign) -> datetime:
    """Tell from when on a message of a campaign may be too late to send."""
    if campaign.event_id is not None:
        return session.get_one(Event, campaign.event_id).starts_at
    return (campaign.started_at or campaign.created_at) + min(LIFETIME, lifetime_of(session, campaign))
