"""Campaigns: a text, or the invitations of an event, to all of an audience who may be written to.

A campaign is drafted, confirmed once, and then queued in batches: one with the confirmation, the rest on
the beat, so that no transaction holds up those who write to us meanwhile.
"""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from scheduler.audience import Reach, count_reach, select_addressees, to_addressee, why_left_out
from scheduler.campaigns.kinds import purpose_of
from scheduler.campaigns.messages import compose_messages
from scheduler.campaigns.quiet_share import in_time
from scheduler.left_out import LeftOut
from scheduler.segments.conditions import condition_of
from scheduler.segments.mistakes import SegmentError
from scheduler.suppressions import Suppressed, note_suppressed, occasion_of_campaign
from scheduler.trials.assignment import HELD_OUT
from store.copies import enqueue_copies
from store.errors import NotFoundError
from store.tables.customers import Customer
from store.tables.outreach import Campaign, CampaignState, Event

BATCH = 1000
"""Customers written to in one transaction: some 60 ms on a small machine."""

LOOKED_AT = 10 * BATCH
"""Numbers in a row whose customers are looked at in one transaction for whether they are meant at all."""


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
        audience: a segment, as ``scheduler.segments`` reads it.
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


def reach_of(session: Session, campaign: Campaign, *, company: Company, now: datetime) -> Reach:
    """Count whom a campaign would reach now; of an event, who sleeps until it has begun is not reached."""
    reach = count_reach(
        session,
        campaign.audience,
        purpose=purpose_of(campaign),
        channels=company.channels,
        company=company,
        now=now,
    )
    if campaign.event_id is None:
        return reach
    starts_at = session.get_one(Event, campaign.event_id).starts_at
    begins = max(now, campaign.send_at or now)
    return in_time(reach, begins=begins, until=starts_at, company=company)


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
    with suppress(SegmentError):  # the beat that goes on with it pauses it then, and says why
        queue_batch(session, campaign, company=company, now=now, channels=company.channels)
    session.flush()
    return True


def newest_draft(session: Session, *, staff_id: int, chat: Chat, since: datetime) -> Campaign | None:
    """Find what a marketer was shown last in a chat and has not yet decided; None where there is nothing."""
    return session.scalar(
        select(Campaign)
        .where(
            Campaign.state == CampaignState.DRAFT,
            Campaign.created_by == staff_id,
            Campaign.channel == chat.channel,
            Campaign.address == chat.address,
            Campaign.created_at > since,
        )
        .order_by(Campaign.id.desc())
        .limit(1)
    )


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

    Raises:
        SegmentError: it cannot be read any more whom the campaign is for; nothing was done.
    """
    is_meant = condition_of(session, campaign.audience, company=company, now=now)
    last = _looked_through(session, campaign)
    batch = (
        select_addressees(channels)
        .add_columns(why_left_out(purpose_of(campaign), company=company, now=now).label("reason"))
        .where(
            Customer.id > campaign.queued_through,
            true() if last is None else Customer.id <= last,
            is_meant,
        )
        .order_by(Customer.id)
        .limit(BATCH)
    )
    rows = session.connection().execute(batch).all()  # rows of columns: nothing of them is an object
    left_out = Counter(row.reason for row in rows if row.reason is not None)
    campaign.queued_all = last is None and len(rows) < BATCH
    if len(rows) < BATCH and last is not None:
        campaign.queued_through = last
    elif rows:
        campaign.queued_through = rows[-1][0]
    occasion, purpose = occasion_of_campaign(campaign), purpose_of(campaign)
    unsaid = [Suppressed(row[0], occasion, purpose, row.reason) for row in rows if row.reason is not None]
    people = [to_addressee(row) for row in rows if row.reason is None]
    composed = compose_messages(session, campaign, people, company=company, now=now)
    unsaid += [Suppressed(one, occasion, purpose, LeftOut.TOO_LATE) for one in composed.too_late]
    note_suppressed(session, unsaid, now=now)
    others = Counter({HELD_OUT: composed.held_out, str(LeftOut.TOO_LATE): len(composed.too_late)})
    campaign.left_out = dict(Counter(campaign.left_out) + left_out + others)
    return enqueue_copies(session, composed.alike, composed.copies, now=now)


def _looked_through(session: Session, campaign: Campaign) -> int | None:
    """Tell up to which number the next batch looks; None where no customer has a higher one."""
    beyond = select(func.min(Customer.id)).where(Customer.id > campaign.queued_through + LOOKED_AT)
    following = session.scalar(beyond)
    return None if following is None else following - 1


def list_campaigns(session: Session, *, since: datetime, limit: int) -> list[Campaign]:
    """Give the campaigns that run or are paused, those that wait for their time, then what ended ``since``.

    What waits comes the soonest first, all else the newest first.
    """
    active = (CampaignState.RUNNING, CampaignState.PAUSED)
    ended = (CampaignState.DONE, CampaignState.CANCELLED)
    lately = func.coalesce(Campaign.finished_at, Campaign.started_at) > since
    newest = Campaign.id.desc()
    groups = (
        select(Campaign).where(Campaign.state.in_(active)).order_by(newest),
        select(Campaign).where(Campaign.state == CampaignState.SCHEDULED).order_by(Campaign.send_at, newest),
        select(Campaign).where(Campaign.state.in_(ended), lately).order_by(newest),
    )
    return [campaign for group in groups for campaign in session.scalars(group.limit(limit))]
