"""How somebody liked an event of ours, as an entry of their satisfaction record."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.record import recompute
from feedback.satisfaction import SOURCE_WEIGHTS, value_of_stars
from store.tables.customers import Customer
from store.tables.feedback import EntrySource, SatisfactionEntry


def record_event_rating(
    session: Session, *, customer: Customer, event_id: int, stars: int, now: datetime
) -> None:
    """Enter how an event was liked; rating it again replaces the entry. Does not commit.

    Args:
        session: the open transaction.
        customer: who rates; the caller has checked that they were a guest.
        event_id: what.
        stars: 1–5.
        now: aware UTC.

    Raises:
        InputError: ``stars`` is not between 1 and 5.
    """
    value = value_of_stars(stars)
    entry = _entry_of(session, customer.id, event_id)
    if entry is None:
        entry = SatisfactionEntry(
            customer_id=customer.id, source=EntrySource.EVENT, weight=SOURCE_WEIGHTS[EntrySource.EVENT]
        )
        session.add(entry)
    entry.value, entry.at = value, now
    entry.evidence = {"stars": stars, "event": event_id}
    session.flush()
    recompute(session, customer)


def _entry_of(session: Session, customer_id: int, event_id: int) -> SatisfactionEntry | None:
    """Find the entry of an event: of one customer's events there are few."""
    entries = session.scalars(
        select(SatisfactionEntry).filter_by(customer_id=customer_id, source=EntrySource.EVENT)
    )
    return next((entry for entry in entries if entry.evidence.get("event") == event_id), None)
