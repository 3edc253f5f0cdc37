"""A moment as a person reads it: in their language, on the clock of their place."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_skeleton, get_timezone_location

from customers.phrases import Phrases
from customers.time_zones import zone_info

UNPLACED = frozenset({"UTC", "GMT", "Zulu"})
"""Zones that are no place; so are all of ``Etc/``."""


def moment_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say day, time and whose clock it is, e.g. "Sat, 21 Nov, 16:00 (London time)".

    Args:
        moment: aware.
        zone: IANA name of the reader's zone; it must exist.
        say: the reader's language.
    """
    minute = moment.astimezone(zone_info(zone)).replace(second=0, microsecond=0)
    return _minute_in(minute, zone, say)


def minute_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say day and time alone, e.g. "21 Nov, 16:00", where ``clock_of`` stands beside.

    Args:
        moment: aware.
        zone: IANA name of the reader's zone; it must exist.
        say: the reader's language.
    """
    local = moment.astimezone(zone_info(zone))
    day = str(format_skeleton("MMMd", local, locale=say.locale))
    return say("{day}, {time}", day=day, time=str(format_skeleton("Hm", local, locale=say.locale)))


def clock_of(zone: str, say: Phrases) -> str:
    """Say whose clock a zone is, e.g. "London time"."""
    if _is_unplaced(zone):
        return zone.removeprefix("Etc/")
    return say("{city} time", city=_city(zone, say))


def date_and_time_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say a day with its year, the time and whose clock it is, e.g. "Sun, 22 Nov 2026, 20:00 (London time)".

    Args:
        moment: aware.
        zone: IANA name of the zone by whose clock; it must exist.
        say: the reader's language.
    """
    local = moment.astimezone(zone_info(zone))
    return say("{when} ({clock})", when=_day_and_time(local, say), clock=clock_of(zone, say))


def hours_in(starts_at: datetime, ends_at: datetime, zone: str, say: Phrases) -> str:
    """Say from when until when something is, with the day once where it is one.

    E.g. "Sun, 22 Nov 2026, 20:00–22:00 (London time)".

    Args:
        starts_at, ends_at: aware.
        zone: IANA name of the zone by whose clock; it must exist.
        say: the reader's language.
    """
    first, last = (moment.astimezone(zone_info(zone)) for moment in (starts_at, ends_at))
    if first.utcoffset() != last.utcoffset():
        start, end = (date_and_time_in(moment, zone, say) for moment in (starts_at, ends_at))
        return say("{start} until {end}", start=start, end=end)
    starts = _day_and_time(first, say)
    if first.date() != last.date():
        when = say("{start} until {end}", start=starts, end=_day_and_time(last, say))
    else:
        when = say("{start}–{end}", start=starts, end=_clock(last, say))
    return say("{when} ({clock})", when=when, clock=clock_of(zone, say))


def date_in_words(day: date, say: Phrases) -> str:
    """Say a date, e.g. "22 Nov 2026"."""
    return str(format_skeleton("yMMMd", day, locale=say.locale))


def _day_and_time(local: datetime, say: Phrases) -> str:
    day = str(format_skeleton("yMMMEd", local, locale=say.locale))
    return say("{day}, {time}", day=day, time=_clock(local, say))


def _clock(local: datetime, say: Phrases) -> str:
    return str(format_skeleton("Hm", local, locale=say.locale))


def day_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say a day, e.g. "21 Nov 2026".

    Args:
        moment: aware.
        zone: IANA name of the reader's zone; it must exist.
        say: the reader's language.
    """
    return date_in_words(moment.astimezone(zone_info(zone)).date(), say)


@lru_cache(maxsize=256)
def _minute_in(local: datetime, zone: str, say: Phrases) -> str:
    """Say a minute; kept, because a burst of complaints is due in a few minutes that are all the same."""
    day = str(format_skeleton("MMMEd", local, locale=say.locale))
    time = str(format_skeleton("Hm", local, locale=say.locale))
    if _is_unplaced(zone):
        return say("{day}, {time} ({zone})", day=day, time=time, zone=zone.removeprefix("Etc/"))
    return say("{day}, {time} ({city} time)", day=day, time=time, city=_city(zone, say))


def _is_unplaced(zone: str) -> bool:
    return zone in UNPLACED or zone.startswith("Etc/")


def _city(zone: str, say: Phrases) -> str:
    return str(get_timezone_location(zone, locale=say.locale, return_city=True)).rpartition("/")[2]
