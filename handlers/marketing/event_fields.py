"""What a marketer may set of an event, each with its question and what reads the answer.

Readers raise ``InputError`` with a message in the reader's language, and give what a talk's JSON can hold.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from customers.phrases import Phrases, listed
from feedback.natural_times import Place
from handlers.marketing.answers import WHEN, read_capacity, read_place, read_title, read_when
from handlers.marketing.when import not_too_far, read_in_words
from scheduler.events.reminders import EARLIEST_MINUTES
from scheduler.manners import is_zone
from store.errors import InputError
from store.tables.outreach import Event

MAX_COMPANIONS = 6
"""So many buttons stand beside each other on a phone, with one for coming alone."""

MAX_LINK = 300
MAX_REMINDERS = 5
SOONEST_MINUTES = 15
OFFER_MINUTES = (30, 7 * 24 * 60)
"""The shortest and the longest time for which a marketer may let a place be offered."""

NONE = frozenset({"-", "–", "—", "none", "no", "0", "无", "没有", "不要", "不用"})
ZONE_LIKE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_+-]+)+")
SAYS_HOUR = re.compile(r"\d\s*(?::\s*\d|[点时h]|[ap]\.?m)|\bnoon\b|\bmidnight\b|中午", re.IGNORECASE)
"""A day alone does not say when an event begins."""

DAY_IN_DIGITS = re.compile(r"\d\s*[/.]\s*\d")
"""What may be the day and the month, or the other way about."""

CLOCK = re.compile(r"(\d{1,2})\s*(?:[:点时]\s*(\d{1,2})?)\s*分?")
CLOCK_ALONE = re.compile(
    r"(?:at\s+)?((?:上午|早上|中午|下午|傍晚|晚上)?\s*\d{1,2}\s*(?:[:点时]\s*(?:\d{1,2}\s*分?|半)?(?:\s*[ap]m)?|[ap]m))"
    r"(\s+[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?",
    re.IGNORECASE,
)
"""A time of the day without a day; the name of a zone may stand behind it."""

SPAN = re.compile(
    r"(\d{1,4})\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m|个?星期|周|天|日|个?小时|分钟|分)", re.IGNORECASE
)
PARTING = re.compile(r"[\s,;、，；和]+|\band\b", re.IGNORECASE)
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
MINUTES_OF = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}
CHINESE_UNITS = {"星期": "w", "周": "w", "天": "d", "日": "d", "小时": "h", "分": "m"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a marketer may set of an event.

    Attributes:
        label: what a button and a list call it.
        question: what is asked.
        read: reads an answer into changes, which ``from_json`` turns into what ``change_event`` takes.
    """

    label: str
    question: str
    read: Callable[[str], Mapping[str, Any]]


def fields_of(event: Event, say: Phrases, *, now: datetime) -> Mapping[str, Field]:
    """Give all that may be set of an event, by name, as its card lists it."""
    zone = event.timezone

    def start(text: str) -> Mapping[str, Any]:
        return moved(event, *read_start(_on_its_day(text, event), say, timezone=zone, now=now))

    def end(text: str) -> Mapping[str, Any]:
        ends_at = read_end(text, say, starts_at=event.starts_at, timezone=zone)
        return {"ends_at": ends_at and ends_at.isoformat()}

    return {
        "when": Field(
            say("Time"),
            say("When does it start? Like 2027-03-01 19:00 ({timezone}).", timezone=zone),
            start,
        ),
        "end": Field(say("End"), say("When does it end? Like 22:00; - for no end."), end),
        "place": Field(say("Place"), say("Where is it?"), lambda text: {"place": read_place(text, say)}),
        "title": Field(
            say("Title"), say("What is its title now?"), lambda text: {"title": read_title(text, say)}
        ),
        "capacity": Field(
            say("Places"),
            say("How many places are there?"),
            lambda text: {"capacity": read_capacity(text, say)},
        ),
        "map": Field(
            say("Map"),
            say("A link to the place on a map, like https://maps.example/…; - for none."),
            lambda text: {"map_link": read_map(text, say)},
        ),
        "companions": Field(
            say("Companions"),
            say("How many people may each guest bring? 0 to {most}.", most=MAX_COMPANIONS),
            lambda text: {"companions": read_companions(text, say)},
        ),
        "reminders": Field(
            say("Reminders"),
            say("When are guests reminded before the start? Like 1w 1d 2h; - for never."),
            lambda text: {"reminders": read_reminders(text, say)},
        ),
        "offer": Field(
            say("Waiting list"),
            say("For how long is a place that comes free kept for who is next? Like 4h."),
            lambda text: {"offer_minutes": read_offer(text, say)},
        ),
    }


