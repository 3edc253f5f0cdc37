"""Places that came free move along the waiting list: offered to who is next, for a while, then to the next.

Every function wants the event's row locked by its transaction (``lock_event``), so that simultaneous answers
see each other and never more people have places than there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from scheduler.events.guests import HOLDS_PLACES, how_full
from scheduler.events.messages import OFFERS, GuestThere, guest_draft, select_guests, to_guest, unsaid
from scheduler.events.waiting_line import joins_at, next_up, offered_until
from scheduler.events.wording import guest_buttons, offer_text, own_zone
from scheduler.left_out import LeftOut
from store.after_restore import MAY_HAVE_LEFT
from store.columns import UtcDateTime
from store.outbox import Draft, enqueue, find_by_key, withdraw_queued
from store.suppressions import Suppressed, note_suppressed
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import OutboxMessage, OutboxState

PAGE = 200
"""Waiting guests who are read at once."""

OFFERED_IN_VAIN = 3
"""After so many offers that never left, somebody is passed over like who was told and did not answer."""

NEVER_WILL = (OutboxState.SKIPPED, OutboxState.UNREACHABLE, OutboxState.FAILED)
NEVER_LEFT = (OutboxState.QUEUED, OutboxState.PAUSED, *NEVER_WILL)

NOT_ANSWERED = "the place was not taken in time"
"""Why an offer that still waits to leave is skipped."""


@dataclass(frozen=True, slots=True)
class _Next:
    """A guest who waits: when an offer to them leaves, and until when it stands; None for who is here."""

    there: GuestThere
    leaves: datetime | None = None
    until: datetime | None = None

    @property
    def size(self) -> int:
        """How many people come with them, themselves counted."""
        return 1 + self.there.guest.companions


def join_line(session: Session, guest: EventGuest, *, companions: int, now: datetime) -> None:
    """Put a guest at the end of the waiting list, or change with how many they wait; does not commit."""
    if guest.answer is not Rsvp.WAITING:
        last = session.scalar(_LAST_IN_LINE, {"event": guest.event_id})
        guest.waiting_since = joins_at(now, last)
    guest.answer, guest.companions, guest.offered_until = Rsvp.WAITING, companions, None
    session.flush()


_LAST_IN_LINE = select(func.max(EventGuest.waiting_since)).where(EventGuest.event_id == bindparam("event"))


def take_place(guest: EventGuest, *, companions: int) -> None:
    """Let a guest come."""
    guest.answer, guest.companions = Rsvp.GOING, companions
    guest.waiting_since = guest.offered_until = None


def leave_line(guest: EventGuest, answer: Rsvp) -> None:
    """Let a guest neither come nor wait."""
    guest.answer, guest.companions = answer, 0
    guest.waiting_since = guest.offered_until = None


def lapse_offers(session: Session, event: Event, *, now: datetime) -> int:
    """Take back the offers whose time is over, or that reached nobody; does not commit.

    Who was told and did not answer is off the list. Who never was, because nothing could be sent, waits on at
    their old place; an offer that still waited to leave is noted as too late.

    Returns:
        How many were taken back.
    """
    late = session.scalars(_over_statement(), {"event": event.id, "now": now}).all()
    for guest in late:
        if _was_told(session, guest):
            leave_line(guest, Rsvp.NO)
        else:
            if withdraw_offers(session, guest, reason=NOT_ANSWERED):
                note_suppressed(session, [_too_late(guest)], now=now)
            guest.answer, guest.offered_until = Rsvp.WAITING, None
    if late:
        session.flush()
    return len(late)


def move_up(
    session: Session, event: Event, *, company: Company, now: datetime, present: int | None = None
) -> int:
    """Give places that are free to who is next; does not commit.

    Everybody gets an offer and some time to accept it. Who cannot be told before it would be too late keeps
    their place in the line and is passed over, which is noted once, with the reason.

    Args:
        session: the open transaction.
        event: locked.
        company: who we are.
        now: the moment.
        present: the customer who tapped just now, and so takes the place at once when it is their turn.

    Returns:
        How many guests got places, or an offer.
    """
    filled = how_full(session, event.id)
    free = event.capacity - filled.held
    if free <= 0 or not filled.has_line:
        return 0
    passed: list[Suppressed] = []
    line = _line(session, event, company=company, now=now, present=present, passed=passed, free=free)
    chosen = next_up(line, free=free, capacity=event.capacity)
    if passed:
        note_suppressed(session, passed, now=now)
    drafts = [draft for place in chosen if (draft := _give(event, place)) is not None]
    session.flush()
    enqueue(session, drafts, now=now)
    return len(chosen)


def is_anybody_next(session: Session, event: Event, *, company: Company, now: datetime) -> bool:
    """Tell whether somebody waits who could be told, and so must not be overtaken."""
    line = _line(session, event, company=company, now=now, present=None)
    return any(place.size <= event.capacity for place in line)


def withdraw_offers(session: Session, guest: EventGuest, *, reason: str) -> int:
    """Skip an offer to a guest that has not left; does not commit.

    Returns:
        How many: one, or none.
    """
    return withdraw_queued(
        session,
        OutboxMessage.customer_id == guest.customer_id,
        OutboxMessage.dedupe_key.startswith(_prefix(guest), autoescape=True),
        reason=reason,
    )


def move_waiting_lists(session: Session, *, company: Company, now: datetime) -> int:
    """Take back offers that were not answered, and offer what is free to who is next; does not commit.

    An event whose row somebody else holds is left to them, or to the next run. Run it again while it does
    anything; safe to run twice, late, or on two machines.

    Returns:
        How many offers were taken back or made.
    """
    done = 0
    for event in session.scalars(moving_statement(), {"now": now}).all():
        done += lapse_offers(session, event, now=now)
        done += move_up(session, event, company=company, now=now)
    return done


@cache
def moving_statement() -> Select[Event]:
    """Select the coming events in which something may move, and lock them; its parameter is ``now``.

    An offer is over, or somebody waits while a place is free: though perhaps none who can be told.
    """
    now = bindparam("now", type_=UtcDateTime())
    theirs = EventGuest.event_id == Event.id
    is_over = exists().where(theirs, _is_over(now))
    waits = exists().where(theirs, EventGuest.answer == Rsvp.WAITING)
    held = select(func.coalesce(func.sum(1 + EventGuest.companions), 0)).where(
        theirs, EventGuest.answer.in_(HOLDS_PLACES)
    )
    return (
        select(Event)
        .where(
            Event.starts_at > now,
            Event.cancelled_at.is_(None),
            or_(is_over, and_(waits, Event.capacity > held.correlate(Event).scalar_subquery())),
        )
        .order_by(Event.id)
        .with_for_update(skip_locked=True, of=Event)
        .execution_options(populate_existing=True)
    )


@cache
def _over_statement() -> Select[EventGuest]:
    its = EventGuest.event_id == bindparam("event")
    return select(EventGuest).where(its, _is_over(bindparam("now", type_=UtcDateTime())))


def _is_over(now: BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition for guests whose offer is over: not answered in time, or known never to reach them.

    Who gives a place back, waits again and is offered it again, all in one minute, has two offers that end at
    the same time; the newer one counts.
    """
    its_fate = (
        select(OutboxMessage.state)
        .where(
            OutboxMessage.customer_id == EventGuest.customer_id,
            OutboxMessage.expires_at == EventGuest.offered_until,
            OutboxMessage.dedupe_key.startswith(OFFERS),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_in_vain = its_fate.in_(NEVER_WILL)
    return and_(EventGuest.answer == Rsvp.OFFERED, or_(EventGuest.offered_until <= now, is_in_vain))


def _line(
    session: Session,
    event: Event,
    *,
    company: Company,
    now: datetime,
    present: int | None,
    passed: list[Suppressed] | None = None,
    free: int = 0,
) -> Iterator[_Next]:
    """Give those who wait and could take a place, in order.

    Args:
        session: an open view.
        event: which.
        company: who we are.
        now: the moment.
        present: the customer who is here now, if any.
        passed: gets, as far as is read, who is passed over though so many places are free as they need.
        free: places that nobody has.
    """
    waits = select_guests(event.id, channels=company.channels).where(EventGuest.answer == Rsvp.WAITING)
    after: datetime | None = None
    while True:
        page = waits if after is None else waits.where(EventGuest.waiting_since > after)
        rows = session.execute(page.order_by(EventGuest.waiting_since).limit(PAGE)).all()
        for row in rows:
            there = to_guest(row)
            after = there.guest.waiting_since
            if there.who.customer_id == present:
                yield _Next(there)
                continue
            leaves = there.leaves(company, now)
            until = offered_until(leaves, starts_at=event.starts_at, offer_minutes=event.offer_minutes)
            if there.may_be_told and until is not None:
                yield _Next(there, leaves, until)
            elif passed is not None and 1 + there.guest.companions <= free:
                passed.append(_unoffered(there))
        if len(rows) < PAGE:
            return


def _unoffered(there: GuestThere) -> Suppressed:
    guest = there.guest
    key = f"{_prefix(guest)}{guest.waiting_since and _stamp(guest.waiting_since)}"
    return unsaid(key, guest.customer_id, there.left_out or LeftOut.TOO_LATE)


def _too_late(guest: EventGuest) -> Suppressed:
    return unsaid(_key(guest), guest.customer_id, LeftOut.TOO_LATE)


def _give(event: Event, place: _Next) -> Draft | None:
    """Give a guest who is here their place, or offer it to who is not."""
    guest, who = place.there.guest, place.there.who
    if place.leaves is None or place.until is None:
        take_place(guest, companions=guest.companions)
        return None
    guest.answer, guest.offered_until = Rsvp.OFFERED, place.until
    say, zone = phrases(who.language, who.country), own_zone(who)
    return guest_draft(
        who,
        event,
        text=offer_text(event, say, size=place.size, until=place.until, zone=zone),
        buttons=guest_buttons(event, Rsvp.OFFERED, say),
        key=_key(guest),
        leaves=place.leaves,
        expires=place.until,
    )


def _was_told(session: Session, guest: EventGuest) -> bool:
    """Tell whether an offer left, or was made so often in vain that it counts as if it had.

    Of one that was held back as a backup was restored nobody knows, so that nobody loses their place by it.
    """
    offer = find_by_key(session, _key(guest))
    if offer is not None and offer.state not in NEVER_LEFT and offer.reason != MAY_HAVE_LEFT:
        return True
    in_vain = session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            OutboxMessage.customer_id == guest.customer_id,
            OutboxMessage.dedupe_key.startswith(_prefix(guest), autoescape=True),
        )
    )
    return (in_vain or 0) >= OFFERED_IN_VAIN


def _prefix(guest: EventGuest) -> str:
    return f"{OFFERS}{guest.event_id}:{guest.customer_id}:"


def _key(guest: EventGuest) -> str:
    """Name an offer: it is told apart by since when the guest waited, and until when it stands."""
    since, until = guest.waiting_since, guest.offered_until
    return f"{_prefix(guest)}{since and _stamp(since)}:{until and _stamp(until)}"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%f}"
