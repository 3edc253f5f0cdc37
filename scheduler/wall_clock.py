"""What a clock on a wall shows, as a moment: also on the days when clocks are changed."""

from datetime import UTC, date, datetime, timedelta

from customers.time_zones import zone_info

FURTHEST_EAST = timedelta(hours=14)
"""Nowhere is it later than in Kiritimati (UTC+14)."""

FURTHEST_WEST = timedelta(hours=12)
"""Nobody lives where it is earlier than at UTC−12."""


def moment_at(wall: datetime, zone: str) -> datetime:
    """Tell when the clock in a zone shows a time.

    A time that is skipped counts by the clock as it was before, so that 02:30 becomes 03:30 where clocks are
    put forward by an hour at 02:00; one that comes twice is the first (RFC 5545, 3.3.5).

    Args:
        wall: a time without a zone.
        zone: IANA name; it must exist.

    Returns:
        An aware moment in UTC.
    """
    return wall.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC)


def shown_at(moment: datetime, zone: str) -> datetime:
    """Tell what the clock in a zone shows, to the minute; without a zone."""
    return moment.astimezone(zone_info(zone)).replace(tzinfo=None, second=0, microsecond=0, fold=0)


def first_in_the_world(wall: datetime) -> datetime:
    """Tell when the first clock in the world shows a time; aware UTC."""
    return wall.replace(tzinfo=UTC) - FURTHEST_EAST


def last_in_the_world(wall: datetime) -> datetime:
    """Tell when the last clock in the world shows a time; aware UTC."""
    return wall.replace(tzinfo=UTC) + FURTHEST_WEST


def on_their_clock(wall: datetime, zone: str, *, now: datetime, late: timedelta) -> datetime:
    """Tell when somebody gets what all get when their own clock shows a time.

    Whose clock showed it longer ago than ``late`` gets it when it shows that time again, a day or more later.

    Args:
        wall: the time, without a zone.
        zone: theirs.
        now: the moment.
        late: how much later still counts as on time.

    Returns:
        An aware moment in UTC, not before ``now - late``.
    """
    moment = moment_at(wall, zone)
    if moment >= now - late:
        return moment
    day = max(wall.date(), shown_at(now - late, zone).date())
    again = _on_day(wall, day, zone)
    return again if again >= now - late else _on_day(wall, day + timedelta(days=1), zone)


def _on_day(wall: datetime, day: date, zone: str) -> datetime:
    return moment_at(datetime.combine(day, wall.time()), zone)
