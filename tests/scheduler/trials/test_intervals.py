"""How sure a difference is: against published values, and against what chance does."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.trials.intervals import Interval, Sample, Share, newcombe, t_quantile, welch, wilson
from scheduler.trials.verdicts import FEWEST, Finding, Verdict, judge_means, judge_shares, rounded_up

TRIALS = 1500

PUBLISHED = [  # Newcombe (1998), table II, method 10
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0)),
    ((10, 10), (0, 10), (0.6075, 1.0)),
]

counts = st.integers(1, 500).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))
values = st.lists(st.floats(0, 100), min_size=2, max_size=40)


def sample_of(numbers: Sequence[float]) -> Sample:
    return Sample(len(numbers), sum(numbers), sum(number * number for number in numbers))


@pytest.mark.parametrize(("one", "other", "bounds"), PUBLISHED)
def test_two_shares_are_compared_as_published(
    one: tuple[int, int], other: tuple[int, int], bounds: tuple[float, float]
) -> None:
    interval = newcombe(Share(*one), Share(*other))
    assert (interval.low, interval.high) == pytest.approx(bounds, abs=5e-5)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(8, 2.3060), (10, 2.2281), (20, 2.0860), (38, 2.0244), (120, 1.9799)]
)
def test_students_quantile_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert t_quantile(freedom) == pytest.approx(quantile, abs=1e-3)


def test_two_samples_that_vary_alike_have_the_freedom_of_both() -> None:
    one = [50 + step for step in range(20)]
    other = [40 + step for step in range(20)]
    interval = welch(sample_of(one), sample_of(other))
    half = 2.0244 * math.sqrt(35 * 2 / 20)  # the variance of twenty numbers in a row is 35
    assert interval.difference == pytest.approx(10)
    assert (interval.low, interval.high) == pytest.approx((10 - half, 10 + half), abs=1e-3)


@given(counts, counts)
def test_the_other_way_round_is_the_mirror_image(one: Share, other: Share) -> None:
    there, back = newcombe(one, other), newcombe(other, one)
    assert there.low <= there.difference <= there.high
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    low, high = wilson(one)
    assert 0 <= low <= one.value + 1e-12 <= high + 2e-12 <= 1 + 1e-9


@given(values, values)
def test_means_of_alike_samples_differ_by_nothing(one: list[float], other: list[float]) -> None:
    there, back = welch(sample_of(one), sample_of(other)), welch(sample_of(other), sample_of(one))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-6)
    assert welch(sample_of(one), sample_of(one)).spans_zero or there.difference == 0


def draw_share(chance: random.Random, of: int, truth: float) -> Share:
    return Share(sum(chance.random() < truth for _ in range(of)), of)


@pytest.mark.parametrize(("truth", "base"), [(0.3, 0.3), (0.12, 0.05), (0.02, 0.02)])
def test_nineteen_intervals_of_twenty_hold_the_true_difference_of_shares(truth: float, base: float) -> None:
    chance = random.Random(20)
    held = 0
    for _ in range(TRIALS):
        interval = newcombe(draw_share(chance, 400, truth), draw_share(chance, 40, base))
        held += interval.low <= truth - base <= interval.high
    assert 0.935 <= held / TRIALS <= 0.985


def test_nineteen_intervals_of_twenty_hold_the_true_difference_of_means() -> None:
    chance = random.Random(21)
    held = 0
    for _ in range(TRIALS):
        one = sample_of([chance.gauss(70, 10) for _ in range(120)])
        other = sample_of([chance.gauss(65, 25) for _ in range(20)])
        interval = welch(one, other)
        held += interval.low <= 5 <= interval.high
    assert 0.935 <= held / TRIALS <= 0.965


def test_equal_groups_rarely_seem_different() -> None:
    chance = random.Random(22)
    seen = 0
    for _ in range(TRIALS):
        finding = judge_shares(draw_share(chance, 300, 0.2), draw_share(chance, 60, 0.2))
        seen += finding.verdict in (Verdict.MORE, Verdict.LESS)
    assert seen / TRIALS <= 0.06


def test_of_a_few_nothing_is_said() -> None:
    few = judge_shares(Share(FEWEST - 1, FEWEST - 1), Share(0, 400))
    assert few == Finding(Verdict.TOO_EARLY, missing=23)
    assert judge_shares(Share(0, 0), Share(0, 0)).missing == 2 * FEWEST
    assert judge_means(Sample(0, 0, 0), Sample(50, 1, 1)).verdict is Verdict.TOO_EARLY


def test_what_is_missing_suffices_to_tell() -> None:
    finding = judge_shares(Share(12, 100), Share(3, 50))
    assert finding.verdict is Verdict.TOO_EARLY
    times = (150 + finding.missing) / 150
    later = judge_shares(
        Share(round(12 * times), round(100 * times)), Share(round(3 * times), round(50 * times))
    )
    assert later.verdict is Verdict.MORE
    assert later.missing == 0


def test_many_alike_are_called_alike() -> None:
    finding = judge_shares(Share(20_000, 100_000), Share(2_010, 10_000))
    assert finding.verdict is Verdict.ALIKE
    assert isinstance(finding.interval, Interval)


@pytest.mark.parametrize(("number", "told"), [(7, 7), (99, 99), (101, 110), (1234, 1300), (98_765, 99_000)])
def test_what_is_missing_is_told_roughly(number: int, told: int) -> None:
    assert rounded_up(number) == told
