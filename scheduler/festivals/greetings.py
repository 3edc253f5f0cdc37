"""Festival greetings: each customer on the festivals that they keep, in the morning of the day there.

Where the program was off until a day was over, whoever would have been greeted is noted instead.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.festival import GREETING_HOUR
from scheduler.festivals.choices import choices_of, places_of_choosers
from scheduler.festivals.missed import Look, note_looked, off_since
from scheduler.festivals.places import Place, places
from scheduler.festivals.plans import Due, Greeting, find_usable, greetings_due
from scheduler.festivals.sending import Ground, Window, closes_at, note_missed, queue_greeting, window_on
from scheduler.festivals.turns import PUT_BACK, Turn, flag_of, is_anybody_left, segments_of, take_turn
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from store.tables.customers import Customer, FestivalChoice

__all__ = [
    "GREETING_HOUR",
    "PER_RUN",
    "Turn",
    "greet_choosers",
    "plan_celebrations",
    "plan_choosers",
    "plan_festivals",
    "see_choosers",
    "see_festivals",
]

PER_RUN = 500
"""Customers dealt with in one run, so that the transaction stays short."""


def see_festivals(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[Place]:
    """See where customers keep something whose greetings may leave today, or were missed; only reads.

    Where everybody has been dealt with is left out. Reading the calendars of many countries for the first
    time takes a second or so.
    """
    ground = _ground(session, company, now, channels, Look.FESTIVALS)
    turns = [turn for place in places(session) if (turn := _turn_at(place, ground)).is_kept()]
    return [turn.place for turn in turns if is_anybody_left(ground, turn)]


def plan_celebrations(
    session: Session, seen: Sequence[Place], *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue greetings for the festivals that are today, to at most ``PER_RUN`` customers; does not commit.

    Customers are found by the few places that exist, not one by one. Who is held back when their turn comes
    (by stop, a complaint, no address) gets none this time. Who was not greeted because nobody looked until
    the day was over is noted (``scheduler.suppressions``). Run it again while it deals with anybody. Safe to
    run twice, late, or on two machines.

    Returns:
        How many customers' turn it was, greeted or held back.
    """
    ground = _ground(session, company, now, channels, Look.FESTIVALS) if seen else None
    turns = [turn for place in seen if ground and (turn := _turn_at(place, ground)).is_kept()]
    return _greet_all(session, ground, turns, Look.FESTIVALS, now)


