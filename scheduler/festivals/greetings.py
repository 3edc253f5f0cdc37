"""Festival greetings: each customer on the festivals that they keep, in the morning of the day there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import kept_reason, select_everybody, since_when
from scheduler.definitions.festival import GREETING_HOUR
from scheduler.festivals.choices import choices_of, places_of_choosers
from scheduler.festivals.habits import Why
from scheduler.festivals.places import Place, places
from scheduler.festivals.plans import Due, Greeting, find_usable, greetings_due
from scheduler.festivals.sending import Ground, Window, queue_greeting, window_on
from scheduler.left_out import reasons_for
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from store.tables.customers import Customer, FestivalChoice, Purpose

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


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn of the customers of one place.

    Attributes:
        place: where they are.
        due: what may leave there today; at least one.
        whose: conditions that pick some of them.
    """

    place: Place
    due: Sequence[Due]
    whose: tuple[ColumnElement[bool], ...] = ()

    @property
    def today(self) -> date:
        """The date there."""
        return self.due[0].today

    @property
    def since(self) -> date:
        """From which day on somebody who was dealt with has nothing to come."""
        return max(one.leaves_on(way) for one in self.due for way in one.ways if one.is_open(way))


def see_festivals(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[Place]:
    """See where customers keep something whose greetings may leave today; only reads.

    Reading the calendars of many countries for the first time takes a second or so.
    """
    ground = Ground(session, company, now, channels, find_usable(session, company=company, now=now))
    return [place for place in places(session) if _keeps_any(_due_at(place, ground))]


def plan_celebrations(
    session: Session, seen: Sequence[Place], *, company: Company, now: datetime, channels: Collection[str]
) -> int:
    """Queue greetings for the festivals that are today, to at most ``PER_RUN`` customers; does not commit.

    Customers are found by the few places that exist, not one by one. Who is held back when their turn comes
    (by stop, a complaint, no address) gets none this time. Run it again while it deals with anybody. Safe to
    run twice, late, or on two machines.

    Returns:
        How many customers' turn it was, greeted or held back.
    """
    if not seen:
        return 0
    ground = Ground(session, company, now, channels, find_usable(session, company=company, now=now))
    left = PER_RUN
    for place in seen:
        if left <= 0:
            break
        due = _due_at(place, ground)
        if _keeps_any(due):
            left -= greet(ground, Turn(place, due), limit=left)
    return PER_RUN - left


def plan_festivals(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """See and greet at once, for whoever has the database alone; does not commit."""
    seen = see_festivals(session, company=company, now=now, channels=channels)
    return plan_celebrations(session, seen, company=company, now=now, channels=channels)


def _keeps_any(due: Sequence[Due]) -> bool:
    return any(one.kept.why is not Why.COULD_ADD for one in due)


def _due_at(place: Place, ground: Ground) -> Sequence[Due]:
    today = local_date(ground.now, zone_of(place, ground.company))
    return ground.due_on(place.country_for(ground.company), place.language, today)


def see_choosers(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[tuple[str, Place]]:
    """See where somebody added a festival whose greetings may leave today; only reads.

    Where others keep something today anyway, ``plan_festivals`` deals with everybody.
    """
    chosen = places_of_choosers(session)
    if not chosen:
        return ()
    ground = Ground(session, company, now, channels, find_usable(session, company=company, now=now))
    return [
        (festival, place)
        for festival, place in chosen
        if any(one.occasion.festival == festival for one in _due_at(place, ground))
    ]


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
    if not seen:
        return 0
    ground = Ground(session, company, now, channels, find_usable(session, company=company, now=now))
    left = PER_RUN
    for festival, place in seen:
        due = _due_at(place, ground)
        if left <= 0 or not any(one.occasion.festival == festival for one in due):
            continue
        chose = select(FestivalChoice.customer_id).where(
            FestivalChoice.festival == festival, FestivalChoice.wanted
        )
        left -= greet(ground, Turn(place, due, (Customer.id.in_(chose),)), limit=left)
    return PER_RUN - left


def greet_choosers(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """See and greet at once, for whoever has the database alone; does not commit."""
    seen = see_choosers(session, company=company, now=now, channels=channels)
    return plan_choosers(session, seen, company=company, now=now, channels=channels)


def greet(ground: Ground, turn: Turn, *, limit: int) -> int:
    """Deal with those whose turn it is at a place; does not commit.

    Returns:
        How many that were; 0 where the day has no room left.
    """
    windows = _windows(ground, turn)
    if not windows:
        return 0
    rows = take_turn(ground, turn, limit=limit)
    choices = choices_of(ground.session, [row[0] for row in rows]) if rows else {}
    by_greeting: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    greetings: dict[tuple[str, str], Greeting] = {}
    for row in rows:
        is_meant = {name: bool(getattr(row, _flag(name))) for name in _segments(ground, turn)}
        for one in greetings_due(
            turn.due, greeted_on=row.greeted_on, choices=choices.get(row[0], {}), is_meant=is_meant
        ):
            key = (one.occasion.name, one.way.name)
            if one.way.name in windows:
                greetings[key] = one
                by_greeting[key].append(row)
    for key, one in greetings.items():
        queue_greeting(ground, one, [(row, windows[one.way.name]) for row in by_greeting[key]])
    return len(rows)


def turn_statement(
    ground: Ground, turn: Turn, dealt_with: ColumnElement[bool], *, limit: int
) -> Select[*tuple[Any, ...]]:
    """Select whose turn it is at a place, what holds each back, and of which segments they are.

    Its parameters are those of ``since_when``.

    Args:
        ground: what planning stands on.
        turn: whose turn, by place.
        dealt_with: one range of the day on which they were dealt with last.
        limit: the most.
    """
    flags = [condition.label(_flag(name)) for name, condition in _segments(ground, turn).items()]
    reasons = tuple(reasons_for(Purpose.GREETINGS, ground.company.outreach))
    reason = kept_reason(Purpose.GREETINGS, reasons).label("reason")
    return (
        select_everybody(ground.channels)
        .add_columns(reason, Customer.greeted_on, *flags)
        .where(*turn.place.is_here(), dealt_with, *turn.whose)
        .limit(limit)
        .with_for_update(of=Customer, skip_locked=True)
    )


def take_turn(ground: Ground, turn: Turn, *, limit: int) -> Sequence[Row[Any]]:
    """Find whose turn it is at a place, and note that they have been dealt with; does not commit."""
    rows: list[Row[Any]] = []
    for dealt_with in (Customer.greeted_on.is_(None), Customer.greeted_on < turn.since):  # a range each
        left = limit - len(rows)
        if left:
            statement = turn_statement(ground, turn, dealt_with, limit=left)
            rows += ground.session.execute(statement, since_when(ground.company, ground.now))
    if rows:
        ground.session.execute(
            update(Customer)
            .where(Customer.id.in_([row[0] for row in rows]))
            .values(greeted_on=turn.today)
            .execution_options(synchronize_session=False)
        )
    return rows


def _windows(ground: Ground, turn: Turn) -> Mapping[str, Window]:
    """Give the window of each plan by which somebody may be greeted today."""
    zone = zone_of(turn.place, ground.company)
    ways = {way.name: way for one in turn.due for way in one.ways if one.is_open(way)}
    found = {
        name: window_on(turn.today, way.hour, zone, ground.company, ground.now) for name, way in ways.items()
    }
    return {name: window for name, window in found.items() if window is not None}


def _segments(ground: Ground, turn: Turn) -> Mapping[str, ColumnElement[bool]]:
    """Give the conditions of the plans that are not for everybody."""
    ways = {way.name for one in turn.due for way in one.ways}
    return {name: condition for name, condition in ground.plans.segments.items() if name in ways}


def _flag(name: str) -> str:
    return f"meant_{name}".replace("-", "_")
