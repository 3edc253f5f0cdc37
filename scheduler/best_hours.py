"""When a customer usually writes, so that what we say first finds them at a good hour."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, exp, pi

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.time_zones import zone_info
from scheduler.audience import Addressee
from scheduler.local_clock import leaves_at
from scheduler.manners import zone_of
from store.one_of import is_one_of
from store.tables.conversations import Message

LEAST = 5
"""From fewer messages nothing is learnt."""

LAST = 30
"""So many of their newest messages tell when a customer writes: habits change."""

DAY_HOURS = 24
SHARPNESS = 4.0
"""How near in the day messages support one another: an hour apart by seven eighths, three by a third (the
von Mises kernel, https://en.wikipedia.org/wiki/Von_Mises_distribution)."""

STEADY = 0.5
"""How much of the support the best hour must have of what it had if all wrote in it; below, they write at any
time of the day, and no hour is better than now."""


def best_hour(hours: Sequence[float]) -> int | None:
    """Tell at which hour somebody usually writes.

    It is the hour around whose middle most of their messages lie, on the round of the clock: 23:00 and 1:00
    are two hours apart.

    Args:
        hours: the local hours, 0 ≤ hour < 24, of their last messages.

    Returns:
        0–23; None where there are fewer than ``LEAST``, or no hour stands out.

    >>> best_hour([19.5, 20.1, 20.4, 19.9, 8.0]), best_hour([23.5, 0.5, 0.2, 23.9, 0.4])
    (19, 0)
    """
    if len(hours) < LEAST:
        return None
    support = [sum(_nearness(hour + 0.5 - one) for one in hours) for hour in range(DAY_HOURS)]
    best = max(range(DAY_HOURS), key=lambda hour: (support[hour], -hour))
    return best if support[best] >= STEADY * len(hours) else None


def _nearness(hours_apart: float) -> float:
    """Tell how near two times of the day are: 1 is at the same, towards 0 at the other end of the day."""
    return exp(SHARPNESS * (cos(2 * pi * hours_apart / DAY_HOURS) - 1))


def best_moment(
    now: datetime, hour: int | None, zone: str, *, latest: datetime, company: Company
) -> datetime:
    """Tell when a message may leave, best at a customer's hour.

    Args:
        now: from when on.
        hour: the hour (0–23) at which they usually write; None where none is known.
        zone: theirs.
        latest: the end of its window; what would leave only then, leaves as soon as it may.
        company: whose quiet hours hold.

    Returns:
        The first moment in that hour, where it is before ``latest`` and not quiet; else the first that is
        allowed.
    """
    soonest = leaves_at(now, zone, company)
    if hour is None or not company.outreach.best_hours:
        return soonest
    found = _next_time(soonest, hour, zone)
    if found >= latest or leaves_at(found, zone, company) != found:
        return soonest
    return found


def _next_time(moment: datetime, hour: int, zone: str) -> datetime:
    """Find the first moment, ``moment`` or later, when the clock in a zone shows an hour.

    It goes from full hour to full hour of the clock on the wall, so that an hour that is skipped is found a
    day later, and one that comes twice the first time.
    """
    place = zone_info(zone)
    local = moment.astimezone(place)
    while local.hour != hour:
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        moment += timedelta(hours=1) - into
        local = moment.astimezone(place)
    return moment


def find_best_moments(
    session: Session, windows: Sequence[tuple[Addressee, datetime, datetime]], *, company: Company
) -> Mapping[int, datetime]:
    """Find when a message without a fixed time may leave to each of some customers; one query for all.

    Args:
        session: the open transaction.
        windows: to whom, from when on, and the end of that (``best_moment``).
        company: who we are.

    Returns:
        Moments by customer number, for each of them.
    """
    hours = find_best_hours(session, [who for who, _, _ in windows], company=company)
    known: dict[tuple[str, int | None, datetime, datetime], datetime] = {}
    found = {}
    for who, since, latest in windows:
        zone, hour = zone_of(who, company), hours.get(who.customer_id)
        key = (zone, hour, since, latest)
        if key not in known:
            known[key] = best_moment(since, hour, zone, latest=latest, company=company)
        found[who.customer_id] = known[key]
    return found


_NEWEST = (
    select(
        Message.customer_id,
        Message.at,
        func.row_number().over(partition_by=Message.customer_id, order_by=Message.id.desc()).label("place"),
    )
    .where(is_one_of(Message.customer_id, "customers"))
    .subquery()
)
_WRITTEN = select(_NEWEST.c.customer_id, _NEWEST.c.at).where(_NEWEST.c.place <= LAST)


def find_best_hours(
    session: Session, people: Collection[Addressee], *, company: Company
) -> Mapping[int, int]:
    """Find at which hour, by their own clock, each of some customers usually writes; one query for all.

    Returns:
        Hours by customer number; without those of whom none is known.
    """
    if not people or not company.outreach.best_hours:
        return {}
    zones = {who.customer_id: zone_info(zone_of(who, company)) for who in people}
    rows = session.execute(_WRITTEN, {"customers": list(zones)})
    written: dict[int, list[float]] = defaultdict(list)
    for customer_id, at in rows:
        local = at.astimezone(zones[customer_id])
        written[customer_id].append(local.hour + (local.minute + 0.5) / 60)
    found = {customer_id: best_hour(hours) for customer_id, hours in written.items()}
    return {customer_id: hour for customer_id, hour in found.items() if hour is not None}
