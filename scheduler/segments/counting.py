"""How many customers a segment picks, which, and some of them to look at; only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import from_json
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.segments.conditions import condition_of
from store.tables.customers import Customer

COUNTED_AT_ONCE = 50_000
"""Customers who are looked at while somebody waits: some 50 ms on a small machine."""
STRETCHES = 20
SAMPLED = 3
LOOKED_BACK = 200_000
LOOKED_THROUGH = 200
"""Of whom a sample is drawn: the newest who are in the segment, so that nobody waits for all to be read."""


@dataclass(frozen=True, slots=True)
class Count:
    """How large a segment is.

    Attributes:
        inside: how many customers are in it.
        total: how many there are in all.
        looked_at: of how many that was reckoned; None where all were counted.
    """

    inside: int
    total: int
    looked_at: int | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether it picks nobody, as far as was looked."""
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
    condition = condition_of(session, source, company=company, now=now, of_all=True)
    return Count(
        inside=session.scalar(select(func.count()).select_from(Customer).where(condition)) or 0,
        total=session.scalar(select(func.count()).select_from(Customer)) or 0,
    )


def numbers_in(session: Session, source: str, *, company: Company, now: datetime) -> Sequence[int]:
    """Give the numbers of all who are in a segment, in ascending order.

    The database writes them into one text: a row for each of a million takes six times as long.

    Raises:
        SegmentError: it cannot be read; its text points at the mistake.
    """
    condition = condition_of(session, source, company=company, now=now, of_all=True)
    together = func.aggregate_strings(cast(Customer.id, String), ",")
    written = session.scalar(select(together).select_from(Customer).where(condition))
    numbers: list[int] = from_json(f"[{written or ''}]")
    numbers.sort()
    return numbers


def sample(
    session: Session, source: str, *, company: Company, now: datetime, size: int = SAMPLED
) -> Sequence[Customer]:
    """Give some customers of a segment: the same each time, spread over the newest of them.

    Raises:
        SegmentError: it cannot be read; its text points at the mistake.
    """
    condition = condition_of(session, source, company=company, now=now)
    last = session.scalar(select(func.max(Customer.id))) or 0
    lately = Customer.id > last - LOOKED_BACK  # or a rare condition would be asked of everybody
    newest = select(Customer.id).where(lately, condition).order_by(Customer.id.desc()).limit(LOOKED_THROUGH)
    found = session.scalars(newest).all()
    chosen = [found[place * len(found) // size] for place in range(size)] if len(found) > size else found
    picked = select(Customer).where(Customer.id.in_(chosen)).order_by(Customer.id)
    return session.scalars(picked).all()


def estimate_segment(session: Session, source: str, *, company: Company, now: datetime) -> Count:
    """Tell how large a segment is: counted, or of very many customers reckoned from some of them.

    Those who are looked at stand in stretches over all of the base, from the oldest customer to the newest.

    Raises:
        SegmentError: it cannot be read; its text points at the mistake.
    """
    newest = session.scalar(select(func.max(Customer.id))) or 0
    if newest <= COUNTED_AT_ONCE:
        return count_segment(session, source, company=company, now=now)
    condition = condition_of(session, source, company=company, now=now)
    inside = looked_at = 0
    for number in range(STRETCHES):
        after = number * newest // STRETCHES
        stretch = Customer.id.between(after + 1, after + COUNTED_AT_ONCE // STRETCHES)
        found = select(func.count(), func.count().filter(condition)).select_from(Customer).where(stretch)
        looked, met = session.execute(found).one()
        looked_at, inside = looked_at + looked, inside + met
    total = session.scalar(select(func.count()).select_from(Customer)) or 0
    return Count(inside=round(inside * total / max(looked_at, 1)), total=total, looked_at=looked_at)
