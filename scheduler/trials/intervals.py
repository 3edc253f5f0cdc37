"""How far apart two groups are, and how sure that is: differences with their 95 % intervals. Pure."""

import math
from dataclasses import dataclass
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""Quantile of the normal distribution for 95 %, two-sided."""

Z_POWER = NormalDist().inv_cdf(0.8)
"""That for finding a true difference in four cases of five, the usual choice (Cohen 1988)."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group did something."""

    yes: int
    of: int

    @property
    def value(self) -> float:
        """The part of them, 0–1; 0 for nobody."""
        return self.yes / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What is needed of a group's values: how many, their sum, and the sum of their squares."""

    number: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean; 0 for none."""
        return self.total / self.number if self.number else 0.0

    @property
    def variance(self) -> float:
        """The variance, with Bessel's correction; 0 for fewer than two."""
        if self.number < 2:  # noqa: PLR2004 - one value does not vary
            return 0.0
        return max(0.0, (self.squares - self.total * self.mean) / (self.number - 1))


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference, and between what it lies with a confidence of 95 %; in the unit of what is compared."""

    difference: float
    low: float
    high: float

    @property
    def spans_zero(self) -> bool:
        """Whether there may be no difference at all."""
        return self.low <= 0 <= self.high


def wilson(share: Share) -> tuple[float, float]:
    """Give the score interval of a share of one at least (Wilson 1927, J. Am. Stat. Assoc. 22)."""
    number, value = share.of, share.value
    middle = (value + Z**2 / (2 * number)) / (1 + Z**2 / number)
    half = Z / (1 + Z**2 / number) * math.sqrt(value * (1 - value) / number + Z**2 / (4 * number**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(one: Share, other: Share) -> Interval:
    """Compare two shares, each of one at least.

    Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17, 873–890: method 10, from the score interval of each. It also holds for few, and for none.
    """
    (low, high), (other_low, other_high) = wilson(one), wilson(other)
    difference = one.value - other.value
    below = math.hypot(one.value - low, other_high - other.value)
    above = math.hypot(high - one.value, other.value - other_low)
    return Interval(difference, difference - below, difference + above)


def welch(one: Sample, other: Sample) -> Interval:
    """Compare the means of two samples of two values at least, whose variances need not be alike.

    Welch, B. L. (1947), The generalization of ‘Student's’ problem when several different population variances
    are involved, Biometrika 34, 28–35.
    """
    parts = (one.variance / one.number, other.variance / other.number)
    difference, error = one.mean - other.mean, math.sqrt(sum(parts))
    if error == 0:
        return Interval(difference, difference, difference)
    share = parts[0] / sum(parts)  # not the parts themselves: the squares of tiny ones are none
    freedom = 1 / (share**2 / (one.number - 1) + (1 - share) ** 2 / (other.number - 1))
    half = t_quantile(freedom) * error
    return Interval(difference, difference - half, difference + half)


def t_quantile(freedom: float) -> float:
    """Give Student's quantile for 95 %, two-sided.

    Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.5; off by less than 0.001 from
    eight degrees of freedom on.
    """
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def people_needed(difference: float, one: tuple[int, float], other: tuple[int, float]) -> int:
    """Tell how many people it takes in all, in the present proportion, to be fairly sure of a difference.

    The usual normal approximation, n = (z₁ + z₂)² · (s₁²/k + s₂²) / d² in the second group and k times
    as many in the first.

    Args:
        difference: the one to be found; not 0.
        one, other: how many there are in each group, one at least, and by how much they vary (a variance).
    """
    ratio = one[0] / other[0]
    second = (Z + Z_POWER) ** 2 * (one[1] / ratio + other[1]) / difference**2
    return math.ceil(second * (1 + ratio))


def share_variance(share: Share) -> float:
    """Tell by how much yes and no vary in a group; of few, as if one more had done either."""
    value = (share.yes + 1) / (share.of + 2)
    return value * (1 - value)
