"""When a visit is due, and when it may leave: pure.

A visit is due one period after the last contact (longer, where visits before it were not answered), plus the
days by which the customer stands back from others who fell due on the same day.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from customers.company import Company
from customers.time_zones import zone_info
from scheduler.definitions.programme import WEEKDAYS, Programme, Window
from scheduler.local_clock import leaves_at

LEAST_A_DAY = 200
"""Visits in 24 hours that any company may make in a programme; a larger one may make more."""

HOURS_A_DAY = 24


def daily_limit(customers: int, every_days: float) -> int:
    """Tell how many visits 24 hours may bring.

    Twice what an even spread over the period needs: a base that falls due all at once, as after an import,
    is worked off in half a period instead of in one flood that staff could not answer.
    """
    return max(LEAST_A_DAY, math.ceil(2 * customers / every_days))


def least_in_time(waiting: Sequence[int], made: int) -> int:
    """Tell how many visits these 24 hours must bring, so that none that waits comes too late.

    Without it a mass of customers who were all in contact on one day, as after a campaign, would fall due
    together, and some would miss a whole period because the day's limit held them back for too long.

    Args:
        waiting: how many of those in line can wait for one day at most, for two, and so on; each number
            holds those before it.
        made: visits made in these 24 hours already: those that could wait least.
    """
    return max(
        (math.ceil((number + made) / days) for days, number in enumerate(waiting, 1) if number), default=0
    )


def days_back(customer_id: int, name: str, days: int) -> int:
    """Tell by how many days a customer stands back, 0 to ``days`` - 1: by chance, yet always the same."""
    if days == 1:
        return 0
    digest = blake2b(f"{name}\0{customer_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % days


def due_after(since: datetime, programme: Programme, customer_id: int, *, stretch: float = 1.0) -> datetime:
    """Tell when a visit is due.

    Args:
        since: when the customer was last in contact, or what the programme counts from happened.
        programme: in which.
        customer_id: whose.
        stretch: by how much the period is longer.
    """
    days = programme.window.days
    if days == 1 and stretch == 1:  # as it mostly is
        return since + programme.period
    back = days_back(customer_id, programme.name, days)
    return since + programme.period * stretch + timedelta(days=back)


def in_time(
    due: datetime, programme: Programme, customer_id: int, *, customers: int, now: datetime
) -> datetime:
    """Tell when somebody is visited whose visit is due, but was never planned for that moment.

    Where it would come too late, as after an import, or when a programme is new or its period shorter, they
    get it from now on, on a day of their own, so that the daily limit suffices for all.

    Args:
        due: when it is due, or was.
        programme: in which.
        customer_id: whose.
        customers: how many there are.
        now: aware UTC.
    """
    if now - due <= programme.lateness:
        return due
    days = math.ceil(customers / daily_limit(customers, programme.period_days))
    return now + timedelta(days=days_back(customer_id, programme.name, max(1, days)))


def opens_at(now: datetime, zone: str, *, window: Window, company: Company) -> datetime:
    """Tell when a visit may leave at the earliest, ``now`` or later: in its window, outside quiet hours.

    Hours and weekdays are those of the customer's wall clock, so that where an hour is skipped or comes
    twice, what counts is what the clock shows. Where all hours of the window are quiet, quiet hours win: the
    visit leaves at the first hour that is not, on a day of the window.

    Args:
        now: an aware moment.
        zone: IANA name of the customer's zone; it must exist.
        window: the programme's.
        company: whose quiet hours hold.
    """
    if window.is_always:
        return leaves_at(now, zone, company)
    place, moment = zone_info(zone), now
    hours, days = _hours(window, company), frozenset(window.weekdays)
    while True:
        local = moment.astimezone(place)
        if WEEKDAYS[local.weekday()] in days and local.hour in hours:
            return moment
        moment = _next_hour(moment, place)


def closes_at(moment: datetime, zone: str, window: Window) -> datetime | None:
    """Tell when the window ends on the day of a moment that lies in it; None where it never does.

    Where the clock shows that hour twice, the window ends with the first of them.
    """
    if window.is_always:
        return None
    place = zone_info(zone)
    days, hour = divmod(window.until_hour, HOURS_A_DAY)
    day = moment.astimezone(place).date() + timedelta(days=days)
    return datetime.combine(day, time(hour), place).astimezone(UTC)


def _hours(window: Window, company: Company) -> frozenset[int]:
    loud = _loud_hours(company.quiet_from_hour, company.quiet_until_hour)
    return loud & frozenset(range(window.from_hour, window.until_hour)) or loud


@lru_cache(maxsize=64)
def _loud_hours(quiet_from: int, quiet_until: int) -> frozenset[int]:
    if quiet_from <= quiet_until:
        quiet = frozenset(range(quiet_from, quiet_until))
    else:
        quiet = frozenset(range(quiet_from, HOURS_A_DAY)) | frozenset(range(quiet_until))
    return frozenset(range(HOURS_A_DAY)) - quiet


def _next_hour(moment: datetime, place: ZoneInfo) -> datetime:
    """Find the moment when the clock next shows a full hour, or is put forward or back, as far as we know.

    Zones change their clocks at full hours of what the clock shows, before or after.
    """
    local = moment.astimezone(place)
    passed = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(UTC) + timedelta(hours=1) - passed
