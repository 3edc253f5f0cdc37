"""Business time: which part of a stretch of time somebody works in. Pure.

Working hours are those of the wall clock in a team's place. What counts is the time that really passes while
that clock shows working hours: an hour that is skipped in spring never was, one that comes twice in autumn
counts twice. A public holiday is free, and so is what would follow it past midnight.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from customers.desk import Hours
from store.errors import ConfigurationError

DAY = timedelta(days=1)
NOTHING = timedelta(0)
IDLE_AT_MOST = timedelta(days=366)
"""Hours that leave nobody at work for so long are passed over, lest a case wait for ever."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """When somebody works, day for day; made by ``calendar_of``.

    Attributes:
        hours: the weekly hours, and whose holidays are free.
        timezone: IANA name of the clock they go by.
        days: the spans of days of UTC that were worked out before, in order and apart.
    """

    hours: Hours
    timezone: str
    days: dict[date, tuple[Span, ...]] = field(default_factory=dict)

    @property
    def is_always(self) -> bool:
        """Whether they work around the clock on every day."""
        return not any(self.hours.week) and self.hours.country is None


@lru_cache(maxsize=256)
def calendar_of(hours: Hours, timezone: str) -> Calendar:
    """Make the calendar of some hours, once.

    Args:
        hours: as the company set them.
        timezone: IANA name that holds where the hours name none: the company's.
    """
    return Calendar(hours, hours.timezone or timezone)


def later(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """Tell when so much business time will have passed.

    Args:
        calendar: when somebody works.
        start: aware.
        duration: of business time.

    Returns:
        The first such moment in UTC, so the end of a working day and not the beginning of the next; ``start``
        where the duration is none.
    """
    moment, left = start.astimezone(UTC), max(duration, NOTHING)
    if calendar.is_always or not left:
        return moment + left
    for begin, end in _spans_after(calendar, moment):
        if left <= end - begin:
            return begin + left
        left -= end - begin
        moment = end
    return moment + left


def earlier(calendar: Calendar, end: datetime, duration: timedelta) -> datetime:
    """Tell from when on so much business time passes until ``end``: the last such moment, in UTC."""
    moment, left = end.astimezone(UTC), max(duration, NOTHING)
    if calendar.is_always or not left:
        return moment - left
    for begin, until in _spans_before(calendar, moment):
        if left <= until - begin:
            return until - left
        left -= until - begin
        moment = begin
    return moment - left


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Tell how much business time passes from one aware moment to another; none from later to earlier."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    if calendar.is_always:
        return max(last - first, NOTHING)
    total = NOTHING
    for begin, until in _spans_after(calendar, first):
        if begin >= last:
            break
        total += min(until, last) - begin
    return total


def _spans_after(calendar: Calendar, moment: datetime) -> Iterator[Span]:
    """Give what is worked from a moment on, as far as the next year that nobody works in."""
    day, worked = moment.date(), moment
    while _midnight(day) - worked < IDLE_AT_MOST:
        for begin, end in _spans_of(calendar, day):
            if end > moment:
                yield max(begin, moment), end
                worked = end
        day += DAY


def _spans_before(calendar: Calendar, moment: datetime) -> Iterator[Span]:
    """Give what was worked up to a moment, the last first."""
    day, worked = moment.date(), moment
    while worked - _midnight(day) < IDLE_AT_MOST:
        for begin, end in reversed(_spans_of(calendar, day)):
            if begin < moment:
                yield begin, min(end, moment)
                worked = begin
        day -= DAY


def _spans_of(calendar: Calendar, day: date) -> tuple[Span, ...]:
    found = calendar.days.get(day)
    if found is None:
        found = calendar.days[day] = tuple(_joined(sorted(_worked_on(calendar, day))))
    return found


def _worked_on(calendar: Calendar, day: date) -> Iterator[Span]:
    """Find what is worked on one day of UTC, in no order."""
    for start, end, offset in _steady(_midnight(day), ZoneInfo(calendar.timezone)):
        local = (start + offset).date()
        # Yesterday's hours may reach past midnight, and a day of UTC may hold parts of two days of a place.
        for wall_day in (local - DAY, local, local + DAY):
            for begin, until in _hours_on(calendar.hours, wall_day):
                midnight = _midnight(wall_day) - offset
                span = max(start, midnight + begin), min(end, midnight + until)
                if span[0] < span[1]:
                    yield span


def _hours_on(hours: Hours, day: date) -> Iterator[tuple[timedelta, timedelta]]:
    """Give a day's working hours, since its midnight; what ends no later than it begins, ends a day later."""
    if hours.country is not None and day in _holidays(hours.country, day.year):
        return
    if not any(hours.week):
        yield NOTHING, DAY
    for begin, end in hours.week[day.weekday()]:
        opens, closes = _since_midnight(begin), _since_midnight(end)
        yield opens, closes if closes > opens else closes + DAY


def _steady(start: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut a day of UTC where the clock of a place is changed; each part with its offset from UTC."""
    end = start + DAY
    before, after = _offset(start, zone), _offset(end - timedelta(microseconds=1), zone)
    if before == after:
        yield start, end, before
        return
    early, late = 0, int(DAY.total_seconds())
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(start + timedelta(seconds=middle), zone) == before:
            early = middle
        else:
            late = middle
    change = start + timedelta(seconds=late)
    yield start, change, before
    yield change, end, after


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Join spans that overlap or touch."""
    last: Span | None = None
    for span in spans:
        if last is None or span[0] > last[1]:
            if last is not None:
                yield last
            last = span
        else:
            last = last[0], max(last[1], span[1])
    if last is not None:
        yield last


@lru_cache(maxsize=512)
def _holidays(place: str, year: int) -> frozenset[date]:
    """Name the public holidays of a country or a part of it (``DE-BY``) in a year.

    Raises:
        ConfigurationError: there is no calendar of that place.
    """
    import holidays  # a third of a second: only where somebody has holidays

    country, _, part = place.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError as error:
        raise ConfigurationError(f"there is no calendar of public holidays of {place!r}") from error


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NOTHING


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
