"""Starting what is due: a beat looks for scheduled campaigns whose time has come, the oldest first.

Each is moved by one statement that succeeds once, so that two planners, or a beat that comes twice, start it
once. A run that was missed is made up as long as it is worth it, invitations until the event begins; else it
is dropped, which leaves a record: a cancelled campaign that was never started, and a word to who made it. One
that fails is held, so that the others start.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from customers.local_time import moment_in
from customers.phrases import Phrases, phrases
from scheduler.campaigns.kinds import begins_at
from scheduler.campaigns.queueing import progress_key
from scheduler.campaigns.text import control_buttons, title_of
from scheduler.campaigns.times import gone_by, next_of
from scheduler.recurrence.rules import next_run
from scheduler.segments.conditions import condition_of
from scheduler.segments.mistakes import SegmentError
from scheduler.wall_clock import FURTHEST_EAST, FURTHEST_WEST
from store.outbox import ButtonRows, Draft, enqueue
from store.tables.outreach import Campaign, CampaignState, Event
from store.tables.queues import MessageKind
from store.trouble import trouble_of

log = logging.getLogger(__name__)

ROUND_THE_WORLD = FURTHEST_EAST + FURTHEST_WEST
"""By local time a campaign begins this much earlier at most than the company's clock shows its time."""

AT_ONCE = 20
"""Campaigns that are started in one transaction."""

RECORDED = 30
"""Runs that were missed in a row of which each leaves a record: the newest."""

COPIED = (
    "text",
    "audience",
    "event_id",
    "created_by",
    "channel",
    "address",
    "name",
    "purpose",
    "messages",
    "picture",
    "buttons",
    "local_time",
    "holdout",
)
"""What a run has of the campaign that recurs."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What is due of a campaign that recurs.

    Attributes:
        gone: runs that come too late.
        due: the run to begin now; None where there is none.
        following: when the next one is; None where it comes no more.
    """

    gone: Sequence[datetime]
    due: datetime | None
    following: datetime | None


def start_due(session: Session, *, company: Company, now: datetime) -> int:
    """Start the campaigns whose time has come, and drop those whose time is over; does not commit.

    They are queued by the beat that moves campaigns. Run it again while it does anything. One at which this
    fails is held, and staff are told; only where the database itself fails do all of them wait.

    Returns:
        How many were started, dropped or held.
    """
    due = session.scalars(_DUE, {"now": now, "round_the_world": now + ROUND_THE_WORLD}).all()
    return sum(_begin_or_hold(session, campaign, company, now) for campaign in due)


