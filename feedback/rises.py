"""A cause that suddenly brings many more complaints than usual: an exact test with few false alarms.

Complaints of one cause in a day, or a week, are compared with those of the eight weeks before. Were the rate
the same, each complaint of both would lie in the later time by the share of that time, so their number there
is binomial: the conditional test of two Poisson means (Przyborowski and Wilenski, Biometrika 31, 1940), which
needs no estimate of the usual rate and is exact however few complaints there were. Where the days before vary
more than chance would have it, counts weigh less by that much (quasi-likelihood), so that restless causes
alarm no sooner.

Today is compared with whole days and this week with whole weeks, so looking often alarms no more often: the
count only grows until the day is over.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.occasions import claim_occasion
from store.tables.complaints import Complaint, ComplaintState

RARE = 0.001
"""So seldom may chance alone look like a rise, in a day or a week of one cause."""
FEWEST = 5
"""Fewer complaints are no rise, however unusual."""
WEEK_DAYS = 7
BASE_DAYS = 8 * WEEK_DAYS
"""What is usual is known from so many days before."""
LEAST_BASE_DAYS = WEEK_DAYS
"""Before so many days are known, nothing is usual."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A cause that brings more than usual.

    Attributes:
        cause: its key.
        days: in how many days, 1 or 7; the last of them is today.
        complaint_ids: its complaints in these days, the oldest first.
        usual: how many it brings in as many days.
    """

    cause: str
    days: int
    complaint_ids: tuple[int, ...]
    usual: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A complaint and the day on which it was opened, where the company is."""

    complaint_id: int
    cause: str
    day: date


def chance(recent: int, base: int, *, share: float) -> float:
    """Tell how likely so many recent complaints, or more, are where nothing has changed.

    Args:
        recent: complaints in the later time.
        base: complaints in the time before.
        share: of both times together, which part the later one is, 0–1.

    Returns:
        The upper tail of the binomial distribution, 0–1.
    """
    total = recent + base
    if recent <= 0:
        return 1.0
    log, log_other = math.log(share), math.log1p(-share)
    whole = math.lgamma(total + 1)
    return min(
        1.0,
        math.fsum(
            math.exp(
                whole
                - math.lgamma(count + 1)
                - math.lgamma(total - count + 1)
                + count * log
                + (total - count) * log_other
            )
            for count in range(recent, total + 1)
        ),
    )


def restlessness(counts: Sequence[int]) -> float:
    """Tell how many times more counts of days vary than chance would have it; 1 where they do not.

    The variance of Poisson counts is their mean; of so many days it comes out higher by two standard errors
    once in forty times, and only beyond that are they called restless.
    """
    mean = sum(counts) / len(counts)
    if mean == 0:
        return 1.0
    variance = math.fsum((count - mean) ** 2 for count in counts) / max(1, len(counts) - 1)
    by_chance = 1 + 2 * math.sqrt(2 / max(1, len(counts) - 1))
    return variance / mean if variance / mean > by_chance else 1.0


def is_rise(recent: int, before: Sequence[int], *, days: int) -> bool:
    """Decide whether a cause brings more than usual.

    Args:
        recent: its complaints in the last ``days``.
        before: its complaints on each day before, as far as that is known.
        days: how many days ``recent`` counts.
    """
    if recent < FEWEST or len(before) < LEAST_BASE_DAYS:
        return False
    weight = restlessness(before)
    share = days / (days + len(before))
    return chance(math.floor(recent / weight), math.ceil(sum(before) / weight), share=share) < RARE


def rises(opened: Iterable[Opened], *, today: date, known_since: date) -> Sequence[Rise]:
    """Find the causes that bring more than usual, today or this week; pure.

    Args:
        opened: the complaints of the days that count.
        today: where the company is.
        known_since: the first day of which complaints are known.
    """
    by_cause: dict[str, list[Opened]] = defaultdict(list)
    for one in opened:
        by_cause[one.cause].append(one)
    return [
        rise
        for cause, cases in sorted(by_cause.items())
        if (rise := _rise_of(cause, cases, today=today, known_since=known_since)) is not None
    ]


def _rise_of(cause: str, cases: Sequence[Opened], *, today: date, known_since: date) -> Rise | None:
    per_day = Counter(one.day for one in cases)
    monday = today - timedelta(days=today.weekday())
    for days, first in ((1, today), (WEEK_DAYS, monday)):
        recent = sorted(one.complaint_id for one in cases if first <= one.day <= today)
        begin = max(first - timedelta(days=BASE_DAYS), known_since)
        before = [per_day[begin + timedelta(days=past)] for past in range(max(0, (first - begin).days))]
        if is_rise(len(recent), before, days=days):
            return Rise(cause, days, tuple(recent), sum(before) / len(before) * days)
    return None


def see_rises(session: Session, *, timezone: str, now: datetime) -> Sequence[Rise]:
    """Look for causes that bring more than usual; only reads.

    Args:
        session: the open transaction.
        timezone: of the company; its days count.
        now: aware UTC.
    """
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    first = session.scalar(select(Complaint.opened_at).order_by(Complaint.id).limit(1))
    if first is None:
        return ()
    since = now - timedelta(days=BASE_DAYS + 2 * WEEK_DAYS)
    rows = session.execute(
        select(Complaint.id, Complaint.cause, Complaint.opened_at).where(
            Complaint.cause.is_not(None),
            Complaint.opened_at > since,
            Complaint.state != ComplaintState.DISMISSED,
        )
    )
    opened = [Opened(number, cause, at.astimezone(zone).date()) for number, cause, at in rows if cause]
    return rises(opened, today=today, known_since=first.astimezone(zone).date())


def claim_rise(session: Session, rise: Rise, *, timezone: str, now: datetime) -> str | None:
    """Take it on oneself to tell a rise; each cause is told once a week. Does not commit.

    Returns:
        The name of the occasion; None where it was told already.
    """
    year, week, _ = now.astimezone(ZoneInfo(timezone)).isocalendar()
    occasion = f"rise:{rise.cause}:{year}-W{week:02}"
    return occasion if claim_occasion(session, occasion, now=now) else None
