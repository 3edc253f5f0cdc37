"""From the text of a segment to the condition that picks its customers."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import in_audience


def condition_of(session: Session, source: str, *, company: Company, now: datetime) -> ColumnElement[bool]:
    """Give the condition, for a query over ``Customer``, that picks who is in a segment.

    Args:
        session: where saved segments are looked up.
        source: what a marketer wrote: ``all``, a saved name, or a filter.
        company: who we are.
        now: the moment that «30 days ago» counts from.

    Raises:
        InputError: it cannot be read; its text points at the mistake.
    """
    del session, company, now
    return in_audience(source)