_DUE = (
    select(Campaign)
    .where(
        Campaign.state == CampaignState.SCHEDULED,
        Campaign.paused_at.is_(None),
        or_(
            Campaign.send_at <= bindparam("now"),
            and_(Campaign.local_time.is_(True), Campaign.send_at <= bindparam("round_the_world")),
        ),
    )
    .order_by(Campaign.send_at, Campaign.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)


def _begin_or_hold(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    try:
        with session.begin_nested():
            return _begin(session, campaign, company, now)
    except Exception as error:
        if trouble_of(error) is not None:
            raise
        log.exception("campaign %d could not be started; it is held", campaign.id)
    campaign.paused_at = now
    return _tell_held(session, campaign, company, now)


def _begin(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    at = campaign.send_at
    if at is None or begins_at(at, company, local_time=campaign.local_time) > now:
        return 0
    if campaign.rule is not None:
        return _begin_run(session, campaign, split_runs(campaign, at, company=company, now=now), company, now)
    is_over = _is_over(campaign, at, None, now)
    say = phrases(company.language)
    reason = _missed([at], company, say) if is_over else _why_not(session, campaign, company, say, now)
    to = CampaignState.RUNNING if reason is None else CampaignState.CANCELLED
    if not _move(session, campaign, at, {"state": to}):
        return 0
    if reason is None:
        return _tell_start(session, campaign, company, now)
    campaign.finished_at = now
    return _tell_dropped(session, campaign, reason, company, now)


def is_gone(campaign: Campaign, *, company: Company, now: datetime) -> bool:
    """Tell whether the time for which a campaign waits is so long over that it would be dropped."""
    at = campaign.send_at
    if at is None:
        return False
    following = None if campaign.rule is None else next_of(campaign, company=company, after=at)
    begins = None if following is None else begins_at(following, company, local_time=campaign.local_time)
    return _is_over(campaign, at, begins, now)


def _is_over(campaign: Campaign, at: datetime, following: datetime | None, now: datetime) -> bool:
    """Tell whether it is too late to make up for a time.

    An invitation is worth sending until its event begins, which is looked at as the campaign starts.
    """
    if campaign.event_id is not None:
        return following is not None and following <= now
    return gone_by(at, following, is_late=_lasts(campaign), now=now)


def split_runs(campaign: Campaign, first: datetime, *, company: Company, now: datetime) -> Runs:
    """Tell which runs of a campaign that recurs are due, from the first that was not seen to; only reads."""
    gone: list[datetime] = []
    at: datetime | None = first
    while at is not None and begins_at(at, company, local_time=campaign.local_time) <= now:
        following = next_run(campaign.rule or "", after=at, zone=company.timezone, last_day=campaign.last_day)
        next_begins = (
            None if following is None else begins_at(following, company, local_time=campaign.local_time)
        )
        if not _is_over(campaign, at, next_begins, now):
            return Runs(gone, at, following)
        gone.append(at)
        at = following
    return Runs(gone, None, at)


def _begin_run(session: Session, campaign: Campaign, runs: Runs, company: Company, now: datetime) -> int:
    """Make the run of a campaign that recurs, note those that are over, and set its next time."""
    values: dict[str, object] = {"send_at": runs.following}
    if runs.following is None:
        values = {"state": CampaignState.DONE, "finished_at": now}
    if campaign.send_at is None or not _move(session, campaign, campaign.send_at, values):
        return 0
    say = phrases(company.language)
    if runs.gone:
        records = [_run_of(campaign, at, CampaignState.CANCELLED, now) for at in runs.gone[-RECORDED:]]
        session.add_all(records)
        session.flush()
        _tell_dropped(session, records[-1], _missed(runs.gone, company, say), company, now)
    if runs.due is None:
        return 1
    run = _run_of(campaign, runs.due, CampaignState.RUNNING, now)
    session.add(run)
    session.flush()
    reason = _why_not(session, run, company, say, now)
    if reason is None:
        return _tell_start(session, run, company, now)
    run.state, run.finished_at = CampaignState.CANCELLED, now
    return _tell_dropped(session, run, reason, company, now)


def _run_of(campaign: Campaign, send_at: datetime, state: CampaignState, now: datetime) -> Campaign:
    run = Campaign(**{name: getattr(campaign, name) for name in COPIED})
    run.state, run.created_at, run.send_at, run.parent_id = state, now, send_at, campaign.id
    run.finished_at = now if state is CampaignState.CANCELLED else None
    return run


def _lasts(campaign: Campaign) -> timedelta:
    return ROUND_THE_WORLD if campaign.local_time else timedelta()


def _move(session: Session, campaign: Campaign, send_at: datetime, values: Mapping[str, object]) -> bool:
    """Change a campaign that still waits for this time; of several who try, one succeeds."""
    moved = session.execute(
        update(Campaign)
        .where(
            Campaign.id == campaign.id, Campaign.state == CampaignState.SCHEDULED, Campaign.send_at == send_at
        )
        .values(values)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(campaign)
    return bool(moved)


def _why_not(
    session: Session, campaign: Campaign, company: Company, say: Phrases, now: datetime
) -> str | None:
    """Tell why a campaign whose time has come cannot be sent; None where it can."""
    event = None if campaign.event_id is None else session.get(Event, campaign.event_id)
    if event is not None and event.cancelled_at is not None:
        return say("The event was cancelled.")
    if event is not None and event.starts_at <= now:
        return say("The event has begun.")
    try:
        condition_of(session, campaign.audience, company=company, now=now)
    except SegmentError as error:
        return say("Whom it is for cannot be read any more: {mistake}", mistake=error.in_chat(say))
    return None


def _missed(times: Sequence[datetime], company: Company, say: Phrases) -> str:
    moment = moment_in(times[0], company.timezone, say)
    if len(times) == 1:
        return say("It was due {moment}, and the program did not run then.", moment=moment)
    last = moment_in(times[-1], company.timezone, say)
    return say(
        "It was due {number} times, from {first} to {last}, and the program did not run then.",
        number=len(times),
        first=moment,
        last=last,
    )


def _tell_start(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    """Note that a campaign runs, and show where it was confirmed how it goes."""
    campaign.started_at, campaign.progress = now, progress_key(campaign)
    say = phrases(company.language)
    text = say("Sending “{title}” …", title=title_of(campaign))
    notice = _notice(campaign, text, progress_key(campaign), control_buttons(campaign, say))
    enqueue(session, [notice], now=now)
    return 1


def _tell_dropped(session: Session, campaign: Campaign, reason: str, company: Company, now: datetime) -> int:
    say = phrases(company.language)
    text = say("“{title}” was not sent. {reason}", title=title_of(campaign), reason=reason)
    enqueue(session, [_notice(campaign, text, f"dropped:{campaign.id}")], now=now)
    return 1


def _tell_held(session: Session, campaign: Campaign, company: Company, now: datetime) -> int:
    """Say that a campaign could not be started; once for each of its times."""
    say = phrases(company.language)
    text = say(
        "⏸ “{title}” could not be started, and is held. Give it another time, or stop it; the log says what "
        "is wrong.",
        title=title_of(campaign),
    )
    at = "" if campaign.send_at is None else f"{campaign.send_at:%Y%m%dT%H%M}"
    notice = _notice(campaign, text, f"held:{campaign.id}:{at}", control_buttons(campaign, say))
    enqueue(session, [notice], now=now)
    return 1


def _notice(campaign: Campaign, text: str, key: str, buttons: ButtonRows = ()) -> Draft:
    return Draft(
        kind=MessageKind.ANSWER,
        channel=campaign.channel,
        address=campaign.address,
        text=text,
        buttons=buttons,
        dedupe_key=key,
    )
