"""Whom we let down lately: one condition for planners and delivery; they then say nothing first."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists
from sqlalchemy.orm import InstrumentedAttribute

from store.tables.desk import Promise, PromiseState

REMEMBERED = timedelta(days=14)
"""For how long after a promise was broken its customer gets no greeting, invitation or question of ours."""


def remembered_since(now: datetime) -> datetime:
    """Tell since when a broken promise still counts."""
    return now - REMEMBERED


def is_broken(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Give the condition that picks promises that were broken lately.

    Args:
        since: ``remembered_since(now)``.
    """
    return and_(Promise.state == PromiseState.BROKEN, Promise.closed_at > since)


def let_down(
    customer_id: InstrumentedAttribute[Any], since: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """Give the condition that picks customers to whom a promise was broken lately.

    Args:
        customer_id: the column that names them.
        since: ``remembered_since(now)``.
    """
    return exists().where(Promise.customer_id == customer_id, is_broken(since))
