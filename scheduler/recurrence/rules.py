"""How often something comes again: an RRULE (RFC 5545), written in few words or as it is.

A rule is kept as two lines, ``DTSTART:20270301T100000`` and ``RRULE:FREQ=MONTHLY;BYMONTHDAY=1``: the clock of
the company shows those times. It has no end of its own; a last day stands beside it.
"""

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta

from dateutil.rrule import rrule, rrulestr

from customers.phrases import Phrases
from scheduler.recurrence.words import MOST_BETWEEN, HowOften, read_words
from scheduler.wall_clock import moment_at, shown_at
from store.errors import InputError

LOOKED_AHEAD = timedelta(days=366 * 9)
"""What does not come within nine years never does: the 29th of February is not seen for eight around 2100."""

BEGINS = "DTSTART:%Y%m%dT%H%M%S"
_KEPT = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO", "WKST"}
)
_OF_TIME = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND", "UNTIL", "DTSTART"})
_OFTEN = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PLACES_IN = {"MONTHLY": 5, "YEARLY": 53}
"""How many of one day of the week there may be in a month, and in a year."""
_MOST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53}
"""The greatest number that can stand in a part; but for a month it may count from the end, as -1."""
_DAY = re.compile(r"([+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)")
UNTIL = re.compile(
    r"[\s,，]*(?:\buntil\b|\btill\b|直到|截至|到|至)\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*止?$",
    re.IGNORECASE,
)
"""How a last day is written, at the end of a text."""


class RuleError(InputError):
    """A rule that was kept cannot be worked out."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often, and until when.

    Attributes:
        rule: its two lines.
        last_day: the last on which it may come; None is no end.
    """

    rule: str
    last_day: date | None


