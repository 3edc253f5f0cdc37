"""The pace of a lane and of its chats, whatever comes in whatever order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.delivery.pacing import (
    TELEGRAM,
    UNLIMITED,
    ChatPaces,
    ChatRule,
    LaneRules,
    Pace,
    rules_for,
)

moments = st.lists(st.floats(0, 5), max_size=60).map(
    lambda gaps: [sum(gaps[: end + 1]) for end in range(len(gaps))]
)
rates = st.sampled_from([0.5, 1.0, 20 / 60, 30.0, 1000.0])


@given(rates, moments)
def test_starts_are_never_nearer_than_the_interval(rate: float, asked: list[float]) -> None:
    pace = Pace(rate)
    starts = [pace.reserve(at) for at in asked]
    assert all(start >= at for start, at in zip(starts, asked, strict=True))
    assert all(later - earlier >= 1 / rate - 1e-6 for earlier, later in pairwise(starts))


@given(rates, st.integers(1, 100))
def test_a_queue_leaves_at_the_full_rate(rate: float, count: int) -> None:
    pace = Pace(rate)
    starts = [pace.reserve(0.0) for _ in range(count)]
    assert starts[-1] == pytest.approx((count - 1) / rate, rel=0.011)


@given(rates, moments, st.floats(0, 3))
def test_the_room_is_what_can_start_until_then(rate: float, asked: list[float], ahead: float) -> None:
    pace = Pace(rate)
    for at in asked:
        pace.reserve(at)
    now = asked[-1] if asked else 0.0
    room = pace.room(now + ahead)
    assert room is not None
    if asked:
        starts = [pace.reserve(now) for _ in range(room + 1)]
        assert all(start <= now + ahead + 1e-3 for start in starts[:-1])


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(None)
    assert pace.room(5.0) is None
    assert [pace.reserve(5.0), pace.reserve(5.0)] == [5.0, 5.0]
    pace.slow_down()
    assert pace.reserve(5.0) == 5.0


@given(st.lists(st.booleans(), max_size=200))
def test_the_pace_stays_between_usual_and_slowest(too_fast: list[bool]) -> None:
    pace = Pace(30)
    for refused in too_fast:
        before = pace.interval_s
        if refused:
            pace.slow_down()
            assert pace.interval_s >= before
        else:
            pace.recover()
            assert pace.interval_s <= before
        assert 1 / 30 <= pace.interval_s <= Pace.SLOWEST * Pace.MARGIN / 30 + 1e-9


def test_after_refusals_the_pace_comes_back() -> None:
    pace = Pace(30)
    for _ in range(20):
        pace.slow_down()
    for _ in range(100):
        pace.recover()
    assert pace.interval_s == Pace.MARGIN / 30


rules = st.builds(ChatRule, interval_s=st.sampled_from([0.5, 1.0, 4.0]), burst=st.integers(1, 5))


@given(rules, st.lists(st.tuples(st.floats(0, 3), st.integers(0, 4)), max_size=60))
def test_a_chat_never_gets_more_than_its_rule(rule: ChatRule, asked: list[tuple[float, int]]) -> None:
    paces, now, starts = ChatPaces(LaneRules(private=rule)), 0.0, []
    for gap, priority in asked:
        now = max(now + gap, paces.ready_at("7", priority))
        assert "7" not in paces.held(now, priority)
        paces.take("7", now)
        starts.append(now)
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            span = starts[last] - starts[first]
            assert last - first + 1 <= rule.burst + span / rule.interval_s + 1e-6


@given(st.lists(st.floats(0, 30), max_size=80))
def test_a_group_never_gets_more_than_twenty_in_a_minute(gaps: list[float]) -> None:
    paces, now, starts = ChatPaces(TELEGRAM), 0.0, []
    for gap in gaps:
        now = max(now + gap, paces.ready_at("-100", 0))
        paces.take("-100", now)
        starts.append(now)
    assert all(sum(1 for other in starts if at <= other < at + 60) <= 20 for at in starts)


def test_what_speaks_first_uses_no_burst() -> None:
    paces = ChatPaces(TELEGRAM)
    paces.take("7", 10.0)
    assert paces.held(10.5, 0) == frozenset()
    assert paces.held(10.5, 4) == {"7"}
    assert paces.held(11.0, 4) == frozenset()


def test_a_held_chat_is_held_for_everything() -> None:
    paces = ChatPaces(UNLIMITED)
    paces.hold("7", 20.0)
    paces.hold("7", 15.0)
    paces.hold("8", 30.0)
    assert paces.held(19.9, 0) == paces.held(19.9, 4) == {"7", "8"}
    assert paces.next_release(19.9) == 20.0
    assert paces.held(20.0, 0) == {"8"}
    assert paces.held(30.0, 0) == frozenset()
    assert paces.next_release(30.0) is None


def test_chats_that_have_rested_are_forgotten() -> None:
    paces = ChatPaces(TELEGRAM)
    for number in range(100):
        paces.take(str(number), 0.0)
    paces.held(5.0, 0)
    assert paces._chats == {}


def test_an_app_that_names_no_limit_has_none() -> None:
    assert rules_for("telegram") is TELEGRAM
    assert rules_for("webchat") is UNLIMITED
