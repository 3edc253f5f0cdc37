"""Who gave us a bad rating lately, and no better one since: one condition for planners and delivery."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists, literal_column, not_, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from store.tables.feedback import EntrySource, SatisfactionEntry

LOW_VALUE = 25.0
"""What two of five stars are in the satisfaction record (``feedback.satisfaction.value_of_stars``)."""

RATINGS = (EntrySource.RATING, EntrySource.VISIT_ANSWER, EntrySource.EVENT)
"""Entries that are a rating which the customer gave, not something that we read in their words."""


def _is_rating(source: InstrumentedAttribute[EntrySource]) -> ColumnElement[bool]:
    return or_(*(source == literal_column(f"'{one}'") for one in RATINGS))


_Later = aliased(SatisfactionEntry)


def is_low_and_last(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Give the condition that picks entries of a bad rating after which no better one came.

    Args:
        since: from when on a bad rating counts.
    """
    came_later = or_(
        _Later.at > SatisfactionEntry.at,
        and_(_Later.at == SatisfactionEntry.at, _Later.id > SatisfactionEntry.id),
    )
    better = exists().where(
        _Later.customer_id == SatisfactionEntry.customer_id,
        _is_rating(_Later.source),
        _Later.value > LOW_VALUE,
        came_later,
    )
    return and_(
        _is_rating(SatisfactionEntry.source),
        SatisfactionEntry.value <= LOW_VALUE,
        SatisfactionEntry.at > since,
        not_(better),
    )


def rated_low(
    customer_id: InstrumentedAttribute[Any], since: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """Give the condition that picks customers whose last rating was a bad one, given lately.

    Args:
        customer_id: the column that names them.
        since: from when on a bad rating counts.
    """
    return exists().where(SatisfactionEntry.customer_id == customer_id, is_low_and_last(since))
