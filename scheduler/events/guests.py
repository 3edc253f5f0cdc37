"""Who said what to an event's invitation, and how many they are."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.tables.outreach import EventGuest, Rsvp


def count_guests(session: Session, event_id: int) -> dict[Rsvp, int]:
    """Count the answers to an event."""
    rows = session.execute(
        select(EventGuest.answer, func.count())
        .where(EventGuest.event_id == event_id)
        .group_by(EventGuest.answer)
    )
    return {row[0]: row[1] for row in rows}


def places_taken(session: Session, event_id: int, *, besides: int) -> int:
    """Count the places that are taken by others than one customer."""
    taken = session.scalar(
        select(func.count())
        .select_from(EventGuest)
        .where(
            EventGuest.event_id == event_id,
            EventGuest.answer == Rsvp.GOING,
            EventGuest.customer_id != besides,
        )
    )
    return taken or 0
