"""Where the satisfaction of a customer is going: the limits of that rule, and the rule in SQL.

Of one customer ``feedback.satisfaction.trend`` tells it from the entries; queries over many ask it here.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Float, and_, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from store.columns import UtcDateTime
from store.decayed import days_between, decayed
from store.tables.customers import Customer
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


def trend_is(trend: Trend, now: datetime) -> ColumnElement[bool]:
    """Give the condition, for a query over ``Customer``, that picks those whose trend is so.

    Only of those who told us something lately are all entries read.
    """
    recent = aliased(SatisfactionEntry)
    told_lately = exists().where(recent.customer_id == Customer.id, recent.at > now - TREND_WINDOW)
    if trend is Trend.UNKNOWN:
        return not_(and_(told_lately, _compared(now, None)))
    return and_(told_lately, _compared(now, trend))


def _compared(now: datetime, trend: Trend | None) -> ColumnElement[bool]:
    """Give the condition that both sides of the window can be compared, and that it turns out so."""
    entry, since = SatisfactionEntry, now - TREND_WINDOW
    weight = entry.weight * decayed(entry.at, now, HALF_LIFE)
    told = weight * entry.value
    sides = []
    for side in (entry.at > since, entry.at <= since):
        newest = func.max(entry.at).filter(side)
        # Decayed to now for all, and from there back to the newest of the side, of which the weight is said.
        regained = func.power(
            literal(2.0, Float()),
            days_between(newest, literal(now, UtcDateTime()))
            / literal(HALF_LIFE / timedelta(days=1), Float()),
        )
        total = func.sum(weight).filter(side)
        sides.append((func.sum(told).filter(side) / total, total * regained))
    (lately, lately_weight), (before, before_weight) = sides
    enough = and_(lately_weight >= TREND_LEAST_WEIGHT, before_weight >= TREND_LEAST_WEIGHT)
    error = TREND_NOISE * func.sqrt(1.0 / lately_weight + 1.0 / before_weight)
    difference = lately - before
    is_noise = or_(func.abs(difference) < TREND_LEAST_POINTS, func.abs(difference) < TREND_ERRORS * error)
    verdict = {
        None: (),
        Trend.STEADY: (is_noise,),
        Trend.RISING: (not_(is_noise), difference > 0),
        Trend.FALLING: (not_(is_noise), difference < 0),
    }[trend]
    theirs = select(literal(1)).where(entry.customer_id == Customer.id).correlate(Customer)
    return theirs.group_by(entry.customer_id).having(and_(enough, *verdict)).exists()
