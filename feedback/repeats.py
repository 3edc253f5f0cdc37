"""Which of a customer's cases new words belong to, and how often they complained about the same cause."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.reading.aspects import Aspect
from feedback.reading.taxonomy import OTHER
from store.tables.complaints import Complaint, ComplaintState

SAME_CAUSE_WITHIN = timedelta(days=90)
"""Complaints of one customer about the same cause are counted together for so long."""
TOO_OFTEN = 3
"""So many of them are told to a manager."""


def parts_of(aspects: Iterable[Aspect]) -> Sequence[str]:
    """Name the parts of the service that words speak of, the one that fares worst first."""
    return [one.part for one in sorted(aspects, key=_polarity) if one.part != OTHER]


def _polarity(aspect: Aspect) -> float:
    return aspect.polarity


def earlier_of_cause(
    session: Session, *, customer_id: int, cause: str | None, now: datetime
) -> Sequence[int]:
    """Find a customer's complaints of the last 90 days about one cause, the oldest first.

    What staff called no complaint does not count; what is still open counts with the cause that it seems to
    have.
    """
    if cause is None:
        return ()
    return session.scalars(
        select(Complaint.id)
        .where(
            Complaint.customer_id == customer_id,
            Complaint.state != ComplaintState.DISMISSED,
            Complaint.cause == cause,
            Complaint.opened_at > now - SAME_CAUSE_WITHIN,
        )
        .order_by(Complaint.id)
    ).all()
