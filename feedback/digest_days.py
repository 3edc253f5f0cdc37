"""When a digest is due, and what it covers: pure.

A digest comes every working day at 08:30 by the company's clock and covers all since the one before. The
first of a week covers the week since the first of the week before.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from customers.company import Company
from feedback.business_time import NOTHING, between, calendar_of

AT = time(8, 30)
NOT_AFTER = time(20)
"""One that was missed is sent until then; later the next one tells it."""
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
LONGEST_BREAK_DAYS = 14


@dataclass(frozen=True, slots=True)
class Period:
    """What a digest covers.

    Attributes:
        occasion: names it once for ever.
        since, until: from when until when; aware.
        is_week: whether it is that of a week.
    """

    occasion: str
    since: datetime
    until: datetime
    is_week: bool


def due_period(company: Company, now: datetime) -> Period | None:
    """Tell which digest is due now, if one is; whether it was sent already, the database knows."""
    local = now.astimezone(ZoneInfo(company.timezone))
    day = local.date()
    if not AT <= local.time() < NOT_AFTER or not _works_on(company, day):
        return None
    earlier = [day - back * DAY for back in range(1, LONGEST_BREAK_DAYS + 1)]
    worked = [one for one in earlier if _works_on(company, one)]
    monday = day - day.weekday() * DAY
    is_week = not any(one >= monday for one in worked)
    last_week = [one for one in worked if one >= monday - WEEK]
    before = min(last_week, default=day - WEEK) if is_week else worked[0]
    kind = "week" if is_week else "day"
    return Period(f"digest:{kind}:{day:%Y-%m-%d}", _moment(company, before), _moment(company, day), is_week)


def lately(now: datetime, *, is_week: bool) -> Period:
    """Give the period of a digest that somebody asks for: the last day, or the last week."""
    return Period("", now - (WEEK if is_week else DAY), now, is_week)


def _works_on(company: Company, day: date) -> bool:
    place = ZoneInfo(company.timezone)
    begin, end = (datetime.combine(one, time.min, place) for one in (day, day + DAY))
    calendar = calendar_of(company.desk.hours, company.timezone)
    return calendar.is_always or between(calendar, begin, end) > NOTHING


def _moment(company: Company, day: date) -> datetime:
    return datetime.combine(day, AT, ZoneInfo(company.timezone))
