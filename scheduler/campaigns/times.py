"""When a campaign leaves: now, at a time, when each customer's clock shows it, or again and again.

A campaign that waits for its time is ``scheduled``; with ``paused_at`` its times go by unused. One that
recurs stays so, and each of its runs is a campaign of its own (``scheduler.campaigns.starts``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from customers.company import Chat, Company
from scheduler.campaigns.kinds import LIFETIME
from scheduler.campaigns.queueing import move_campaign
from scheduler.recurrence.rules import RuleError, next_run
from scheduler.wall_clock import last_in_the_world, shown_at
from store.tables.outreach import Campaign, CampaignState, Event


@dataclass(frozen=True, slots=True)
class Timing:
    """When a campaign leaves.

    Attributes:
        send_at: the moment, or the first of them; None is as soon as it is confirmed.
        local_time: whether each customer gets it when their own clock shows what the company's shows then;
            without a moment: at the hour at which they usually write, within a day.
        rule: how it comes again (``scheduler.recurrence.rules``); None is once.
        last_day: the last on which it comes again, by the company's clock.
    """

    send_at: datetime | None = None
    local_time: bool = False
    rule: str | None = None
    last_day: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it as a JSON object."""
        return {
            "send_at": None if self.send_at is None else self.send_at.isoformat(),
            "local_time": self.local_time,
            "rule": self.rule,
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Timing":
        """Read what ``to_json`` wrote."""
        return cls(
            None if row["send_at"] is None else datetime.fromisoformat(row["send_at"]),
            row["local_time"],
            row["rule"],
            None if row["last_day"] is None else date.fromisoformat(row["last_day"]),
        )


NOW = Timing()
BEST_HOUR = Timing(local_time=True)
"""At the hour at which each customer usually writes, within a day; at once where none is known."""


def timing_of(campaign: Campaign) -> Timing:
    """Give when a campaign leaves."""
    return Timing(campaign.send_at, campaign.local_time, campaign.rule, campaign.last_day)


def set_timing(campaign: Campaign, timing: Timing) -> None:
    """Write down when a campaign leaves; does not commit."""
    campaign.send_at, campaign.local_time = timing.send_at, timing.local_time
    campaign.rule, campaign.last_day = timing.rule, timing.last_day


def schedule_campaign(session: Session, campaign: Campaign, *, chat: Chat) -> bool:
    """Let a drafted campaign wait for its time; does not commit.

    Returns:
        Whether this call did; False where it was started, scheduled or given up before.
    """
    if campaign.send_at is None:
        raise ValueError(f"campaign {campaign.id} has no time to wait for")
    if not move_campaign(session, campaign, CampaignState.DRAFT, to=CampaignState.SCHEDULED):
        return False
    campaign.channel, campaign.address = chat.channel, chat.address
    campaign.progress = ""
    return True


def is_past(timing: Timing, *, company: Company, now: datetime) -> bool:
    """Tell whether a time has gone by for everybody, so that it cannot be kept any more."""
    if timing.send_at is None:
        return False
    if not timing.local_time:
        return timing.send_at <= now
    return last_in_the_world(shown_at(timing.send_at, company.timezone)) <= now


def pause_schedule(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Let the times of a scheduled campaign go by; does not commit.

    Returns:
        Whether this call paused it.
    """
    _lock(session, campaign)
    if campaign.state is not CampaignState.SCHEDULED or campaign.paused_at is not None:
        return False
    campaign.paused_at = now
    return True


def resume_schedule(session: Session, campaign: Campaign, *, company: Company, now: datetime) -> bool:
    """Let a paused schedule hold again; runs that fell into the pause are not made up. Does not commit.

    Returns:
        Whether this call resumed it; False also where no time is left: then it needs a new one.
    """
    _lock(session, campaign)
    is_paused = campaign.state is CampaignState.SCHEDULED and campaign.paused_at is not None
    if not is_paused or campaign.send_at is None:
        return False
    if campaign.rule is not None and campaign.send_at <= now:
        following = next_of(campaign, company=company, after=now)
        if following is None:
            return False
        campaign.send_at = following
    if campaign.rule is None and is_past(timing_of(campaign), company=company, now=now):
        return False
    campaign.paused_at = None
    return True


def next_of(campaign: Campaign, *, company: Company, after: datetime) -> datetime | None:
    """Tell when a campaign that recurs comes next; None where never, or its rule cannot be worked out."""
    try:
        return next_run(campaign.rule or "", after=after, zone=company.timezone, last_day=campaign.last_day)
    except RuleError:
        return None


def stop_schedule(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """End a campaign that waits for its time, for good; does not commit.

    Returns:
        Whether this call ended it; a run of it that has begun goes on.
    """
    stopped = move_campaign(session, campaign, CampaignState.SCHEDULED, to=CampaignState.CANCELLED)
    if stopped:
        campaign.finished_at = now
    return stopped


def change_timing(session: Session, campaign: Campaign, timing: Timing) -> bool:
    """Give a scheduled campaign another time, which also ends its pause; does not commit.

    Invitations that waited for a festival wait for this time from now on, wherever the festival moves.

    Returns:
        Whether this call did; False where it is not scheduled any more.
    """
    if timing.send_at is None:
        raise ValueError(f"campaign {campaign.id} needs a time to wait for")
    _lock(session, campaign)
    if campaign.state is not CampaignState.SCHEDULED:
        return False
    set_timing(campaign, timing)
    campaign.paused_at = None
    if campaign.event_id is not None:
        session.execute(update(Event).where(Event.id == campaign.event_id).values(festival=None))
    return True


def gone_by(send_at: datetime, following: datetime | None, *, is_late: timedelta, now: datetime) -> bool:
    """Tell whether a run comes too late to be made up: the next one is due, or its messages are stale.

    Args:
        send_at: when it was due.
        following: when the next run begins; None is never.
        is_late: how much longer it lasts until everybody's clock showed its time.
        now: the moment.
    """
    return send_at + is_late + LIFETIME <= now or (following is not None and following <= now)


def _lock(session: Session, campaign: Campaign) -> None:
    """Read a campaign again and keep others from changing it until the transaction ends."""
    session.flush()
    session.refresh(campaign, with_for_update=True)
