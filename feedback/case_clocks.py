"""The clocks of a case: its two targets, and when the next step of its ladder falls due.

The first response is awaited first; once there is one, the ladder begins anew for the resolution. Steps are
counted back from the target (``feedback.business_time``), so that a pause moves them with it. Nothing here
reads or writes the database: who changes a case has locked its row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from customers.company import Company
from customers.desk import Rung, Step, Target
from feedback.business_time import Calendar, between, calendar_of, earlier, later
from feedback.case_severity import Stake, most_severe
from store.new_rows import AnyCase
from store.tables.complaints import CaseSeverity, Complaint
from store.tables.customers import Standing

SHARE_OF_NORMAL: Mapping[CaseSeverity, float] = MappingProxyType(
    {CaseSeverity.NORMAL: 1.0, CaseSeverity.HIGH: 0.5, CaseSeverity.CRITICAL: 0.25}
)
"""Of the hours that the company promises, how many each severity has, where the desk names no target."""

WARNED_AT = 0.8
"""Which part of the time to a target has passed when the customer is told that it will not be kept."""


class Goal(StrEnum):
    """What a customer waits for."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on the way to a target and past it.

    Attributes:
        at: which part of the time to the target has passed; 1 is the target, and ``TOLD_INSTEAD`` the time
            that the customer was told in its place.
        tells: who of the staff hears.
        raises: whether the case becomes more severe.
        warns: whether the customer hears that it takes longer, and by when instead.
    """

    at: float
    tells: Rung | None = None
    raises: bool = False
    warns: bool = False

    @property
    def is_breach(self) -> bool:
        """Whether the target, or what was told instead of it, is missed."""
        return self.at >= 1


TOLD_INSTEAD = 2.0
"""The last stage is one more target after the target."""


@dataclass(frozen=True, slots=True)
class Climb:
    """A stage that was taken.

    Attributes:
        stage: which.
        goal: what the customer waits for.
        due: when they were to have it, before this stage; of a breach, what was missed.
        next_due: when they are to have it now.
    """

    stage: Stage
    goal: Goal
    due: datetime
    next_due: datetime


def stages_of(company: Company) -> tuple[Stage, ...]:
    """Give all stages of a target in order: the desk's ladder, the customer's warning, and the end."""
    return _stages(tuple(company.desk.ladder))


@lru_cache(maxsize=64)
def _stages(steps: tuple[Step, ...]) -> tuple[Stage, ...]:
    ladder = [Stage(min(step.at, 1.0), step.tells, step.raises) for step in steps]
    if not any(stage.is_breach for stage in ladder):
        ladder.append(Stage(1.0))
    warning, end = Stage(WARNED_AT, warns=True), Stage(TOLD_INSTEAD, Rung.MANAGER)
    return tuple(sorted((*ladder, warning, end), key=_place))


def target_of(severity: CaseSeverity, standing: Standing, company: Company) -> Target:
    """Give the hours of business time in which a case is to be answered, and to be settled."""
    share = company.desk.key_factor if standing is Standing.KEY else 1.0
    target = company.desk.targets.get(severity)
    if target is None:
        share *= SHARE_OF_NORMAL[severity]
        target = Target(company.first_response_hours, company.resolution_hours)
    return Target(target.first_response_hours * share, target.resolution_hours * share)


def goal_of(complaint: AnyCase) -> Goal:
    """Tell what the customer waits for."""
    return Goal.FIRST_RESPONSE if complaint.first_response_at is None else Goal.RESOLUTION


def due_of(complaint: AnyCase) -> datetime:
    """Tell by when the customer is to have what they wait for."""
    if goal_of(complaint) is Goal.FIRST_RESPONSE:
        return complaint.first_response_due_at
    return complaint.resolution_due_at


def start_clocks(
    complaint: AnyCase, *, standing: Standing, company: Company, now: datetime, team: str | None = None
) -> None:
    """Set both due times, and begin the ladder.

    Args:
        complaint: a new case, or one that is open again; its severity is known.
        standing: the customer's.
        company: whose targets, hours and ladder hold.
        now: aware UTC.
        team: of whom it was given to; None is no team.
    """
    target, calendar = target_of(complaint.severity, standing, company), _calendar(company, team)
    complaint.first_response_due_at = later(calendar, now, timedelta(hours=target.first_response_hours))
    complaint.resolution_due_at = later(calendar, now, timedelta(hours=target.resolution_hours))
    complaint.waiting_since = None
    begin_ladder(complaint, standing=standing, company=company, team=team)


def begin_ladder(
    complaint: AnyCase, *, standing: Standing, company: Company, team: str | None = None
) -> None:
    """Wait for the first stage towards the due times that a case has."""
    complaint.steps = 0
    _wait_for_stage(complaint, standing, company, team)


def stop_clocks(complaint: Complaint, *, now: datetime) -> None:
    """Let no time pass while we wait for the customer; stopping twice is stopping once."""
    complaint.waiting_since = complaint.waiting_since or now
    complaint.next_step_at = None


def resume_clocks(
    complaint: Complaint, *, standing: Standing, company: Company, now: datetime, team: str | None = None
) -> None:
    """Move the due times on by the business time that was paused; nothing where the clocks run."""
    since = complaint.waiting_since
    if since is None:
        return
    calendar = _calendar(company, team)
    paused = between(calendar, since, now)
    complaint.first_response_due_at = later(calendar, complaint.first_response_due_at, paused)
    complaint.resolution_due_at = later(calendar, complaint.resolution_due_at, paused)
    complaint.waiting_since = None
    _wait_for_stage(complaint, standing, company, team)


def answered(
    complaint: Complaint, *, standing: Standing, company: Company, now: datetime, team: str | None = None
) -> None:
    """Go on with the resolution, after the first response; a further one changes nothing.

    Of the stages that have passed by now, those that only remind whoever has just answered are left out.
    """
    if complaint.first_response_at is not None:
        return
    complaint.first_response_at = now
    begin_ladder(complaint, standing=standing, company=company, team=team)
    stages = stages_of(company)
    while (
        complaint.next_step_at is not None
        and complaint.next_step_at <= now
        and stages[complaint.steps].tells is Rung.OWNER
    ):
        complaint.steps += 1
        _wait_for_stage(complaint, standing, company, team)


def end_clocks(complaint: Complaint) -> None:
    """Stop for good: nobody of ours has anything to do."""
    complaint.waiting_since = complaint.next_step_at = None


def note_stake(
    complaint: Complaint,
    stake: Stake,
    *,
    standing: Standing,
    company: Company,
    now: datetime,
    team: str | None = None,
) -> None:
    """Make a case as severe as its customer's further words; it never becomes less severe.

    Nothing takes longer then than if the case came only now; the customer is told the new times by whoever
    calls. Once they were told that a target will not be kept, the time that they were told stays.
    """
    complaint.reasons = list(dict.fromkeys((*complaint.reasons, *stake.reasons)))
    severity = most_severe(complaint.severity, stake.severity)
    if severity is complaint.severity:
        return
    complaint.severity = severity
    if complaint.next_step_at is None or _is_warned(complaint, company):
        return
    target, calendar = target_of(severity, standing, company), _calendar(company, team)
    if goal_of(complaint) is Goal.FIRST_RESPONSE:
        soonest = later(calendar, now, timedelta(hours=target.first_response_hours))
        complaint.first_response_due_at = min(complaint.first_response_due_at, soonest)
    soonest = later(calendar, now, timedelta(hours=target.resolution_hours))
    complaint.resolution_due_at = min(complaint.resolution_due_at, soonest)
    _wait_for_stage(complaint, standing, company, team)


def take_stage(
    complaint: Complaint, *, standing: Standing, company: Company, now: datetime, team: str | None = None
) -> Climb:
    """Take the stage that has fallen due, and wait for the next.

    Where it warns the customer, what they wait for is due one target after it was, or after now. The severity
    is left to whoever calls.
    """
    stages, goal, due = stages_of(company), goal_of(complaint), due_of(complaint)
    stage, length = stages[complaint.steps], _length(complaint, standing, company)
    calendar = _calendar(company, team)
    missed_at = complaint.next_step_at if stage.is_breach else None
    target_at = missed_at or _target_at(complaint, length, company, calendar)
    next_due = later(calendar, max(due, now), length) if stage.warns else due
    if goal is Goal.FIRST_RESPONSE:
        complaint.first_response_due_at = next_due
        complaint.resolution_due_at = max(complaint.resolution_due_at, next_due)
    else:
        complaint.resolution_due_at = next_due
    complaint.steps += 1
    following = stages[complaint.steps] if complaint.steps < len(stages) else None
    complaint.next_step_at = (
        None if following is None else _moment(following, target_at, next_due, length, calendar)
    )
    return Climb(stage, goal, missed_at or due, next_due)


def current_stage(complaint: AnyCase, company: Company) -> Stage | None:
    """Give the stage that a case waits for; None after the last."""
    stages = stages_of(company)
    return stages[complaint.steps] if complaint.steps < len(stages) else None


def _wait_for_stage(complaint: AnyCase, standing: Standing, company: Company, team: str | None) -> None:
    """Set when the next stage falls due; never while clocks stand, and on an app that is switched off."""
    stage = current_stage(complaint, company)
    if stage is None or complaint.waiting_since is not None or complaint.channel not in company.channels:
        complaint.next_step_at = None
        return
    length, calendar = _length(complaint, standing, company), _calendar(company, team)
    target_at = _target_at(complaint, length, company, calendar)
    complaint.next_step_at = _moment(stage, target_at, due_of(complaint), length, calendar)


def _moment(
    stage: Stage, target_at: datetime, due: datetime, length: timedelta, calendar: Calendar
) -> datetime:
    if stage.at >= TOLD_INSTEAD:
        return due
    return earlier(calendar, target_at, length * (1 - stage.at))


def _target_at(complaint: AnyCase, length: timedelta, company: Company, calendar: Calendar) -> datetime:
    """Tell when the target is, or was, whatever the customer was told instead."""
    due = due_of(complaint)
    return earlier(calendar, due, length) if _is_warned(complaint, company) else due


def _is_warned(complaint: AnyCase, company: Company) -> bool:
    return any(stage.warns for stage in stages_of(company)[: complaint.steps])


def _length(complaint: AnyCase, standing: Standing, company: Company) -> timedelta:
    target = target_of(complaint.severity, standing, company)
    is_first = goal_of(complaint) is Goal.FIRST_RESPONSE
    return timedelta(hours=target.first_response_hours if is_first else target.resolution_hours)


def _calendar(company: Company, team: str | None) -> Calendar:
    known = company.desk.teams.get(team) if team is not None else None
    return calendar_of(company.desk.hours if known is None else known.hours, company.timezone)


def _place(stage: Stage) -> float:
    return stage.at
