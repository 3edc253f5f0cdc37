"""How many customers a segment picks, and some of them to look at; only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.segments.conditions import condition_of
from store.tables.customers import Customer

SAMPLED = 3
LOOKED_THROUGH = 200
"""Of whom a sample is drawn: the newest who are in the segment, so that nobody waits for all to be read."""


@dataclass(frozen=True, slots=True)
class Count:
    """How large a segment is.

    Attributes:
        inside: how many customers are in it.
        total: how many there are in all.
    """

    inside: int
    total: int

    @property
    def is_nobody(self) -> bool:
        """Whether it picks nobody."""
        return self.inside == 0

    @property
    def is_everybody(self) -> bool:
        """Whether it picks everybody, of whom there are some."""
        return 0 < self.inside == self.total


def count_segment(session: Session, source: str, *, company: Company, now: datetime) -> Count:
    """Count who is in a segment.

    Raises:
        SegmentError: it cannot be read; its text points at the mistake.
    """
    condition = condition_of(session, source, company=company, now=now)
    return Count(
        inside=session.scalar(select(func.count()).select_from(Customer).where(condition)) or 0,
        total=session.scalar(select(func.count()).select_from(Customer)) or 0,
    )


def sample(
    session: Session, source: str, *, company: Company, now: datetime, size: int = SAMPLED
) -> Sequence[Customer]:
    """Give some customers of a segment: the same each time, spread over the newest of them.

    Raises:
        SegmentError: it cannot be read; its text points at the mistake.
    """
    condition = condition_of(session, source, company=company, now=now)
    newest = select(Customer.id).where(condition).order_by(Customer.id.desc()).limit(LOOKED_THROUGH)
    found = session.scalars(newest).all()
    chosen = [found[place * len(found) // size] for place in range(size)] if len(found) > size else found
    picked = select(Customer).where(Customer.id.in_(chosen)).order_by(Customer.id)
    return session.scalars(picked).all()
