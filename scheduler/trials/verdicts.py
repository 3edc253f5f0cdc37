"""What may be said of a difference between two groups, and what is too early to say. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from scheduler.trials.intervals import (
    Interval,
    Sample,
    Share,
    newcombe,
    people_needed,
    share_variance,
    welch,
)

FEWEST = 20
"""People of a group of whom it must be known what came of it; of fewer nothing is said."""

LEAST_SHARE = 0.02
"""A smaller difference between two shares is not worth acting upon: 2 of 100."""

LEAST_POINTS = 1.0
"""The same of satisfaction, in points of 100."""


class Verdict(StrEnum):
    """What a comparison says."""

    MORE = "more"
    LESS = "less"
    ALIKE = "alike"
    TOO_EARLY = "too early"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison came to.

    Attributes:
        verdict: what may be said.
        interval: the difference; None where there are too few to say anything.
        missing: how many more people it takes to tell, roughly; 0 where it can be told.
    """

    verdict: Verdict
    interval: Interval | None = None
    missing: int = 0


def judge_shares(one: Share, other: Share) -> Finding:
    """Compare how many of two groups did something."""
    if min(one.of, other.of) < FEWEST:
        return Finding(Verdict.TOO_EARLY, missing=_until_enough(one.of, other.of))
    groups = (one.of, share_variance(one)), (other.of, share_variance(other))
    return _judge(newcombe(one, other), LEAST_SHARE, *groups)


def judge_means(one: Sample, other: Sample) -> Finding:
    """Compare what two groups told us."""
    if min(one.number, other.number) < FEWEST:
        return Finding(Verdict.TOO_EARLY, missing=_until_enough(one.number, other.number))
    groups = (one.number, one.variance), (other.number, other.variance)
    return _judge(welch(one, other), LEAST_POINTS, *groups)


def _judge(interval: Interval, least: float, one: tuple[int, float], other: tuple[int, float]) -> Finding:
    if -least < interval.low and interval.high < least:
        return Finding(Verdict.ALIKE, interval)
    if not interval.spans_zero:
        return Finding(Verdict.MORE if interval.difference > 0 else Verdict.LESS, interval)
    sought = max(abs(interval.difference), least)
    missing = people_needed(sought, one, other) - one[0] - other[0]
    return Finding(Verdict.TOO_EARLY, interval, rounded_up(max(missing, 1)))


def _until_enough(one: int, other: int) -> int:
    """Tell how many more people it takes until both groups have enough, in the proportion they have."""
    fewer, more = sorted((one, other))
    if not fewer:
        return rounded_up(max(1, 2 * FEWEST - more))
    return rounded_up(math.ceil((FEWEST - fewer) * (one + other) / fewer))


def rounded_up(number: int) -> int:
    """Round up to two digits, for the rest would only look exact."""
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return math.ceil(number / unit) * unit
