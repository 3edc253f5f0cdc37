"""Whose turn it is at a place: found by the day on which customers were dealt with last, and noted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, exists, or_, select, update

from scheduler.audience import kept_reason, select_everybody, since_when
from scheduler.festivals.habits import Why
from scheduler.festivals.places import Place
from scheduler.festivals.plans import Due
from scheduler.festivals.sending import Ground
from scheduler.left_out import Reason, reasons_for
from store.flushed import flushed
from store.one_of import is_one_of
from store.tables.customers import Customer, Purpose

PUT_BACK = timedelta(days=1)
"""Who was dealt with on a day further ahead than this was so by a clock that has been put back since; who
travels west was a day ahead at most."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn of the customers of one place.

    Attributes:
        place: where they are.
        today: the date there.
        due: what may leave there today.
        missed: what could leave while nobody looked, and can no more.
        whose: conditions that pick some of them.
    """

    place: Place
    today: date
    due: Sequence[Due]
    missed: Sequence[Due] = ()
    whose: tuple[ColumnElement[bool], ...] = ()

    @property
    def all(self) -> Sequence[Due]:
        """What is due and what was missed."""
        return (*self.due, *self.missed)

    @property
    def since(self) -> date:
        """From which day on somebody who was dealt with has nothing to come; there is something."""
        return max(one.leaves_on(way) for one in self.all for way in one.ways if one.is_open(way))

    def has(self, festival: str) -> bool:
        """Tell whether it is about a festival."""
        return any(one.occasion.festival == festival for one in self.all)

    def is_kept(self) -> bool:
        """Tell whether it is about anything that customers there keep without having said so."""
        return any(one.kept.why is not Why.COULD_ADD for one in self.all)


DEALT_WITH: Sequence[ColumnElement[bool]] = (
    Customer.greeted_on.is_(None),
    Customer.greeted_on < bindparam("since"),
    Customer.greeted_on > bindparam("ahead"),
)
"""The ranges of that day in which somebody has something to come; each by itself is served by the index."""


def is_anybody_left(ground: Ground, turn: Turn) -> bool:
    """Tell whether somebody at a place has not been dealt with yet, whoever is meant there; only reads."""
    left = left_statement(turn.place)
    return bool(ground.session.connection().scalar(left, _asked_where(turn)))


def left_statement(place: Place) -> Select[bool]:
    """Select whether somebody at a place has not been dealt with yet; ``asked_of`` has its parameters."""
    return _anybody_left(frozenset(place.values))


@cache
def _anybody_left(known: Collection[str]) -> Select[bool]:
    here = Place.is_there(known)
    return select(or_(*(exists().where(*here, dealt_with) for dealt_with in DEALT_WITH)))


def _asked_where(turn: Turn) -> Mapping[str, object]:
    """Give the parameters of ``DEALT_WITH`` at a place."""
    return {**turn.place.values, "since": turn.since, "ahead": turn.today + PUT_BACK}


def take_turn(ground: Ground, turn: Turn, *, limit: int) -> Sequence[Row[Any]]:
    """Find whose turn it is at a place, and note that they have been dealt with; does not commit."""
    rows: list[Row[Any]] = []
    connection = flushed(ground.session)
    for dealt_with in range(len(DEALT_WITH)):
        if limit > len(rows):
            statement = turn_statement(ground, turn, dealt_with)
            rows += connection.execute(statement, asked_of(ground, turn, limit=limit - len(rows)))
    if rows:
        connection.execute(_NOTE_TURN, {"whose": [row[0] for row in rows], "today": turn.today})
    return rows


_NOTE_TURN = update(Customer).where(is_one_of(Customer.id, "whose")).values(greeted_on=bindparam("today"))


def turn_statement(ground: Ground, turn: Turn, dealt_with: int) -> Select[*tuple[Any, ...]]:
    """Select whose turn it is at a place, what holds each back, and of which segments they are.

    Its parameters are given by ``asked_of``.

    Args:
        ground: what planning stands on.
        turn: whose turn, by place.
        dealt_with: which of the ranges of ``DEALT_WITH``, from 0.
    """
    statement = _select_turn(
        tuple(sorted(ground.channels)),
        tuple(reasons_for(Purpose.GREETINGS, ground.company.outreach)),
        frozenset(turn.place.values),
        dealt_with,
    )
    flags = [condition.label(flag_of(name)) for name, condition in segments_of(ground, turn).items()]
    if flags:
        statement = statement.add_columns(*flags)
    return statement.where(*turn.whose) if turn.whose else statement


def asked_of(ground: Ground, turn: Turn, *, limit: int) -> Mapping[str, object]:
    """Give the parameters of ``turn_statement``, for so many customers at most."""
    return {**since_when(ground.company, ground.now), **_asked_where(turn), "most": limit}


@cache
def _select_turn(
    channels: tuple[str, ...], reasons: tuple[Reason, ...], known: Collection[str], dealt_with: int
) -> Select[*tuple[Any, ...]]:
    """Build the statement once: it takes longer than to run it for a few customers."""
    reason = kept_reason(Purpose.GREETINGS, reasons).label("reason")
    return (
        select_everybody(channels)
        .add_columns(reason, Customer.greeted_on, Customer.created_at)
        .where(*Place.is_there(known), DEALT_WITH[dealt_with])
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(of=Customer, skip_locked=True)
    )


def segments_of(ground: Ground, turn: Turn) -> Mapping[str, ColumnElement[bool]]:
    """Give the conditions of the plans that are not for everybody."""
    ways = {way.name for one in turn.all for way in one.ways}
    return {name: condition for name, condition in ground.plans.segments.items() if name in ways}


def flag_of(name: str) -> str:
    """Name the column that tells whether somebody is in the segment of a plan."""
    return f"meant_{name}".replace("-", "_")
