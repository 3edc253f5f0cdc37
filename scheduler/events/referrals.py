"""Guests who bring their friends: a personal link to an event, and who came by whose."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.events.guests import find_guest
from store.tables.outreach import Event, EventGuest, Referral, Rsvp

PREFIX = "ref_"
"""Begins what a personal link carries, as the payload of ``/start``."""

CODE_BYTES = 9


def link_code(session: Session, event_id: int, customer_id: int, *, now: datetime) -> str:
    """Give a guest's own code for an event, the same each time; does not commit."""
    return _row_of(session, event_id, customer_id, now).code


def _row_of(session: Session, event_id: int, customer_id: int, now: datetime) -> Referral:
    row = session.get(Referral, (event_id, customer_id))
    if row is None:
        code = secrets.token_urlsafe(CODE_BYTES)
        row = Referral(event_id=event_id, customer_id=customer_id, code=code, created_at=now)
        session.add(row)
        session.flush()
    return row


def arrive_by_link(session: Session, payload: str, customer_id: int, *, now: datetime) -> Event | None:
    """Note that a customer came by somebody's link; whoever they came by first counts. Does not commit.

    From now on the event is open to them, whatever its audience is. One's own link, and that of somebody who
    came by one's own, is noted as nobody's.

    Args:
        session: the open transaction.
        payload: what the link carries.
        customer_id: who came.
        now: aware UTC.

    Returns:
        The event; None where the link is none of ours, or the event is over, cancelled or has none any more.
    """
    row = session.scalar(select(Referral).where(Referral.code == payload.removeprefix(PREFIX)))
    event = None if row is None else session.get(Event, row.event_id)
    if row is None or event is None or not event.referrals:
        return None
    if event.starts_at <= now or event.cancelled_at is not None:
        return None
    own = _row_of(session, event.id, customer_id, now)
    if own.via is None and customer_id not in (row.customer_id, row.via):
        own.via = row.customer_id
        session.flush()
    return event


def came_by_link(session: Session, event_id: int, customer_id: int) -> bool:
    """Tell whether a customer was brought to an event by another guest."""
    row = session.get(Referral, (event_id, customer_id))
    return row is not None and row.via is not None


def note_referrer(session: Session, event_id: int, customer_id: int) -> int | None:
    """Note by whom a guest who comes was brought; does not commit.

    Returns:
        The referrer's number, the first time; None where there is none, or it was noted before.
    """
    row = session.get(Referral, (event_id, customer_id))
    guest = find_guest(session, event_id, customer_id)
    if row is None or row.via is None or guest is None or guest.answer is not Rsvp.GOING:
        return None
    if guest.referred_by is not None:
        return None
    guest.referred_by = row.via
    session.flush()
    return row.via


def count_referrals(session: Session, event_id: int) -> Mapping[int, int]:
    """Count by referrer how many guests who come were brought."""
    rows = session.execute(
        select(EventGuest.referred_by, func.count())
        .where(
            EventGuest.event_id == event_id,
            EventGuest.answer == Rsvp.GOING,
            EventGuest.referred_by.is_not(None),
        )
        .group_by(EventGuest.referred_by)
    )
    return {referrer: count for referrer, count in rows if referrer is not None}
