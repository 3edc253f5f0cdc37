"""Where the satisfaction of a customer is going: the limits of that rule, and the rule in SQL.

Of one customer ``feedback.satisfaction.trend`` tells it from the entries; queries over many ask it here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, func, literal, literal_column, not_, or_, select

from store.columns import UtcDateTime
from store.decayed import days_between, decayed
from store.tables.feedback import SatisfactionEntry

HALF_LIFE = timedelta(days=90)
TREND_WINDOW = timedelta(days=30)
TREND_LEAST_WEIGHT = 1.5
TREND_NOISE = 20.0
"""Standard deviation, in points, of one entry of weight 1 around how content the customer really is."""
TREND_LEAST_POINTS = 5.0
TREND_ERRORS = 1.645
"""By how many standard errors two means differ where chance is not to explain it: so far apart they are by
chance in one case of ten."""


class Trend(StrEnum):
    """Where the satisfaction of a customer is going; ``unknown`` where the entries cannot tell."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    UNKNOWN = "unknown"


def select_told_lately(now: datetime) -> Select[int]:
    """Select the customers who told us enough lately that they can have a trend.

    By time, for few entries are new; without the sum SQLite would read all of them in the customers' order.
    """
    entry = SatisfactionEntry
    number = entry.customer_id + literal_column("0")
    lately = select(number).where(entry.at > now - TREND_WINDOW).group_by(number)
    return lately.having(func.sum(entry.weight) >= TREND_LEAST_WEIGHT)


def trend_shows(trend: Trend, now: datetime) -> ColumnElement[bool]:
    """Give what the entries of one customer, taken together, must meet for a trend.

    For ``unknown`` it is the opposite: that there is one of the others.
    """
    return _verdict(trend, now, *_sums(now))


def select_with_trend(trend: Trend, now: datetime) -> Select[int]:
    """Select, as ``number``, the customers with a trend, or those without ``unknown``: see ``trend_shows``.

    The sums stand in a query of their own: SQLite would add up each as often as the rule speaks of it.
    """
    whose = SatisfactionEntry.customer_id
    names = [f"sum_{place}" for place in range(len(_sums(now)))]
    added = (
        select(whose.label("number"), *(one.label(name) for one, name in zip(_sums(now), names, strict=True)))
        .where(whose.in_(select_told_lately(now)))
        .group_by(whose)
        .subquery()
    )
    return select(added.c.number).where(_verdict(trend, now, *(added.c[name] for name in names)))


def _sums(now: datetime) -> Sequence[ColumnElement[Any]]:
    """Give what is added up of one customer: the newest moment, weight and told, lately and then before."""
    entry, since = SatisfactionEntry, now - TREND_WINDOW
    weight = entry.weight * decayed(entry.at, now, HALF_LIFE)
    return [
        one.filter(side)
        for side in (entry.at > since, entry.at <= since)
        for one in (func.max(entry.at), func.sum(weight), func.sum(weight * entry.value))
    ]


def _verdict(trend: Trend, now: datetime, *sums: ColumnElement[Any]) -> ColumnElement[bool]:
    sides = []
    for newest, total, told in (sums[:3], sums[3:]):
        # Decayed to now for all, and from there back to the newest of the side, of which the weight is said.
        regained = func.power(
            literal(2.0, Float()),
            days_between(newest, literal(now, UtcDateTime()))
            / literal(HALF_LIFE / timedelta(days=1), Float()),
        )
        sides.append((told / total, total * regained))
    (lately, lately_weight), (before, before_weight) = sides
    enough = and_(lately_weight >= TREND_LEAST_WEIGHT, before_weight >= TREND_LEAST_WEIGHT)
    error = TREND_NOISE * func.sqrt(1.0 / lately_weight + 1.0 / before_weight)
    difference = lately - before
    is_noise = or_(func.abs(difference) < TREND_LEAST_POINTS, func.abs(difference) < TREND_ERRORS * error)
    verdict = {
        Trend.UNKNOWN: (),
        Trend.STEADY: (is_noise,),
        Trend.RISING: (not_(is_noise), difference > 0),
        Trend.FALLING: (not_(is_noise), difference < 0),
    }[trend]
    return and_(enough, *verdict)
