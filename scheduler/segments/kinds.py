"""What can be said of a field, by its kind, and the SQL that says it.

A kind turns each form of a condition that it knows into an expression over ``Customer`` that is true or
false, never null, so that «not» means what it says; a form that it does not know is a mistake, with an
example of one that it does. Nothing of the text gets into SQL but as a bound value.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, not_, true
from sqlalchemy.orm import InstrumentedAttribute

from customers.phrases import Phrases
from scheduler.segments.around import Around
from scheduler.segments.mistakes import SegmentError, no_such, written_like
from scheduler.segments.tree import (
    Among,
    Compared,
    Condition,
    Dated,
    Holds,
    Known,
    Lately,
    LongAgo,
    Operator,
    Side,
    Value,
)

Truth = ColumnElement[bool]
Column = InstrumentedAttribute[Any] | ColumnElement[Any]

COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.IS: operator.eq,
    Operator.IS_NOT: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


class Kind(Protocol):
    """What can be said of a field."""

    def example(self, name: str) -> str:
        """Give a condition that can be said of a field of this name."""

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give the expression for a condition.

        Raises:
            SegmentError: such a thing cannot be said of this field, or its value is none.
        """


def cannot(kind: Kind, condition: Condition, around: Around) -> SegmentError:
    """Point at a condition of a form that does not fit its field, with one that does."""
    name = condition.name
    return around.wrong(name.place, written_like(name.words, kind.example(name.words)))


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that holds or not: ``at risk``."""

    where: Callable[[Around], Truth]

    def example(self, name: str) -> str:
        """Give one."""
        return name

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        match condition:
            case Holds():
                return self.where(around)
            case _:
                raise cannot(self, condition, around)


@dataclass(frozen=True, slots=True)
class Words:
    """A field that is one of several words: ``standing = key``, ``language in (zh, en)``.

    Attributes:
        where: the expression for those who have one of some values.
        like: a value for examples.
        read: the value that a word names; None where it names none. Without it every word is one.
        choices: the values there are, for what may have been meant.
        is_known: the expression for those who have any; without it everybody does.
    """

    where: Callable[[Sequence[str], Around], Truth]
    like: str
    read: Callable[[str, Around], str | None] = lambda word, _: word
    choices: Callable[[Around], Sequence[str]] = lambda _: ()
    is_known: Callable[[Around], Truth] = lambda _: true()

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} = {self.like}"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        match condition:
            case Compared(_, Operator.IS, value, None) | Compared(_, Operator.IS_NOT, value, None):
                found = self.where([self._read(condition, value, around)], around)
                return found if condition.operator is Operator.IS else not_(found)
            case Among(_, values, None):
                return self.where([self._read(condition, value, around) for value in values], around)
            case Known(_, known):
                return self.is_known(around) if known else not_(self.is_known(around))
            case _:
                raise cannot(self, condition, around)

    def _read(self, condition: Condition, value: Value, around: Around) -> str:
        name = condition.name.words
        if not isinstance(value.what, str):
            raise around.wrong(value.place, lambda say: say("a word belongs here; put others in quotes"))
        found = self.read(value.what.strip(), around) if value.what.strip() else None
        if found is None:
            word = value.what

            def unknown(say: Phrases) -> str:
                return say("there is no {field} “{word}”", field=name, word=word)

            raise around.wrong(value.place, no_such(unknown, word, self.choices(around)))
        return found


def in_column(column: InstrumentedAttribute[Any]) -> Callable[[Sequence[str], Around], Truth]:
    """Give what makes the expression for a column that has one of some values; null has none."""

    def where(values: Sequence[str], _: Around) -> Truth:
        found = column == values[0] if len(values) == 1 else column.in_(values)
        return and_(column.is_not(None), found) if column.nullable else found

    return where


@dataclass(frozen=True, slots=True)
class Number:
    """A number that everybody has, or some: ``index < 60``."""

    value: Callable[[Around], Column]
    like: str
    some_have_none: bool = False

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} {self.like}"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        value = self.value(around)
        match condition:
            case Compared(_, compared, number, None):
                found = COMPARE[compared](value, number_of(number, around))
            case Among(_, numbers, None):
                found = value.in_([number_of(number, around) for number in numbers])
            case Known(_, known):
                return value.is_not(None) if known else value.is_(None)
            case _:
                raise cannot(self, condition, around)
        return and_(value.is_not(None), found) if self.some_have_none else found


def number_of(value: Value, around: Around) -> int | float:
    """Read a number."""
    match value.what:
        case Decimal() as number:
            return int(number) if number == number.to_integral_value() else float(number)
        case _:
            raise around.wrong(value.place, lambda say: say("a number belongs here"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: ``last contact over 30 days ago``, ``created since 2027-01-01``."""

    at: InstrumentedAttribute[Any]

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} over 30 days ago"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        found: Truth
        match condition:
            case Lately(_, span):
                found = self.at >= around.ago(span)
            case LongAgo(_, span):
                found = self.at < around.ago(span)
            case Dated(_, side, day):
                begins = around.begins(day)
                found = self.at < begins if side is Side.BEFORE else self.at >= begins
            case Known(_, known):
                return self.at.is_not(None) if known else self.at.is_(None)
            case _:
                raise cannot(self, condition, around)
        return and_(self.at.is_not(None), found) if self.at.nullable else found
