"""Who said what to an event's invitation, how many people they are, and how many places are left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from store.flushed import flushed
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Rsvp

HOLDS_PLACES = (Rsvp.GOING, Rsvp.OFFERED)
"""Answers with which somebody has places: those who come, and those to whom a place is offered."""

COMING = (Rsvp.GOING, Rsvp.MAYBE)
"""Answers of those who may stand at the door."""

CONCERNED = (Rsvp.GOING, Rsvp.MAYBE, Rsvp.WAITING, Rsvp.OFFERED)
"""Answers of those whom a change concerns: all but who said no."""


def find_guest(session: Session, event_id: int, customer_id: int) -> EventGuest | None:
    """Find what a customer said to an event."""
    return session.get(EventGuest, (event_id, customer_id))


def places_to_give_back(session: Session, customer_id: int, *, now: datetime) -> Sequence[int]:
    """Give the coming events at which a customer has a place or waits for one, the soonest first."""
    return (
        flushed(session)
        .scalars(
            select(EventGuest.event_id)
            .join(Event, Event.id == EventGuest.event_id)
            .where(
                EventGuest.customer_id == customer_id,
                EventGuest.answer.in_((*HOLDS_PLACES, Rsvp.WAITING)),
                Event.starts_at > now,
                Event.cancelled_at.is_(None),
            )
            .order_by(Event.starts_at, Event.id)
        )
        .all()
    )


def count_guests(session: Session, event_id: int) -> dict[Rsvp, int]:
    """Count the answers to an event."""
    rows = session.execute(
        select(EventGuest.answer, func.count())
        .where(EventGuest.event_id == event_id)
        .group_by(EventGuest.answer)
    )
    return {row[0]: row[1] for row in rows}


def count_people(session: Session, event_id: int) -> dict[Rsvp, int]:
    """Count the people behind the answers to an event: guests, and those whom they bring."""
    rows = session.execute(
        select(EventGuest.answer, func.sum(1 + EventGuest.companions))
        .where(EventGuest.event_id == event_id)
        .group_by(EventGuest.answer)
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Filled:
    """How full an event is.

    Attributes:
        held: places of those who come and of those to whom one is offered.
        has_line: whether somebody waits for one.
    """

    held: int
    has_line: bool


def how_full(session: Session, event_id: int) -> Filled:
    """Tell how full an event is."""
    held, has_line = flushed(session).execute(_FILLED, {"event": event_id}).one()
    return Filled(int(held or 0), bool(has_line))


_ITS = EventGuest.event_id == bindparam("event")
_FILLED = select(
    select(func.sum(1 + EventGuest.companions))
    .where(_ITS, EventGuest.answer.in_(HOLDS_PLACES))
    .scalar_subquery(),
    exists().where(_ITS, EventGuest.answer == Rsvp.WAITING),
)


def places_held(session: Session, event_id: int) -> int:
    """Count the places of those who come and of those to whom one is offered."""
    return how_full(session, event_id).held


def places_left(session: Session, event: Event) -> int:
    """Count the places that nobody has."""
    return event.capacity - places_held(session, event.id)


def most_companions(event: Event) -> int:
    """Tell how many people a guest can bring: no more than may, and no more than ever fit."""
    return min(event.companions, event.capacity - 1)


def place_in_line(session: Session, guest: EventGuest) -> int:
    """Tell as which a waiting guest is next, from 1: how many guests have waited for longer, and one."""
    its = {"event": guest.event_id, "since": guest.waiting_since}
    return 1 + (flushed(session).scalar(_LONGER_IN_LINE, its) or 0)


_LONGER_IN_LINE = (
    select(func.count())
    .select_from(EventGuest)
    .where(
        _ITS,
        EventGuest.answer == Rsvp.WAITING,
        EventGuest.waiting_since < bindparam("since"),
    )
)


def guests_named(
    session: Session, event_id: int, answers: Collection[Rsvp], *, limit: int
) -> Sequence[tuple[EventGuest, Customer]]:
    """Give the guests who answered so, with who they are: who waits in order, the others as they answered."""
    rows = session.execute(
        select(EventGuest, Customer)
        .join(Customer, Customer.id == EventGuest.customer_id)
        .where(EventGuest.event_id == event_id, EventGuest.answer.in_(answers))
        .order_by(
            func.coalesce(EventGuest.waiting_since, EventGuest.answered_at),
            EventGuest.answered_at,
            EventGuest.customer_id,
        )
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
