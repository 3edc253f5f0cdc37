"""How far a campaign is: what became of each of its audience, how fast it goes, and when it will end.

Counting looks at every message of a campaign, so it is done in a view that holds up nobody, and what it gave
is kept with the campaign for whoever asks meanwhile.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import writes_on
from scheduler.campaigns.answers import count_answers
from scheduler.campaigns.kinds import kind_of
from scheduler.campaigns.quiet_share import NONE_WAIT, Quiet, count_quiet
from scheduler.delivery.calls import WITHOUT_PICTURE
from scheduler.delivery.pacing import rules_for
from scheduler.segments.conditions import condition_as_kept
from store.outbox import IS_QUEUED, RULES
from store.tables.customers import Customer
from store.tables.outreach import Campaign, CampaignState
from store.tables.queues import OutboxMessage, OutboxState

ON_THE_WAY = (OutboxState.QUEUED, OutboxState.SENDING)
WAITING = (*ON_THE_WAY, OutboxState.PAUSED)
MAY_HAVE_IT = (OutboxState.SENDING, OutboxState.UNCERTAIN)

MINUTE = timedelta(minutes=1)
"""Over how long speed is measured."""

LEAST_MEASURED = timedelta(seconds=1)
"""A speed that is measured over less says nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a campaign's audience; every customer of it is in one of the counts.

    Attributes:
        states: how many messages stand where.
        left_out: whom it never meant to send to, by reason.
        skipped: why some were skipped, with how many; filled at the end.
        untouched: how many of the audience it had not come to when it was cancelled; filled at the end.
        per_minute: how many were sent in the last minute.
        ends_at: when the last message will have left; None where that cannot be told.
        state: where the campaign stood.
        quiet: how many of those on the way wait for the end of quiet hours.
        answers: how often each button was tapped last, by its place.
        without_picture: how many got the words alone, because the picture could not be brought.
    """

    states: Mapping[OutboxState, int]
    left_out: Mapping[str, int]
    skipped: Mapping[str, int] = field(default_factory=dict)
    untouched: int = 0
    per_minute: int = 0
    ends_at: datetime | None = None
    state: CampaignState = CampaignState.RUNNING
    quiet: Quiet = NONE_WAIT
    answers: Mapping[str, int] = field(default_factory=dict)
    without_picture: int = 0

    def of(self, state: OutboxState) -> int:
        """How many messages stand there."""
        return self.states.get(state, 0)

    @property
    def total(self) -> int:
        """How many messages were queued."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """How many are not settled."""
        return sum(self.of(state) for state in WAITING)

    @property
    def on_the_way(self) -> int:
        """How many wait for nothing but their turn."""
        return max(0, self.waiting - self.of(OutboxState.PAUSED) - self.quiet.number)

    @property
    def never(self) -> int:
        """How many of a cancelled campaign's audience did not get it and will not."""
        got_it = sum(self.of(state) for state in (OutboxState.SENT, *MAY_HAVE_IT))
        return self.untouched + self.total - got_it

    @property
    def settled(self) -> int:
        """Of how many it is known what became of them."""
        return self.total - self.waiting

    def to_json(self) -> dict[str, Any]:
        """Write it as a JSON object."""
        return {
            "states": {str(state): count for state, count in self.states.items()},
            "left_out": dict(self.left_out),
            "skipped": dict(self.skipped),
            "untouched": self.untouched,
            "per_minute": self.per_minute,
            "ends_at": None if self.ends_at is None else self.ends_at.isoformat(),
            "state": str(self.state),
            "quiet": self.quiet.to_json(),
            "answers": dict(self.answers),
            "without_picture": self.without_picture,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Tally":
        """Read what ``to_json`` wrote."""
        return cls(
            states={OutboxState(state): count for state, count in row["states"].items()},
            left_out=row["left_out"],
            skipped=row["skipped"],
            untouched=row["untouched"],
            per_minute=row["per_minute"],
            ends_at=None if row["ends_at"] is None else datetime.fromisoformat(row["ends_at"]),
            state=CampaignState(row["state"]),
            quiet=Quiet.from_json(row.get("quiet", {})),  # older programs did not count it
            answers=row.get("answers", {}),
            without_picture=row.get("without_picture", 0),
        )


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a lane goes: the campaign's messages of the last minute, and all of them a second."""

    per_minute: int
    per_s: float | None


def kept_tally(campaign: Campaign) -> Tally:
    """Give how a campaign went when that was counted last."""
    if campaign.tally is None:
        return Tally(states={}, left_out=campaign.left_out, state=campaign.state)
    return Tally.from_json(campaign.tally)


def result_of(session: Session, campaign: Campaign, *, channels: Collection[str], now: datetime) -> Tally:
    """Give how a campaign goes or went, as kept; what was uncertain then, somebody may have settled since.

    One that was never counted has just begun, and is counted quickly.
    """
    kept = replace(kept_tally(campaign), answers=_answers(session, campaign))
    if campaign.tally is None and campaign.started_at is not None:
        quiet = count_quiet(session, campaign, channels=channels, now=now)
        return replace(kept, states=count_states(session, campaign.id), quiet=quiet)
    if kept.of(OutboxState.UNCERTAIN) and campaign.finished_at is not None:
        return replace(kept, states=count_states(session, campaign.id))
    return kept


def count_tally(
    session: Session,
    campaign: Campaign,
    *,
    ended: bool,
    company: Company,
    channels: Collection[str],
    now: datetime,
) -> Tally:
    """Count how a campaign goes; only reads.

    Args:
        session: an open view.
        campaign: which.
        ended: whether nothing of it is on the way any more: then what is told at the end is counted, too.
        company: who we are.
        channels: names of the messaging apps that are switched on.
        now: the moment.
    """
    tally = Tally(
        states=count_states(session, campaign.id),
        left_out=campaign.left_out,
        state=campaign.state,
        answers=_answers(session, campaign),
        without_picture=0 if campaign.picture is None else count_without_picture(session, campaign.id),
    )
    if ended:
        return replace(
            tally,
            skipped=count_skip_reasons(session, campaign.id),
            untouched=0
            if campaign.queued_all
            else _count_untouched(session, campaign, company, channels, now),
        )
    if campaign.state is not CampaignState.RUNNING:
        return tally
    speeds = {name: measure_speed(session, campaign, name, now=now) for name in sorted(channels)}
    ends = [_channel_ends_at(session, campaign, name, speed, now) for name, speed in speeds.items()]
    known = [end for end in ends if end is not None] if campaign.queued_all else []
    return replace(
        tally,
        per_minute=sum(speed.per_minute for speed in speeds.values()),
        ends_at=max(known, default=None),
        quiet=count_quiet(session, campaign, channels=channels, now=now),
    )


def count_states(session: Session, campaign_id: int) -> dict[OutboxState, int]:
    """Count where the messages of a campaign stand."""
    rows = session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.campaign_id == campaign_id)
        .group_by(OutboxMessage.state)
    )
    return {row[0]: row[1] for row in rows}


