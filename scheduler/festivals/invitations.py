"""Invitations to an event of a festival: they leave so many days before the festival as its plan says.

They wait as a scheduled campaign, by each customer's own clock; a corrected calendar or another plan moves
their time for as long as they wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.campaigns.times import Timing, set_timing
from scheduler.definitions.festival import FestivalPlan
from scheduler.festival_calendar import SAME_OCCASION, Occasion
from scheduler.festivals.plans import Plans, find_usable
from scheduler.local_clock import local_date, moment_on
from store.tables.outreach import Campaign, CampaignState, Event


@dataclass(frozen=True, slots=True)
class Invitation:
    """When the invitations of an event leave for a festival.

    Attributes:
        occasion: the festival near the event.
        way: the plan that says how long before, and at which hour.
        send_at: when the company's clock shows that hour; each customer gets theirs by their own clock. UTC.
    """

    occasion: Occasion
    way: FestivalPlan
    send_at: datetime


def invitations_offered(
    session: Session, event: Event, *, company: Company, now: datetime
) -> Sequence[Invitation]:
    """Tell for which festivals near an event its invitations could wait, the earliest first; only reads."""
    plans = find_usable(session, company=company, now=now)
    found = (
        one
        for festival in plans.invitations
        if (one := _of(event, festival, plans, company)) is not None and now < one.send_at < event.starts_at
    )
    return sorted(found, key=lambda one: (one.send_at, one.occasion.festival))


def wait_for_festival(event: Event, campaign: Campaign, invitation: Invitation) -> None:
    """Let an event be of a festival, and its invitations wait for it once confirmed; does not commit."""
    event.festival = invitation.occasion.festival
    set_timing(campaign, Timing(invitation.send_at, local_time=True))


def keep_invitations(session: Session, *, company: Company, now: datetime) -> int:
    """Move invitations that wait for a festival to when it really is; does not commit.

    What should have left by now leaves at once. Where the plan or the festival is gone they keep their time.
    Safe to run twice, late, or on two machines.

    Returns:
        How many campaigns were moved.
    """
    rows = session.execute(
        select(Campaign, Event)
        .join(Event, Event.id == Campaign.event_id)
        .where(
            Campaign.state == CampaignState.SCHEDULED,
            Campaign.rule.is_(None),
            Event.festival.is_not(None),
            Event.starts_at > now,
        )
        .order_by(Campaign.id)
    ).all()
    if not rows:
        return 0
    plans = find_usable(session, company=company, now=now)
    return sum(_move(session, row[0], row[1], plans=plans, company=company, now=now) for row in rows)


def _move(
    session: Session, campaign: Campaign, event: Event, *, plans: Plans, company: Company, now: datetime
) -> int:
    one = _of(event, event.festival or "", plans, company)
    if one is None or campaign.send_at is None or one.send_at >= event.starts_at:
        return 0
    send_at = one.send_at if one.send_at > now else min(campaign.send_at, now)  # what is due leaves now
    if send_at == campaign.send_at:
        return 0
    moved = session.execute(
        update(Campaign)
        .where(
            Campaign.id == campaign.id,
            Campaign.state == CampaignState.SCHEDULED,
            Campaign.send_at == campaign.send_at,
        )
        .values(send_at=send_at)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(campaign)
    return len(moved)


def _of(event: Event, festival: str, plans: Plans, company: Company) -> Invitation | None:
    """Find the occasion of a festival that is nearest to an event, and when its invitations leave."""
    way = plans.invitations.get(festival)
    if way is None or not way.holds_in(company.country):
        return None
    day = local_date(event.starts_at, company.timezone)
    near = plans.between(company.country, company.language, day - SAME_OCCASION, day + SAME_OCCASION)
    own = (one.occasion for one in near if one.occasion.festival == festival)
    nearest = min(own, key=lambda one: (abs(one.day - day), one.day), default=None)
    if nearest is None:
        return None
    leaves = moment_on(nearest.day - way.lead, way.hour, company.timezone).astimezone(UTC)
    return Invitation(nearest, way, leaves)
