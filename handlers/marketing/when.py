"""When a campaign shall leave: read as people write it, and said as they read it."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from customers.company import Company
from customers.phrases import Phrases
from feedback.natural_times import (
    DistantTimeError,
    Moment,
    PastTimeError,
    Place,
    UnreadableTimeError,
    read_moment,
)
from handlers.marketing.answers import WHEN, read_when
from scheduler.campaigns.times import BEST_HOUR, NOW, Timing, is_past
from scheduler.recurrence.rules import UNTIL, next_run, read_recurrence
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
MOST_AHEAD = timedelta(days=3653)
"""Ten years: what is written for later than that is a slip."""


def how_to_say_when(say: Phrases, *, is_too_soon: bool = False) -> str:
    """Ask when a campaign shall leave, with what can be answered; not now, where nobody would get it now."""
    if is_too_soon:
        return say(
            "When? 2027-03-01 10:00 · tomorrow 10:00 · with «local» after it by each one's own clock · "
            "every Monday at 9:00 until 2027-12-31."
        )
    return say(
        "When? now · 2027-03-01 10:00 · tomorrow 10:00 · with «local» after it by each one's own clock · "
        "every Monday at 9:00 until 2027-12-31."
    )


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
    rest = _without_local(written)
    local_time = rest != written
    recurring = read_recurrence(rest, say, zone=company.timezone, now=now)
    if recurring is not None:
        first = next_run(recurring.rule, after=now, zone=company.timezone, last_day=recurring.last_day)
        return Timing(first, local_time, recurring.rule, recurring.last_day)
    timing = Timing(_read_once(rest, say, company=company, now=now, local_time=local_time), local_time)
    if is_past(timing, company=company, now=now):
        raise InputError(say("{text} is in the past. When will it be?", text=written))
    return timing


def _without_local(text: str) -> str:
    """Take away that each customer's own clock counts, which stands at the end or before the last day."""
    text = LOCAL.sub("", text)
    until = UNTIL.search(text)
    return text if until is None else LOCAL.sub("", text[: until.start()]) + until[0]


def _read_once(text: str, say: Phrases, *, company: Company, now: datetime, local_time: bool) -> datetime:
    """Read one moment by the company's clock; where clocks differ it may be just over here."""
    if WHEN.fullmatch(text):
        before = now - timedelta(days=2) if local_time else now
        at = read_when(text, say, timezone=company.timezone, now=before)
        return not_too_far(at, text, say, now=now)
    place = Place(company.timezone, company.language, company.country)
    return read_in_words(text, say, place=place, now=now, unreadable=_unreadable(say))


def not_too_far(at: datetime, text: str, say: Phrases, *, now: datetime) -> datetime:
    """Give back a moment that was read from a text, unless it is more than ``MOST_AHEAD`` away.

    Raises:
        InputError: it is.
    """
    if at - now > MOST_AHEAD:
        raise InputError(say("{text} is more than ten years away.", text=text.strip()))
    return at


def read_in_words(text: str, say: Phrases, *, place: Place, now: datetime, unreadable: str) -> datetime:
    """Read one moment as people say it, such as "tomorrow 19:00".

    Args:
        text: what was written.
        say: the writer's language.
        place: by whose clock.
        now: the moment.
        unreadable: what is said where it cannot be read.

    Returns:
        An aware moment in UTC, to the minute.

    Raises:
        InputError: it cannot be read, lacks the hour, does not exist, is over or too far away; the text
            says which.
    """
    try:
        found = read_moment(text, place, now=now)
        is_skipped = _is_skipped(text, found, place, now)
    except PastTimeError as error:
        raise InputError(say("{text} is in the past. When will it be?", text=text)) from error
    except DistantTimeError as error:
        raise InputError(say("{text} is more than a year away.", text=text)) from error
    except UnreadableTimeError as error:
        raise InputError(unreadable) from error
    if found.rest.strip():
        raise InputError(unreadable)
    if found.is_day:
        raise InputError(say("The hour is missing. Like: {text} at 9:00", text=text))
    if is_skipped:
        raise InputError(
            say(
                "{text} does not exist in {timezone}: the clocks are put forward over it that day. "
                "Please choose another time.",
                text=text,
                timezone=place.zone,
            )
        )
    return found.at.astimezone(UTC).replace(second=0, microsecond=0)


def _is_skipped(text: str, found: Moment, place: Place, now: datetime) -> bool:
    """Tell whether a time of the clock is meant that the clock there skips; «in 3 hours» means none."""
    if read_moment(text, place, now=now + timedelta(minutes=1)).at != found.at:
        return False
    wall_now = shown_at(now, place.zone).replace(tzinfo=UTC)
    wall = shown_at(read_moment(text, replace(place, zone="UTC"), now=wall_now).at, "UTC")
    return shown_at(moment_at(wall, place.zone), place.zone) != wall


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
