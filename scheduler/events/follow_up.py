"""The day after an event: thanks to those who came, and a kind word to those who did not.

Who came is known where guests were checked in at the door; elsewhere everybody who said that they come is
thanked, and nobody is told that they were missed. Whom we could not remind or write to is noted, and why.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, not_, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from customers.time_zones import zone_info
from scheduler.compose import greeted
from scheduler.events.messages import GuestThere, about_event, select_guests, to_guest, unsaid
from scheduler.events.reminders import note_unreminded
from scheduler.left_out import LeftOut
from scheduler.local_clock import moment_on
from store.outbox import Button, ButtonRows, Draft, enqueue
from store.suppressions import Suppressed, note_suppressed
from store.tables.customers import Customer, Purpose
from store.tables.outreach import Event, EventGuest, Rsvp, Suppression
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


def writes_from(event: Event) -> datetime:
    """Tell from when on the guests of an event are written to; aware."""
    return _window(event).opens


def plan_follow_ups(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Write to the guests of events that are over, each once for ever; does not commit.

    Run it again while it does anything; safe to run twice, late, or on two machines. Whoever is not written
    to, as where nothing ran until it was too late, is noted with the reason (``scheduler.suppressions``), and
    so is whoever was not reminded.

    Returns:
        How many messages were queued or noted.
    """
    done = 0
    for event in _over(session, now):
        if done >= PER_RUN:
            break
        if now < _window(event).opens:
            continue
        left = PER_RUN - done
        seen = note_unreminded(session, event, now=now, channels=channels, limit=left)
        if seen < left:
            seen += _write_to_guests(
                session, event, company=company, now=now, channels=channels, limit=left - seen
            )
        event.followed_up = seen < left
        done += seen
    session.flush()
    return done


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
    """Tell when: after the event's last day, which is its first where no end is known."""
    last = (event.ends_at or event.starts_at).astimezone(zone_info(event.timezone)).date()
    day = last + timedelta(days=1)
    opens = moment_on(day, HOUR, event.timezone)
    return _Window(opens, opens + WORTH_SAYING)


def _write_to_guests(
    session: Session,
    event: Event,
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
    limit: int,
) -> int:
    """Write to some guests, or note why not.

    Returns:
        How many were seen to; fewer than ``limit`` are all that were left.
    """
    was_counted = session.scalar(
        select(exists().where(EventGuest.event_id == event.id, EventGuest.checked_in_at.is_not(None)))
    )
    closes = _window(event).closes
    drafts: list[Draft] = []
    unwritten: list[Suppressed] = []
    for there in _unwritten(session, event, channels=channels, limit=limit):
        leaves, who = there.leaves(company, now), there.who.customer_id
        if there.may_be_told and leaves < closes:
            came = there.guest.checked_in_at is not None or not was_counted
            drafts.append(_draft(there, event, leaves, came=came))
        else:
            unwritten.append(unsaid(_key(event, who), who, there.left_out or LeftOut.TOO_LATE))
    enqueue(session, drafts, now=now)
    note_suppressed(session, unwritten, now=now)
    return len(drafts) + len(unwritten)


def _unwritten(
    session: Session, event: Event, *, channels: Collection[str], limit: int
) -> Sequence[GuestThere]:
    """Give guests who are neither written to nor noted, in order."""
    occasion = f"followup:{event.id}"
    key = literal(f"{occasion}:") + cast(Customer.id, String)
    rows = session.execute(
        select_guests(event.id, channels=channels)
        .where(
            EventGuest.answer == Rsvp.GOING,
            not_(exists().where(OutboxMessage.dedupe_key == key)),
            not_(exists().where(Suppression.customer_id == Customer.id, Suppression.occasion == occasion)),
        )
        .order_by(Customer.id)
        .limit(limit)
    )
    return [to_guest(row) for row in rows]


def _key(event: Event, customer_id: int) -> str:
    return f"followup:{event.id}:{customer_id}"


def _draft(there: GuestThere, event: Event, leaves: datetime, *, came: bool) -> Draft:
    who = there.who
    say = phrases(who.language)
    return Draft(
        kind=MessageKind.FOLLOW_UP,
        channel=who.channel,
        address=who.address,
        customer_id=who.customer_id,
        purpose=Purpose.INVITATIONS,
        text=greeted(say, who.name, _thanks(event, say) if came else _missed(event, say)),
        buttons=star_buttons(event.id) if came else (),
        dedupe_key=_key(event, who.customer_id),
        about=about_event(event.id),
        not_before=leaves,
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
