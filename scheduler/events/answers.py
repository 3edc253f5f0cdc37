"""A customer's answer to an invitation: noted while places last, else they wait; the next one changes it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.events.guests import how_full, place_in_line, places_left
from scheduler.events.messages import CHANGES, REMINDERS
from scheduler.events.offers import (
    is_anybody_next,
    join_line,
    lapse_offers,
    leave_line,
    move_up,
    take_place,
    withdraw_offers,
)
from scheduler.events.plans import is_open_to, lock_event, was_invited
from scheduler.events.refusals import FullError, PartyTooBigError, check_still_to_come
from store.errors import InputError, NotFoundError
from store.outbox import withdraw_queued
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage

SEE_ALL = frozenset({Rsvp.GOING, Rsvp.NO})
"""What became of answers after which a guest need not be told any more what was changed: who comes reads all
of the event with the thanks. Who may come, or waits, does not."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer.

    Attributes:
        event: to which.
        guest: as they stand now: who wanted to come may have to wait.
        place: as which they are next, from 1, where they wait.
        left: places that nobody has.
        before: with how many others they were on the list already, knowing all that there is to know of the
            event; None where they were not.
    """

    event: Event
    guest: EventGuest
    place: int | None
    left: int
    before: int | None = None


def answer_event(
    session: Session,
    event_id: int,
    customer_id: int,
    answer: Rsvp,
    *,
    company: Company,
    now: datetime,
    companions: int | None = None,
) -> Answered:
    """Note a customer's answer to an event, in place of an earlier one; does not commit.

    The event's row is locked until the transaction ends, so that simultaneous answers see each other and
    never more come than there are places. Who comes too late waits, at the end of the line; who gives a place
    back lets the line move up. "Maybe" takes no place.

    Args:
        session: the open transaction.
        event_id: to which event.
        customer_id: whose answer.
        answer: going, maybe or no.
        company: who we are.
        now: the moment.
        companions: how many come along; None is as many as before.

    Raises:
        NotFoundError: this customer neither belongs to its audience nor was invited.
        CancelledError: there will be no event.
        ClosedError: the event has begun.
        InputError: nobody may bring so many.
        PartyTooBigError: there are not so many places in all.
        FullError: no place is left for more companions; the earlier answer stands.
    """
    event = lock_event(session, event_id)
    guest = _known_guest(session, event_id, customer_id, company=company, now=now)
    _check_open(event, companions or 0, now)
    lapse_offers(session, event, now=now)
    guest = guest or _new_guest(event, customer_id, now)
    before = _before(guest, event)
    if answer is Rsvp.GOING:
        wanted = guest.companions if companions is None else companions
        _come(session, event, guest, wanted, company=company, now=now)
    else:
        _stay_away(session, guest, answer)
    guest.answered_at = now
    _note_seen(session, event, guest, before)
    session.flush()
    move_up(session, event, company=company, now=now, present=customer_id)
    return _answered(session, event, guest, before)


def _answered(session: Session, event: Event, guest: EventGuest, before: int | None) -> Answered:
    place = place_in_line(session, guest) if guest.answer is Rsvp.WAITING else None
    return Answered(event, guest, place, places_left(session, event), before)


def _note_seen(session: Session, event: Event, guest: EventGuest, before: int | None) -> None:
    """Note that a guest knows the newest state of an event, where they read it with what they answered."""
    if guest not in session or (guest.answer in SEE_ALL and before is None):
        guest.told_revision = guest.knew_revision = event.revision
    session.add(guest)


def _before(guest: EventGuest, event: Event) -> int | None:
    comes = guest.answer is Rsvp.GOING and guest.told_revision == event.revision
    return guest.companions if comes else None


def _known_guest(
    session: Session, event_id: int, customer_id: int, *, company: Company, now: datetime
) -> EventGuest | None:
    """Find what a customer said before, as it is now that the event is locked; None for nothing.

    Whether they may come at all is looked at in detail only where no answer and no invitation says it.
    """
    guest = session.get(EventGuest, (event_id, customer_id), populate_existing=True)
    if guest is None and not (
        was_invited(session, event_id, customer_id)
        or is_open_to(session, event_id, customer_id, company=company, now=now)
    ):
        raise NotFoundError(f"event {event_id} is not open to customer {customer_id}")
    return guest


def _check_open(event: Event, companions: int, now: datetime) -> None:
    check_still_to_come(event, now=now)
    if not 0 <= companions <= event.companions:
        raise InputError(f"a guest of event {event.id} may bring {event.companions}, not {companions}")
    if companions >= event.capacity:
        raise PartyTooBigError(
            f"event {event.id} has no place for {1 + companions} people", places=event.capacity
        )


def _new_guest(event: Event, customer_id: int, now: datetime) -> EventGuest:
    """Make the row of who answers for the first time; it is added with what they say."""
    return EventGuest(
        event_id=event.id, customer_id=customer_id, answer=Rsvp.NO, companions=0, answered_at=now
    )


def _come(
    session: Session, event: Event, guest: EventGuest, companions: int, *, company: Company, now: datetime
) -> None:
    """Let a guest come who has a place already, or for whom there is one; any other joins the line.

    The line then moves up: whoever comes while others wait goes to its end.
    """
    if guest.answer not in (Rsvp.GOING, Rsvp.OFFERED):
        filled = how_full(session, event.id)
        if filled.has_line or filled.held + 1 + companions > event.capacity:
            join_line(session, guest, companions=companions, now=now)
        else:
            take_place(guest, companions=companions)
        return
    more = companions - guest.companions
    if more > 0:
        left = 0 if is_anybody_next(session, event, company=company, now=now) else places_left(session, event)
        if more > left:
            raise FullError(f"event {event.id} is full", more=max(left, 0))
    take_place(guest, companions=companions)
    withdraw_offers(session, guest, reason="the guest has taken the place")


def _stay_away(session: Session, guest: EventGuest, answer: Rsvp) -> None:
    """Let a guest give back what they have, and skip what waits to leave and is no use to them any more."""
    if answer not in (Rsvp.MAYBE, Rsvp.NO):
        raise ValueError(f"{answer} is what becomes of an answer")
    leave_line(guest, answer)
    if guest not in session:
        return  # they answer for the first time: nothing was written to them but the invitation
    withdraw_offers(session, guest, reason="the guest has answered otherwise")
    if answer is Rsvp.NO:
        for beginning in (REMINDERS, CHANGES):
            withdraw_queued(
                session,
                OutboxMessage.customer_id == guest.customer_id,
                OutboxMessage.dedupe_key.startswith(f"{beginning}{guest.event_id}:"),
                reason="the guest will not come",
            )
