"""How often something comes again, in the words that staff read; an unusual rule is shown as it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from babel.dates import format_skeleton, get_day_names, get_month_names

from customers.phrases import Phrases, listed
from scheduler.recurrence.rules import parts_of, time_of
from scheduler.recurrence.words import DAYS

WORKING_DAYS = ",".join(DAYS[:5])
_IN_ORDER = r"28(?:,29)?(?:,30)?(?:,31)?"
"""Of these days of the month the last that there is."""


def how_often(rule: str, say: Phrases) -> str:
    """Say in a sentence how often a rule comes, such as «Every 2 weeks on Monday at 09:00.»

    Args:
        rule: its two lines, as ``scheduler.recurrence.rules`` keeps them.
        say: the reader's language.

    Returns:
        For a rule that has no short words, its line with the time of the day.
    """
    parts = parts_of(rule)
    names = frozenset(parts) - {"FREQ", "INTERVAL"}
    shown = f"{time_of(rule):%H:%M}"
    for frequency, known, words in _WORDS:
        if parts.get("FREQ") == frequency and names == known and (said := words(parts, shown, say)):
            return said
    line = rule.rpartition("RRULE:")[2]
    return say("By the rule {rule} at {time}.", rule=line, time=shown)


def _daily(parts: Mapping[str, str], at: str, say: Phrases) -> str | None:
    number = _between(parts)
    if number == 1:
        return say("Every day at {time}.", time=at)
    return say("Every {number} days at {time}.", number=number, time=at)


def _weekly(parts: Mapping[str, str], at: str, say: Phrases) -> str | None:
    number, written = _between(parts), parts["BYDAY"].split(",")
    if any(day not in DAYS for day in written):
        return None
    if number == 1 and parts["BYDAY"] == WORKING_DAYS:
        return say("Every working day at {time}.", time=at)
    days = listed([_day_of_week(day, say) for day in written], say)
    if number == 1:
        return say("Every week on {days} at {time}.", days=days, time=at)
    return say("Every {number} weeks on {days} at {time}.", number=number, days=days, time=at)


def _monthly(parts: Mapping[str, str], at: str, say: Phrases) -> str | None:
    number, day = _between(parts), _day_of_month(parts, say)
    if day is None:
        return None
    if number == 1:
        return say("Every month {day} at {time}.", day=day, time=at)
    return say("Every {number} months {day} at {time}.", number=number, day=day, time=at)


def _yearly(parts: Mapping[str, str], at: str, say: Phrases) -> str | None:
    day = _day_of_month(parts, say)
    if day is None or _between(parts) != 1 or not parts["BYMONTH"].isdigit():
        return None
    number = int(parts["BYMONTH"])
    if "BYSETPOS" not in parts and parts.get("BYMONTHDAY", "").isdigit():
        try:
            whole = date(2000, number, int(parts["BYMONTHDAY"]))
        except ValueError:  # what never comes was refused before
            return None
        shown = str(format_skeleton("MMMMd", whole, locale=say.locale))
        return say("Every year on {day} at {time}.", day=shown, time=at)
    month = get_month_names(locale=say.language)[number]
    return say("Every year in {month} {day} at {time}.", month=month, day=day, time=at)


def _day_of_month(parts: Mapping[str, str], say: Phrases) -> str | None:
    """Say which day of the month a rule means; None where that takes more than a few words."""
    if "BYDAY" in parts:
        return _place_in_month(parts["BYDAY"], say)
    day, is_last = parts["BYMONTHDAY"], parts.get("BYSETPOS") == "-1"
    if is_last and re.fullmatch(_IN_ORDER, day):
        return say("on day {day}, or the last of a shorter month,", day=day.rpartition(",")[2])
    if day == "-1":
        return say("on the last day")
    return say("on day {day}", day=day) if day.isdigit() and "BYSETPOS" not in parts else None


def _place_in_month(written: str, say: Phrases) -> str | None:
    found = re.fullmatch(r"\+?([1-4]|-1)([A-Z]{2})", written)
    if found is None:
        return None
    day = _day_of_week(found[2], say)
    sentences = {
        "1": say("on the first {day}", day=day),
        "2": say("on the second {day}", day=day),
        "3": say("on the third {day}", day=day),
        "4": say("on the fourth {day}", day=day),
        "-1": say("on the last {day}", day=day),
    }
    return sentences[found[1]]


def _day_of_week(day: str, say: Phrases) -> str:
    return str(get_day_names(locale=say.language)[DAYS.index(day)])


def _between(parts: Mapping[str, str]) -> int:
    return int(parts.get("INTERVAL", "1"))


_Words = Callable[[Mapping[str, str], str, Phrases], str | None]
_WORDS: Sequence[tuple[str, frozenset[str], _Words]] = (
    ("DAILY", frozenset(), _daily),
    ("WEEKLY", frozenset({"BYDAY"}), _weekly),
    ("MONTHLY", frozenset({"BYDAY"}), _monthly),
    ("MONTHLY", frozenset({"BYMONTHDAY"}), _monthly),
    ("MONTHLY", frozenset({"BYMONTHDAY", "BYSETPOS"}), _monthly),
    ("YEARLY", frozenset({"BYMONTH", "BYMONTHDAY"}), _yearly),
    ("YEARLY", frozenset({"BYMONTH", "BYMONTHDAY", "BYSETPOS"}), _yearly),
    ("YEARLY", frozenset({"BYMONTH", "BYDAY"}), _yearly),
)
"""Which rules have words: how often, and by which parts beside that."""
