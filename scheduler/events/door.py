"""At the door: tickets, who is let in, and how many are there.

A ticket is a short code, which the guest's QR code says as well. It is worth nothing to anybody but staff.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.events.announced import takes_place
from scheduler.events.guests import COMING, places_left
from scheduler.events.plans import lock_event
from store.errors import InputError, NotFoundError
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Rsvp

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No two of these are taken for each other: there is neither 0 nor O, neither 1 nor I."""

CODE_LENGTH = 8
OPENS_BEFORE = timedelta(hours=12)
LASTS = timedelta(hours=6)
"""How long an event goes on for which nobody said when it ends."""

OPEN_AFTER = timedelta(hours=12)
"""Who forgot to check somebody in may do so for so long after the end."""


class DoorClosedError(InputError):
    """Nobody is let in: the event is cancelled, is over, or is still far off."""


class NotGoingError(InputError):
    """The customer did not say that they come.

    Attributes:
        answer: what they said; None for nothing.
        places_left: how many places are free.
    """

    def __init__(self, answer: Rsvp | None, places_left: int) -> None:
        super().__init__("they are not on the list")
        self.answer, self.places_left = answer, places_left


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door.

    Attributes:
        event: where.
        guest: who, as a guest.
        customer: who they are.
        before: when they were checked in already; None where this is the first time.
    """

    event: Event
    guest: EventGuest
    customer: Customer
    before: datetime | None

    @property
    def people(self) -> int:
        """How many they are, companions counted."""
        return 1 + self.guest.companions


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many people are there, and how many are expected in all."""

    arrived: int
    expected: int


def tidy(written: str) -> str:
    """Read a code as people type it: in small letters, with blanks and hyphens."""
    return "".join(sign for sign in written.upper() if sign.isalnum())


def is_code(written: str) -> bool:
    """Tell whether something looks like the code of a ticket."""
    code = tidy(written)
    return len(code) == CODE_LENGTH and all(sign in ALPHABET for sign in code)


def give_ticket(session: Session, guest: EventGuest) -> str:
    """Give a guest a ticket, or the one that they have; does not commit."""
    if guest.ticket is None:
        guest.ticket = _new_code(session)
        session.flush()
    return guest.ticket


def _new_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if session.scalar(select(EventGuest.event_id).where(EventGuest.ticket == code)) is None:
            return code


def find_ticket(session: Session, code: str) -> tuple[Event, EventGuest, Customer]:
    """Find whose ticket a code is.

    Raises:
        NotFoundError: it is nobody's.
    """
    row = session.execute(
        select(Event, EventGuest, Customer)
        .join(EventGuest, EventGuest.event_id == Event.id)
        .join(Customer, Customer.id == EventGuest.customer_id)
        .where(EventGuest.ticket == tidy(code))
    ).one_or_none()
    if row is None:
        raise NotFoundError("there is no such ticket")
    return row[0], row[1], row[2]


def events_at_the_door(session: Session, now: datetime) -> Sequence[Event]:
    """Find the events whose door is open, the soonest first; only reads."""
    near = select(Event).where(
        Event.starts_at > now - timedelta(days=30),
        Event.starts_at <= now + OPENS_BEFORE,
        takes_place(),
    )
    return [event for event in session.scalars(near.order_by(Event.starts_at)) if is_door_open(event, now)]


def is_door_open(event: Event, now: datetime) -> bool:
    """Tell whether guests of an event may be checked in now."""
    if event.cancelled_at is not None:
        return False
    return event.starts_at - OPENS_BEFORE <= now <= over_at(event) + OPEN_AFTER


def over_at(event: Event) -> datetime:
    """Tell when an event is over, as far as we know."""
    return event.ends_at or event.starts_at + LASTS


def check_in(
    session: Session,
    event_id: int,
    customer_id: int,
    *,
    staff_id: int | None,
    now: datetime,
    let_in: bool = False,
) -> Arrival:
    """Note that a guest has come; a second time changes nothing. Does not commit.

    Args:
        session: the open transaction.
        event_id: where; its row is locked, so that nobody gets a place twice.
        customer_id: who.
        staff_id: who stands at the door.
        now: aware UTC.
        let_in: whether somebody who is not on the list gets one of the places that are left.

    Raises:
        NotFoundError: there is no such event or customer.
        DoorClosedError: nobody is let in.
        NotGoingError: they are not on the list, and nobody said to let them in, or no place is left.
    """
    event = lock_event(session, event_id)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFoundError(f"there is no customer {customer_id}")
    # As it is now that the event is ours: another door may have checked them in since it was read.
    guest = session.get(EventGuest, (event_id, customer_id), populate_existing=True)
    if event.cancelled_at is None and guest is not None and guest.checked_in_at is not None:
        return Arrival(event, guest, customer, guest.checked_in_at)
    if not is_door_open(event, now):
        raise DoorClosedError(f"the door of event {event_id} is closed")
    if guest is None or guest.answer is not Rsvp.GOING:
        guest = _squeeze_in(session, event, customer, guest, let_in=let_in, now=now)
    guest.checked_in_at, guest.checked_in_by = now, staff_id
    session.flush()
    return Arrival(event, guest, customer, None)


def _squeeze_in(
    session: Session,
    event: Event,
    customer: Customer,
    guest: EventGuest | None,
    *,
    let_in: bool,
    now: datetime,
) -> EventGuest:
    """Give somebody who is not on the list a place at the door, alone."""
    has_offer = guest is not None and guest.answer is Rsvp.OFFERED
    left = places_left(session, event) + (1 + guest.companions if guest and has_offer else 0)
    if not let_in or left < 1:
        raise NotGoingError(None if guest is None else guest.answer, left)
    if guest is None:
        guest = EventGuest(event_id=event.id, customer_id=customer.id)
        session.add(guest)
    guest.answer, guest.answered_at = Rsvp.GOING, now
    guest.companions, guest.waiting_since, guest.offered_until = 0, None, None
    return guest


def turnout(session: Session, event_id: int) -> Turnout:
    """Count who is there and who is expected, companions among them."""
    people = func.coalesce(func.sum(1 + EventGuest.companions), 0)
    coming = select(people).where(EventGuest.event_id == event_id, EventGuest.answer == Rsvp.GOING)
    expected = session.scalar(coming) or 0
    arrived = session.scalar(coming.where(EventGuest.checked_in_at.is_not(None))) or 0
    return Turnout(int(arrived), int(expected))


def guests_called(
    session: Session, event_id: int, name: str, *, number: int | None = None, limit: int
) -> Sequence[tuple[EventGuest, Customer]]:
    """Find those who answered an event by a part of their name, or by their own ``number``; only reads.

    Returns:
        Those who come before the others.
    """
    rows = session.execute(
        select(EventGuest, Customer)
        .join(Customer, Customer.id == EventGuest.customer_id)
        .where(EventGuest.event_id == event_id)
        .order_by(Customer.display_name, Customer.id)
    )
    wanted = name.casefold().split()
    found = [
        (guest, customer)
        for guest, customer in rows
        if customer.id == number or all(part in customer.display_name.casefold() for part in wanted)
    ]
    return sorted(found, key=lambda one: (one[0].answer is Rsvp.NO, one[0].answer not in COMING))[:limit]
