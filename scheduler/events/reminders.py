"""Reminders to the guests of events that begin soon: each at its time before the start, once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, exists, literal, not_, or_, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import phrases
from scheduler.events.guests import COMING
from scheduler.events.messages import (
    MAY_BE_TOLD,
    REMINDERS,
    GuestThere,
    guest_draft,
    select_guests,
    to_guest,
    unsaid,
)
from scheduler.events.wording import guest_buttons, own_zone, reminder_text
from scheduler.left_out import LeftOut
from store.outbox import Draft, enqueue
from store.suppressions import note_suppressed
from store.tables.customers import Customer
from store.tables.outreach import Event, EventGuest, Suppression
from store.tables.queues import OutboxMessage, OutboxState

REMINDERS_PER_RUN = 1000

EARLIEST_MINUTES = 60 * 24 * 60
"""No guest is reminded earlier before the start than this."""

USUAL_MINUTES = 24 * 60
"""When everybody was reminded, once, while events could not say when."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come.

    Attributes:
        minutes: before the start.
        until: when it is too late for it: the next one is due, or the event begins.
    """

    minutes: int
    until: datetime


def due_reminder(minutes: Collection[int], starts_at: datetime, *, now: datetime) -> Due | None:
    """Choose the reminder that is due: of several, as after a time when we were off, only the last.

    Args:
        minutes: before the start, each at which there is one.
        starts_at: the start.
        now: the moment.

    Returns:
        None before the first, and from the start on.
    """
    if now >= starts_at:
        return None
    past = [before for before in minutes if starts_at - timedelta(minutes=before) <= now]
    if not past:
        return None
    last = min(past)
    later = [before for before in minutes if before < last]
    until = starts_at - timedelta(minutes=max(later)) if later else starts_at
    return Due(last, until)


def plan_event_reminders(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue reminders to the guests of events that begin soon; does not commit.

    Who answered since it was due needs none. One that could only leave when it is too late is noted instead
    (``scheduler.suppressions``). Run it again while it does anything; safe to run twice, late, or on two
    machines. Where the event was changed since it was due, the news of that comes in its place.

    Returns:
        How many were queued or noted.
    """
    seen = 0
    for event in _beginning_soon(session, now):
        due = due_reminder(event.reminders, event.starts_at, now=now)
        left = REMINDERS_PER_RUN - seen
        if due is None or left <= 0 or _is_news(event, due.minutes):
            continue
        rows = session.execute(unreminded_statement(event, due.minutes, channels=channels, limit=left))
        late: list[GuestThere] = []
        in_time: list[GuestThere] = []
        for there in map(to_guest, rows):
            (late if there.leaves(company, now) >= due.until else in_time).append(there)
        enqueue(session, _reminders(event, due, in_time, company=company, now=now), now=now)
        _note_unreminded(session, event, due.minutes, late, now=now)
        seen += len(late) + len(in_time)
    return seen


def note_unreminded(
    session: Session, event: Event, *, now: datetime, channels: Collection[str], limit: int
) -> int:
    """Note who came to an event, or might, and was not reminded of it in time, and why; does not commit.

    They said stop, could not be reached, or the program was off.

    Returns:
        How many reminders were noted, ``limit`` at most.
    """
    noted = 0
    for minutes in event.reminders:
        if _is_news(event, minutes):
            continue
        left = limit - noted
        statement = unreminded_statement(event, minutes, channels=channels, limit=left, may_be_told=False)
        guests = [to_guest(row) for row in session.execute(statement)] if left else []
        _note_unreminded(session, event, minutes, guests, now=now)
        noted += len(guests)
    return noted


def _note_unreminded(
    session: Session, event: Event, minutes: int, guests: Sequence[GuestThere], *, now: datetime
) -> None:
    rows = [
        unsaid(
            f"{_occasion(event, minutes)}{there.who.customer_id}",
            there.who.customer_id,
            there.left_out or LeftOut.TOO_LATE,
        )
        for there in guests
    ]
    note_suppressed(session, rows, now=now)


