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
from scheduler.delivery.traffic import LONGEST_HORIZON_S

moments = st.lists(st.floats(0, 5), max_size=60).map(
    lambda gaps: [sum(gaps[: end + 1]) for end in range(len(gaps))]
)
rates = st.sampled_from([0.5, 1.0, 20 / 60, 30.0, 1000.0])


@given(rates, moments)
def test_what_was_missed_leaves_a_little_faster_and_no_more_than_was_missed(
    rate: float, asked: list[float]
) -> None:
    pace = Pace(rate)
    starts = [pace.reserve(at) for at in asked]
    assert all(start >= at for start, at in zip(starts, asked, strict=True))
    nearest_s = pace.interval_s / Pace.HASTE
    assert all(later - earlier >= nearest_s - 1e-6 for earlier, later in pairwise(starts))
    assert all(start >= starts[0] + place * pace.interval_s - 1e-6 for place, start in enumerate(starts))


@given(rates, moments)
def test_what_there_was_nothing_to_send_for_is_not_missed(rate: float, asked: list[float]) -> None:
    pace, starts = Pace(rate), []
    for at in asked:
        starts.append(pace.reserve(at))
        pace.rest()
    assert all(later - earlier >= pace.interval_s - 1e-6 for earlier, later in pairwise(starts))


@pytest.mark.parametrize(("rate", "missed_s"), [(30, 0.2), (1000, 0.06), (1000, 0.2)])
def test_what_was_missed_is_made_up_for_within_a_second(rate: float, missed_s: float) -> None:
    pace, now, starts = Pace(rate), 0.0, []
    while now < 4:
        starts.append(pace.reserve(now))
        now = 2 + missed_s if starts[-1] < 2 < starts[-1] + pace.interval_s else starts[-1]
    assert sum(start < 4 for start in starts) >= (4 - 2 * missed_s) / pace.interval_s - 1
    assert sum(start < 3 for start in starts) >= 3 / pace.interval_s - 1
    assert _most_in(1, starts) <= rate


@given(st.sampled_from([1.0, 3.0, 30.0]), st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.3))))
def test_no_second_sees_more_than_the_limit_though_calls_start_late(
    rate: float, steps: list[tuple[float, float]]
) -> None:
    pace, now, really = Pace(rate), 0.0, []
    for gap, late in steps:
        now += gap
        start = pace.reserve(now)
        pace.correct(start, start + late)
        really.append(start + late)
        now = start + late
    assert _most_in(1 + Pace.SLACK_S / 2, really) <= rate


def _most_in(span_s: float, moments: list[float]) -> int:
    """Count the most of some moments that a span, which ends with one of them, has seen."""
    ordered = sorted(moments)
    return max((sum(end - span_s < other <= end for other in ordered) for end in ordered), default=0)


@given(
    st.sampled_from([3.0, 30.0]),
    st.floats(0, 0.1),
    st.lists(st.tuples(st.floats(0, 0.2), st.floats(0, 0.8)), max_size=90),
)
def test_no_second_of_the_app_sees_more_than_the_limit_though_calls_take_long_to_reach_it(
    rate: float, back_s: float, steps: list[tuple[float, float]]
) -> None:
    pace, now, arrived = Pace(rate), 0.0, []
    under_way: list[tuple[float, float]] = []
    for gap_s, way_s in [(0.0, 0.0), *steps]:
        now += gap_s
        _answer(pace, under_way, now)
        while pace.room(now, LONGEST_HORIZON_S) == 0:
            now += LONGEST_HORIZON_S / 4
            _answer(pace, under_way, now)
        now = pace.reserve(now)
        arrived.append(now + way_s)
        under_way.append((now, way_s + back_s))
    assert _most_in(1, arrived) <= rate


def _answer(pace: Pace, under_way: list[tuple[float, float]], now: float) -> None:
    """Tell of the calls that have ended by now; each is its start, and how long it takes."""
    for ended in sorted(one for one in under_way if sum(one) <= now):
        pace.answered(*ended)
        under_way.remove(ended)


def test_what_an_app_takes_all_at_once_after_it_hung_counts_when_it_did() -> None:
    pace = Pace(30)
    pace.answered(pace.reserve(0.0), 0.001)
    hung = [pace.reserve(0.0) for _ in range(28)]
    pace.reserve(1.2)  # what left before is forgotten
    for start in hung:
        pace.answered(start, 1.25 - start)
    assert [pace.reserve(1.3) < 1.5, pace.reserve(1.3) >= 2.2] == [True, True]