def plan_festivals(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """See and greet at once, for whoever has the database alone; does not commit."""
    seen = see_festivals(session, company=company, now=now, channels=channels)
    return plan_celebrations(session, seen, company=company, now=now, channels=channels)


def _ground(
    session: Session, company: Company, now: datetime, channels: Collection[str], look: Look
) -> Ground:
    plans = find_usable(session, company=company, now=now)
    return Ground(session, company, now, channels, plans, off_since(session, look, now=now))


def _turn_at(place: Place, ground: Ground, *whose: ColumnElement[bool]) -> Turn:
    zone, country = zone_of(place, ground.company), place.country_for(ground.company)
    today = local_date(ground.now, zone)
    missed = ground.missed_at(country, place.language, zone)
    due = ground.due_on(country, place.language, today)
    if missed:
        over = {one.occasion.name for one in missed}
        due = [one for one in due if one.occasion.name not in over]
    return Turn(place, today, due, missed, whose)


def see_choosers(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[tuple[str, Place]]:
    """See where somebody added a festival whose greetings may leave today, or were missed; only reads.

    Where others keep something today anyway, ``plan_festivals`` deals with everybody.
    """
    chosen = places_of_choosers(session)
    if not chosen:
        return ()
    ground = _ground(session, company, now, channels, Look.ADDED)
    return [(festival, place) for festival, place in chosen if _turn_at(place, ground).has(festival)]


def plan_choosers(
    session: Session,
    seen: Sequence[tuple[str, Place]],
    *,
    company: Company,
    now: datetime,
    channels: Collection[str],
) -> int:
    """Queue greetings to those who added a festival, ``PER_RUN`` at most; does not commit.

    Returns:
        How many customers' turn it was.
    """
    ground = _ground(session, company, now, channels, Look.ADDED) if seen else None
    turns = []
    for festival, place in seen:
        chose = select(FestivalChoice.customer_id).where(
            FestivalChoice.festival == festival, FestivalChoice.wanted
        )
        if ground and (turn := _turn_at(place, ground, Customer.id.in_(chose))).has(festival):
            turns.append(turn)
    return _greet_all(session, ground, turns, Look.ADDED, now)


def greet_choosers(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """See and greet at once, for whoever has the database alone; does not commit."""
    seen = see_choosers(session, company=company, now=now, channels=channels)
    return plan_choosers(session, seen, company=company, now=now, channels=channels)


def _greet_all(
    session: Session, ground: Ground | None, turns: Sequence[Turn], look: Look, now: datetime
) -> int:
    """Deal with ``PER_RUN`` customers at most; where nobody is left, note that nothing was missed by now."""
    left, waits = PER_RUN, False
    for turn in turns:
        if ground and left > 0:
            waits = waits or (bool(turn.missed) and not _has_room(ground, turn))
            left -= greet(ground, turn, limit=left)
    if left == PER_RUN and not waits:
        note_looked(session, look, now=now)
    return PER_RUN - left


def _has_room(ground: Ground, turn: Turn) -> bool:
    """Tell whether what is due may leave today.

    At night nobody is dealt with, lest what may leave late on a later day, until its festival, be lost.
    """
    return not turn.due or bool(_windows(ground, turn))


def greet(ground: Ground, turn: Turn, *, limit: int) -> int:
    """Deal with those whose turn it is at a place; does not commit.

    Returns:
        How many that were; 0 where the day has no room left.
    """
    if not _has_room(ground, turn):
        return 0
    windows, zone = _windows(ground, turn), zone_of(turn.place, ground.company)
    rows = take_turn(ground, turn, limit=limit)
    choices = choices_of(ground.session, [row[0] for row in rows]) if rows else {}
    for one, whose in _by_greeting(ground, turn, turn.due, rows, choices):
        if one.way.name in windows:
            queue_greeting(ground, one, [(row, windows[one.way.name]) for row in whose])
    for one, whose in _by_greeting(ground, turn, turn.missed, rows, choices):
        closed = closes_at(one.occasion.day, zone, ground.company)
        note_missed(ground, one, [row for row in whose if row.created_at < closed])
    return len(rows)


def _by_greeting(
    ground: Ground,
    turn: Turn,
    due: Sequence[Due],
    rows: Sequence[Row[Any]],
    choices: Mapping[int, Mapping[str, bool]],
) -> Iterable[tuple[Greeting, Sequence[Row[Any]]]]:
    """Give what is due to some customers, each with those whose it is."""
    greetings: dict[tuple[str, str], Greeting] = {}
    by_greeting: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    segments = segments_of(ground, turn)
    for row in rows:
        is_meant = {name: bool(getattr(row, flag_of(name))) for name in segments}
        greeted_on = row.greeted_on
        if greeted_on is not None and greeted_on > turn.today + PUT_BACK:
            greeted_on = None
        for one in greetings_due(
            due, greeted_on=greeted_on, choices=choices.get(row[0], {}), is_meant=is_meant
        ):
            key = (one.occasion.name, one.way.name)
            greetings[key] = one
            by_greeting[key].append(row)
    return [(one, by_greeting[key]) for key, one in greetings.items()]


def _windows(ground: Ground, turn: Turn) -> Mapping[str, Window]:
    """Give the window of each plan by which somebody may be greeted today."""
    zone = zone_of(turn.place, ground.company)
    ways = {way.name: way for one in turn.due for way in one.ways if one.is_open(way)}
    found = {
        name: window_on(turn.today, way.hour, zone, ground.company, ground.now) for name, way in ways.items()
    }
    return {name: window for name, window in found.items() if window is not None}
