"""The grammar of segments: from a text to its tree, or to a mistake that is pointed at."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from lark import Lark, Token
from lark import Tree as Found
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from customers.phrases import Phrases
from scheduler.segments.explaining import explain, not_understood
from scheduler.segments.mistakes import SegmentError, Worded
from scheduler.segments.tree import (
    AllOf,
    Among,
    AnyOf,
    Compared,
    Condition,
    Dated,
    Holds,
    Known,
    Lately,
    LongAgo,
    Name,
    Named,
    Not,
    Operator,
    Place,
    Side,
    Span,
    Tree,
    Unit,
    Value,
)

LONGEST = 1000
"""Characters that a segment may have."""
DEEPEST = 20
"""Brackets, and words «not», that may stand inside one another."""
LARGEST_DIGITS = 12
YEARS = range(1900, 2200)
LONGEST_SPAN_DAYS = 36_525

TODAY_ALONE = "birthday"
"""The field that means today where it stands alone, and is easily written with 0 days."""

GRAMMAR = Path(__file__).with_name("segments.lark")
ESCAPED = re.compile(r'\\(["\\])')
CLOSING = {'"': '"', "“": "”", "「": "」", "『": "』", "«": "»"}
OPERATORS = {
    "＝": Operator.IS,
    "≠": Operator.IS_NOT,
    "<>": Operator.IS_NOT,
    "＜": Operator.LESS,
    "≤": Operator.AT_MOST,
    "＞": Operator.MORE,
    "≥": Operator.AT_LEAST,
}
DAYS_OF = {Unit.HOURS: 1 / 24, Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30, Unit.YEARS: 365}


def parse_segment(source: str) -> Tree:
    """Parse a segment; whether its fields exist is not looked at.

    Raises:
        SegmentError: it is too long, too deep or not in the language.
    """
    if len(source) > LONGEST:
        raise SegmentError(source, Place(LONGEST), _too_long(len(source)))
    tokens = _tokens(source)
    _check_depth(source, tokens)
    try:
        found = _parser().parse(source)
    except UnexpectedToken as error:
        raise explain(source, error, tokens) from error
    return _Builder(source).tree(found.children[0])


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer="basic")


def _tokens(source: str) -> Sequence[Token]:
    try:
        return list(_parser().lex(source))
    except UnexpectedCharacters as error:
        position: int = error.pos_in_stream  # type: ignore[assignment]  # lark sets it, and declares it as None
        raise not_understood(source, position) from error


def _check_depth(source: str, tokens: Sequence[Token]) -> None:
    opened: list[Token] = []
    negations = 0
    for token in tokens:
        negations = negations + 1 if token.type == "NOT" else negations if token.type == "LPAR" else 0
        if token.type == "LPAR":
            opened.append(token)
        elif token.type == "RPAR":
            if not opened:
                raise SegmentError(source, place_of(token), lambda say: say("this bracket closes nothing"))
            opened.pop()
        if len(opened) + negations > DEEPEST:
            raise SegmentError(source, place_of(token), _too_deep)
    if opened:
        raise SegmentError(source, place_of(opened[-1]), lambda say: say("this bracket is not closed"))


def place_of(token: Token) -> Place:
    """Tell where a token stands."""
    return Place(token.start_pos or 0, len(token))


class _Builder:
    """Makes our tree from what the parser found in one text."""

    def __init__(self, source: str) -> None:
        self._source = source

    def tree(self, found: "Token | Found[Token]") -> Tree:
        """Make what joins conditions."""
        if isinstance(found, Token):  # the grammar has none here
            raise TypeError(f"a token where a condition belongs: {found!r}")
        parts = [child for child in found.children if isinstance(child, Found)]
        match found.data:
            case "any" | "all" if len(parts) > 1:
                made = tuple(self.tree(part) for part in parts)
                return AnyOf(made) if found.data == "any" else AllOf(made)
            case "any" | "all" | "bracketed":
                return self.tree(parts[0])
            case "negated":
                return Not(self.tree(parts[0]))
            case _:
                return self._condition(str(found.data), found)

    def _condition(self, form: str, found: "Found[Token]") -> Condition:
        name = self._name(found)
        spans = [self._span(part, of=name) for part in _parts(found, "span")]
        within = spans[0] if spans else None
        values = [self._value(next(_inside(part))) for part in _parts(found, "value")]
        tokens = [child for child in found.children if isinstance(child, Token)]
        made: Condition = Holds(name)
        match form:
            case "named":
                made = Named(name, self._value(tokens[0]), within)
            case "compared":
                made = Compared(name, _operator(tokens[0]), values[0], within)
            case "among":
                made = Among(name, tuple(values), within)
            case "lately":
                made = Lately(name, spans[0])
            case "long_ago":
                made = LongAgo(name, spans[0])
            case "dated":
                side = Side.BEFORE if tokens[0].type == "BEFORE" else Side.SINCE
                made = Dated(name, side, self._day(tokens[1]))
            case "known":
                made = Known(name, tokens[0].type == "KNOWN")
        return made

    def _name(self, found: "Found[Token]") -> Name:
        words = list(_inside(next(_parts(found, "name"))))
        first, last = place_of(words[0]), place_of(words[-1])
        place = Place(first.start, last.start + last.length - first.start)
        return Name(" ".join(word.lower() for word in words), place)

    def _value(self, token: Token) -> Value:
        place = place_of(token)
        match token.type:
            case "TEXT":
                return Value(_unescaped(token[1:-1]), place)
            case "QUOTED":
                return Value(str(token[1:-1]), place)
            case "NUMBER":
                return Value(self._number(token), place)
            case "DATE":
                return Value(self._day(token), place)
            case _:
                return Value(str(token), place)

    def _number(self, token: Token) -> Decimal:
        if len(token) > LARGEST_DIGITS:
            raise self._wrong(token, lambda say: say("this number is too large"))
        return Decimal(str(token))

    def _day(self, token: Token) -> date:
        year, month, day = map(int, token.split("-"))
        try:
            found = date(year, month, day)
        except ValueError as error:
            raise self._wrong(token, lambda say: say("there is no such day")) from error
        if found.year not in YEARS:
            raise self._wrong(token, lambda say: say("there is no such day"))
        return found

    def _span(self, found: "Found[Token]", *, of: Name) -> Span:
        number, word = _inside(found)
        unit = next((unit for unit in Unit if word.lower() in (unit, unit[:-1])), None)
        if unit is None:
            units = ", ".join(Unit)
            raise self._wrong(word, lambda say: say("time is counted in {units}", units=units))
        if number.isdecimal() and int(number) == 0:
            raise self._wrong(number, _none_at_all(of))
        if not number.isdecimal():
            raise self._wrong(number, lambda say: say("a whole number belongs here, such as 30"))
        if len(number) > LARGEST_DIGITS or int(number) * DAYS_OF[unit] > LONGEST_SPAN_DAYS:
            raise self._wrong(number, lambda say: say("this is longer than 100 years"))
        return Span(int(number), unit)

    def _wrong(self, token: Token, worded: Worded) -> SegmentError:
        return SegmentError(self._source, place_of(token), worded)


def _parts(found: "Found[Token]", rule: str) -> "Iterator[Found[Token]]":
    return (child for child in found.children if isinstance(child, Found) and child.data == rule)


def _inside(found: "Found[Token]") -> Iterator[Token]:
    return (child for child in found.children if isinstance(child, Token))


def _operator(token: Token) -> Operator:
    return OPERATORS.get(str(token)) or Operator(str(token))


def _unescaped(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def _too_long(length: int) -> Worded:
    return lambda say: say(
        "a segment has at most {limit} characters, and this has {length}: save parts of it by name",
        limit=LONGEST,
        length=length,
    )


def _none_at_all(of: Name) -> Worded:
    """Say that 0 days are no time; of a birthday, how today is written."""
    if of.words == TODAY_ALONE:
        return lambda say: say("for whose birthday is today, write “{name}” alone", name=of.words)
    return lambda say: say("a length of time is 1 or more, such as 30 days")


def _too_deep(say: Phrases) -> str:
    return say("too much stands inside one another: save parts of it by name")