def put_back_reminder(
    session: Session, event: Event, guest: EventGuest, *, withdrawn: str, leaves: datetime
) -> int:
    """Let the reminders that were withdrawn wait again that say what holds now; does not commit.

    Args:
        session: the open transaction.
        event: as it is.
        guest: whose.
        withdrawn: the reason that was given.
        leaves: when one could leave at the earliest; one whose time is over by then is not put back.

    Returns:
        How many wait again.
    """
    if guest.answer not in COMING:
        return 0
    statement = (
        update(OutboxMessage)
        .where(
            OutboxMessage.customer_id == guest.customer_id,
            OutboxMessage.dedupe_key.startswith(_beginning(event), autoescape=True),
            OutboxMessage.state == OutboxState.SKIPPED,
            OutboxMessage.reason == withdrawn,
            OutboxMessage.expires_at > leaves,
        )
        .values(state=OutboxState.QUEUED, reason=None)
        .returning(OutboxMessage.id)
    )
    return len(session.execute(statement).all())


def _is_news(event: Event, minutes: int) -> bool:
    """Tell whether an event was changed since a reminder was due: its guests are told of it anyway."""
    due_at = event.starts_at - timedelta(minutes=minutes)
    return event.changed_at is not None and event.changed_at >= due_at


def _reminders(
    event: Event, due: Due, guests: Sequence[GuestThere], *, company: Company, now: datetime
) -> Iterator[Draft]:
    for there in guests:
        who, guest = there.who, there.guest
        say = phrases(who.language, who.country)
        yield guest_draft(
            who,
            event,
            text=reminder_text(event, guest.answer, say, zone=own_zone(who)),
            buttons=guest_buttons(event, guest.answer, say),
            key=f"{_occasion(event, due.minutes)}{who.customer_id}",
            leaves=there.leaves(company, now),
            expires=due.until,
        )


def unreminded_statement(
    event: Event, minutes: int, *, channels: Collection[str], limit: int, may_be_told: bool = True
) -> Select[*tuple[Any, ...]]:
    """Select the guests of an event who have no reminder of a time yet, nor a note why not.

    Args:
        event: which.
        minutes: before its start.
        channels: names of the messaging apps that are switched on.
        limit: how many guests at most.
        may_be_told: only of those who may have one.
    """
    known = [_occasion(event, minutes)]
    is_noted = exists().where(
        Suppression.customer_id == Customer.id, Suppression.occasion == _occasion(event, minutes)[:-1]
    )
    if minutes == USUAL_MINUTES and not event.revision:
        known.append(f"{REMINDERS}{event.id}:")  # as it was named when there was but one
    keys = [OutboxMessage.dedupe_key == literal(name) + cast(Customer.id, String) for name in known]
    return (
        select_guests(event.id, channels=channels)
        .where(
            EventGuest.answer.in_(COMING),
            EventGuest.answered_at <= event.starts_at - timedelta(minutes=minutes),
            *(MAY_BE_TOLD if may_be_told else ()),
            not_(exists().where(or_(*keys))),
            not_(is_noted),
        )
        .limit(limit)
    )


def _beginning_soon(session: Session, now: datetime) -> Sequence[Event]:
    soon = {"now": now, "soon": now + timedelta(minutes=EARLIEST_MINUTES)}
    return session.scalars(_BEGINNING, soon).all()


_BEGINNING = (
    select(Event)
    .where(
        Event.starts_at > bindparam("now"),
        Event.starts_at <= bindparam("soon"),
        Event.cancelled_at.is_(None),
    )
    .order_by(Event.starts_at)
)


def _occasion(event: Event, minutes: int) -> str:
    """Name a reminder but for its guest: an event that is moved reminds again before its new start."""
    return f"{_beginning(event)}{minutes}:"


def _beginning(event: Event) -> str:
    return f"{REMINDERS}{event.id}:{event.starts_at.astimezone(UTC):%Y%m%dT%H%M}:"
