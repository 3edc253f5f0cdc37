"""How often something comes again, as people write it in English and Chinese."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from customers.phrases import Phrases
from store.errors import InputError

MOST_BETWEEN = 400
"""Every so many days, weeks or months at most."""

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SUNDAY = 6
SHORTEST_DAY = 2
"""Letters by which a day of the week is known."""

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPRING = ("january", "february", "march", "april", "may", "june")
_MONTHS = (*_SPRING, "july", "august", "september", "october", "november", "december")
_CHINESE_DAYS = "一二三四五六日天"
_CHINESE_NUMBERS = "零一二三四五六七八九十"
_PLACES = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "last": -1,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_TIME = re.compile(
    r"(?:\bat\s+|@\s*)?(?:(?P<half>上午|早上|下午|晚上)\s*)?"
    r"(?<![\d/-])(?P<hour>[01]?\d|2[0-4])\s*(?:[:.点时]\s*(?P<minute>[0-5]\d|半)?\s*分?)?\s*(?P<m>am|pm)?\s*$"
)


@dataclass(frozen=True, slots=True)
class HowOften:
    """What was read.

    Attributes:
        parts: those of an RRULE, without the time of the day.
        at: the time of the day.
    """

    parts: Mapping[str, str]
    at: time


def read_words(text: str, say: Phrases) -> HowOften | None:
    """Read how often something comes again, in lower case; None where the text does not speak of that.

    Raises:
        InputError: it does, but cannot be read.
    """
    if not re.match(r"(every|each|daily|weekly|monthly|yearly|annually|weekdays|每)", text):
        return None
    found = _TIME.search(text)
    if found is not None and (at := _time(found)) is not None:
        parts = _parts_in(text[: found.start()], say)
        if parts is not None:
            return HowOften(parts, at)
    if _parts_in(text, say) is not None:
        raise InputError(say("The hour is missing. Like: {text} at 9:00", text=text.strip()))
    raise InputError(
        say(
            "I cannot read how often. Like: every day at 9:00 · every Monday at 9:00 · every month on the "
            "1st at 10:00 · every year on 1 March at 10:00 until 2029-12-31, or an RRULE."
        )
    )


def _parts_in(text: str, say: Phrases) -> Mapping[str, str] | None:
    """Read how often, without the time of the day; None where that cannot be read."""
    written = re.sub(r"\s+", " ", text).strip(" ,，")
    for pattern, build in _FORMS:
        if (match := pattern.fullmatch(written)) and (parts := build(match)):
            _check_between(match, say)
            return parts
    return None


def _time(found: re.Match[str]) -> time | None:
    hour, minute = int(found["hour"]), found["minute"] or "0"
    if found["m"] == "pm" or found["half"] in {"下午", "晚上"}:
        hour = hour + 12 if hour < 12 else hour  # noqa: PLR2004 - noon
    elif found["m"] == "am" and hour == 12:  # noqa: PLR2004
        hour = 0
    return None if hour > 23 else time(hour, 30 if minute == "半" else int(minute))  # noqa: PLR2004


def _every(match: re.Match[str]) -> dict[str, str]:
    """Read «2» of «every 2 weeks»."""
    number = _between(match)
    return {} if number == 1 else {"INTERVAL": str(number)}


def _between(match: re.Match[str]) -> int:
    written = match.groupdict().get("n") or "1"
    if written in {"other", "隔", "隔一", "两"}:
        return 2
    return _CHINESE_NUMBERS.find(written) if written in _CHINESE_NUMBERS else int(written)


def _check_between(match: re.Match[str], say: Phrases) -> None:
    if not 1 <= _between(match) <= MOST_BETWEEN:
        raise InputError(
            say(
                "Every {number} is not possible: it comes again after 1 to {most} days, weeks or months.",
                number=match["n"],
                most=MOST_BETWEEN,
            )
        )


def _daily(match: re.Match[str]) -> dict[str, str]:
    return {"FREQ": "DAILY", **_every(match)}


def _working_days(_: re.Match[str]) -> dict[str, str]:
    return {"FREQ": "WEEKLY", "BYDAY": ",".join(DAYS[:5])}


def _weekly(match: re.Match[str]) -> dict[str, str] | None:
    days = _days_in(match["days"])
    return {"FREQ": "WEEKLY", **_every(match), "BYDAY": ",".join(days)} if days else None


def _days_in(text: str) -> Sequence[str]:
    """Read days of the week, each in English or Chinese; nothing where a word is none."""
    found = set()
    for word in re.split(r"\s*(?:,|、|，|和|\band\b|&|\s)\s*", text.strip()):
        name = re.sub(r"^(?:周|星期|礼拜|on )", "", word)
        stem = name.rstrip("s.")
        near = [at for at, day in enumerate(_NAMES) if day.startswith(stem)]
        if name and name in _CHINESE_DAYS:
            found.add(min(_CHINESE_DAYS.index(name), SUNDAY))
        elif len(stem) >= SHORTEST_DAY and near:
            found.add(near[0])
        else:
            return ()
    return [DAYS[at] for at in sorted(found)]


def _monthly(match: re.Match[str]) -> dict[str, str] | None:
    day = int(match["day"])
    return {"FREQ": "MONTHLY", **_every(match), **_day_of_month(day)} if 1 <= day <= 31 else None  # noqa: PLR2004


def _day_of_month(day: int) -> dict[str, str]:
    """Give the parts for a day of the month; of a shorter month it is the last."""
    if day <= 28:  # noqa: PLR2004 - that every month has
        return {"BYMONTHDAY": str(day)}
    return {"BYMONTHDAY": ",".join(map(str, range(28, day + 1))), "BYSETPOS": "-1"}


def _month_s_end(match: re.Match[str]) -> dict[str, str]:
    return {"FREQ": "MONTHLY", **_every(match), "BYMONTHDAY": "-1"}


def _nth(match: re.Match[str]) -> dict[str, str] | None:
    days = _days_in(match["days"])
    return {"FREQ": "MONTHLY", "BYDAY": f"{_PLACES[match['place']]}{days[0]}"} if len(days) == 1 else None


def _yearly(match: re.Match[str]) -> dict[str, str] | None:
    written, day = match["month"], int(match["day"])
    near = [at for at, name in enumerate(_MONTHS, 1) if len(written) >= 3 and name.startswith(written)]  # noqa: PLR2004
    month = int(written) if written.isdigit() else near[0] if near else 0
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        return None
    return {"FREQ": "YEARLY", "BYMONTH": str(month), **_day_of_month(day)}


_Build = Callable[[re.Match[str]], Mapping[str, str] | None]
_N = r"(?:(?P<n>other|\d{1,9}) )?"
_CN = r"(?:每(?P<n>隔一|隔|两|\d{1,9}|[零一二三四五六七八九十])?个?)"
_YEARLY = r"(?:(?:every|each) year|yearly|annually)"
_TH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS: Sequence[tuple[re.Pattern[str], _Build]] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (rf"(?:every|each) {_N}days?|daily", _daily),
        (rf"{_CN}[天日]", _daily),
        (r"(?:every|each) (?:weekday|working day)s?|weekdays|每个?工作日", _working_days),
        (rf"(?:(?:every|each) {_N}months?|monthly)(?: on)?(?: the)? last day", _month_s_end),
        (rf"{_CN}月(?:的)?最后一天", _month_s_end),
        (
            rf"(?:(?:every|each) month|monthly)(?: on)? the (?P<place>{'|'.join(_PLACES)}) (?P<days>[a-z]+)",
            _nth,
        ),
        (rf"(?:(?:every|each) {_N}months?|monthly)(?: on)?(?: the)? {_TH}", _monthly),
        (rf"{_CN}月(?P<day>\d{{1,2}})[日号]", _monthly),
        (rf"{_YEARLY}(?: on)?(?: the)? {_TH}(?: of)? (?P<month>[a-z]+)", _yearly),
        (rf"{_YEARLY}(?: on)? (?P<month>[a-z]+) {_TH}", _yearly),
        (rf"{_YEARLY}(?: on)? (?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})", _yearly),
        (r"每年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]", _yearly),
        (rf"(?:(?:every|each) {_N}weeks?|weekly)(?: on)? (?P<days>.+)", _weekly),
        (rf"{_CN}(?:周|星期|礼拜)的?(?P<days>.+)", _weekly),
        (r"(?:every|each)(?: on)? (?P<days>.+)", _weekly),
    )
)
"""What is read in few words, the narrower form first."""
