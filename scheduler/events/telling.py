"""Telling whom it concerns that an event was changed or cancelled: each guest once for each revision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from customers.company import Company
from customers.phrases import Phrases, phrases
from scheduler.events.calendar_entry import end_entry, give_entry, has_entry
from scheduler.events.changes import CHANGED, Look, Seen, differences
from scheduler.events.guests import COMING, CONCERNED
from scheduler.events.messages import CHANGES, GuestThere, guest_draft, select_guests, to_guest, unsaid
from scheduler.events.offers import NEVER_LEFT
from scheduler.events.reminders import put_back_reminder
from scheduler.events.wording import (
    cancelled_text,
    change_text,
    guest_buttons,
    own_zone,
    time_range,
)
from scheduler.left_out import LeftOut
from store.outbox import ButtonRows, Draft, enqueue, find_by_key, withdraw_queued
from store.suppressions import note_suppressed
from store.tables.outreach import Event, EventGuest
from store.tables.queues import OutboxMessage

BATCH = 500
"""Guests who are told in one transaction."""

LOOKED_AT = 10
"""Events of which somebody has not been told the newest that are looked at in one transaction."""

GATHERED_FOR = timedelta(minutes=2)
"""For so long after a change others are waited for, to be told with it: place, then time, then title."""

CLOCKS_CHANGE = timedelta(hours=2)
"""By so much longer than it looks a night may be, while changes are gathered and clocks are put back."""

NOTED_FOR = timedelta(days=31)
"""For so long after an event began it is noted whom news of it did not reach in time."""

NOT_TOLD_SHOWN = 50
"""Names of guests who cannot be told that are looked for: staff see no more than these."""

HAS_ENTRY = EventGuest.entry_turns.bitwise_and(1) == 1
"""Guests who have an entry in their calendars."""

NO_BUTTONS: ButtonRows = ()
SUPERSEDED = "something else has changed since"


class Untold(StrEnum):
    """Why a guest does not hear of a change from us."""

    CANNOT = "cannot"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class NotTold:
    """A guest who does not hear of a change from us, and why."""

    customer_id: int
    why: Untold


def tell_changes(
    session: Session, *, company: Company, now: datetime, gathered_for: timedelta = GATHERED_FOR
) -> int:
    """Queue the news of changed and cancelled events to some of those whom it concerns; does not commit.

    Somebody is told what differs from what they were told last, or from what they saw as they answered; if
    nothing does, nothing is said. Who said no is not told. Who could not be told before the event began, as
    where nothing ran, is noted with the reason (``scheduler.suppressions``). Run it again while it does
    anything; safe to run twice, late, or on two machines.

    Args:
        session: the open transaction.
        company: who we are.
        now: the moment.
        gathered_for: for how long after a change others are waited for (``gathered_until``).

    Returns:
        Of how many guests it was seen whether to tell them.
    """
    untold = session.scalars(untold_statement(), {"begun_since": now - NOTED_FOR}).all()
    settled = (one for one in untold if gathered_until(one, gathered_for, company=company, now=now) is None)
    event = next(settled, None)
    if event is None:
        return 0
    rows = session.execute(
        select_guests(event.id, channels=company.channels).where(*_untold_of(event)).limit(BATCH)
    ).all()
    drafts = list(_news(session, event, [to_guest(row) for row in rows], company=company, now=now))
    session.flush()
    enqueue(session, drafts, now=now)
    return max(len(rows), 1)  # there may be another event


def gathered_until(
    event: Event, gathered_for: timedelta = GATHERED_FOR, *, company: Company, now: datetime
) -> datetime | None:
    """Tell until when changes of an event are gathered, to be told as one.

    Returns:
        None where whom it concerns is told at once: it is cancelled, it was long enough ago, or the event
        begins (or was to begin, before it was changed) so soon that a night could come between.
    """
    if event.cancelled_at is not None or event.changed_at is None:
        return None
    until = event.changed_at + gathered_for
    night = timedelta(hours=(company.quiet_until_hour - company.quiet_from_hour) % 24) + CLOCKS_CHANGE
    starts = (event.starts_at, *(Look.from_json(past).starts_at for past in event.past))
    is_soon = any(now < start <= now + night for start in starts)
    return None if until <= now or is_soon else until


def who_cannot_be_told(
    session: Session, event: Event, *, company: Company, now: datetime
) -> Sequence[NotTold]:
    """Give guests whom a change of an event concerns now and who could not be told in time; a few of many."""
    concerned = select_guests(event.id, channels=company.channels).where(EventGuest.answer.in_(CONCERNED))
    found = []
    for row in session.execute(concerned.order_by(EventGuest.customer_id)):
        there = to_guest(row)
        if why := _why_untold(event, there, company, now):
            found.append(NotTold(there.who.customer_id, why))
        if len(found) == NOT_TOLD_SHOWN:
            break
    return found


def describe(old: Look, new: Look, say: Phrases) -> Sequence[str]:
    """Say what differs between two looks at an event, a line each, what was before first."""
    changed = set(differences(old, new))
    lines = []
    if "title" in changed:
        lines.append(say("• Name: {old} → {new}", old=old.title, new=new.title))
    if changed & _OF_TIME:
        lines.append(say("• When: {old} → {new}", old=_when(old, say), new=_when(new, say)))
    if "place" in changed:
        lines.append(say("• Where: {old} → {new}", old=old.place, new=new.place))
    if "map_link" in changed and new.map_link:
        lines.append(say("• On the map: {link}", link=new.map_link))
    elif "map_link" in changed:
        lines.append(say("• The link to the map no longer holds."))
    return lines


_OF_TIME: frozenset[Seen] = frozenset({"starts_at", "ends_at", "timezone"})


def _when(look: Look, say: Phrases) -> str:
    return time_range(look.starts_at, look.ends_at, look.timezone, say)


@cache
def untold_statement() -> Select[Event]:
    """Select events of which somebody has not been told the newest, and lock them; those changed last last.

    Its parameter is ``begun_since``: events that began before it are left at that.
    """
    has_to_know = or_(EventGuest.answer.in_(CONCERNED), Event.cancelled_at.is_not(None) & HAS_ENTRY)
    untold = select(EventGuest.event_id).where(
        EventGuest.event_id == Event.id, has_to_know, EventGuest.told_revision < Event.revision
    )
    return (
        select(Event)
        .where(Event.starts_at > bindparam("begun_since"), Event.revision > 0, untold.exists())
        .order_by(Event.cancelled_at.is_(None), Event.changed_at, Event.id)
        .limit(LOOKED_AT)
        .with_for_update(skip_locked=True, of=Event)
        .execution_options(populate_existing=True)
    )


def _untold_of(event: Event) -> tuple[ColumnElement[bool], ...]:
    has_to_know: ColumnElement[bool] = EventGuest.answer.in_(CONCERNED)
    if event.cancelled_at is not None:  # who is on the list no more may still have it in their calendar
        has_to_know = or_(has_to_know, HAS_ENTRY)
    return EventGuest.event_id == event.id, has_to_know, EventGuest.told_revision < event.revision


def _news(
    session: Session, event: Event, guests: Sequence[GuestThere], *, company: Company, now: datetime
) -> Iterator[Draft]:
    """Compose the news for some guests, and note what they know, and who is not told and why."""
    for there in guests:
        guest = there.guest
        known, turns = _known(session, guest), guest.entry_turns
        guest.told_revision, guest.knew_revision = event.revision, known
        untold, leaves = _why_untold(event, there, company, now), there.leaves(company, now)
        news = list(_told(event, there, known, company=company, now=now))
        if untold is None and not news:  # the change was taken back, and so is that it withdrew a reminder
            put_back_reminder(session, event, guest, withdrawn=CHANGED, leaves=leaves)
        if untold is None:
            yield from news
        elif news:
            guest.entry_turns = turns  # what is not sent reaches no calendar
            reason = there.left_out or LeftOut.TOO_LATE
            note_suppressed(session, [unsaid(news[0].dedupe_key, guest.customer_id, reason)], now=now)


def _told(event: Event, there: GuestThere, known: int, *, company: Company, now: datetime) -> Iterator[Draft]:
    who, guest, answer = there.who, there.guest, there.guest.answer
    say, zone = phrases(who.language, who.country), own_zone(who)
    if event.cancelled_at is not None:
        text, buttons = cancelled_text(event, say), NO_BUTTONS
        document = end_entry(event, guest, company=company, now=now)
    elif changes := describe(Look.in_revision(event, known), Look.of(event), say):
        text = change_text(event, changes, say, answer=answer, zone=zone)
        buttons = guest_buttons(event, answer, say)
        document = None
        if answer in COMING or has_entry(guest):
            document = give_entry(event, guest, company=company)
    else:
        return
    yield guest_draft(
        who,
        event,
        text=text,
        buttons=buttons,
        document=document,
        key=_key(there.guest, event.revision),
        leaves=there.leaves(company, now),
        expires=event.starts_at,
    )


def _known(session: Session, guest: EventGuest) -> int:
    """Tell which revision a guest knows; news of a later one that waits to leave is taken back."""
    if guest.told_revision == guest.knew_revision:
        return guest.told_revision
    key = _key(guest, guest.told_revision)
    withdraw_queued(session, OutboxMessage.dedupe_key == key, reason=SUPERSEDED)
    news = find_by_key(session, key)
    return guest.knew_revision if news is None or news.state in NEVER_LEFT else guest.told_revision


def _why_untold(event: Event, there: GuestThere, company: Company, now: datetime) -> Untold | None:
    if not there.may_be_told:
        return Untold.CANNOT
    return Untold.TOO_LATE if there.leaves(company, now) >= event.starts_at else None


def _key(guest: EventGuest, revision: int) -> str:
    return f"{CHANGES}{guest.event_id}:{revision}:{guest.customer_id}"
