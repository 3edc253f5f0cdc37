"""Festival greetings: each customer on the festivals of their country, in the morning of the day there."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, exists, literal, not_, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, may_be_written_to, select_addressees, to_addressee
from scheduler.compose import greeting_draft
from scheduler.festival_calendar import Occasion, festivals_on
from scheduler.local_clock import leaves_at, local_date, moment_on
from scheduler.manners import zone_of
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Purpose
from store.tables.queues import OutboxMessage

GREETING_HOUR = 10
"""Local hour at which greetings leave."""

PER_RUN = 1000
"""Greetings queued in one run, so that the transaction stays short."""


@dataclass(frozen=True, slots=True)
class Place:
    """Country and time zone as customers' profiles have them; either may be unknown."""

    country: str | None
    timezone: str | None


def plan_festivals(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Queue the greetings of the festivals that are today, at most ``PER_RUN``; does not commit.

    Customers are found by the few pairs of country and zone that exist, not one by one. Run it again while
    it returns ``PER_RUN``. Safe to run twice, late, or on two machines.

    Returns:
        How many were queued.
    """
    queued = 0
    for place, occasion in celebrating(session, company=company, now=now):
        left = PER_RUN - queued
        if left <= 0:
            break
        window = _window(place, occasion, company, now)
        if window is not None:
            people = find_ungreeted(session, place, occasion, channels=channels, limit=left)
            queued += enqueue(session, _drafts(people, occasion, company, window), now=now)
    return queued


def celebrating(session: Session, *, company: Company, now: datetime) -> Iterator[tuple[Place, Occasion]]:
    """Find the places, of those where customers are, that begin to celebrate a festival today."""
    for place in places(session):
        today = local_date(now, zone_of(place, company))
        for occasion in festivals_on(place.country or company.country, today):
            yield place, occasion


def places(session: Session) -> Sequence[Place]:
    """Give every pair of country and time zone that some customer has."""
    rows = session.execute(select(Customer.country, Customer.timezone).distinct()).all()
    return [Place(country, timezone) for country, timezone in rows]


def ungreeted_statement(
    place: Place, occasion: Occasion, *, channels: Collection[str], limit: int
) -> Select[*tuple[Any, ...]]:
    """Select who of a place has no greeting for an occasion yet and may be written to."""
    key = literal("festival:") + cast(Customer.id, String) + literal(f":{occasion.name}")
    return (
        select_addressees(channels)
        .where(
            Customer.country.is_(None) if place.country is None else Customer.country == place.country,
            Customer.timezone.is_(None) if place.timezone is None else Customer.timezone == place.timezone,
            *may_be_written_to(Purpose.GREETINGS),
            not_(exists().where(OutboxMessage.dedupe_key == key)),
        )
        .limit(limit)
    )


def find_ungreeted(
    session: Session, place: Place, occasion: Occasion, *, channels: Collection[str], limit: int
) -> list[Addressee]:
    """Find who of a place has no greeting for an occasion yet and may be written to."""
    rows = session.execute(ungreeted_statement(place, occasion, channels=channels, limit=limit))
    return [to_addressee(row) for row in rows]


def _window(
    place: Place, occasion: Occasion, company: Company, now: datetime
) -> tuple[datetime, datetime] | None:
    """Tell from when until when greetings of a place may leave; None where the day has no room left."""
    zone = zone_of(place, company)
    leaves = leaves_at(max(now, moment_on(occasion.day, GREETING_HOUR, zone)), zone, company)
    expires = moment_on(occasion.day, 24, zone)
    return (leaves, expires) if leaves < expires else None


def _drafts(
    people: Sequence[Addressee], occasion: Occasion, company: Company, window: tuple[datetime, datetime]
) -> list[Draft]:
    leaves, expires = window
    return [
        greeting_draft(
            who,
            company=company,
            greeting=occasion.festival.greeting,
            key=f"festival:{who.customer_id}:{occasion.name}",
            leaves=leaves,
            expires=expires,
        )
        for who in people
    ]