@given(rates, st.integers(1, 100))
def test_a_queue_leaves_at_nearly_the_full_rate(rate: float, count: int) -> None:
    pace = Pace(rate)
    starts = [pace.reserve(0.0) for _ in range(count)]
    least = (count - 1) / rate
    assert least - 1e-6 <= starts[-1] <= least * (1 + Pace.SPARE_S) + Pace.SPARE_S + 1e-6


@given(rates, moments, st.floats(0, 3))
def test_the_room_is_what_can_start_until_then(rate: float, asked: list[float], ahead: float) -> None:
    pace = Pace(rate)
    for at in asked:
        pace.reserve(at)
    now = asked[-1] if asked else 0.0
    room = pace.room(now, ahead)
    assert room is not None
    assert room <= max(1, rate)
    starts = [pace.reserve(now) for _ in range(room + 1)]
    assert all(start <= now + ahead + 1e-3 for start in starts[:-1])
    assert room == max(1, int(rate)) or starts[-1] > now + ahead - 1e-3


def test_after_a_rest_no_more_is_claimed_than_leaves_at_once() -> None:
    pace = Pace(30)
    pace.reserve(0.0)
    assert pace.room(60.0, 0.02) == 1
    assert pace.room(60.0, 0.05) == 2


def test_what_left_before_the_start_counts() -> None:
    pace = Pace(30)
    pace.remember([9.0 + number / 30 for number in range(30)])
    starts = [pace.reserve(10.0) for _ in range(30)]
    assert _most_in(1.0, [9.0 + number / 30 for number in range(30)] + starts) <= 30
    assert starts[0] == pytest.approx(10.0 + Pace.SLACK_S)


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(None)
    pace.remember([5.0])
    pace.correct(5.0, 5.1)
    pace.answered(5.1, 0.2)
    assert pace.room(5.0, 0.05) is None
    assert [pace.reserve(5.0), pace.reserve(5.0)] == [5.0, 5.0]
    pace.slow_down()
    assert pace.reserve(5.0) == 5.0


@given(st.lists(st.booleans(), max_size=200))
def test_the_pace_stays_between_usual_and_slowest(too_fast: list[bool]) -> None:
    pace = Pace(30)
    usual_s = pace.interval_s
    for refused in too_fast:
        before = pace.interval_s
        if refused:
            pace.slow_down()
            assert pace.interval_s >= before
        else:
            pace.recover()
            assert pace.interval_s <= before
        assert usual_s <= pace.interval_s <= Pace.SLOWEST * usual_s


def test_after_refusals_the_pace_comes_back() -> None:
    pace = Pace(30)
    usual_s = pace.interval_s
    for _ in range(20):
        pace.slow_down()
    for _ in range(100):
        pace.recover()
    assert pace.interval_s == usual_s


rules = st.builds(ChatRule, interval_s=st.sampled_from([0.5, 1.0, 4.0]), burst=st.integers(1, 5))


@given(rules, st.lists(st.tuples(st.floats(0, 3), st.integers(0, 4)), max_size=60))
def test_a_chat_never_gets_more_than_its_rule(rule: ChatRule, asked: list[tuple[float, int]]) -> None:
    paces, now, starts = ChatPaces(LaneRules(private=rule)), 0.0, []
    for gap, priority in asked:
        now = max(now + gap, paces.ready_at("7", priority))
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
    assert paces.ready_at("7", 0) <= 10.5
    assert paces.ready_at("7", 4) == 11.0


def test_a_held_chat_is_held_for_everything() -> None:
    paces = ChatPaces(UNLIMITED)
    paces.hold("7", 20.0)
    paces.hold("7", 15.0)
    paces.hold("8", 30.0)
    assert paces.ready_at("7", 0) == paces.ready_at("7", 4) == 20.0
    assert paces.next_release([], 19.9) == 20.0
    assert paces.next_release(["9"], 20.0) == 30.0
    assert paces.next_release([], 30.0) is None


def test_chats_that_have_rested_are_forgotten() -> None:
    paces = ChatPaces(TELEGRAM)
    for number in range(ChatPaces.FEW):
        paces.take(str(number), 0.0)
    paces.hold("later", 20.0)
    paces.forget_rested(5.0)
    assert not paces._rested_at
    assert paces.ready_at("later", 0) == 20.0


@pytest.mark.parametrize(
    ("text", "calls"),
    [("", 1), ("a" * 4096, 1), ("a" * 4097, 2), ("茶" * 4097, 2), ("😀" * 2048, 1), ("😀" * 4097, 3)],
)
def test_a_long_text_takes_several_calls(text: str, calls: int) -> None:
    assert TELEGRAM.calls_for(text) == calls
    assert UNLIMITED.calls_for(text) == 1


def test_an_app_that_names_no_limit_has_none() -> None:
    assert rules_for("telegram") is TELEGRAM
    assert rules_for("webchat") is UNLIMITED
