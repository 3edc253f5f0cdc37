"""What is wrong with a segment that the grammar does not take, as its writer would say it."""

from collections.abc import Callable, Sequence

from lark import Token
from lark.exceptions import UnexpectedToken

from customers.phrases import Phrases
from scheduler.segments.mistakes import SegmentError, Worded
from scheduler.segments.tree import Place

QUOTES = '"“「『«'
BEGINS_CONDITION = {"WORD", "NOT", "LPAR"}


def not_understood(source: str, position: int) -> SegmentError:
    """Explain a character that begins no word."""
    character = source[position]
    if character in QUOTES:
        place = Place(position, len(source) - position)
        return SegmentError(source, place, lambda say: say("the quotes that begin here are not closed"))
    return SegmentError(
        source,
        Place(position),
        lambda say: say("“{character}” has no meaning here: put a text in quotes", character=character),
    )


def explain(source: str, error: UnexpectedToken, tokens: Sequence[Token]) -> SegmentError:
    """Explain a word that does not belong where it stands, or an end that comes too early."""
    token = error.token
    is_end = token.type == "$END"
    place = Place(len(source.rstrip())) if is_end else Place(token.start_pos or 0, len(token))
    if not tokens:
        return SegmentError(source, Place(), lambda say: say("nothing is written here"))
    possible = set(error.accepts or error.expected)
    missing = _missing(possible)
    if missing is not None:
        return SegmentError(source, place, missing)
    if "AND" in possible and token.type in BEGINS_CONDITION:
        return SegmentError(source, place, lambda say: say("“and” or “or” is missing before this"))
    if "OP" in possible:
        return SegmentError(source, place, _what_of_it)
    return SegmentError(source, place, lambda say: say("“{word}” does not belong here", word=str(token)))


def _missing(possible: set[str]) -> Worded | None:
    """Say what is missing, where only one thing can follow."""
    if {"TEXT", "NUMBER", "DATE"} <= possible:
        return _a_value
    if "COMMA" in possible:
        return _a_comma
    for names, worded in _MISSING:
        if names <= possible and not {"AND", "OP"} & possible:
            return worded
    return None


def _a_value(say: Phrases) -> str:
    return say("a value is missing here")


def _a_comma(say: Phrases) -> str:
    return say("a comma is missing here, or the bracket that closes the list")


def _a_list(say: Phrases) -> str:
    return say("after “in” comes a list in brackets: language in (zh, en)")


def _a_condition(say: Phrases) -> str:
    return say("a condition is missing here, such as standing = key")


def _a_number(say: Phrases) -> str:
    return say("a length of time is missing here, such as 30 days")


def _a_unit(say: Phrases) -> str:
    return say("hours, days, weeks, months or years is missing here")


def _ago(say: Phrases) -> str:
    return say("“ago” is missing here: over 30 days ago")


def _a_day(say: Phrases) -> str:
    return say("a day is missing here, such as 2027-03-01")


def _what_of_it(say: Phrases) -> str:
    return say("after the name of a field comes =, <, in (…), within or over")


_MISSING: Sequence[tuple[set[str], Callable[[Phrases], str]]] = (
    ({"WORD", "NOT", "LPAR"}, _a_condition),
    ({"LPAR"}, _a_list),
    ({"DATE"}, _a_day),
    ({"NUMBER"}, _a_number),
    ({"AGO"}, _ago),
    ({"WORD"}, _a_unit),
)
