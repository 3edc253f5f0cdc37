"""Birthdays: a month and a day, as people write them; the year is nobody's business and is not kept."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache

from babel.dates import format_skeleton, get_month_names

from customers.phrases import Phrases, languages
from store.errors import InputError

LEAP_YEAR = 2000
MOST_DAYS = 31
LONGEST = 40
"""Characters of the longest way to write a day that is tried."""

_CHINESE = re.compile(r"(?:\d{2,4}年)?(\d{1,2})月(\d{1,2})[日号號]?")
_IN_HANZI = re.compile(r"([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿卅]{1,3})[日号號]?")
_HANZI_DIGITS = {hanzi: digit for digit, hanzi in enumerate("一二三四五六七八九", start=1)}
_HANZI_TENS = {"廿": "二十", "卅": "三十"}
_ISO = re.compile(r"(?:\d{4}-)?(\d{2})-(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?(?: of)? ([^\W\d]+)\.?,?(?: \d{4})?")
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:, ?\d{4}| \d{4})?")
_NUMBERS = re.compile(r"(\d{1,2})[./ -](\d{1,2})(?:[./ -](?:\d{2}|\d{4}))?\.?")


def read_birthday(text: str, say: Phrases) -> str:
    """Read a day of the year: «3 May», «May 3rd», «5月3日», «五月三日», «05-03»; a year with it is left out.

    Args:
        text: as it was written.
        say: the language of whoever is told what is wrong.

    Returns:
        Month and day, like ``05-03``.

    Raises:
        InputError: it is no day, or either of its two numbers may be the month; the text says what to write.
    """
    written = " ".join(unicodedata.normalize("NFKC", text).lower().split())[: LONGEST + 1]
    if found := _CHINESE.fullmatch(written.replace(" ", "")) or _ISO.fullmatch(written):
        return _checked(int(found[1]), int(found[2]), text, say)
    if found := _IN_HANZI.fullmatch(written.replace(" ", "")):
        return _checked(_from_hanzi(found[1]), _from_hanzi(found[2]), text, say)
    if (found := _DAY_FIRST.fullmatch(written)) and (month := _months().get(found[2])):
        return _checked(month, int(found[1]), text, say)
    if (found := _MONTH_FIRST.fullmatch(written)) and (month := _months().get(found[1])):
        return _checked(month, int(found[2]), text, say)
    if found := _NUMBERS.fullmatch(written):
        return _from_numbers(int(found[1]), int(found[2]), text, say)
    raise InputError(
        say("I cannot read “{text}” as a day. Write it like 3 May.", text=text.strip()[:LONGEST])
    )


def _from_hanzi(written: str) -> int:
    """Read a number below a hundred in Chinese characters: 三, 十二, 二十, 廿五; 0 where it is none."""
    for short, long in _HANZI_TENS.items():
        written = written.replace(short, long)
    tens, has_tens, ones = written.partition("十")
    if not has_tens:
        tens, ones = "", written
    known = {"": 0, **_HANZI_DIGITS}
    if tens not in known or ones not in known:
        return 0
    return (known[tens] or 1) * 10 * bool(has_tens) + known[ones]


def _from_numbers(one: int, other: int, text: str, say: Phrases) -> str:
    """Read two numbers, where they say by themselves which is the month."""
    ways = [(month, day) for month, day in {(one, other), (other, one)} if _exists(month, day)]
    if len(ways) > 1:
        raise InputError(
            say(
                "“{text}” may be two days. Write the month as a word, like 3 May.",
                text=text.strip()[:LONGEST],
            )
        )
    month, day = ways[0] if ways else sorted((one, other))
    return _checked(month, day, text, say)


def _checked(month: int, day: int, text: str, say: Phrases) -> str:
    if not _exists(month, day):
        name = get_month_names(locale=say.locale).get(month)
        if name is None or day > MOST_DAYS:
            raise InputError(say("“{text}” is no day of the year.", text=text.strip()[:LONGEST]))
        raise InputError(say("There is no {day} {month}.", day=day, month=name))
    return f"{month:02}-{day:02}"


def _exists(month: int, day: int) -> bool:
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def birthday_in_words(birthday: str, say: Phrases) -> str:
    """Say a birthday as one does where the reader lives: «May 3», «3 May», «5月3日»."""
    month, day = map(int, birthday.split("-")[-2:])
    return format_skeleton("MMMMd", date(LEAP_YEAR, month, day), locale=say.locale)


@cache
def _months() -> Mapping[str, int]:
    """Give the months by their names, long and short, in all languages that we speak."""
    return {
        name.lower().rstrip("."): number
        for language in languages()
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, locale=language).items()
    }
