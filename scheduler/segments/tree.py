"""A segment as a tree: conditions, and how they are joined; what was read is written again just so."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in the text: its first character, and how many it has."""

    start: int = 0
    length: int = 1


class Operator(StrEnum):
    """How a value is compared."""

    IS = "="
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class Unit(StrEnum):
    """What a length of time is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Side(StrEnum):
    """On which side of a day something happened; ``since`` has the day itself."""

    BEFORE = "before"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, such as 30 days."""

    number: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Value:
    """What a field is compared with: a word or a text, a number, or a day."""

    what: str | Decimal | date
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The words by which a field is called, in small letters, with one blank between."""

    words: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Holds:
    """``at risk``."""

    name: Name


@dataclass(frozen=True, slots=True)
class Named:
    """``going to "Tea evening"``; with ``within`` only of so long."""

    name: Name
    value: Value
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """``index < 60``, ``rating <= 2 within 30 days``."""

    name: Name
    operator: Operator
    value: Value
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class Among:
    """``language in (zh, en)``."""

    name: Name
    values: tuple[Value, ...]
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class Lately:
    """``complained within 90 days``."""

    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class LongAgo:
    """``last contact over 30 days ago``."""

    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Dated:
    """``last contact before 2027-01-01``."""

    name: Name
    side: Side
    day: date


@dataclass(frozen=True, slots=True)
class Known:
    """``country known``, ``country unknown``."""

    name: Name
    known: bool


Condition = Holds | Named | Compared | Among | Lately | LongAgo | Dated | Known


@dataclass(frozen=True, slots=True)
class Not:
    """Who is not in the part."""

    part: "Tree"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Who is in all parts, of which there are two or more."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Who is in one of the parts, of which there are two or more."""

    parts: tuple["Tree", ...]


Tree = Condition | Not | AllOf | AnyOf

KEYWORDS = frozenset(
    {"and", "or", "not", "in", "within", "over", "ago", "before", "since", "known", "unknown"}
)
BARE = re.compile(r"[^\W\d_][\w/+-]*")
"""Values that need no quotes."""


def written(tree: Tree) -> str:
    """Write a tree as text that is read as the same tree."""
    match tree:
        case Not(part):
            return f"not {_bracketed(part)}"
        case AllOf(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_bracketed(part, keep=AllOf) for part in parts)
        case _:
            return _condition(tree)


def _bracketed(part: Tree, *, keep: type[AllOf] | None = None) -> str:
    text = written(part)
    is_group = isinstance(part, AllOf | AnyOf) and not (keep is not None and isinstance(part, keep))
    return f"({text})" if is_group else text


def _condition(condition: Condition) -> str:
    return f"{condition.name.words}{_said_of(condition)}"


def _said_of(condition: Condition) -> str:
    said = ""
    match condition:
        case Named(_, value, within):
            said = f" {_quoted(str(value.what))}{_within(within)}"
        case Compared(_, operator, value, within):
            said = f" {operator} {_value(value)}{_within(within)}"
        case Among(_, values, within):
            said = f" in ({', '.join(map(_value, values))}){_within(within)}"
        case Lately(_, span):
            said = _within(span)
        case LongAgo(_, span):
            said = f" over {_span(span)} ago"
        case Dated(_, side, day):
            said = f" {side} {day.isoformat()}"
        case Known(_, known):
            said = " known" if known else " unknown"
    return said


def _value(value: Value) -> str:
    match value.what:
        case str(text):
            return text if BARE.fullmatch(text) and text.lower() not in KEYWORDS else _quoted(text)
        case Decimal() as number:
            return format(number, "f")
        case day:
            return day.isoformat()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _within(span: Span | None) -> str:
    return "" if span is None else f" within {_span(span)}"


def _span(span: Span) -> str:
    return f"{span.number} {span.unit if span.number != 1 else span.unit[:-1]}"
