"""What values of the desk file must be: checks whose message says how to mend it."""

import re
import string
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from pydantic import AfterValidator, BeforeValidator

from bot.config_rules import broken, knows_country, rule
from customers.desk import WEEK

LONGEST_NAME = 64
LONGEST_CAUSE = 40
LONGEST_TEXT = 2_000
LONGEST_TERM = timedelta(days=366)
VARIABLES = ("name", "reference", "staff", "company", "due")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*[-–]\s*([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_TERM = re.compile(r"([1-9][0-9]{0,4})([mhdw])", re.ASCII)

MIDNIGHT = time(0)
"""As an end: that of the day."""

Span = tuple[time, time]
Week = tuple[tuple[Span, ...], ...]


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


def _is_place(code: str) -> bool:
    import holidays  # with its calendars 17 MB: only where somebody has holidays

    country, _, subdivision = code.partition("-")
    return knows_country(country) and (
        not subdivision or subdivision in getattr(holidays, country).subdivisions
    )


def _check_text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise broken(f"it must be a text of 1 to {LONGEST_TEXT} characters")
    try:
        named = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        raise broken("a brace is not closed; write {{ and }} for braces that stay") from None
    unknown = [name for name in named if name not in VARIABLES]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise broken(f"there is no {{{unknown[0]}}}; a text may hold {known}")
    return text


def _term(written: object) -> timedelta:
    found = _TERM.fullmatch(written.strip()) if isinstance(written, str) else None
    term = UNITS[found[2]] * int(found[1]) if found else None
    if term is None or term > LONGEST_TERM:
        raise broken('it must be a number of minutes, hours, days or weeks up to a year, e.g. "4h" or "2d"')
    return term


Line = Annotated[
    str,
    AfterValidator(str.strip),
    rule(
        lambda text: _is_line(text) and len(text) <= LONGEST_NAME,
        f"it must be one line of 1 to {LONGEST_NAME} characters",
    ),
]
Cause = Annotated[
    str,
    AfterValidator(str.strip),
    rule(
        lambda text: _is_line(text) and len(text) <= LONGEST_CAUSE,
        f"a cause must be one line of 1 to {LONGEST_CAUSE} characters",
    ),
]
Word = Annotated[
    str,
    rule(
        lambda text: re.fullmatch(r"[\w-]{1,32}", text),
        "its name must be 1 to 32 letters, digits, - and _, e.g. refund-sent",
    ),
]
LanguageTag = Annotated[
    str,
    rule(
        lambda text: re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", text),
        "a language must be a tag such as en, zh or pt-BR",
    ),
]
Timezone = Annotated[
    str, rule(lambda name: name in available_timezones(), "it must be an IANA name, e.g. Europe/London")
]
Country = Annotated[
    str,
    AfterValidator(str.upper),
    rule(_is_place, "it must be a country with known holidays, e.g. GB, or a part of one, e.g. DE-BY"),
]
Currency = Annotated[
    str,
    AfterValidator(str.upper),
    rule(lambda code: code in list_currencies(), "it must be a currency (ISO 4217), e.g. EUR"),
]
ReplyText = Annotated[str, AfterValidator(_check_text)]
Term = Annotated[timedelta, BeforeValidator(_term)]


def expand_week(days: object) -> Week:
    """Read the hours of a week: ``{"mon-fri": ["09:00-12:00", "13:00-18:00"], "sat": "10:00-14:00"}``.

    Raises:
        PydanticCustomError: a day or a span is none, or spans overlap.
    """
    if not isinstance(days, Mapping):
        return days  # type: ignore[return-value] # the default: a week that was read before
    week: list[tuple[Span, ...]] = [()] * len(WEEK)
    for written, spans in days.items():
        listed = [spans] if isinstance(spans, str) else spans
        if not isinstance(listed, Sequence):
            raise broken(f'{written} must be a list of spans, e.g. ["09:00-12:00", "13:00-18:00"]')
        of_day = tuple(sorted(_span(written, one) for one in listed))
        if any(one[1] == MIDNIGHT or one[1] > other[0] for one, other in pairwise(of_day)):
            raise broken(f"{written}: two spans overlap")
        for place in _days(written):
            if week[place]:
                raise broken(f"{WEEK[place]} is set twice")
            week[place] = of_day
    return tuple(week)


def _days(written: str) -> range | Sequence[int]:
    """Give the places in a week of ``mon``, or ``mon-fri``."""
    first, _, last = written.strip().lower().partition("-")
    if first not in WEEK or (last and last not in WEEK):
        raise broken(f"{written} is no day: write mon, tue, wed, thu, fri, sat, sun, or mon-fri")
    begin, end = WEEK.index(first), WEEK.index(last or first)
    if end < begin:
        raise broken(f"{written} goes backwards: a week begins with mon")
    return range(begin, end + 1)


def _span(day: str, written: object) -> Span:
    found = _SPAN.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        raise broken(f"{day}: a span must be like 09:00-18:00; 24:00 is midnight")
    hours = [int(part) for part in found.groups()]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if end > 24 * 60 or end <= begin:
        raise broken(f"{day}: {written} ends before it begins; hours past midnight belong to the next day")
    return time(hours[0], hours[1]), time(hours[2] % 24, hours[3])