def from_json(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Turn what readers gave into what ``change_event`` takes."""
    moments = {"starts_at", "ends_at"}
    return {
        name: datetime.fromisoformat(value) if name in moments and value else value
        for name, value in changes.items()
    }


def moved(event: Event, starts_at: datetime, timezone: str) -> Mapping[str, Any]:
    """Move an event to another start; it ends as long after it as before."""
    ends_at = None if event.ends_at is None else starts_at + (event.ends_at - event.starts_at)
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at and ends_at.isoformat(),
        "timezone": timezone,
    }


def _on_its_day(text: str, event: Event) -> str:
    """Put the event's own day before a time that is written without one."""
    found = CLOCK_ALONE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return text
    return f"{event.starts_at.astimezone(ZoneInfo(event.timezone)):%Y-%m-%d} {found[1]}{found[2] or ''}"


def read_start(text: str, say: Phrases, *, timezone: str, now: datetime) -> tuple[datetime, str]:
    """Read when an event starts, by the clock of a zone; another zone may be named behind it.

    Returns:
        An aware moment in UTC after ``now``, at most ten years, and the zone's name.
    """
    words = unicodedata.normalize("NFKC", text).split()
    last, rest = (words[-1], " ".join(words[:-1])) if len(words) > 1 else ("", "")
    if last and not last[0].isdigit() and is_zone(last):
        return _read_time(rest, say, timezone=last, now=now), last
    if last[:1].isalpha() and (ZONE_LIKE.fullmatch(last) or WHEN.fullmatch(rest)):
        raise InputError(_no_such_zone(last, say))
    return _read_time(" ".join(words), say, timezone=timezone, now=now), timezone


def _read_time(text: str, say: Phrases, *, timezone: str, now: datetime) -> datetime:
    """Read a date and a time, or words such as "tomorrow 19:00"; days in digits only with the year first."""
    if WHEN.fullmatch(text) or not SAYS_HOUR.search(text) or DAY_IN_DIGITS.search(text):
        at = read_when(text, say, timezone=timezone, now=now)
        return not_too_far(at, text, say, now=now)
    unreadable = say("I cannot read this as a date and time. Please write it like 2027-03-01 19:00.")
    place = Place(timezone, say.language, "")
    return read_in_words(text, say, place=place, now=now, unreadable=unreadable)


def read_zone(text: str, say: Phrases) -> str:
    """Read the name of a time zone."""
    name = text.strip()
    if not is_zone(name):
        raise InputError(_no_such_zone(name, say))
    return name


def _no_such_zone(name: str, say: Phrases) -> str:
    return say("There is no time zone “{name}”. Their names are like Europe/London or Asia/Tokyo.", name=name)


def read_end(text: str, say: Phrases, *, starts_at: datetime, timezone: str) -> datetime | None:
    """Read when an event ends: a time on the clock of its place, or a day and a time; None for no end."""
    written = unicodedata.normalize("NFKC", text).strip()
    if written.lower() in NONE:
        return None
    clock = CLOCK.fullmatch(written)
    if clock is None and WHEN.fullmatch(written) is None:
        raise InputError(say("I cannot read this as a time. Please write it like 22:00, or - for no end."))
    if clock is None:
        days = [written]
    else:
        first = starts_at.astimezone(ZoneInfo(timezone)).date()
        time = f"{clock.group(1)}:{clock.group(2) or '0'}"
        days = [f"{day:%Y-%m-%d} {time}" for day in (first, first + timedelta(days=1))]
    for day in days:
        ends_at = read_when(day, say, timezone=timezone, now=LONG_AGO)
        if ends_at > starts_at:
            return ends_at
    raise InputError(say("{text} is not after the start.", text=written))


def read_map(text: str, say: Phrases) -> str | None:
    """Read a web address; None for none."""
    link = text.strip()
    if link.lower() in NONE:
        return None
    try:
        parts = urlsplit(link)
        is_link = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", link)
    except ValueError:
        is_link = False
    if not is_link or len(link) > MAX_LINK:
        raise InputError(
            say(
                "Please send a link that begins with https:// and has at most {limit} characters.",
                limit=MAX_LINK,
            )
        )
    return link


def read_companions(text: str, say: Phrases) -> int:
    """Read how many people a guest may bring."""
    written = unicodedata.normalize("NFKC", text).strip().lower().removeprefix("+")
    if written in NONE:
        return 0
    if not (written.isascii() and written.isdigit() and len(written) == 1 and int(written) <= MAX_COMPANIONS):
        raise InputError(say("Please send a whole number from 0 to {most}.", most=MAX_COMPANIONS))
    return int(written)


def read_reminders(text: str, say: Phrases) -> list[int]:
    """Read how long before the start guests are reminded.

    Returns:
        Minutes, the longest first; none for never.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if written.lower() in NONE:
        return []
    minutes = sorted(set(_spans(written, say)), reverse=True)
    if len(minutes) > MAX_REMINDERS:
        raise InputError(say("At most {most} reminders fit; more would be a nuisance.", most=MAX_REMINDERS))
    if minutes[0] > EARLIEST_MINUTES or minutes[-1] < SOONEST_MINUTES:
        raise InputError(
            say(
                "A reminder comes at least {soonest} minutes and at most {earliest} days before the start.",
                soonest=SOONEST_MINUTES,
                earliest=EARLIEST_MINUTES // MINUTES_OF["d"],
            )
        )
    return minutes


def read_offer(text: str, say: Phrases) -> int:
    """Read for how long a place is offered, in minutes."""
    minutes = _spans(unicodedata.normalize("NFKC", text).strip(), say)
    shortest, longest = OFFER_MINUTES
    if len(minutes) != 1 or not shortest <= minutes[0] <= longest:
        raise InputError(say("Please send one length of time from 30 minutes to 7 days, like 4h."))
    return minutes[0]


def _spans(written: str, say: Phrases) -> list[int]:
    found = [SPAN.fullmatch(part) for part in PARTING.split(SPAN.sub(_closed_up, written)) if part]
    spans = [span for span in found if span is not None]
    if not spans or len(spans) < len(found):
        raise InputError(
            say(
                "I cannot read this as lengths of time. Please write them like 1w 1d 2h 30m "
                "(week, day, hour, minute)."
            )
        )
    return [int(span.group(1)) * MINUTES_OF[_unit(span.group(2))] for span in spans]


def _closed_up(span: re.Match[str]) -> str:
    return f"{span.group(1)}{span.group(2)} "


def _unit(written: str) -> str:
    for name, unit in CHINESE_UNITS.items():
        if name in written:
            return unit
    return written[0].lower()


def span_text(minutes: int, say: Phrases) -> str:
    """Say a length of time in its largest whole unit."""
    for name, size in MINUTES_OF.items():
        if minutes % size == 0:
            number = minutes // size
            return {
                "w": say.count("{number} week", "{number} weeks", number),
                "d": say.count("{number} day", "{number} days", number),
                "h": say.count("{number} hour", "{number} hours", number),
                "m": say.count("{number} minute", "{number} minutes", number),
            }[name]
    raise ValueError(f"{minutes} is no whole number of minutes")


def reminders_text(reminders: Sequence[int], say: Phrases) -> str:
    """Say when guests are reminded; ``reminders`` are minutes before the start."""
    if not reminders:
        return say("Reminders: none")
    return say("Reminders: {spans} before the start", spans=spans_text(reminders, say))


def spans_text(reminders: Sequence[int], say: Phrases) -> str:
    """Say how long before the start guests are reminded, in one line; ``reminders`` are minutes."""
    return listed((span_text(minutes, say) for minutes in reminders), say) or say("none")
