"""Campaigns: a text, or the invitations of an event, to all of an audience who may be written to.

A campaign is drafted, confirmed once, and then queued in batches: one with the confirmation, the rest on
the beat, so that no transaction holds up those who write to us meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from customers.phrases import Phrases, phrases
from scheduler.audience import (
    Addressee,
    Reach,
    count_reach,
    in_audience,
    select_addressees,
    to_addressee,
    why_left_out,
)
from scheduler.compose import fill, invitation_text, rsvp_buttons
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from store.errors import NotFoundError
from store.outbox import ButtonRows, Draft, enqueue
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import MessageKind

BATCH = 500
"""Customers written to in one transaction: some 50 ms on a small machine."""

LOOKED_AT = 20 * BATCH
"""Customers looked at in one transaction for whether they are meant at all."""

LIFETIME = timedelta(days=3)
"""An unsent message of a campaign is stale after this long."""

Content = Callable[[Addressee], tuple[str, ButtonRows]]


def draft_campaign(
    session: Session,
    *,
    text: str,
    audience: str,
    event: Event | None,
    staff_id: int | None,
    chat: Chat,
    now: datetime,
) -> Campaign:
    """Write a campaign down, to be confirmed; does not commit.

    Args:
        session: the open transaction.
        text: what is sent; for the invitations of an event, its title.
        audience: as in ``in_audience``.
        event: whose invitations they are; None for a text.
        staff_id: who made it.
        chat: where its progress is shown.
        now: the moment.
    """
    campaign = Campaign(
        text=text,
        audience=audience,
        event_id=None if event is None else event.id,
        created_by=staff_id,
        channel=chat.channel,
        address=chat.address,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    return campaign


def find_campaign(session: Session, campaign_id: int) -> Campaign:
    """Give a campaign.

    Raises:
        NotFoundError: there is none.
    """
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFoundError(f"there is no campaign {campaign_id}")
    return campaign


def purpose_of(campaign: Campaign) -> Purpose:
    """Tell what consent a campaign needs."""
    return Purpose.OFFERS if campaign.event_id is None else Purpose.INVITATIONS


def kind_of(campaign: Campaign) -> MessageKind:
    """Tell what the messages of a campaign are."""
    return MessageKind.CAMPAIGN if campaign.event_id is None else MessageKind.INVITATION


def reach_of(session: Session, campaign: Campaign, *, company: Company, now: datetime) -> Reach:
    """Count whom a campaign would reach now."""
    return count_reach(
        session,
        campaign.audience,
        purpose=purpose_of(campaign),
        channels=company.channels,
        company=company,
        now=now,
    )


def start_campaign(
    session: Session, campaign: Campaign, *, chat: Chat, company: Company, now: datetime
) -> bool:
    """Start a drafted campaign, once, and queue its first batch; does not commit.

    Its progress is shown in ``chat``, under the dedupe key ``progress_key``.

    Returns:
        Whether this call started it; False where it was started or cancelled before.
    """
    if not move_campaign(session, campaign, CampaignState.DRAFT, to=CampaignState.RUNNING):
        return False
    campaign.started_at = now
    campaign.channel, campaign.address = chat.channel, chat.address
    campaign.progress = progress_key(campaign)
    queue_batch(session, campaign, company=company, now=now, channels=company.channels)
    session.flush()
    return True


def drop_draft(session: Session, campaign: Campaign) -> bool:
    """Give up a campaign that was not started; does not commit.

    Returns:
        Whether this call did; False where it was started or given up before.
    """
    return move_campaign(session, campaign, CampaignState.DRAFT, to=CampaignState.CANCELLED)


def move_campaign(session: Session, campaign: Campaign, *before: CampaignState, to: CampaignState) -> bool:
    """Move a campaign on from one of some states; does not commit.

    Of several who try at once, one succeeds; each then sees the campaign as it is.

    Returns:
        Whether this call moved it.
    """
    moved = session.execute(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.state.in_(before))
        .values(state=to)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(campaign)
    return bool(moved)


def progress_key(campaign: Campaign) -> str:
    """Give the dedupe key of the message that shows a campaign's progress."""
    return f"progress:{campaign.id}"


