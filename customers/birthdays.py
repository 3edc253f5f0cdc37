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
LONGEST = 40
"""Characters of the longest way to write a day that is tried."""

_CHINESE = re.compile(r"(?:\d{2,4}年)?(\d{1,2})月(\d{1,2})[日号號]?")
_ISO = re.compile(r"(?:\d{4}-)?(\d{2})-(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?(?: of)? ([^\W\d]+)\.?,?(?: \d{4})?")
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:, ?\d{4}| \d{4})?")
_NUMBERS = re.compile(r"(\d{1,2})[./ -](\d{1,2})(?:[./ -](?:\d{2}|\d{4}))?\.?")


def read_birthday(text: str, say: Phrases) -> str:
    """Read a day of the year: «3 May», «May 3rd», «5月3日», «05-03»; a year that stands with it is left out.

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
    if (found := _DAY_FIRST.fullmatch(written)) and (month := _months().get(found[2])):
        return _checked(month, int(found[1]), text, say)
    if (found := _MONTH_FIRST.fullmatch(written)) and (month := _months().get(found[1])):
        return _checked(month, int(found[2]), text, say)
    if found := _NUMBERS.fullmatch(written):
        return _from_numbers(int(found[1]), int(found[2]), text, say)
    raise InputError(
        say("I cannot read “{text}” as a day. Write it like 3 May.", text=text.strip()[:LONGEST])
    )


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
    month, day = ways[0] if ways else (one, other)
    return _checked(month, day, text, say)


def _checked(month: int, day: int, text: str, say: Phrases) -> str:
    if not _exists(month, day):
        raise InputError(say("“{text}” is no day that exists.", text=text.strip()[:LONGEST]))
    return f"{month:02}-{day:02}"


def _exists(month: int, day: int) -> bool:
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def birthday_in_words(birthday: str, say: Phrases) -> str:
    """Say a birthday in a language: «May 3», «5月3日»."""
    month, day = map(int, birthday.split("-")[-2:])
    return format_skeleton("MMMMd", date(LEAP_YEAR, month, day), locale=say.language)


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
