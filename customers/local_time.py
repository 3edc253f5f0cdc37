"""A moment as a person reads it: in their language, on the clock of their place."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_timezone_location

from customers.phrases import Phrases

UNPLACED = frozenset({"UTC", "GMT", "Zulu"})
"""Zones that are no place; so are all of ``Etc/``."""


def moment_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say day, time and whose clock it is, e.g. "Sat, Nov 21, 16:00 (London time)".

    Args:
        moment: aware.
        zone: IANA name of the reader's zone; it must exist.
        say: the reader's language.
    """
    minute = moment.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    return _minute_in(minute, zone, say)


def minute_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say day and time alone, e.g. "Nov 21, 16:00", where ``clock_of`` stands beside.

    Args:
        moment: aware.
        zone: IANA name of the reader's zone; it must exist.
        say: the reader's language.
    """
    local = moment.astimezone(ZoneInfo(zone))
    day = str(format_skeleton("MMMd", local, locale=say.language))
    return say("{day}, {time}", day=day, time=str(format_skeleton("Hm", local, locale=say.language)))


def clock_of(zone: str, say: Phrases) -> str:
    """Say whose clock a zone is, e.g. "London time"."""
    if _is_unplaced(zone):
        return zone.removeprefix("Etc/")
    return say("{city} time", city=_city(zone, say))


def day_in(moment: datetime, zone: str, say: Phrases) -> str:
    """Say a day, e.g. "Nov 21, 2026".

    Args:
        moment: aware.
        zone: IANA name of the reader's zone; it must exist.
        say: the reader's language.
    """
    return str(format_skeleton("yMMMd", moment.astimezone(ZoneInfo(zone)), locale=say.language))


@lru_cache(maxsize=256)
def _minute_in(local: datetime, zone: str, say: Phrases) -> str:
    """Say a minute; kept, because a burst of complaints is due in a few minutes that are all the same."""
    day = str(format_skeleton("MMMEd", local, locale=say.language))
    time = str(format_skeleton("Hm", local, locale=say.language))
    if _is_unplaced(zone):
        return say("{day}, {time} ({zone})", day=day, time=time, zone=zone.removeprefix("Etc/"))
    return say("{day}, {time} ({city} time)", day=day, time=time, city=_city(zone, say))


def _is_unplaced(zone: str) -> bool:
    return zone in UNPLACED or zone.startswith("Etc/")


def _city(zone: str, say: Phrases) -> str:
    return str(get_timezone_location(zone, locale=say.language, return_city=True)).rpartition("/")[2]
