"""What the clock says where a customer is, as far as we know where that is."""

from datetime import date, datetime, time

from customers.company import Company
from customers.time_zones import zone_info
from scheduler.manners import next_allowed


def leaves_at(now: datetime, zone: str, company: Company) -> datetime:
    """Tell when a first-spoken message may leave at the earliest; aware UTC."""
    return next_allowed(
        now, zone, quiet_from_hour=company.quiet_from_hour, quiet_until_hour=company.quiet_until_hour
    )


def local_date(now: datetime, zone: str) -> date:
    """Tell the date in a zone."""
    return now.astimezone(zone_info(zone)).date()


def moment_on(day: date, hour: int, zone: str) -> datetime:
    """Tell when it is ``hour`` o'clock (24 is the end of the day) in a zone on a day."""
    if hour == 24:  # noqa: PLR2004 - the hour after the last
        return moment_on(date.fromordinal(day.toordinal() + 1), 0, zone)
    return datetime.combine(day, time(hour), zone_info(zone))
