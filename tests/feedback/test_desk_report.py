"""The numbers of a digest are those of a slow count over all rows, whatever there is."""

import math
import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.case_clocks import Goal
from feedback.desk_report import (
    AGES_DAYS,
    CHARTED_DAYS,
    USUAL_WEEKS,
    CauseCount,
    DeskReport,
    desk_report,
)
from store.engine import Database
from store.tables.complaints import Complaint, ComplaintEvent, ComplaintState
from store.tables.customers import Customer
from store.tables.desk import Promise, PromiseState
from store.tables.feedback import EntrySource, SatisfactionEntry
from tests.factories import NOW, make_customer

ZONE = "Europe/London"
DAY = timedelta(days=1)
SINCE, UNTIL = NOW - DAY, NOW
ENDS = (ComplaintState.CONFIRMED, ComplaintState.UNCONFIRMED, ComplaintState.DISMISSED)
Made = tuple[int, ComplaintState, str | None, int, Goal | None, int | None]
HOURS_AGO = st.integers(0, 24 * 80)
CASES = st.lists(
    st.tuples(
        HOURS_AGO,
        st.sampled_from(list(ComplaintState)),
        st.sampled_from([None, "delivery", "product"]),
        st.integers(0, 24 * 20),
        st.sampled_from([None, *Goal]),
        st.sampled_from([None, 1, 2, 5]),
    ),
    max_size=25,
)
PROMISES = st.lists(st.tuples(st.sampled_from(list(PromiseState)), st.integers(-96, 96)), max_size=10)


def ago(hours: int) -> datetime:
    return NOW - timedelta(hours=hours, minutes=30)


def fill(session: Session, cases: list[Made], promises: list[tuple[PromiseState, int]]) -> None:
    customer = make_customer(session)
    for made in cases:
        add_case(session, customer.id, made)
    for kept, hours in promises:
        moment = NOW + timedelta(hours=hours, minutes=30)
        session.add(
            Promise(
                customer_id=customer.id,
                text="a new pot",
                state=kept,
                made_at=NOW - 9 * DAY,
                due_at=moment,
                closed_at=None if kept is PromiseState.OPEN else moment,
            )
        )
    session.flush()


def add_case(session: Session, customer_id: int, made: Made) -> None:
    hours, state, cause, later, missed, stars = made
    ended = min(ago(hours) + timedelta(hours=later), NOW - timedelta(minutes=1))
    case = Complaint(
        customer_id=customer_id,
        channel="telegram",
        address="77",
        text="cold tea",
        state=state,
        opened_at=ago(hours),
        first_response_due_at=NOW,
        resolution_due_at=NOW,
        resolved_at=ended if state in (*ENDS, ComplaintState.RESOLVED) else None,
        closed_at=ended if state in ENDS and later % 2 else None,
        cause=cause,
    )
    session.add(case)
    session.flush()
    if missed is not None:
        text = f"{missed} {NOW.isoformat()}"
        session.add(ComplaintEvent(complaint_id=case.id, at=ended, what="breached", text=text))
    if stars is not None:
        entry = {"source": EntrySource.RATING, "value": 50.0, "weight": 1.0, "evidence": {"stars": stars}}
        session.add(SatisfactionEntry(customer_id=customer_id, complaint_id=case.id, at=ended, **entry))


def is_in(moment: datetime | None) -> bool:
    return moment is not None and SINCE <= moment < UNTIL


