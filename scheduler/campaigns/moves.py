"""Pausing, resuming and cancelling a campaign that runs: at once, and its waiting messages follow.

What counts is the campaign's state: a lane takes nothing of one that is paused or cancelled. The beat then
moves the rows that wait, few at a time, so that they stand in nobody's way. Each move looks at what is there
and changes that only, so it can stop anywhere, come twice or run in two places.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, or_, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from scheduler.campaigns.kinds import purpose_of, stale_at
from scheduler.campaigns.queueing import move_campaign, queue_batch
from scheduler.campaigns.text import control_buttons, title_of
from scheduler.delivery.clearance import TOO_LATE
from scheduler.left_out import LeftOut
from scheduler.local_clock import leaves_at
from scheduler.manners import Place, zone_of
from scheduler.segments.mistakes import SegmentError
from scheduler.suppressions import occasion_of_campaign
from store.outbox import Draft, enqueue
from store.suppressions import Suppressed, note_suppressed, who_stay
from store.tables.customers import Customer
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

CHUNK = 1000
"""Messages moved in one transaction: some 50 ms on a small machine."""

CANCELLED = "the campaign was cancelled"
"""Why a message of a cancelled campaign is skipped."""

UNDER_WAY = or_(
    Campaign.state.in_([CampaignState.RUNNING, CampaignState.PAUSED]),
    and_(
        Campaign.state == CampaignState.CANCELLED,
        Campaign.started_at.is_not(None),
        Campaign.finished_at.is_(None),
    ),
)
"""The condition for campaigns of which something may still happen."""


def pause_campaign(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Let nothing more of a running campaign leave; does not commit.

    Returns:
        Whether this call paused it; the campaign then tells how it stands.
    """
    paused = move_campaign(session, campaign, CampaignState.RUNNING, to=CampaignState.PAUSED)
    if paused:
        campaign.paused_at = now
    return paused


def resume_campaign(session: Session, campaign: Campaign) -> bool:
    """Let a paused campaign go on where it stands; does not commit.

    Returns:
        Whether this call resumed it.
    """
    resumed = move_campaign(session, campaign, CampaignState.PAUSED, to=CampaignState.RUNNING)
    if resumed:
        campaign.paused_at = None
    return resumed


def cancel_campaign(session: Session, campaign: Campaign) -> bool:
    """End a campaign that runs or is paused; what has not left never will. Does not commit.

    Returns:
        Whether this call cancelled it.
    """
    return move_campaign(
        session, campaign, CampaignState.RUNNING, CampaignState.PAUSED, to=CampaignState.CANCELLED
    )


def move_campaigns(session: Session, *, company: Company, channels: Collection[str], now: datetime) -> int:
    """Do a part of what the states of campaigns ask for; does not commit.

    Of one that runs, what was paused goes back in line, then the next customers are written to. Of one that
    is paused, what waits in line is taken out; of one that was cancelled, it is skipped. A campaign that
    another planner holds is passed over. Run it again while it does anything.

    Returns:
        How much was done; 0 when all stands as it should.
    """
    for campaign in session.scalars(_UNDER_WAY).all():
        if done := _move(session, campaign, company=company, channels=channels, now=now):
            return done
    return 0


_UNDER_WAY = (
    select(Campaign)
    .where(UNDER_WAY)
    .order_by(case((Campaign.state == CampaignState.RUNNING, 1), else_=0), Campaign.queued_through)
    .with_for_update(skip_locked=True)
)


def _move(
    session: Session, campaign: Campaign, *, company: Company, channels: Collection[str], now: datetime
) -> int:
    match campaign.state:
        case CampaignState.PAUSED:
            return _skip_or_hold(session, campaign, OutboxState.PAUSED, None, OutboxState.QUEUED)
        case CampaignState.CANCELLED:
            waiting = (OutboxState.QUEUED, OutboxState.PAUSED)
            return _skip_or_hold(session, campaign, OutboxState.SKIPPED, CANCELLED, *waiting)
        case _:
            return (
                _release(session, campaign, company, now)
                or _drop_stale(session, campaign, now)
                or _queue(session, campaign, company=company, channels=channels, now=now)
            )