def read_recurrence(text: str, say: Phrases, *, zone: str, now: datetime) -> Recurrence | None:
    """Read how often something comes again: «every month on the 1st at 10:00», «每周一 9:00», or an RRULE.

    Args:
        text: as it was written.
        say: the language of whoever is told what is wrong.
        zone: the clock by which times are meant.
        now: the moment.

    Returns:
        None where the text does not speak of something that comes again.

    Raises:
        InputError: it does, but cannot be read, or never comes.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    is_raw = re.match(r"(?i)(rrule:|freq=|dtstart)", written) is not None
    rest, last_day = _split_until(written, say)
    found = _read_raw(rest, say) if is_raw else read_words(rest.lower(), say)
    if found is None:
        return None
    parts, at = found.parts, found.at
    last_day = last_day or (_until(rest, say) if is_raw else None)
    try:
        rule = _anchored(parts, at, shown_at(now, zone))
        comes = rule is not None and next_run(rule, after=now, zone=zone, last_day=last_day) is not None
    except RuleError:
        raise InputError(_no_rrule(say)) from None
    if rule is None or not comes:
        raise InputError(say("“{text}” never comes. When will it be sent?", text=written[:100]))
    return Recurrence(rule, last_day)


def next_run(rule: str, *, after: datetime, zone: str, last_day: date | None) -> datetime | None:
    """Tell when a rule comes next.

    Args:
        rule: its two lines.
        after: an aware moment; the run is later.
        zone: whose clock shows its times; what is skipped or comes twice is as in ``moment_at``.
        last_day: by that clock, the last on which it comes.

    Returns:
        A moment in UTC; None where it comes no more.

    Raises:
        RuleError: the rule cannot be worked out.
    """
    for wall in _walls(rule, shown_at(after, zone) - timedelta(days=1)):
        if last_day is not None and wall.date() > last_day:
            return None
        if (moment := moment_at(wall, zone)) > after:
            return moment
    return None


def _walls(rule: str, after: datetime) -> Iterator[datetime]:
    """Give the times that a rule shows from one on, for as long as it is looked ahead.

    For a day that never comes, as the 30th of February, dateutil looks until the year 9999, which takes
    seconds. So it is asked in years shortly before that, whose calendar is the same.

    Raises:
        RuleError: dateutil fails at the rule, as it does at the ninth Monday of a month once it comes there.
    """
    try:
        read = rrulestr(rule)
        begins = datetime.strptime(rule.partition("\n")[0], BEGINS)  # noqa: DTZ007 - a wall's
        until = max(after, begins) + LOOKED_AHEAD
        years = _to_the_last_such_years(min(after, begins).year, until.year)
        if isinstance(read, rrule):
            there = read.replace(dtstart=_moved(begins, years), until=_moved(until, years))
            for wall in there.xafter(_moved(after, years)):
                yield _moved(wall, -years)
    except (ValueError, LookupError, TypeError, OverflowError, AttributeError) as error:
        raise RuleError(f"the rule {rule!r} cannot be worked out") from error


def _to_the_last_such_years(first: int, last: int) -> int:
    """Tell how many years after some their calendar comes for the last time: leap days and days of the week.

    The years beside them count along, for there the weeks of a year begin and end.
    """
    years = range(first - 1, last + 2)
    starts_on = date(years[0], 1, 1).weekday()
    for later in range(MAXYEAR - years[-1], 0, -1):
        if date(years[0] + later, 1, 1).weekday() == starts_on and all(
            isleap(year) == isleap(year + later) for year in years
        ):
            return later
    return 0


def _moved(wall: datetime, years: int) -> datetime:
    """Move a time to a year that has the same calendar."""
    return wall.replace(year=wall.year + years)


def parts_of(rule: str) -> Mapping[str, str]:
    """Give the parts of a rule, such as ``FREQ``."""
    line = rule.rpartition("RRULE:")[2]
    return dict(part.split("=", 1) for part in line.split(";"))


def time_of(rule: str) -> time:
    """Tell at which time of the day a rule comes."""
    return datetime.strptime(rule.partition("\n")[0], BEGINS).time()  # noqa: DTZ007 - a wall's


def _anchored(parts: Mapping[str, str], at: time, wall_now: datetime) -> str | None:
    """Write a rule whose count of weeks or months begins with the first time that comes."""
    begin = datetime.combine(wall_now.date(), at)
    every = {name: value for name, value in parts.items() if name != "INTERVAL"}
    first = next(_walls(_written(every, begin), wall_now - timedelta(minutes=1)), None)
    return None if first is None else _written(parts, first)


def _written(parts: Mapping[str, str], begin: datetime) -> str:
    line = ";".join(f"{name}={value}" for name, value in parts.items())
    return f"{begin:{BEGINS}}\nRRULE:{line}"


def _split_until(text: str, say: Phrases) -> tuple[str, date | None]:
    found = UNTIL.search(text)
    if found is None:
        return text, None
    return text[: found.start()], _day(found, say)


def _until(text: str, say: Phrases) -> date | None:
    """Read the end of an RRULE; it counts by our clock."""
    found = re.search(r"UNTIL=(\d{4})(\d{2})(\d{2})", text.upper())
    return None if found is None else _day(found, say)


def _day(found: re.Match[str], say: Phrases) -> date:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise InputError(say("“{text}” is no day that exists.", text=found[0].strip())) from None


def _read_raw(text: str, say: Phrases) -> HowOften:
    """Read an RRULE as it is; what it says of the time of the day and of its end is taken out of it."""
    line = re.split(r"(?i)rrule:", text)[-1].strip().upper()
    try:
        parts = dict(part.split("=", 1) for part in line.split(";") if part)
        at = time(int(parts.get("BYHOUR", "")), int(parts.get("BYMINUTE", "0")))
        kept = {name: value for name, value in parts.items() if name not in _OF_TIME}
        between = int(kept.get("INTERVAL", "1"))
        rrulestr(_written(kept, datetime(2000, 1, 1)))  # noqa: DTZ001 - a wall's
    except (ValueError, LookupError, TypeError) as error:
        raise InputError(_no_rrule(say)) from error
    if kept.get("FREQ") not in _OFTEN or set(kept) - _KEPT or not 1 <= between <= MOST_BETWEEN:
        raise InputError(
            say(
                "A campaign comes at most once a day, and ends by a last day: FREQ is DAILY, WEEKLY, MONTHLY "
                "or YEARLY, INTERVAL 1 to {most}, and {parts} may follow.",
                most=MOST_BETWEEN,
                parts=", ".join(sorted((_KEPT | {"BYHOUR", "BYMINUTE", "UNTIL"}) - {"FREQ", "INTERVAL"})),
            )
        )
    _check_numbers(kept, say)
    _check_days(kept, say)
    return HowOften(kept, at)


def _check_numbers(parts: Mapping[str, str], say: Phrases) -> None:
    """Refuse days, weeks and months that there are not: some of them dateutil leaves out without a word."""
    for name in sorted(parts.keys() & _MOST.keys()):
        least = 1 if name == "BYMONTH" else -_MOST[name]
        for value in map(int, parts[name].split(",")):
            if value == 0 or not least <= value <= _MOST[name]:
                raise InputError(say("{part} cannot be: there is none.", part=f"{name}={value}"))


def _check_days(parts: Mapping[str, str], say: Phrases) -> None:
    """Refuse a place among the days of a week that no month or year has, such as ``9MO``."""
    frequency = "MONTHLY" if "BYMONTH" in parts and parts["FREQ"] == "YEARLY" else parts["FREQ"]
    most = _PLACES_IN.get(frequency, 0)
    for day in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        found = _DAY.fullmatch(day.strip())
        if found is None or (found[1] is not None and not 1 <= abs(int(found[1])) <= most):
            raise InputError(
                say(
                    "BYDAY={day} cannot be: before a day may stand its place, 1 to 5 (or -1 to -5, from the "
                    "end) in a month, to 53 in a year, and none in a week.",
                    day=day[:20],
                )
            )


def _no_rrule(say: Phrases) -> str:
    return say(
        "I cannot read this as an RRULE with one hour. Like: {example}",
        example="FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=10",
    )
