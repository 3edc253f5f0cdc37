"""The satisfaction index of a customer, from the dated entries of their record.

The index is a weighted mean with pseudo-counts (Bayesian shrinkage towards a prior mean, as in the "Bayesian
average" of rating sites and in credibility theory: Bühlmann, "Experience rating and credibility", ASTIN
Bulletin 4, 1967). The weight of an entry halves every 90 days (exponential smoothing for unevenly spaced
observations: Wright, "Forecasting data published at irregular time intervals", Management Science 32, 1986)::

    decay_i = 2 ** (-(newest - at_i) / 90 days)
    n       = sum(weight_i * decay_i)
    index   = (PRIOR_WEIGHT * PRIOR_VALUE + sum(weight_i * decay_i * value_i)) / (PRIOR_WEIGHT + n)

Age is counted from the newest entry and not from today, so silence leaves the index where it is; what silence
lowers is the confidence::

    n(now)     = n * 2 ** (-(now - newest) / 90 days)
    confidence = n(now) / (n(now) + PRIOR_WEIGHT)

which is the share of the index that stands on what the customer said and not on the prior.

What a program read in a message weighs as much as it is likely to be right (``weight_of_reading``).
``docs/satisfaction.md`` works an example through.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.errors import InputError
from store.tables.feedback import EntrySource
from store.trends import (
    HALF_LIFE,
    TREND_ERRORS,
    TREND_LEAST_POINTS,
    TREND_LEAST_WEIGHT,
    TREND_NOISE,
    TREND_WINDOW,
    Trend,
)

PRIOR_VALUE = 60.0
"""What we expect of a customer of whom we know nothing: a little better than neutral (50)."""
PRIOR_WEIGHT = 2.0
"""How many pieces of evidence of weight 1 outweigh the prior."""

MIN_STARS, MAX_STARS = 1, 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """One dated entry: ``value`` 0–100, ``weight`` > 0 the reliability of its source, ``at`` aware UTC."""

    value: float
    weight: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """What the entries add up to.

    Attributes:
        index: 0–100; ``PRIOR_VALUE`` where there are no entries.
        weight: the evidence behind it, decayed to ``at``; 0 where there are no entries.
        at: the moment of the newest entry; None where there are no entries.
    """

    index: float
    weight: float
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """The last 30 days beside what came before.

    Attributes:
        before: mean value of the entries until then, 0–100.
        lately: mean value of those since.
        error: standard error of the difference, in points.
    """

    before: float
    lately: float
    error: float

    @property
    def trend(self) -> Trend:
        """Where it goes, as far as chance does not explain it."""
        difference = self.lately - self.before
        if abs(difference) < max(TREND_LEAST_POINTS, TREND_ERRORS * self.error):
            return Trend.STEADY
        return Trend.RISING if difference > 0 else Trend.FALLING


SOURCE_WEIGHTS: Mapping[EntrySource, float] = {
    EntrySource.RATING: 3.0,  # the customer's own number
    EntrySource.VISIT_ANSWER: 2.0,  # also their own, but we asked, and people are polite
    EntrySource.COMPLAINT_OUTCOME: 2.0,
    EntrySource.EVENT: 1.0,  # their own number, of an evening with us and not of what they bought
    EntrySource.PROMISE: 1.0,  # one part of how a complaint ends
    EntrySource.COMPLAINT_OPENED: 1.0,  # its words are counted beside it, as feedback
    EntrySource.FEEDBACK: 1.0,  # understood by a program, and sure: see weight_of_reading
}
"""How much one entry of each source counts."""

KNOWING_NOTHING = 1.0 / 3.0
"""How likely a reading is right that knows nothing: there are three sentiments."""

COMPLAINT_OPENED_VALUE = 20.0
SOLVED_VALUE = 80.0
UNSOLVED_VALUE = 0.0


def value_of_stars(stars: int) -> float:
    """Turn a rating of 1–5 into 0, 25, 50, 75 or 100.

    Raises:
        InputError: it is not between 1 and 5.
    """
    if not MIN_STARS <= stars <= MAX_STARS:
        raise InputError(f"a rating is between {MIN_STARS} and {MAX_STARS}, not {stars}")
    return 100.0 * (stars - MIN_STARS) / (MAX_STARS - MIN_STARS)


def value_of_polarity(polarity: float) -> float:
    """Turn a polarity of −1…1 into 0…100."""
    return 50.0 + 50.0 * max(-1.0, min(1.0, polarity))


def value_of_outcome(*, solved: bool) -> float:
    """Turn the customer's word on the end of a complaint into a value."""
    return SOLVED_VALUE if solved else UNSOLVED_VALUE


