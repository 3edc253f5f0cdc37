"""The day after an event: thanks to those who came, and a kind word to those who did not.

Who came is known where guests were checked in at the door; elsewhere everybody who said that they come is
thanked, and nobody is told that they were missed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, String, cast, exists, literal, not_, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.compose import hello
from scheduler.events.door import over_at
from scheduler.events.messages import MAY_BE_TOLD, about_event, select_guests, to_guest
from scheduler.local_clock import leaves_at, moment_on
from scheduler.manners import zone_of
from store.outbox import Button, ButtonRows, Draft, enqueue
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Event, EventGuest, Rsvp
from store.tables.queues import MessageKind, OutboxMessage

HOUR = 10
"""At which hour of the next day, where the event was, guests are written to."""

WORTH_SAYING = timedelta(days=3)
"""For so long after that hour; whoever could not be told by then is told nothing."""

PER_RUN = 500
STARS = range(1, 6)
VERB = "liked"
"""What the buttons with stars carry first; the event's number and the stars follow."""


@dataclass(frozen=True, slots=True)
class _Window:
    """From when until when the guests of an event are written to."""

    opens: datetime
    closes: datetime


def plan_follow_ups(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Write to the guests of events that are over, each once for ever; does not commit.

    Run it again while it queues anything; safe to run twice, late, or on two machines. An event whose time
    for it has passed, because nothing ran, is left at that.

    Returns:
        How many messages were queued.
    """
    queued = 0
    for event in _over(session, now):
        left = PER_RUN - queued
        if left <= 0:
            break
        window = _window(event)
        if now < window.opens:
            continue
        drafts = (
            list(_drafts(session, event, company=company, now=now, channels=channels, limit=left))
            if now < window.closes
            else []
        )
        queued += enqueue(session, drafts, now=now)
        event.followed_up = len(drafts) < left
    session.flush()
    return queued


def _over(session: Session, now: datetime) -> Sequence[Event]:
    """Find events that have begun, and whose guests nobody has written to yet."""
    return session.scalars(
        select(Event)
        .where(
            Event.starts_at <= now,
            or_(Event.ends_at.is_(None), Event.ends_at <= now),
            Event.cancelled_at.is_(None),
            Event.followed_up.is_(False),
        )
        .order_by(Event.starts_at)
        .with_for_update(skip_locked=True, of=Event)
    ).all()


def _window(event: Event) -> _Window:
    day = over_at(event).astimezone(ZoneInfo(event.timezone)).date() + timedelta(days=1)
    opens = moment_on(day, HOUR, event.timezone)
    return _Window(opens, opens + WORTH_SAYING)


def _drafts(
    session: Session,
    event: Event,
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
    limit: int,
) -> Iterator[Draft]:
    was_counted = session.scalar(
        select(exists().where(EventGuest.event_id == event.id, EventGuest.checked_in_at.is_not(None)))
    )
    closes = _window(event).closes
    for row in _unwritten(session, event, channels=channels, limit=limit):
        draft = _draft(row, event, company, now, came=row.EventGuest.checked_in_at or not was_counted)
        if draft.not_before is not None and draft.not_before < closes:
            yield draft


def _unwritten(
    session: Session, event: Event, *, channels: Collection[str], limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    key = literal(f"followup:{event.id}:") + cast(Customer.id, String)
    return session.execute(
        select_guests(event.id, channels=channels)
        .where(
            EventGuest.answer == Rsvp.GOING,
            *MAY_BE_TOLD,
            not_(exists().where(OutboxMessage.dedupe_key == key)),
        )
        .order_by(Customer.id)
        .limit(limit)
    ).all()


def _draft(
    row: Row[*tuple[Any, ...]], event: Event, company: Company, now: datetime, *, came: object
) -> Draft:
    who = to_guest(row).who
    say = phrases(who.language)
    return Draft(
        kind=MessageKind.FOLLOW_UP,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.INVITATIONS,
        text=f"{hello(say, who.name)} {_thanks(event, say) if came else _missed(event, say)}",
        buttons=star_buttons(event.id) if came else (),
        dedupe_key=f"followup:{event.id}:{who.customer_id}",
        about=about_event(event.id),
        not_before=leaves_at(now, zone_of(who, company), company),
        expires_at=_window(event).closes,
    )


def _thanks(event: Event, say: Phrases) -> str:
    return say("Thank you for coming to “{title}”! How did you like it?", title=event.title)


def _missed(event: Event, say: Phrases) -> str:
    return say(
        "We missed you at “{title}”. I hope all is well. If something kept you that we could do better next "
        "time, just write it to me.",
        title=event.title,
    )


def star_buttons(event_id: int) -> ButtonRows:
    """Ask for one to five stars for an event."""
    return (tuple(Button(f"{count} ★", f"{VERB}:{event_id}:{count}") for count in STARS),)
