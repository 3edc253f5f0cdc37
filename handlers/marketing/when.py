"""When a campaign shall leave: read as people write it, and said as they read it."""

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta

from customers.company import Company
from customers.phrases import Phrases
from feedback.natural_times import DistantTimeError, PastTimeError, Place, UnreadableTimeError, read_moment
from handlers.marketing.answers import WHEN, read_when
from scheduler.campaign_times import BEST_HOUR, NOW, Timing, is_past
from scheduler.recurrence import next_run, read_recurrence
from scheduler.wall_clock import moment_at, shown_at
from store.errors import InputError

AT_ONCE = frozenset({"now", "at once", "send now", "现在", "马上", "立即", "立刻"})
BEST = frozenset({"best", "best hour", "best time", "at the best hour", "最佳时间", "最佳时段"})
LOCAL = re.compile(
    r"[\s,，]*\(?(?:(?:by |on |in )?(?:their|each one's|the customer's)(?: own)? (?:local )?(?:time|clock)"
    r"|local time|local|各自当地时间|客户当地时间|当地时间|当地)\)?$",
    re.IGNORECASE,
)
SUGGESTED_HOUR = 10


def read_timing(text: str, say: Phrases, *, company: Company, now: datetime) -> Timing:
    """Read when a campaign shall leave.

    Args:
        text: «now», a time by the company's clock, a time with «local» after it, or how often.
        say: the writer's language.
        company: by whose clock.
        now: the moment.

    Raises:
        InputError: it cannot be read, does not exist or is over; the text says which.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if written.lower() in AT_ONCE:
        return NOW
    if written.lower() in BEST:
        return BEST_HOUR
    rest = LOCAL.sub("", written)
    local_time = rest != written
    recurring = read_recurrence(rest, say, zone=company.timezone, now=now)
    if recurring is not None:
        first = next_run(recurring.rule, after=now, zone=company.timezone, last_day=recurring.last_day)
        return Timing(first, local_time, recurring.rule, recurring.last_day)
    timing = Timing(_read_once(rest, say, company=company, now=now, local_time=local_time), local_time)
    if is_past(timing, company=company, now=now):
        raise InputError(say("{text} is in the past. When will it be?", text=written))
    return timing


def _read_once(text: str, say: Phrases, *, company: Company, now: datetime, local_time: bool) -> datetime:
    """Read one moment by the company's clock; where clocks differ it may be just over here."""
    if WHEN.fullmatch(text):
        before = now - timedelta(days=2) if local_time else now
        return read_when(text, say, timezone=company.timezone, now=before)
    place = Place(company.timezone, company.language, company.country)
    try:
        found = read_moment(text, place, now=now)
    except PastTimeError as error:
        raise InputError(say("{text} is in the past. When will it be?", text=text)) from error
    except DistantTimeError as error:
        raise InputError(say("{text} is more than a year away.", text=text)) from error
    except UnreadableTimeError as error:
        raise InputError(_unreadable(say)) from error
    if found.rest.strip():
        raise InputError(_unreadable(say))
    return found.at.astimezone(UTC).replace(second=0, microsecond=0)


def _unreadable(say: Phrases) -> str:
    return say(
        "I cannot read when. Like: now · 2027-03-01 10:00 · tomorrow 10:00 · 2027-03-01 10:00 local (by each "
        "customer's own clock) · every month on the 1st at 10:00 until 2027-12-31."
    )


def tomorrow_at_ten(company: Company, *, now: datetime) -> Timing:
    """Suggest tomorrow morning, by each customer's own clock."""
    tomorrow = shown_at(now, company.timezone).date() + timedelta(days=1)
    wall = datetime.combine(tomorrow, time(SUGGESTED_HOUR))
    return Timing(moment_at(wall, company.timezone), local_time=True)
