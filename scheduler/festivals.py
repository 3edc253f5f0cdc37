"""Festival greetings: each customer on the festivals of their country, in the morning of the day there."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, null, select, union_all, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, select_everybody, to_addressee, why_left_out
from scheduler.compose import greeting_draft
from scheduler.festival_calendar import Occasion, festivals_on
from scheduler.local_clock import leaves_at, local_date, moment_on
from scheduler.manners import zone_of
from store.outbox import Draft, enqueue
from store.tables.customers import Customer, Purpose

GREETING_HOUR = 10
"""Local hour at which greetings leave."""

PER_RUN = 500
"""Customers dealt with in one run, so that the transaction stays short."""


@dataclass(frozen=True, slots=True)
class Place:
    """Country and time zone as customers' profiles have them; either may be unknown."""

    country: str | None
    timezone: str | None


def plan_festivals(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Queue greetings for the festivals that are today, to at most ``PER_RUN`` customers; does not commit.

    Customers are found by the few pairs of country and zone that exist, not one by one. Who is held back
    when their turn comes (by stop, a complaint, no address) gets none this time. Run it again while it
    deals with anybody. Safe to run twice, late, or on two machines.

    Returns:
        How many customers' turn it was, greeted or held back.
    """
    left = PER_RUN
    for place, occasions in celebrating(session, company=company, now=now):
        window = _window(place, occasions[0].day, company, now)
        if window is None or left <= 0:
            continue
        examined, people = take_turn(
            session, place, occasions[0].day, company=company, channels=channels, limit=left, now=now
        )
        left -= examined
        for occasion in occasions:
            enqueue(session, _drafts(people, occasion, company, window), now=now)
    return PER_RUN - left


def celebrating(
    session: Session, *, company: Company, now: datetime
) -> Iterator[tuple[Place, list[Occasion]]]:
    """Find the places, of those where customers are, that begin to celebrate festivals today."""
    for place in places(session):
        today = local_date(now, zone_of(place, company))
        if occasions := festivals_on(place.country or company.country, today):
            yield place, occasions


def places(session: Session) -> Sequence[Place]:
    """Give every pair of country and time zone that some customer has, and perhaps some more."""
    return [Place(country, timezone) for country, timezone in session.execute(_PLACES)]


def _all_places() -> CompoundSelect[*tuple[Any, ...]]:
    """Find the pairs by hopping through their index, from each value to the next larger one.

    However many customers there are, it takes a step for each pair. Where the steps of a country end stands a
    null, which is the place of those whose zone is unknown, too.
    """
    country, timezone = Customer.country, Customer.timezone
    countries = select(func.min(country).label("country")).cte("countries", recursive=True)
    larger = select(func.min(country)).where(country > countries.c.country).scalar_subquery()
    countries = countries.union_all(select(larger).where(countries.c.country.is_not(None)))

    first = select(func.min(timezone)).where(country == countries.c.country).scalar_subquery()
    zones = select(countries.c.country, first.label("timezone")).where(countries.c.country.is_not(None))
    known = zones.cte("known", recursive=True)
    known = known.union_all(
        select(
            known.c.country,
            select(func.min(timezone))
            .where(country == known.c.country, timezone > known.c.timezone)
            .scalar_subquery(),
        ).where(known.c.timezone.is_not(None))
    )

    nowhere = (
        select(func.min(timezone).label("timezone")).where(country.is_(None)).cte("nowhere", recursive=True)
    )
    nowhere = nowhere.union_all(
        select(
            select(func.min(timezone))
            .where(country.is_(None), timezone > nowhere.c.timezone)
            .scalar_subquery()
        ).where(nowhere.c.timezone.is_not(None))
    )
    return union_all(
        select(known.c.country, known.c.timezone), select(null().label("country"), nowhere.c.timezone)
    )


_PLACES = _all_places()


def turn_statement(
    place: Place,
    whose: ColumnElement[bool],
    *,
    company: Company,
    channels: Collection[str],
    limit: int,
    now: datetime,
) -> Select[*tuple[Any, ...]]:
    """Select whose turn it is at a place, of those who meet a condition, and what holds each back."""
    return (
        select_everybody(channels)
        .add_columns(why_left_out(Purpose.GREETINGS, company=company, now=now).label("reason"))
        .where(
            Customer.country.is_(None) if place.country is None else Customer.country == place.country,
            Customer.timezone.is_(None) if place.timezone is None else Customer.timezone == place.timezone,
            whose,
        )
        .limit(limit)
        .with_for_update(of=Customer, skip_locked=True)
    )


def take_turn(
    session: Session,
    place: Place,
    day: date,
    *,
    company: Company,
    channels: Collection[str],
    limit: int,
    now: datetime,
) -> tuple[int, list[Addressee]]:
    """Find whose turn it is at a place, and note that they have been dealt with; does not commit.

    Returns:
        How many were looked at, and those of them who may be written to.
    """
    rows: list[Any] = []
    for whose in (Customer.greeted_on.is_(None), Customer.greeted_on < day):  # one range of the index each
        left = limit - len(rows)
        if left:
            statement = turn_statement(place, whose, company=company, channels=channels, limit=left, now=now)
            rows += session.execute(statement)
    if rows:
        session.execute(
            update(Customer)
            .where(Customer.id.in_([row[0] for row in rows]))
            .values(greeted_on=day)
            .execution_options(synchronize_session=False)
        )
    return len(rows), [to_addressee(row) for row in rows if row.reason is None]


def _window(place: Place, day: date, company: Company, now: datetime) -> tuple[datetime, datetime] | None:
    """Tell from when until when greetings of a place may leave; None where the day has no room left."""
    zone = zone_of(place, company)
    leaves = leaves_at(max(now, moment_on(day, GREETING_HOUR, zone)), zone, company)
    expires = moment_on(day, 24, zone)
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