def count_without_picture(session: Session, campaign_id: int) -> int:
    """Count the messages of a campaign that went without their picture."""
    without = select(func.count()).where(
        OutboxMessage.campaign_id == campaign_id,
        OutboxMessage.state == OutboxState.SENT,
        OutboxMessage.reason == WITHOUT_PICTURE,
    )
    return session.scalar(without) or 0


def _answers(session: Session, campaign: Campaign) -> Mapping[str, int]:
    if not campaign.buttons:
        return {}
    return {str(place): number for place, number in count_answers(session, campaign.id).items()}


def count_skip_reasons(session: Session, campaign_id: int) -> dict[str, int]:
    """Count why messages of a campaign were skipped, the most frequent reason first."""
    rows = session.execute(
        select(OutboxMessage.reason, func.count())
        .where(OutboxMessage.campaign_id == campaign_id, OutboxMessage.state == OutboxState.SKIPPED)
        .group_by(OutboxMessage.reason)
        .order_by(func.count().desc(), OutboxMessage.reason)
    )
    return {row[0] or "no reason was noted": row[1] for row in rows}


def has_messages(session: Session, campaign_id: int, *states: OutboxState) -> bool:
    """Tell whether a message of a campaign stands in one of some states."""
    found = select(OutboxMessage.id).where(
        OutboxMessage.campaign_id == campaign_id, OutboxMessage.state.in_(states)
    )
    return session.scalar(found.limit(1)) is not None


