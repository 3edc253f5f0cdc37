"""When it is polite to speak first: quiet hours, told by the clock on the customer's wall."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol

from babel.core import get_global

from customers.company import Company
from customers.time_zones import zone_info

MOST_PEOPLE = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Chuuk",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
"""Of countries with several time zones, the one with the most people; CLDR lists zones in no such order."""

UTC_ZONE = "UTC"


class Placed(Protocol):
    """Somebody of whom we may know where they are."""

    @property
    def timezone(self) -> str | None:
        """IANA name, as the app told it."""

    @property
    def country(self) -> str | None:
        """ISO 3166 two-letter code."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer is, as far as that is known: IANA name and ISO 3166 two-letter code."""

    timezone: str | None
    country: str | None


def zone_of(customer: Placed, company: Company) -> str:
    """Tell the time zone of a customer, as well as we know it.

    It is the one their app told; else the one of their country (of several: the company's own where it is
    among them, else the one with the most people); else the company's. A name that is no zone is passed over.

    Returns:
        An IANA name that can be loaded.
    """
    return _zone(customer.timezone, customer.country, company.timezone)


@lru_cache(maxsize=4096)
def _zone(timezone_name: str | None, country: str | None, company_timezone: str) -> str:
    code = (country or "").upper()
    in_country: list[str] = get_global("territory_zones").get(code, [])
    own = [company_timezone] if company_timezone in in_country else []
    candidates = (timezone_name, *own, MOST_PEOPLE.get(code), *in_country, company_timezone)
    return next((name for name in candidates if name and is_zone(name)), UTC_ZONE)


def is_zone(name: str) -> bool:
    """Tell whether a text names a time zone that this machine knows."""
    try:
        zone_info(name)
    except (LookupError, ValueError, OSError):  # unknown; malformed or a path; a directory
        return False
    return True


def next_allowed(now: datetime, zone: str, *, quiet_from_hour: int, quiet_until_hour: int) -> datetime:
    """Tell the earliest moment, ``now`` or later, at which we may speak first in a time zone.

    Hours are those of the wall clock there, so that on the days when clocks are changed the quiet
    lasts an hour more or less. Where the hour at which quiet ends is skipped, it ends with the skip.

    Args:
        now: an aware moment.
        zone: IANA name; one that is unknown counts as UTC.
        quiet_from_hour: first quiet hour, 0–23.
        quiet_until_hour: first hour that is not; the same as ``quiet_from_hour`` means there is no quiet.

    Returns:
        ``now`` itself where it is allowed; else a moment in UTC.
    """
    place = zone_info(zone) if is_zone(zone) else UTC
    moment = now
    while _is_quiet(moment.astimezone(place).hour, quiet_from_hour, quiet_until_hour):
        moment = _first_at_or_past(quiet_until_hour, moment, place)
    return moment


def _is_quiet(hour: int, from_hour: int, until_hour: int) -> bool:
    if from_hour <= until_hour:
        return from_hour <= hour < until_hour
    return hour >= from_hour or hour < until_hour


def _first_at_or_past(hour: int, moment: datetime, place: tzinfo) -> datetime:
    """Find the first moment after ``moment`` when the clock shows ``hour``:00, or skips over it."""
    local = moment.astimezone(place)
    day = local.date() if local.hour < hour else local.date() + timedelta(days=1)
    found = _moment_of(day, hour, place)
    if found <= moment:  # the hour comes twice on this day and the first time is over
        found = _moment_of(day, hour, place, fold=1)
    shown = found.astimezone(place)
    if (shown.date(), shown.hour, shown.minute) == (day, hour, 0):
        return found
    return _change_between(moment, found, place)


def _moment_of(day: date, hour: int, place: tzinfo, fold: int = 0) -> datetime:
    return datetime.combine(day, time(hour, fold=fold), place).astimezone(UTC)


def _change_between(before: datetime, after: datetime, place: tzinfo) -> datetime:
    """Find, to the second, when the clock was put to what it shows ``after``."""
    offset = after.astimezone(place).utcoffset()
    early, late = int(before.timestamp()), int(after.timestamp())
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(place).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return datetime.fromtimestamp(late, UTC)
