"""Moments as staff write them: «2d», «tomorrow», «Friday 17:00», «31.12.», «明天下午三点».

Durations, dates in numbers and Chinese are read by us, for ``dateparser`` knows no 下周五 and takes «32.12.»
for a day in 2032; all the rest is dateparser's. What is read stands at the beginning of a text; what follows
is whatever is to happen by then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from feedback.time_units import NUMERAL, Here, number, units
from store.errors import InputError

MOST_AHEAD = timedelta(days=366)
"""Nobody can promise anything for longer."""
DAY_ENDS = time(18)
"""By when something happens that is promised for a day and no hour."""


class UnreadableTimeError(InputError):
    """No moment stands at the beginning of a text."""


class PastTimeError(InputError):
    """A moment is over."""


class DistantTimeError(InputError):
    """A moment is more than ``MOST_AHEAD`` away."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where, and in which language, somebody writes a moment.

    Attributes:
        zone: IANA name of their zone.
        language: language tag; English is read as well, and Chinese.
        country: ISO 3166 two-letter code; decides whether 1/12 is in December.
        day_ends: local time by which a day is over that comes without an hour.
    """

    zone: str
    language: str = "en"
    country: str = ""
    day_ends: time = DAY_ENDS


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that was read.

    Attributes:
        at: when, in UTC.
        rest: the text that follows it.
        is_day: only a day was written; the moment is when that is over.
    """

    at: datetime
    rest: str
    is_day: bool = False


def read_moment(text: str, place: Place, *, now: datetime) -> Moment:
    """Read the moment with which a text begins; the longest that can be read.

    Args:
        text: a moment, and whatever comes after it.
        place: where and how the writer writes.
        now: aware UTC.

    Raises:
        UnreadableTimeError: it begins with none, or with a day and a time that no clock shows.
        PastTimeError: the moment is over.
        DistantTimeError: it is more than a year away.
    """
    text = text.strip()
    found = _duration(text, place, now) or _date_and_time(text, place, now)
    if found is None or (found.is_day and _CLOCK.match(found.rest)):
        raise UnreadableTimeError("that is no time I can read: write 2d, tomorrow or Friday 17:00")
    if found.at <= now:
        raise PastTimeError("that is over: a time to come is needed")
    if found.at - now > MOST_AHEAD:
        raise DistantTimeError(f"that is more than {MOST_AHEAD.days} days away")
    return found


_MINUTES: Mapping[str, int] = {"m": 1, "h": 60, "d": 1440, "w": 10_080, "分": 1, "小": 60, "天": 1440}
"""By the first sign of a unit; the others are weeks."""
_CLOCK = re.compile(r"T?[0-9]{1,2}\s*(?:[:：][0-9][0-9]|[点时]|[ap]m\b)", re.IGNORECASE)
"""What means a time of the day, though perhaps none that a clock shows."""
_LONGEST_NUMBER = 6
_DURATION = re.compile(
    rf"(?:in\s+)?(?P<number>[0-9]{{1,{_LONGEST_NUMBER}}}(?:[.,][0-9])?|{NUMERAL}|半)\s*个?"
    r"(?P<unit>(?:m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])|分钟|小时|天|周|星期)"
    r"(?:之后|以后|之内|以内|后|内)?",
    re.IGNORECASE,
)


def _duration(text: str, place: Place, now: datetime) -> Moment | None:
    """Read a duration: days and weeks go by the calendar there, hours and minutes by the clock."""
    found = _DURATION.match(text)
    if found is None:
        return None
    written, unit = found["number"], found["unit"][0].casefold()
    count = 0.5 if written == "半" else number(written.replace(",", "."))
    minutes = count * _MINUTES.get(unit, _MINUTES["w"])
    if minutes > MOST_AHEAD.total_seconds():  # more than enough, and still within what a datetime can hold
        raise DistantTimeError(f"that is more than {MOST_AHEAD.days} days away")
    if unit in "mh分小":
        at = now + timedelta(minutes=minutes)
    else:
        local = now.astimezone(ZoneInfo(place.zone))
        at = (local + timedelta(minutes=minutes)).astimezone(UTC)  # the same hour by the clock on the wall
    return Moment(at, _after(text, found.end()))


def _date_and_time(text: str, place: Place, now: datetime) -> Moment | None:
    """Let dateparser read the longest run of units with which a text begins."""
    local = now.astimezone(ZoneInfo(place.zone)).replace(tzinfo=None)
    run = units(text, Here(local, place.language, place.country))
    for count in range(len(run), 0, -1):
        moment = _parsed(" ".join(unit for unit, _ in run[:count]), place, local)
        if moment is not None:
            return replace(moment, rest=_after(text, run[count - 1][1]))
    return None


def _parsed(written: str, place: Place, local: datetime) -> Moment | None:
    from dateparser.date import DateDataParser  # takes half a second to import

    parser = DateDataParser(
        languages=_languages(place.language),
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": local,
            "RETURN_TIME_AS_PERIOD": True,
        },
    )
    data = parser.get_date_data(written)
    at = data.date_obj
    if at is None or data.period not in ("time", "day", "part_of_day"):
        return None
    is_day = data.period == "day"
    if is_day and _CLOCK.search(written):  # dateparser drops a time that it cannot read
        raise UnreadableTimeError("that is no time of the day")
    if is_day:
        at = _end_of(at.date(), place, local)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(place.zone))
    return Moment(at.astimezone(UTC), "", is_day)


def _end_of(day: date, place: Place, local: datetime) -> datetime:
    """Give the end of a working day; on one that is over already, midnight."""
    end = datetime.combine(day, place.day_ends)
    return end if end > local or day != local.date() else datetime.combine(day, time(23, 59))


def _after(text: str, end: int) -> str:
    return text[end:].lstrip(" \t\r\n:：,，.;；–—-")


@cache
def _languages(language: str) -> list[str]:
    """Name the languages for dateparser, whose Chinese is not needed: what it knows is read before."""
    from dateparser.languages.loader import default_loader

    own = language.split("-", maxsplit=1)[0].lower()
    known = default_loader.get_locale_map(languages=None)
    return [own, "en"] if own in known and own not in ("en", "zh") else ["en"]
