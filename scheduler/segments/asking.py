"""How other tables are asked about customers: of one after the other, or of all together.

A batch of customers, or one of them, is best looked up by an index; of all customers it is quicker to gather
once whom the rows of a table name.
"""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    exists,
    false,
    literal,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.visitors import iterate

from scheduler.segments.around import Around
from scheduler.segments.kinds import Truth
from store.tables.customers import Customer


def has_row(around: Around, customer_id: InstrumentedAttribute[int], *conditions: Truth) -> Truth:
    """Give the expression for customers of whom a table has a row that meets some conditions.

    Args:
        around: of how many it is asked.
        customer_id: the column that names the customer; a row in which it is null names nobody.
        conditions: what the row must meet.
    """
    if around.as_set:
        return Customer.id.in_(select(customer_id).where(customer_id.is_not(None), *conditions))
    return exists().where(customer_id == Customer.id, *conditions)


def has_rows(
    around: Around,
    customer_id: InstrumentedAttribute[int],
    *conditions: Truth,
    together: ColumnElement[bool],
    in_order_of_rows: bool = False,
) -> Truth:
    """Give the expression for customers whose rows, those that meet some conditions, are together so.

    Args:
        around: of how many it is asked.
        customer_id: the column that names the customer.
        conditions: what a row must meet to count; who has no such row is not picked.
        together: what the rows of one customer must meet, with sums and the like.
        in_order_of_rows: whether no index has all that is asked of them, so that all are best read through.
    """
    if not around.of_all:
        theirs = select(literal(1)).where(customer_id == Customer.id, *conditions).correlate(Customer)
        return theirs.group_by(customer_id).having(together).exists()
    named = select(customer_id.label("number")).where(customer_id.is_not(None), *conditions)
    gathered = named.group_by(customer_id).having(together)
    if around.as_set and in_order_of_rows:  # by an expression, or SQLite jumps from row to row by customer
        number = customer_id + literal_column("0")
        gathered = select(number.label("number")).where(*conditions).group_by(number).having(together)
    return is_among(around, gathered)


def is_among(around: Around, numbers: Select[int]) -> Truth:
    """Give the expression for customers whose numbers were gathered, as ``number``, of all at once."""
    if around.as_set:
        return Customer.id.in_(numbers)
    named = numbers.subquery()
    return exists().where(named.c.number == Customer.id)


def any_of(around: Around, truths: Sequence[Truth]) -> Truth:
    """Give the expression for customers of whom one of some holds.

    PostgreSQL joins other tables where all conditions must hold, but asks them customer by customer where one
    of them is enough. Of all customers, each such condition is asked by itself, and the answers united.
    """
    asking = [truth for truth in truths if _asks(truth)]
    if not around.of_all or around.as_set or not asking:
        return or_(*truths)
    plain = [truth for truth in truths if not _asks(truth)]
    each = [select(Customer.id).where(truth) for truth in (*asking, or_(false(), *plain))]
    united = union(*each).subquery()
    return exists().where(united.c.id == Customer.id)


def _asks(truth: Truth) -> bool:
    """Tell whether an expression asks another table."""
    return any(isinstance(part, SelectBase) for part in iterate(truth))