def weight_of_reading(probability: float) -> float:
    """Tell how much a message counts that a program has read: as much as the reading is likely to be right.

    An observation that holds with probability p counts as p observations: the expected count, as in the
    expectation step of Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM
    algorithm", Journal of the Royal Statistical Society B 39, 1977.

    Args:
        probability: that the sentiment is the one that was read; calibrated. One below a third, which is what
            knowing nothing gives, counts as a third.
    """
    return SOURCE_WEIGHTS[EntrySource.FEEDBACK] * max(KNOWING_NOTHING, min(1.0, probability))


def summarise(evidence: Iterable[Evidence]) -> Summary:
    """Work out the index from all entries, in whatever order they come."""
    entries = tuple(evidence)
    if not entries:
        return Summary(index=PRIOR_VALUE, weight=0.0, at=None)
    newest = max(entry.at for entry in entries)
    mean, weight = _decayed_mean(entries, newest)
    index = (PRIOR_WEIGHT * PRIOR_VALUE + weight * mean) / (PRIOR_WEIGHT + weight)
    return Summary(index=max(0.0, min(100.0, index)), weight=weight, at=newest)


def added(summary: Summary, entry: Evidence) -> Summary:
    """Give the summary with one entry more: what ``summarise`` gives of all, up to rounding.

    The weighted sum can be had back from the index, so no older entry need be looked at again.
    """
    newest = entry.at if summary.at is None else max(summary.at, entry.at)
    old = 0.0 if summary.at is None else _decay(newest - summary.at)
    new = entry.weight * _decay(newest - entry.at)
    told = (PRIOR_WEIGHT + summary.weight) * summary.index - PRIOR_WEIGHT * PRIOR_VALUE
    weight = summary.weight * old + new
    index = (PRIOR_WEIGHT * PRIOR_VALUE + told * old + entry.value * new) / (PRIOR_WEIGHT + weight)
    return Summary(index=max(0.0, min(100.0, index)), weight=weight, at=newest)


def confidence(weight: float, at: datetime | None, now: datetime) -> float:
    """Tell how much of the index stands on evidence, 0–1; it falls with silence.

    Args:
        weight: ``Summary.weight``.
        at: ``Summary.at``; None where there is no evidence.
        now: aware; a moment before ``at`` counts as ``at``.
    """
    if at is None:
        return 0.0
    left = weight * _decay(max(now - at, timedelta()))
    return left / (left + PRIOR_WEIGHT)


def change(evidence: Iterable[Evidence], now: datetime) -> Change | None:
    """Compare the last 30 days with what came before.

    Returns:
        None where a side has less weight than 1.5: one rating, or two messages, is the least that counts. The
        error is that of the difference of two means, ``TREND_NOISE * sqrt(1/n1 + 1/n2)``.
    """
    since = now - TREND_WINDOW
    entries = tuple(evidence)
    old = [entry for entry in entries if entry.at <= since]
    if not old or len(old) == len(entries):
        return None
    before, before_weight = _side(old)
    lately, lately_weight = _side([entry for entry in entries if entry.at > since])
    if min(lately_weight, before_weight) < TREND_LEAST_WEIGHT:
        return None
    error = TREND_NOISE * math.sqrt(1.0 / lately_weight + 1.0 / before_weight)
    return Change(before=before, lately=lately, error=error)


def trend(evidence: Iterable[Evidence], now: datetime) -> Trend:
    """Tell where a customer's satisfaction is going, if their entries tell it (``change``).

    The means have to be 5 points apart, and 1.645 standard errors.
    """
    changed = change(evidence, now)
    return Trend.UNKNOWN if changed is None else changed.trend


def _side(entries: Sequence[Evidence]) -> tuple[float, float]:
    return _decayed_mean(entries, max(entry.at for entry in entries))


def _decayed_mean(entries: Sequence[Evidence], newest: datetime) -> tuple[float, float]:
    """Give mean and weight; ``fsum`` rounds once, so the order of the entries does not matter at all."""
    weights = [entry.weight * _decay(newest - entry.at) for entry in entries]
    total = math.fsum(weights)
    summed = math.fsum(weight * entry.value for weight, entry in zip(weights, entries, strict=True))
    return summed / total, total


def _decay(age: timedelta) -> float:
    return math.exp2(-(age / HALF_LIFE))