def _queue(
    session: Session, campaign: Campaign, *, company: Company, channels: Collection[str], now: datetime
) -> int:
    if campaign.queued_all:
        return 0
    try:
        queue_batch(session, campaign, company=company, now=now, channels=channels)
    except SegmentError as error:  # before it passes over customers who may be meant
        pause_campaign(session, campaign, now=now)
        _tell_unreadable(session, campaign, error, company, now)
    return 1  # there may be more, whoever of these customers gets a message


def _tell_unreadable(
    session: Session, campaign: Campaign, error: SegmentError, company: Company, now: datetime
) -> None:
    say = phrases(company.language)
    reason = say("Whom it is for cannot be read any more: {mistake}", mistake=str(error))
    notice = Draft(
        kind=MessageKind.ANSWER,
        channel=campaign.channel,
        address=campaign.address,
        text=say("⏸ “{title}” is paused. {reason}", title=title_of(campaign), reason=reason),
        buttons=control_buttons(campaign, say),
        dedupe_key=f"unreadable:{campaign.id}:{now.isoformat()}",
    )
    enqueue(session, [notice], now=now)


def _skip_or_hold(
    session: Session, campaign: Campaign, to: OutboxState, reason: str | None, *states: OutboxState
) -> int:
    rows = session.execute(_chunk(campaign, *states)).all()
    _change(session, [row.id for row in rows], state=to, reason=reason)
    return len(rows)


def _release(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    """Put paused messages back in line, each for its customer's next allowed minute; skip those too late."""
    places = (
        _chunk(campaign, OutboxState.PAUSED)
        .add_columns(OutboxMessage.not_before, Customer.timezone, Customer.country)
        .outerjoin(Customer, Customer.id == OutboxMessage.customer_id)
    )
    rows = session.execute(places).all()
    dropped = _drop(session, campaign, [row for row in rows if _is_late(row, now)], now)
    in_time = [row for row in rows if not _is_late(row, now)]
    _change(session, [row.id for row in in_time], state=OutboxState.QUEUED, reason=None)
    by_moment: dict[datetime, list[int]] = {}
    for row in in_time:
        moment = leaves_at(now, zone_of(Place(row.timezone, row.country), company), company)
        if row.not_before < moment and now < moment:
            by_moment.setdefault(moment, []).append(row.id)
    for moment, ids in by_moment.items():
        _change(session, ids, not_before=moment)
    return dropped + len(in_time)


def _drop_stale(session: Session, campaign: Campaign, now: datetime) -> int:
    """Give up what waits for a messaging app that was switched off until it is too late."""
    if now < stale_at(session, campaign):
        return 0
    stale = _chunk(campaign, OutboxState.QUEUED).where(OutboxMessage.expires_at <= now)
    return _drop(session, campaign, session.execute(stale).all(), now)


def _drop(session: Session, campaign: Campaign, late: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> int:
    """Give up messages that come too late, and note whom they would have reached.

    Returns:
        How many; those of customers whom somebody else holds are left for the next time.
    """
    there = who_stay(session, {row.customer_id for row in late if row.customer_id is not None})
    dropped = [row for row in late if row.customer_id is None or row.customer_id in there]
    _change(session, [row.id for row in dropped], state=OutboxState.SKIPPED, reason=TOO_LATE)
    occasion, purpose = occasion_of_campaign(campaign), purpose_of(campaign)
    unsaid = [Suppressed(one, occasion, purpose, LeftOut.TOO_LATE) for one in sorted(there)]
    note_suppressed(session, unsaid, now=now)
    return len(dropped)


def _chunk(campaign: Campaign, *states: OutboxState) -> Select[*tuple[Any, ...]]:
    """Select the next messages of a campaign in some states, but none that a lane is about to take."""
    return (
        select(OutboxMessage.id, OutboxMessage.customer_id, OutboxMessage.expires_at)
        .where(OutboxMessage.campaign_id == campaign.id, OutboxMessage.state.in_(states))
        .limit(CHUNK)
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )


def _is_late(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _change(session: Session, ids: Sequence[int], **values: object) -> None:
    """Change messages that are locked; found by key alone, so that statistics cannot mislead."""
    if ids:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(ids))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
