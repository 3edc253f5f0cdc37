"""What can be said of a field that stands in rows of another table: that it happened, how often, how well.

All of it asks about the rows of one customer, which an index finds, so that a batch of customers costs what
is known of them and not what is known of all.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from customers.phrases import Phrases
from scheduler.segments.around import Around
from scheduler.segments.kinds import COMPARE, Column, Truth, cannot, number_of
from scheduler.segments.mistakes import no_such
from scheduler.segments.tree import (
    Among,
    Compared,
    Condition,
    Dated,
    Holds,
    Known,
    Lately,
    LongAgo,
    Named,
    Operator,
    Side,
    Value,
)
from store.tables.customers import Customer


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of another table that belong to customers.

    Attributes:
        customer_id: the column that names whose they are.
        at: when it happened.
        among: which of them count.
    """

    customer_id: InstrumentedAttribute[Any]
    at: InstrumentedAttribute[Any]
    among: Sequence[Truth] = ()

    def some(self, *conditions: Truth, since: datetime | None = None) -> Truth:
        """Give the expression for customers who have such a row."""
        return exists().where(*self.theirs(*conditions, since=since))

    def theirs(self, *conditions: Truth, since: datetime | None = None) -> Sequence[Truth]:
        """Give what picks the rows of the customer who is looked at."""
        lately = () if since is None else (self.at >= since,)
        return (self.customer_id == Customer.id, *self.among, *conditions, *lately)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened, once or more: ``complained within 90 days``, ``going to "Tea evening"``.

    «Over … ago» and «before …» speak of the last time.

    Attributes:
        rows: where it stands.
        called: picks the rows of what is called so; None where it has no name.
        choices: the names there are.
        like: a name for examples.
    """

    rows: Rows
    called: Callable[[str], Truth] | None = None
    choices: Callable[[Around], Sequence[str]] = lambda _: ()
    like: str = "Tea evening"

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} within 30 days" if self.called is None else f'{name} "{self.like}"'

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        rows = self.rows
        match condition:
            case Holds():
                found = rows.some()
            case Lately(_, span):
                found = rows.some(since=around.ago(span))
            case LongAgo(_, span):
                found = and_(rows.some(), not_(rows.some(since=around.ago(span))))
            case Dated(_, Side.SINCE, day):
                found = rows.some(since=around.begins(day))
            case Dated(_, Side.BEFORE, day):
                found = and_(rows.some(), not_(rows.some(since=around.begins(day))))
            case Named(_, value, within) if self.called is not None:
                since = None if within is None else around.ago(within)
                found = rows.some(self.called(self._read(condition, value, around)), since=since)
            case _:
                raise cannot(self, condition, around)
        return found

    def _read(self, condition: Condition, value: Value, around: Around) -> str:
        name, choices = str(value.what), self.choices(around)
        if name in choices:
            return name

        def unknown(say: Phrases) -> str:
            return say("“{field}”: there is no “{word}”", field=condition.name.words, word=name)

        raise around.wrong(value.place, no_such(unknown, name, choices))


@dataclass(frozen=True, slots=True)
class Tallied:
    """A number that adds up from rows: ``purchases >= 3 within 1 year``; who has no row has 0.

    Attributes:
        rows: where it stands.
        total: what they add up to.
    """

    rows: Rows
    total: Callable[[], ColumnElement[Any]] = func.count
    like: str = ">= 2 within 90 days"

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} {self.like}"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it: whether some rows are there is looked at first, for of most customers none is."""
        match condition:
            case Compared(_, compared, value, within):
                number = number_of(value, around)
            case _:
                raise cannot(self, condition, around)
        since = None if within is None else around.ago(within)
        compare, some = COMPARE[compared], self.rows.some(since=since)
        if compare(1, number) and compared in (Operator.MORE, Operator.AT_LEAST) and self.total is func.count:
            return some if not compare(0, number) else true()
        theirs = self.rows.theirs(since=since)
        total = select(func.coalesce(self.total(), 0)).where(*theirs).correlate(Customer).scalar_subquery()
        if compare(0, number):
            return not_(and_(some, not_(compare(total, number))))
        return and_(some, compare(total, number))


@dataclass(frozen=True, slots=True)
class AnyOfThem:
    """A number of which a customer may have several: ``rating <= 2 within 30 days`` holds if one is so.

    Attributes:
        rows: where they stand.
        value: the column, and the number in it that stands for one that is written.
    """

    rows: Rows
    value: Column
    stands_for: Callable[[float], float]
    like: str

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} {self.like}"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        match condition:
            case Compared(_, compared, value, within):
                numbers, compare = (value,), COMPARE[compared]
            case Among(_, numbers, within):
                compare = operator.eq
            case _:
                raise cannot(self, condition, around)
        since = None if within is None else around.ago(within)
        values = [self.stands_for(number_of(number, around)) for number in numbers]
        return self.rows.some(or_(*(compare(self.value, value) for value in values)), since=since)


@dataclass(frozen=True, slots=True)
class Averaged:
    """A mean over what a customer told us: the newest, or all within a time; who told nothing has none.

    Attributes:
        rows: where it stands.
        value: what is averaged.
        newest_first: the order, and how many are taken where no time is said.
    """

    rows: Rows
    value: InstrumentedAttribute[Any]
    newest_first: ColumnElement[Any]
    taken: int
    like: str

    def example(self, name: str) -> str:
        """Give one."""
        return f"{name} {self.like}"

    def truth(self, condition: Condition, around: Around) -> Truth:
        """Give it."""
        match condition:
            case Compared(_, compared, value, within):
                number = number_of(value, around)
            case Known(_, known):
                return self.rows.some() if known else not_(self.rows.some())
            case _:
                raise cannot(self, condition, around)
        since = None if within is None else around.ago(within)
        told = select(self.value.label("value")).where(*self.rows.theirs(since=since)).correlate(Customer)
        if within is None:
            told = told.order_by(self.newest_first).limit(self.taken)
        each = told.subquery()
        mean = select(func.avg(each.c.value)).scalar_subquery()
        return and_(self.rows.some(since=since), COMPARE[compared](mean, number))
