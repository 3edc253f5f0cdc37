"""Birthdays in segments: those that come, by the company's calendar."""

from calendar import isleap
from collections.abc import Sequence
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import and_

from scheduler.segments.around import Around
from scheduler.segments.kinds import Truth, cannot
from scheduler.segments.tree import Condition, Holds, Known, Lately, Span, Unit
from store.tables.customers import Customer

DAYS_OF_A_YEAR = 366
LEAP_DAY, DAY_BEFORE = "02-29", "02-28"


class Birthday:
    """A day of the year that comes: ``birthday within 14 days`` is today or one of the next 14 days."""

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} within 14 days"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        match condition:
            case Lately(_, span):
                return _on(_coming(span, around))
            case Holds():
                return _on(_coming(Span(0, Unit.DAYS), around))
            case Known(_, known):
                return Customer.birthday.is_not(None) if known else Customer.birthday.is_(None)
            case _:
                raise cannot(self, condition, around)


def this_month(around: Around) -> Truth:
    """Those who have their birthday in this month, where the company is."""
    return _on([f"{around.today:%m}-{day:02}" for day in range(1, 32)])


def _coming(span: Span, around: Around) -> Sequence[str]:
    """List today and the days of the year that come, each like ``02-28``.

    Who was born on the leap day has their birthday on the day before it in other years.
    """
    first = around.today
    last = first + (
        timedelta(hours=span.number)
        if span.unit is Unit.HOURS
        else relativedelta(**{str(span.unit): span.number})  # type: ignore[arg-type]  # a unit is a name there
    )
    days = [first + timedelta(days=day) for day in range(min((last - first).days, DAYS_OF_A_YEAR) + 1)]
    leap = (LEAP_DAY for day in days if f"{day:%m-%d}" == DAY_BEFORE and not isleap(day.year))
    return sorted({f"{day:%m-%d}" for day in days}.union(leap))


def _on(days: Sequence[str]) -> Truth:
    return and_(Customer.birthday.is_not(None), Customer.birthday.in_(days))