def measure_speed(session: Session, campaign: Campaign, channel: str, *, now: datetime) -> Speed:
    """Measure how fast a channel's lane went in the last minute, as long as it sent for this campaign.

    Where it sent nothing for it, the speed is the usual one of the app; None is as fast as one likes.
    """
    lately = (
        OutboxMessage.channel == channel,
        OutboxMessage.sent_at > now - MINUTE,
        OutboxMessage.sent_at <= now,
    )
    is_mine = OutboxMessage.campaign_id == campaign.id
    mine, first_at = session.execute(
        select(func.count().filter(is_mine), func.min(OutboxMessage.sent_at).filter(is_mine)).where(*lately)
    ).one()
    if first_at is None or now - first_at < LEAST_MEASURED:
        return Speed(mine, rules_for(channel).per_s)
    sent = session.scalar(select(func.count()).where(*lately, OutboxMessage.sent_at >= first_at)) or 0
    return Speed(mine, sent / (now - first_at).total_seconds())


def ends_at(queued: Iterable[tuple[datetime, int]], *, per_s: float | None, now: datetime) -> datetime:
    """Tell when a lane will have sent what is queued.

    Args:
        queued: from when on how many messages may leave, the earliest first.
        per_s: how many it sends in a second; None is any number.
        now: the moment.
    """
    end = now
    for moment, count in queued:
        end = max(end, moment)
        if per_s is not None:
            end += timedelta(seconds=count / per_s)
    return end


def _channel_ends_at(
    session: Session, campaign: Campaign, channel: str, speed: Speed, now: datetime
) -> datetime | None:
    """Tell when the last message of a campaign will have left on one channel; None where none waits there.

    All that goes before it counts: what is more urgent, and what stands further ahead in its own rank.
    """
    rank = RULES[kind_of(campaign)].priority
    waiting = (IS_QUEUED, OutboxMessage.channel == channel)
    last = session.scalar(
        select(OutboxMessage.not_before)
        .where(*waiting, OutboxMessage.priority == rank, _by_rank(campaign))
        .order_by(OutboxMessage.not_before.desc())
        .limit(1)
    )
    if last is None:
        return None
    ahead = session.execute(
        select(OutboxMessage.not_before, func.count())
        .where(*waiting, OutboxMessage.priority <= rank, OutboxMessage.not_before <= last)
        .group_by(OutboxMessage.not_before)
        .order_by(OutboxMessage.not_before)
    )
    return ends_at(((row[0], row[1]) for row in ahead), per_s=speed.per_s, now=now)


def _by_rank(campaign: Campaign) -> ColumnElement[bool]:
    """Give the condition for a campaign's messages so that the search can begin at the end of the line.

    The index by campaign would bring all of them, to be sorted.
    """
    return OutboxMessage.campaign_id + 0 == campaign.id


def _count_untouched(
    session: Session, campaign: Campaign, company: Company, channels: Collection[str], now: datetime
) -> int:
    if campaign.queued_all:
        return 0
    meant = condition_as_kept(session, campaign.audience, company=company, now=now, of_all=True)
    rest = select(func.count(Customer.id)).where(
        Customer.id > campaign.queued_through, meant, writes_on(channels)
    )
    return session.scalar(rest) or 0
