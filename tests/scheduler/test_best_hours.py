"""At which hour customers usually write, and when messages without a fixed time leave because of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import cos, exp, pi
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from customers.outreach import Outreach
from scheduler.audience import select_addressees, to_addressee
from scheduler.best_hours import (
    DAY_HOURS,
    LAST,
    LEAST,
    best_hour,
    best_moment,
    find_best_hours,
    find_best_moments,
)
from scheduler.local_clock import leaves_at
from store.engine import Database
from store.tables.conversations import Message
from tests.factories import COMPANY, NOW, make_customer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT_WILL = replace(COMPANY, outreach=Outreach(best_hours=False))
clock = st.floats(0, 24, exclude_max=True)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([19.5, 20.1, 20.4, 19.9, 8.0], 19),
        ([23.5, 0.5, 0.2, 23.9, 0.4], 0),
        ([22.9, 23.1, 23.3, 1.0, 22.5], 23),
        ([7.2] * LEAST, 7),
        ([7.2] * (LEAST - 1), None),
        ([0.5, 3.5, 6.5, 9.5, 12.5, 15.5, 18.5, 21.5], None),
        ([], None),
    ],
)
def test_the_hour_stands_out(hours: Sequence[float], expected: int | None) -> None:
    assert best_hour(hours) == expected


def slow_support(hours: Sequence[float], hour: int) -> float:
    """Add up how near each message is to the middle of an hour, the shorter way round the clock."""
    total = 0.0
    for one in hours:
        apart = abs(hour + 0.5 - one)
        apart = min(apart, DAY_HOURS - apart)
        total += exp(4 * (cos(2 * pi * apart / DAY_HOURS) - 1))
    return total


@given(st.lists(clock, min_size=LEAST, max_size=LAST), st.integers(0, 23))
def test_no_hour_has_more_messages_around_it_on_a_round_clock(hours: list[float], by: int) -> None:
    supports = [slow_support(hours, hour) for hour in range(DAY_HOURS)]
    for turned in (0, by):  # whoever writes later by some hours has a later hour, past midnight as well
        found = best_hour([(hour + turned) % DAY_HOURS for hour in hours])
        if found is None:
            assert max(supports) < len(hours) / 2 + 1e-6
        else:
            assert supports[(found - turned) % DAY_HOURS] >= max(supports) - 1e-6
            assert max(supports) > len(hours) / 2 - 1e-6


@given(st.integers(0, 23), st.integers(0, 59), st.integers(LEAST, LAST))
def test_who_always_writes_at_one_hour_has_that_hour(hour: int, minute: int, number: int) -> None:
    assert best_hour([hour + (minute + 0.5) / 60] * number) == hour


zones = st.sampled_from(["UTC", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2033, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(moments, st.none() | st.integers(0, 23), zones, st.integers(0, 72).map(lambda hours: hours * HOUR))
def test_it_is_allowed_in_the_hour_and_never_past_the_window(
    now: datetime, hour: int | None, zone: str, window: timedelta
) -> None:
    found = best_moment(now, hour, zone, latest=now + window, company=COMPANY)
    soonest = leaves_at(now, zone, COMPANY)

    assert leaves_at(found, zone, COMPANY) == found >= now
    if found != soonest:
        assert soonest < found < now + window
        assert found.astimezone(ZoneInfo(zone)).hour == hour
        assert not any(
            (soonest + minutes * timedelta(minutes=1)).astimezone(ZoneInfo(zone)).hour == hour
            for minutes in range(int((found - soonest) / timedelta(minutes=1)))
        )
    elif hour is not None and 9 <= hour < 21 and window >= timedelta(hours=50):
        assert found.astimezone(ZoneInfo(zone)).hour == hour


def test_quiet_hours_win_and_it_can_be_switched_off() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    latest = noon + 2 * DAY
    assert best_moment(noon, 23, "UTC", latest=latest, company=COMPANY) == noon
    assert best_moment(noon, 18, "UTC", latest=latest, company=COMPANY) == noon + 6 * HOUR
    assert best_moment(noon, 18, "UTC", latest=latest, company=AT_WILL) == noon


def writes(session: Session, customer_id: int, *moments: datetime) -> None:
    for at in moments:
        session.add(
            Message(customer_id=customer_id, channel="telegram", address="1", sender="1", text="hi", at=at)
        )
    session.flush()


def test_it_is_learnt_from_the_last_messages_by_their_own_clock(any_database: Database) -> None:
    with any_database.transaction() as session:
        ana = make_customer(session, timezone="Asia/Tokyo").id
        bo = make_customer(session, timezone="UTC").id
        few = make_customer(session).id
        noon = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
        writes(session, ana, *(noon - day * DAY - 5 * HOUR for day in range(60, 0, -1)))
        writes(session, ana, *(noon - 2 * HOUR for _ in range(LAST)))  # their habits have changed
        writes(session, bo, *(noon + 3 * HOUR for _ in range(LEAST)))
        writes(session, few, *(noon for _ in range(LEAST - 1)))
        people = [to_addressee(row) for row in session.execute(select_addressees(["telegram"]))]

        assert find_best_hours(session, people, company=COMPANY) == {ana: 19, bo: 15}
        assert find_best_hours(session, people, company=AT_WILL) == {}
        assert find_best_hours(session, [], company=COMPANY) == {}
        leaving = find_best_moments(session, [(who, NOW, NOW + 2 * DAY) for who in people], company=COMPANY)
    assert leaving == {
        ana: datetime(2026, 11, 22, 10, tzinfo=UTC),
        bo: datetime(2026, 11, 21, 15, tzinfo=UTC),
        few: NOW,
    }