def queue_batch(
    session: Session, campaign: Campaign, *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue the messages to the next customers of a campaign, and count whom it leaves out; does not commit.

    Returns:
        How many were queued.
    """
    last = _looked_through(session, campaign)
    rows = session.execute(
        select_addressees(channels)
        .add_columns(why_left_out(purpose_of(campaign), company=company, now=now).label("reason"))
        .where(
            Customer.id > campaign.queued_through,
            true() if last is None else Customer.id <= last,
            in_audience(campaign.audience),
        )
        .order_by(Customer.id)
        .limit(BATCH)
    ).all()
    left_out = Counter(row.reason for row in rows if row.reason is not None)
    campaign.left_out = dict(Counter(campaign.left_out) + left_out)
    campaign.queued_all = last is None and len(rows) < BATCH
    if len(rows) < BATCH and last is not None:
        campaign.queued_through = last
    elif rows:
        campaign.queued_through = rows[-1][0]
    event = None if campaign.event_id is None else session.get_one(Event, campaign.event_id)
    people = [to_addressee(row) for row in rows if row.reason is None]
    return enqueue(session, _drafts(campaign, event, people, company, now), now=now)


def _looked_through(session: Session, campaign: Campaign) -> int | None:
    """Tell up to which customer the next batch looks; None where no more are left than it looks at."""
    after = select(Customer.id).where(Customer.id > campaign.queued_through).order_by(Customer.id)
    return session.scalar(after.offset(LOOKED_AT - 1).limit(1))


def stale_at(session: Session, campaign: Campaign) -> datetime:
    """Tell from when on a message of a campaign may be too late to send."""
    if campaign.event_id is not None:
        return session.get_one(Event, campaign.event_id).starts_at
    return (campaign.started_at or campaign.created_at) + LIFETIME


def content_of(campaign: Campaign, event: Event | None, company: Company) -> Content:
    """Give what a campaign says to each customer: text and buttons."""

    def text(who: Addressee) -> tuple[str, ButtonRows]:
        return fill(campaign.text, who.name, phrases(who.language)), ()

    if event is None:
        return text

    def invitation(who: Addressee) -> tuple[str, ButtonRows]:
        say: Phrases = phrases(who.language)
        return invitation_text(event, say, name=who.name, company=company), rsvp_buttons(event.id, say)

    return invitation


def _drafts(
    campaign: Campaign, event: Event | None, people: list[Addressee], company: Company, now: datetime
) -> list[Draft]:
    content = content_of(campaign, event, company)
    expires = now + LIFETIME if event is None else event.starts_at
    leaves = {zone: leaves_at(now, zone, company) for zone in {zone_of(who, company) for who in people}}
    drafts = []
    for who in people:
        text, buttons = content(who)
        drafts.append(
            Draft(
                kind=kind_of(campaign),
                channel=who.channel,
                address=who.address,
                customer_id=who.customer_id,
                campaign_id=campaign.id,
                purpose=purpose_of(campaign),
                text=text,
                buttons=buttons,
                dedupe_key=_key(campaign, who.customer_id),
                about=None if event is None else f"event:{event.id}",
                not_before=leaves[zone_of(who, company)],
                expires_at=expires,
            )
        )
    return drafts


def _key(campaign: Campaign, customer_id: int) -> str:
    if campaign.event_id is None:
        return f"campaign:{campaign.id}:{customer_id}"
    return f"invite:{campaign.event_id}:{customer_id}"


def list_campaigns(session: Session, *, since: datetime, limit: int) -> list[Campaign]:
    """Give the campaigns that run or are paused, then those that ended ``since``, each the newest first."""
    active = (CampaignState.RUNNING, CampaignState.PAUSED)
    ended = (CampaignState.DONE, CampaignState.CANCELLED)
    lately = func.coalesce(Campaign.finished_at, Campaign.started_at) > since
    groups = (
        select(Campaign).where(Campaign.state.in_(active)),
        select(Campaign).where(Campaign.state.in_(ended), Campaign.started_at.is_not(None), lately),
    )
    return [
        campaign
        for group in groups
        for campaign in session.scalars(group.order_by(Campaign.id.desc()).limit(limit))
    ]
