"""What can be said of a field that stands in rows of another table: that it happened, how often, how well.

All of it asks about the rows of one customer, which an index finds, so that a batch of customers costs what
is known of them and not what is known of all.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from customers.phrases import Phrases
from scheduler.segments.around import Around
from scheduler.segments.asking import has_row, has_rows
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

    def some(self, around: Around, *conditions: Truth, since: datetime | None = None) -> Truth:
        """Give the expression for customers who have such a row."""
        return has_row(around, self.customer_id, *self.that_count(*conditions, since=since))

    def that_count(self, *conditions: Truth, since: datetime | None = None) -> Sequence[Truth]:
        """Give what picks the rows that count."""
        lately = () if since is None else (self.at >= since,)
        return (*self.among, *conditions, *lately)


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
                found = rows.some(around)
            case Lately(_, span):
                found = rows.some(around, since=around.ago(span))
            case LongAgo(_, span):
                found = and_(rows.some(around), not_(rows.some(around, since=around.ago(span))))
            case Dated(_, Side.SINCE, day):
                found = rows.some(around, since=around.begins(day))
            case Dated(_, Side.BEFORE, day):
                found = and_(rows.some(around), not_(rows.some(around, since=around.begins(day))))
            case Named(_, value, within) if self.called is not None:
                since = None if within is None else around.ago(within)
                found = rows.some(around, self.called(self._read(condition, value, around)), since=since)
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
        compare, counted = COMPARE[compared], self.rows.that_count(since=since)
        total = func.coalesce(self.total(), 0)
        if compare(0, number):
            others = has_rows(around, self.rows.customer_id, *counted, together=not_(compare(total, number)))
            return not_(others)
        return has_rows(around, self.rows.customer_id, *counted, together=compare(total, number))


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
        return self.rows.some(around, or_(*(compare(self.value, value) for value in values)), since=since)


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
                return self.rows.some(around) if known else not_(self.rows.some(around))
            case _:
                raise cannot(self, condition, around)
        if within is not None:
            counted = self.rows.that_count(since=around.ago(within))
            mean = COMPARE[compared](func.avg(self.value), number)
            return has_rows(around, self.rows.customer_id, *counted, together=mean, in_order_of_rows=True)
        return self._of_newest(around, lambda mean: COMPARE[compared](mean, number))

    def _of_newest(self, around: Around, is_so: Callable[[ColumnElement[Any]], Truth]) -> Truth:
        """Give the expression for those whose newest rows have such a mean."""
        whose = self.rows.customer_id
        if not around.of_all:
            theirs = select(self.value.label("value")).where(whose == Customer.id, *self.rows.that_count())
            newest = theirs.correlate(Customer).order_by(self.newest_first).limit(self.taken).subquery()
            mean = select(func.avg(newest.c.value)).scalar_subquery()
            return and_(self.rows.some(around), is_so(mean))
        place = func.row_number().over(partition_by=whose, order_by=self.newest_first)
        each = select(whose.label("number"), self.value.label("value"), place.label("place")).subquery()
        newest_of_all = select(each.c.number).where(each.c.place <= self.taken).group_by(each.c.number)
        picked = newest_of_all.having(is_so(func.avg(each.c.value)))
        if around.as_set:
            return Customer.id.in_(picked)
        found = picked.subquery()
        return exists().where(found.c.number == Customer.id)
