"""What a marketer answers to our questions, read and checked; what is wrong is said in words.

Every function raises ``InputError`` with a message in the reader's language.
"""

import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from customers.company import Company
from customers.phrases import Phrases, languages
from handlers.context import StaffContext
from handlers.customer.language import own_name
from handlers.customer.short_answers import NO, read_yes_no
from scheduler.audience import EVERYBODY
from scheduler.segments.conditions import condition_of
from scheduler.segments.known import is_language
from scheduler.segments.mistakes import SegmentError
from scheduler.segments.names import find_segment, is_filter
from scheduler.text_length import length
from scheduler.text_rules import check_variables
from scheduler.variables import LONGEST_NAME, longest
from store.errors import InputError
from store.tables.customers import Standing

MAX_TITLE = 120
MAX_PLACE = 200
MAX_TEXT = 3500
"""In UTF-16 units, with the longest name in it. Telegram takes 4096 in one message; of a text that takes two,
the first could arrive twice. The rest is room for what its preview says beside it.
"""

MAX_CAPACITY = 100_000
WHEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\sT,]*(\d{1,2})\s*(?:[:点时]\s*(\d{1,2})?)\s*分?"
)
BY_LANGUAGE = "language = "
"""What stands before a language in a filter."""

CHINESE_AUDIENCES = {
    "全部": EVERYBODY,
    "所有人": EVERYBODY,
    "重点": Standing.KEY,
    "重点客户": Standing.KEY,
    "普通": Standing.REGULAR,
    "普通客户": Standing.REGULAR,
    "中文": "zh",
    "英文": "en",
}


def read_title(text: str, say: Phrases) -> str:
    """Read a title: one line."""
    title = " ".join(text.split())
    if not title:
        raise InputError(say("The event needs a title. Please send it as text."))
    if len(title) > MAX_TITLE:
        raise InputError(
            say(
                "The title is {length} characters long; at most {limit} fit.",
                length=len(title),
                limit=MAX_TITLE,
            )
        )
    return title


def read_place(text: str, say: Phrases) -> str:
    """Read where the event is: one line."""
    place = " ".join(text.split())
    if not place:
        raise InputError(say("Where is it? Please send the place as text."))
    if len(place) > MAX_PLACE:
        raise InputError(
            say(
                "The place is {length} characters long; at most {limit} fit.",
                length=len(place),
                limit=MAX_PLACE,
            )
        )
    return place


def read_when(text: str, say: Phrases, *, timezone: str, now: datetime) -> datetime:
    """Read when the event starts, year first, by the clock of a zone; an hour that comes twice is the first.

    Returns:
        An aware moment in UTC, after ``now``.
    """
    found = WHEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise InputError(say("I cannot read this as a date and time. Please write it like 2027-03-01 19:00."))
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    try:
        local = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(timezone))
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            say(
                "{text} is no date and time that exists. Please write it like 2027-03-01 19:00.",
                text=text.strip(),
            )
        ) from error
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InputError(
            say(
                "{text} does not exist in {timezone}: the clocks are put forward over it that day. "
                "Please choose another time.",
                text=text.strip(),
                timezone=timezone,
            )
        )
    if moment <= now:
        raise InputError(say("{text} is in the past. When will it be?", text=text.strip()))
    return moment


def read_capacity(text: str, say: Phrases) -> int:
    """Read how many places there are."""
    digits = unicodedata.normalize("NFKC", text).strip()
    if not (digits.isdigit() and digits.isascii() and len(digits) <= len(str(MAX_CAPACITY))):
        raise InputError(
            say("Please send the number of places as a whole number from 1 to {limit}.", limit=MAX_CAPACITY)
        )
    if not 1 <= int(digits) <= MAX_CAPACITY:
        raise InputError(say("There must be at least 1 place, and at most {limit}.", limit=MAX_CAPACITY))
    return int(digits)


def read_audience(text: str, context: StaffContext) -> str:
    """Read who is meant: everybody, a standing, who speaks a language, a saved segment, or a filter.

    Returns:
        What ``scheduler.segments`` reads; campaigns and events keep it.
    """
    word = unicodedata.normalize("NFKC", text).strip().lower()
    audience = str(CHINESE_AUDIENCES.get(word, word))
    if audience in (EVERYBODY, *Standing, *languages()):
        return audience
    if is_language(word) and read_yes_no(word) != NO and find_segment(context.session, word) is None:
        return f"{BY_LANGUAGE}{word}"
    try:
        condition_of(context.session, text.strip(), company=context.company, now=context.now)
    except SegmentError as error:
        raise InputError(error.in_chat(context.say)) from error
    return text.strip()


def read_text(text: str, say: Phrases, *, company: Company) -> str:
    """Read a text that goes to customers as it is, but for its variables."""
    check_variables(text.strip(), say)
    if (taken := longest(text.strip(), company)) > MAX_TEXT:
        raise InputError(
            say(
                "The text is too long: it takes {length} of at most {limit} characters. As messaging apps "
                "count, an emoji is two or more; each {variable} is {name}, since a name may be that long.",
                length=taken,
                limit=MAX_TEXT,
                variable="{first_name}",
                name=length(LONGEST_NAME),
            )
        )
    return text.strip()


def name_audience(audience: str, say: Phrases) -> str:
    """Say who is meant, as a person reads it."""
    names = {
        EVERYBODY: say("all customers"),
        Standing.KEY: say("key customers"),
        Standing.REGULAR: say("regular customers"),
    }
    tag = audience.removeprefix(BY_LANGUAGE)
    if tag in languages() or (tag != audience and is_language(tag)):
        return say("customers who speak {language}", language=own_name(tag))
    if audience in names:
        return names[audience]
    if not is_filter(audience):
        return say("the segment “{name}”", name=audience)
    return say("customers with {filter}", filter=audience)