def slow(session: Session) -> dict[str, object]:
    """Count everything one by one."""
    cases = session.scalars(select(Complaint)).all()
    under_way = [one for one in cases if one.state in ("open", "claimed", "waiting")]
    ages = [(NOW - one.opened_at) / DAY for one in under_way]
    edges = (0.0, *AGES_DAYS, 10_000.0)
    ended = [one for one in cases if one.state in ENDS and is_in(one.closed_at or one.resolved_at)]
    missed = session.scalars(select(ComplaintEvent).where(ComplaintEvent.what == "breached")).all()
    marks = [one for one in session.scalars(select(SatisfactionEntry)) if is_in(one.at)]
    promises = session.scalars(select(Promise)).all()
    over = Counter(one.state for one in promises if is_in(one.closed_at))
    lately = Counter(
        one.cause
        for one in cases
        if one.cause and one.state != "dismissed" and one.opened_at >= NOW - 7 * DAY
    )
    return {
        "opened": sum(is_in(one.opened_at) for one in cases),
        "ended": {state: sum(one.state is state for one in ended) for state in ENDS},
        "open_by_age": tuple(sum(low <= age < high for age in ages) for low, high in pairwise(edges)),
        "awaiting": sum(one.state == "resolved" for one in cases),
        "missed": {goal: sum(is_in(one.at) and one.text.startswith(goal) for one in missed) for goal in Goal},
        "promises_due": sum(one.state == "open" and one.due_at <= NOW + DAY for one in promises),
        "promises_kept": over[PromiseState.KEPT] + over[PromiseState.CONFIRMED],
        "promises_broken": over[PromiseState.BROKEN],
        "csat": {stars: sum(one.evidence["stars"] == stars for one in marks) for stars in range(1, 6)},
        "causes": dict(lately),
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=CASES, promises=PROMISES)
def test_all_numbers_are_those_of_a_slow_count(
    cases: list[Made],
    promises: list[tuple[PromiseState, int]],
    any_database: Database,
) -> None:
    with any_database.transaction() as session:
        session.execute(delete(Customer))
        fill(session, cases, promises)
        session.expire_all()
        report = desk_report(session, SINCE, UNTIL, zone=ZONE)
        expected = slow(session)

    found = {name: getattr(report, name) for name in expected}
    found["causes"] = {one.cause: one.count for one in report.causes}
    assert found == expected
    assert sum(one.opened for one in report.days) == sum(
        hours_ago_day(hours) < CHARTED_DAYS for hours, *_ in cases
    )


def hours_ago_day(hours: int) -> int:
    place = ZoneInfo(ZONE)
    return (NOW.astimezone(place).date() - ago(hours).astimezone(place).date()).days


def test_what_is_usual_is_that_of_the_weeks_before(any_database: Database) -> None:
    cases: list[Made] = [
        (hours, ComplaintState.OPEN, "delivery", 0, None, None) for hours in (1, 2, 24 * 10, 24 * 20)
    ]
    with any_database.transaction() as session:
        fill(session, cases, [])
        report = desk_report(session, SINCE, UNTIL, zone=ZONE)

    assert [(one.cause, one.count, one.usual) for one in report.causes] == [("delivery", 2, 0.25)]


def test_an_empty_desk_has_nothing_to_tell(any_database: Database) -> None:
    with any_database.reading() as session:
        report = desk_report(session, SINCE, UNTIL, zone=ZONE)

    assert report.is_empty
    assert (report.csat_mean, report.kept_rate, report.open_now) == (None, None, 0)
    assert len(report.days) == CHARTED_DAYS


def test_means_and_rates() -> None:
    report = DeskReport(SINCE, UNTIL, 0, {}, (1, 2, 0, 4), 0, {}, 0, 8, 2, {1: 1, 5: 3}, [], [])

    assert report.csat_mean == pytest.approx(4.0)
    assert report.kept_rate == pytest.approx(0.8)
    assert report.open_now == 7
    assert not report.is_empty


def _poisson(mean: float, chance: random.Random) -> int:
    """Draw a number of cases, by Knuth's multiplication of uniform numbers."""
    count, product = 0, chance.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * chance.random()
    return count


@pytest.mark.parametrize("usual", [0.1, 1.0, 5.0, 30.0])
def test_a_usual_week_is_hardly_ever_taken_for_a_rise(usual: float) -> None:
    chance = random.Random(7)
    weeks = 4_000
    alarms = 0
    for _ in range(weeks):
        before = sum(_poisson(usual, chance) for _ in range(USUAL_WEEKS)) / USUAL_WEEKS
        alarms += CauseCount("delivery", _poisson(usual, chance), before).is_rising

    assert alarms / weeks <= 0.002


@pytest.mark.parametrize(
    ("count", "usual", "is_rising"),
    [
        (4, 0.0, False),
        (5, 0.0, True),
        (16, 5.125, True),
        (14, 5.125, False),
        (9, 8.2, False),
        (60, 30.0, True),
        (38, 30.0, False),
    ],
)
def test_a_sudden_rise_stands_out(count: int, usual: float, *, is_rising: bool) -> None:
    assert CauseCount("delivery", count, usual).is_rising is is_rising
