"""What a written moment is made of: dates, hours and the words of a language, each as dateparser reads it.

Chinese and dates in numbers are worked out here; the rest is handed on as it stands.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import get_date_format, get_day_names, get_month_names

NUMERAL = "(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]{1,2})"


@dataclass(frozen=True, slots=True)
class Here:
    """Where a moment is written: the clock on the wall there (naive), and how people write.

    Attributes:
        local: the time by that clock.
        language: language tag.
        country: ISO 3166 two-letter code.
    """

    local: datetime
    language: str
    country: str

    @property
    def today(self) -> date:
        """The day there."""
        return self.local.date()


def units(text: str, here: Here) -> list[tuple[str, int]]:
    """Split off what may be part of a moment: each unit as dateparser reads it, and where it ends."""
    units: list[tuple[str, int]] = []
    end = 0
    patterns = (*_UNITS, (_words_of(here.language), _as_it_is))
    while end < len(text):
        start = end + len(text[end:]) - len(text[end:].lstrip(" \t,，"))
        for pattern, write in patterns:
            found = pattern.match(text, start)
            unit = None if found is None else write(found, here)
            if found is not None and unit is not None:
                units.append((unit, found.end()))
                break
        else:
            break
        end = units[-1][1]
    return units


def number(written: str) -> float:
    """Read a number in digits, or up to 99 in Chinese."""
    if written[0].isascii():
        return float(written)
    digits = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return float("".join(str(digits[sign]) for sign in written))
    return 10.0 * (digits[tens[-1]] if tens else 1) + (digits[ones[-1]] if ones else 0)


_Write = Callable[["re.Match[str]", Here], str | None]


def _as_it_is(found: "re.Match[str]", _here: Here) -> str:
    return found[0]


def _dotted(found: "re.Match[str]", here: Here) -> str | None:
    return _day_of(here, found["year"], int(found["month"]), int(found["day"]))


def _slashed(found: "re.Match[str]", here: Here) -> str | None:
    first, second = int(found["first"]), int(found["second"])
    month_first = _month_comes_first(here.country)
    day, month = (second, first) if month_first else (first, second)
    return _day_of(here, found["year"], month, day)


def _chinese_date(found: "re.Match[str]", here: Here) -> str | None:
    month, day = int(number(found["month"])), int(number(found["day"]))
    return _day_of(here, found["year"], month, day)


def _day_of(here: Here, year: str | None, month: int, day: int) -> str | None:
    """Write a day; without a year it is the next one. None where there is no such day."""
    if year is not None:
        return _written(int(year) + (2000 if len(year) < 4 else 0), month, day)  # noqa: PLR2004 - digits
    this, following = (_written(here.today.year + ahead, month, day) for ahead in (0, 1))
    return this if this is not None and this >= here.today.isoformat() else following


def _written(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _chinese_day(found: "re.Match[str]", here: Here) -> str:
    ahead = {"前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大": 3}[found[0][0]]
    return (here.today + timedelta(days=ahead)).isoformat()


def _chinese_weekday(found: "re.Match[str]", here: Here) -> str:
    """Write the day of a week: 下周五 is in the week that begins next Monday, 周五 the next to come."""
    day, weeks = "一二三四五六日天".index(found["day"]), len(found["weeks"])
    ahead = min(day, 6) - here.today.weekday()
    if weeks:
        ahead += 7 * weeks
    elif ahead < 0:
        ahead += 7
    return (here.today + timedelta(days=ahead)).isoformat()


_HOUR_OF: Mapping[str, int] = {"上": 12, "早": 12, "中": 12, "下": 18, "傍": 19, "晚": 21, "今": 21, "凌": 6}
"""By which hour a part of the day is over, by its first sign."""
_AFTER_NOON = ("下", "傍", "晚", "今")


def _chinese_time(found: "re.Match[str]", _here: Here) -> str | None:
    part = (found["part"] or " ")[0]
    if found["hour"] is None:
        return f"{_HOUR_OF[part]}:00" if part in _HOUR_OF else None
    hour, minute = int(number(found["hour"])), _minute(found["minute"] or "")
    if hour < 12 and (part in _AFTER_NOON or (part == "中" and hour < 3)):  # noqa: PLR2004 - 12 is noon
        hour += 12
    return f"{hour}:{minute:02}" if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a clock


def _minute(written: str) -> int:
    if written in ("半", ""):
        return 30 if written else 0
    count = int(number(written.rstrip("分刻")))
    return 15 * count if written.endswith("刻") else count


_NUMBER = rf"(?:[0-9]{{1,2}}|{NUMERAL})"
_PART = "上午|早上|早晨|中午|下午|傍晚|晚上|今晚|凌晨"
_UNITS: tuple[tuple["re.Pattern[str]", _Write], ...] = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"), _as_it_is),
    (
        re.compile(
            r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})(?:\.(?P<year>[0-9]{4}|[0-9][0-9])?)?(?![0-9.])"
        ),
        _dotted,
    ),
    (
        re.compile(r"(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})(?:/(?P<year>[0-9]{4}))?(?![0-9/])"),
        _slashed,
    ),
    (
        re.compile(rf"(?:(?P<year>[0-9]{{4}})年)?(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[日号]"),
        _chinese_date,
    ),
    (re.compile("前天|昨天|今天|明天|大后天|后天"), _chinese_day),
    (re.compile(r"[这本]?(?P<weeks>下{0,2})(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"), _chinese_weekday),
    (
        re.compile(
            rf"(?P<part>{_PART})?\s*(?P<hour>{_NUMBER})\s*(?:[点时](?P<minute>半|[一三13]刻|{_NUMBER}分?)?)"
        ),
        _chinese_time,
    ),
    (
        re.compile(rf"(?P<part>{_PART})\s*(?P<hour>[0-9]{{1,2}})[:：](?P<minute>[0-9][0-9])(?![0-9])"),
        _chinese_time,
    ),
    (re.compile(rf"(?P<part>{_PART})(?P<hour>(?!))?"), _chinese_time),
    (re.compile(r"T?[0-9]{1,2}:[0-9][0-9](?:\s*[ap]m\b)?(?![0-9])", re.IGNORECASE), _as_it_is),
    (re.compile(r"[0-9]{1,2}\s*[ap]m\b", re.IGNORECASE), _as_it_is),
)
"""What a moment is made of, but for the words of a language; each as dateparser reads it."""

_WORDS = ("on", "at", "by", "next", "this", "noon", "midnight", "morning", "afternoon", "evening")
_DAYS = ("yesterday", "today", "tonight", "tomorrow")


@cache
def _words_of(language: str) -> "re.Pattern[str]":
    """Find the words of a moment in a language and in English: days, dates with a month, and a few more."""
    locales = [_locale(language), Locale("en")]
    names = [*_WORDS, *_DAYS]
    months: list[str] = []
    for locale in locales:
        for width in ("wide", "abbreviated"):
            names += get_day_names(width, locale=locale).values()
            months += get_month_names(width, locale=locale).values()
    month = "|".join(re.escape(name.rstrip(".")) for name in sorted(months, key=len, reverse=True))
    word = "|".join(re.escape(name.rstrip(".")) for name in sorted(names, key=len, reverse=True))
    day, year = r"\d{1,2}(?:st|nd|rd|th|\.)?", r"(?:,?\s+\d{4}(?!\d))?"
    dated = rf"(?:{day}\s+(?:{month})\b\.?{year}|(?:{month})\b\.?\s+{day}(?![\d:]){year})"
    return re.compile(rf"{dated}|(?:{word})\b\.?", re.IGNORECASE)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@cache
def _month_comes_first(country: str) -> bool:
    """Tell whether 1/12 is in January where somebody lives; where the year comes first, the month is next."""
    try:
        pattern = get_date_format("short", locale=Locale.parse(f"und_{country}")).pattern
    except (UnknownLocaleError, ValueError):
        return False
    return pattern.find("M") < pattern.find("d")
