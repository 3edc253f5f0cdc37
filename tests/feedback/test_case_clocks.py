"""The clocks of a case: targets, pauses, and stages that come once, in order, and when it is time."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.company import Company
from customers.desk import Desk, Hours, Rung, Step, Target, Team
from feedback.business_time import Calendar, between, calendar_of, later
from feedback.case_clocks import (
    TOLD_INSTEAD,
    Climb,
    Goal,
    answered,
    due_of,
    end_clocks,
    goal_of,
    note_stake,
    resume_clocks,
    stages_of,
    start_clocks,
    stop_clocks,
    take_stage,
    target_of,
)
from feedback.case_severity import Stake
from store.tables.complaints import CaseSeverity, Complaint, ComplaintState
from store.tables.customers import Standing
from tests.factories import COMPANY, NOW

REGULAR = Standing.REGULAR
NONE = timedelta(0)
OFFICE = Hours(week=(((time(9), time(17)),),) * 5 + ((),) * 2, timezone="Europe/London", country="GB-ENG")
BY_DAY = replace(COMPANY, desk=Desk(hours=OFFICE))
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
SLACK = timedelta(milliseconds=1)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def opened(
    company: Company = COMPANY,
    *,
    now: datetime = NOW,
    severity: CaseSeverity = CaseSeverity.NORMAL,
    standing: Standing = REGULAR,
    team: str | None = None,
    channel: str = "telegram",
) -> Complaint:
    """A case whose clocks have just begun."""
    complaint = Complaint(
        id=1,
        channel=channel,
        state=ComplaintState.OPEN,
        severity=severity,
        reasons=[],
        opened_at=now,
    )
    start_clocks(complaint, standing=standing, company=company, now=now, team=team)
    return complaint


def take_due(complaint: Complaint, company: Company, now: datetime) -> list[Climb]:
    taken = []
    while complaint.next_step_at is not None and complaint.next_step_at <= now:
        taken.append(take_stage(complaint, standing=REGULAR, company=company, now=now))
    return taken


@pytest.mark.parametrize(
    ("severity", "standing", "first", "resolution"),
    [
        (CaseSeverity.NORMAL, Standing.REGULAR, 4, 72),
        (CaseSeverity.HIGH, Standing.REGULAR, 2, 36),
        (CaseSeverity.CRITICAL, Standing.REGULAR, 1, 18),
        (CaseSeverity.NORMAL, Standing.KEY, 2, 36),
        (CaseSeverity.CRITICAL, Standing.KEY, 0.5, 9),
    ],
)
def test_targets_follow_from_the_companys_hours(
    severity: CaseSeverity, standing: Standing, first: float, resolution: float
) -> None:
    complaint = opened(severity=severity, standing=standing)

    assert target_of(severity, standing, COMPANY) == Target(first, resolution)
    assert complaint.first_response_due_at == NOW + hours(first)
    assert complaint.resolution_due_at == NOW + hours(resolution)


def test_targets_of_the_desk_hold() -> None:
    desk = Desk(targets={CaseSeverity.HIGH: Target(1, 8)}, key_factor=0.25)
    company = replace(COMPANY, desk=desk)

    assert target_of(CaseSeverity.HIGH, Standing.REGULAR, company) == Target(1, 8)
    assert target_of(CaseSeverity.HIGH, Standing.KEY, company) == Target(0.25, 2)
    assert target_of(CaseSeverity.NORMAL, Standing.KEY, company) == Target(1, 18)


def test_a_teams_hours_hold_for_its_cases() -> None:
    nights = Hours(week=(((time(20), time(4)),),) * 7, timezone="Europe/London")
    desk = Desk(hours=OFFICE, teams={"nights": Team("Nights", hours=nights)})
    company = replace(COMPANY, desk=desk)

    by_day, by_night = opened(company, now=MONDAY), opened(company, now=MONDAY, team="nights")

    assert by_day.first_response_due_at == MONDAY + hours(4)
    assert by_night.first_response_due_at == MONDAY.replace(hour=20) + hours(4)
    assert opened(company, now=MONDAY, team="gone").first_response_due_at == by_day.first_response_due_at


def test_stages_come_in_order_with_the_customers_warning_before_the_breach() -> None:
    assert [(stage.at, stage.tells, stage.warns, stage.raises) for stage in stages_of(COMPANY)] == [
        (0.5, Rung.OWNER, False, False),
        (0.8, Rung.LEAD, False, False),
        (0.8, None, True, False),
        (1.0, Rung.MANAGER, False, True),
        (TOLD_INSTEAD, Rung.MANAGER, False, False),
    ]


@pytest.mark.parametrize(
    "ladder", [(), (Step(0.9, Rung.LEAD),), (Step(1.0, Rung.LEAD), Step(0.1, Rung.OWNER))]
)
def test_whatever_the_ladder_the_customer_is_warned_once_and_before_a_breach_that_is_noted(
    ladder: tuple[Step, ...],
) -> None:
    stages = stages_of(replace(COMPANY, desk=Desk(ladder=ladder)))

    places = [stage.at for stage in stages]
    assert places == sorted(places)
    assert sum(stage.warns for stage in stages) == 1
    assert any(stage.at == 1 for stage in stages)
    assert stages[-1].at == TOLD_INSTEAD


def test_stages_fall_due_by_their_part_of_the_time() -> None:
    complaint, moments = opened(), []
    while complaint.next_step_at is not None:
        moments.append(complaint.next_step_at - NOW)
        take_due(complaint, COMPANY, complaint.next_step_at)

    assert moments == [hours(2), hours(3.2), hours(4), hours(8)]
    assert complaint.first_response_due_at == NOW + hours(8)


def test_the_warning_gives_one_more_target_and_the_breach_is_of_the_first() -> None:
    complaint = opened()
    *_, warning = take_due(complaint, COMPANY, NOW + hours(3.5))
    (breach,) = take_due(complaint, COMPANY, NOW + hours(4))
    (end,) = take_due(complaint, COMPANY, NOW + hours(8))

    assert (warning.due, warning.next_due) == (NOW + hours(4), NOW + hours(8))
    assert (breach.stage.at, breach.due, breach.next_due) == (1, NOW + hours(4), NOW + hours(8))
    assert (end.stage.at, end.due) == (TOLD_INSTEAD, NOW + hours(8))


def test_who_looks_late_gives_one_more_target_from_then() -> None:
    complaint = opened()

    taken = take_due(complaint, COMPANY, NOW + hours(10))

    assert [climb.stage.at for climb in taken] == [0.5, 0.8, 0.8, 1.0]
    assert complaint.first_response_due_at == complaint.next_step_at == NOW + hours(14)


def test_after_the_first_answer_the_resolution_is_awaited() -> None:
    complaint = opened()
    take_due(complaint, COMPANY, NOW + hours(3))
    answered(complaint, standing=REGULAR, company=COMPANY, now=NOW + hours(3))

    assert goal_of(complaint) is Goal.RESOLUTION
    assert complaint.first_response_at == NOW + hours(3)
    assert due_of(complaint) == NOW + hours(72)
    assert complaint.next_step_at == NOW + hours(36)

    answered(complaint, standing=REGULAR, company=COMPANY, now=NOW + hours(5))
    assert complaint.first_response_at == NOW + hours(3)


def test_who_has_just_answered_is_not_reminded_of_the_half_that_is_gone() -> None:
    complaint = opened()
    answered(complaint, standing=REGULAR, company=COMPANY, now=NOW + hours(40))

    assert complaint.next_step_at == NOW + hours(72 * 0.8)


def test_an_answer_while_we_wait_for_the_customer_starts_no_ladder() -> None:
    complaint = opened()
    stop_clocks(complaint, now=NOW + hours(1))
    answered(complaint, standing=REGULAR, company=COMPANY, now=NOW + hours(2))

    assert complaint.next_step_at is None
    resume_clocks(complaint, standing=REGULAR, company=COMPANY, now=NOW + hours(11))
    assert complaint.next_step_at == NOW + hours(36 + 10)


def test_a_pause_moves_everything_by_the_business_time_in_it() -> None:
    complaint = opened(BY_DAY, now=MONDAY)
    stop_clocks(complaint, now=MONDAY + hours(1))
    assert complaint.next_step_at is None
    stop_clocks(complaint, now=MONDAY + hours(2))  # twice is once

    resume_clocks(complaint, standing=REGULAR, company=BY_DAY, now=MONDAY + hours(25))

    assert complaint.first_response_due_at == MONDAY + hours(24 + 4)  # eight hours of work were paused
    assert complaint.next_step_at == MONDAY + hours(24 + 2)
    assert complaint.waiting_since is None
    before = complaint.resolution_due_at
    resume_clocks(complaint, standing=REGULAR, company=BY_DAY, now=MONDAY + hours(30))
    assert complaint.resolution_due_at == before


def test_a_case_that_ended_has_no_next_step() -> None:
    complaint = opened()
    stop_clocks(complaint, now=NOW)
    end_clocks(complaint)

    assert (complaint.next_step_at, complaint.waiting_since) == (None, None)


def test_a_case_on_an_app_that_is_switched_off_climbs_nothing() -> None:
    assert opened(channel="replay").next_step_at is None


def test_what_turns_out_severe_is_due_as_if_it_came_now() -> None:
    complaint = opened()
    stake = Stake(CaseSeverity.CRITICAL, ("safety",))
    note_stake(complaint, stake, standing=REGULAR, company=COMPANY, now=NOW + hours(1))

    assert (complaint.severity, complaint.reasons) == (CaseSeverity.CRITICAL, ["safety"])
    assert complaint.first_response_due_at == NOW + hours(2)
    assert complaint.resolution_due_at == NOW + hours(19)
    assert complaint.next_step_at == NOW + hours(1.5)


def test_it_never_becomes_less_severe_nor_later() -> None:
    complaint = opened(severity=CaseSeverity.HIGH)
    due = complaint.first_response_due_at
    note_stake(complaint, Stake(CaseSeverity.NORMAL), standing=REGULAR, company=COMPANY, now=NOW + hours(1.9))
    assert complaint.severity is CaseSeverity.HIGH
    note_stake(
        complaint,
        Stake(CaseSeverity.CRITICAL),
        standing=REGULAR,
        company=COMPANY,
        now=NOW + hours(1.9),
    )
    assert complaint.first_response_due_at == due


def test_a_time_that_the_customer_was_told_stays() -> None:
    complaint = opened()
    take_due(complaint, COMPANY, NOW + hours(3.5))
    told = complaint.first_response_due_at
    note_stake(
        complaint, Stake(CaseSeverity.CRITICAL), standing=REGULAR, company=COMPANY, now=NOW + hours(3.5)
    )

    assert complaint.first_response_due_at == told
    assert complaint.next_step_at == NOW + hours(4)
    assert complaint.resolution_due_at == NOW + hours(72)


@dataclass
class Watch:
    """Counts by itself how much business time ran in a case, and which stages were taken."""

    company: Company
    calendar: Calendar
    complaint: Complaint
    now: datetime
    ran: timedelta = NONE
    taken: dict[Goal, list[Climb]] = field(default_factory=lambda: {goal: [] for goal in Goal})
    left_out: int = 0

    @property
    def runs(self) -> bool:
        return self.complaint.waiting_since is None

    def passes(self, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        self.ran += between(self.calendar, self.now, until) if self.runs else NONE
        self.now = until

    def look(self) -> None:
        for climb in take_due(self.complaint, self.company, self.now):
            self.taken[climb.goal].append(climb)

    def answer(self) -> None:
        if self.complaint.first_response_at is None:
            answered(self.complaint, standing=REGULAR, company=self.company, now=self.now)
            self.left_out = self.complaint.steps

    def stop(self) -> None:
        stop_clocks(self.complaint, now=self.now)

    def resume(self) -> None:
        resume_clocks(self.complaint, standing=REGULAR, company=self.company, now=self.now)

    def length(self) -> timedelta:
        target = target_of(CaseSeverity.NORMAL, REGULAR, self.company)
        is_first = goal_of(self.complaint) is Goal.FIRST_RESPONSE
        return hours(target.first_response_hours if is_first else target.resolution_hours)


lives = st.lists(
    st.tuples(
        st.integers(1, 240) | st.integers(1, 2400),
        st.sampled_from(("look", "look", "answer", "stop", "resume", "resume")),
    ),
    min_size=5,
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(life=lives, company=st.sampled_from((COMPANY, BY_DAY)), day=st.integers(0, 9))
def test_each_stage_comes_once_and_when_its_part_of_the_time_has_run(
    life: list[tuple[int, str]], company: Company, day: int
) -> None:
    now = MONDAY + timedelta(days=day)
    calendar = calendar_of(company.desk.hours, company.timezone)
    watch = Watch(company, calendar, opened(company, now=now), now)
    for minutes, act in life:
        watch.passes(minutes)
        getattr(watch, act)()
        watch.look()
        _check(watch)


def _check(watch: Watch) -> None:
    goal, stages, length = goal_of(watch.complaint), stages_of(watch.company), watch.length()
    skipped = watch.left_out if goal is Goal.RESOLUTION else 0
    taken = watch.taken[goal]
    assert [climb.stage for climb in taken] == list(stages[skipped : skipped + len(taken)])
    by_share = [stage for stage in stages[skipped:] if stage.at <= 1]
    for place, stage in enumerate(by_share):
        if place < len(taken):
            assert watch.ran >= length * stage.at - SLACK  # not too early
        elif watch.runs:
            assert watch.ran <= length * stage.at + SLACK  # not too late
    if len(taken) > len(by_share):
        assert watch.now >= taken[-1].due
    warning = next((climb for climb in taken if climb.stage.warns), None)
    if warning is not None:
        assert warning.next_due >= later(watch.calendar, warning.due, length)
