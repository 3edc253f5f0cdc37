"""Who is in line in which programme: a row for each customer, which says when they are next looked at.

Nobody writes here when a customer writes: rows are made, and kept true to the programmes, by planners.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from scheduler.audience import EVERYBODY
from scheduler.definitions.programme import Programme, Trigger
from scheduler.programmes.glance import Glance
from scheduler.programmes.next_dates import due_after, in_time
from scheduler.programmes.occasions import find_occasions
from store.columns import UtcDateTime
from store.inserts import insert_into
from store.later_of import later_of
from store.many_rows import ManyRows
from store.one_of import is_one_of
from store.tables.customers import Customer
from store.tables.outreach import VisitTurn

MADE_AT_ONCE = 2000
"""Rows made or moved in one transaction."""

MANY_ALIKE = 20
"""From so many rows on that move alike a statement of their own costs less than one row after the other."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A customer whose turn it is.

    Attributes:
        customer_id: who.
        due_at: when it fell due, as far as that was known.
        tries: visits in a row that were not answered; of a purchase or complaint, how often it was moved.
        stretch: by how much the period is longer.
        last_contact_at: when they wrote or tapped last.
        since: the later of that and the last visit: from then on the period counts.
        meant: whether they are in the programme's segment.
    """

    customer_id: int
    due_at: datetime
    tries: int
    stretch: float
    last_contact_at: datetime
    since: datetime
    meant: bool


def keep_turns(
    session: Session,
    programmes: Sequence[Programme],
    meant: Mapping[str, ColumnElement[bool]],
    *,
    seen: Glance,
    now: datetime,
) -> int:
    """Keep the lines true to the programmes: new customers, other periods, ended programmes; does not commit.

    Args:
        session: the open transaction.
        programmes: whose lines are kept.
        meant: the condition of each one's segment, by its name.
        seen: what is to be seen of the lines; that of a programme it does not name is taken away.
        now: aware UTC.

    Returns:
        How many rows were made, moved or taken away; run it again while there are any.
    """
    changed = 0 if seen.stray is None else _drop_some(session, seen.stray)
    for programme in programmes:
        line = seen.lines[programme.name]
        if programme.trigger is not Trigger.SILENCE:
            rows = find_occasions(session, programme, meant[programme.name], now=now, limit=MADE_AT_ONCE)
            due = ((who, due_after(at, programme, who)) for who, at in rows)
            changed += _insert(session, programme, list(due))
            continue
        if line.last < seen.customers:
            changed += _add_new(session, programme, line.last, now=now)
        if any(days not in (None, programme.period_days) for days in line.periods):
            changed += _follow_period(session, programme, now=now)
    return changed


def due_statement(meant: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """Select whose turn it is, the longest due first, but none that another planner holds.

    Its parameters are ``line``, ``due_by`` and ``most``.

    Args:
        meant: the condition of the programme's segment; None for everybody.
    """
    return _due_of_all() if meant is None else _due_with(meant)


def _due_with(meant: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            VisitTurn.customer_id,
            VisitTurn.due_at,
            VisitTurn.tries,
            VisitTurn.stretch,
            Customer.last_contact_at,
            later_of(Customer.last_contact_at, Customer.visited_at),
            meant,
        )
        .join(Customer, Customer.id == VisitTurn.customer_id)
        .where(VisitTurn.programme == bindparam("line"), VisitTurn.due_at <= bindparam("due_by"))
        .order_by(VisitTurn.due_at)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=VisitTurn, skip_locked=True)
    )


def pass_over(
    session: Session, programme: Programme, meant: ColumnElement[bool], *, now: datetime, again: datetime
) -> int:
    """Let those in line who are not in the programme's segment be looked at again later; does not commit.

    There may be many, and nothing has to be known of them. Whose period is longer than usual is left to be
    looked at one by one.

    Returns:
        How many, at most ``MADE_AT_ONCE``.
    """
    outside = (
        select(VisitTurn.customer_id)
        .join(Customer, Customer.id == VisitTurn.customer_id)
        .where(
            VisitTurn.programme == programme.name,
            VisitTurn.due_at <= now,
            VisitTurn.stretch <= 1,
            not_(meant),
        )
        .order_by(VisitTurn.due_at)
        .limit(MADE_AT_ONCE)
        .with_for_update(of=VisitTurn, skip_locked=True)
    )
    moved = session.connection().execute(
        update(VisitTurn)
        .where(VisitTurn.programme == programme.name, VisitTurn.customer_id.in_(outside))
        .values(due_at=again)
    )
    return moved.rowcount


@cache
def _due_of_all() -> Select[*tuple[Any, ...]]:
    return _due_with(true())


def find_due(
    session: Session,
    programme: Programme,
    meant: ColumnElement[bool],
    *,
    now: datetime,
    limit: int,
) -> Sequence[Turn]:
    """Find whose turn it is in a programme, and hold their rows."""
    statement = due_statement(None if programme.segment == EVERYBODY else meant)
    its = {"line": programme.name, "due_by": now, "most": limit}
    rows = session.connection().execute(statement, its)
    return [
        Turn(who, due_at, tries, stretch, spoke_at, since, bool(is_meant))
        for who, due_at, tries, stretch, spoke_at, since, is_meant in rows
    ]


def count_waiting(session: Session, programme: Programme, *, now: datetime) -> Sequence[int]:
    """Count whose turn it is by how long they can wait before it is too late: one day, two days, and so on.

    Each number holds those before it; for whom it is too late already is in none.
    """
    begin = now - programme.lateness
    days = range(1, math.ceil(programme.late_days) + 1)
    numbers = [func.count().filter(VisitTurn.due_at <= begin + timedelta(days=day)) for day in days]
    line = VisitTurn.programme == programme.name, VisitTurn.due_at >= begin, VisitTurn.due_at <= now
    return tuple(session.execute(select(*numbers).where(*line)).one())


def find_sooner(
    session: Session, customers: Collection[int], names: Collection[str], *, until: datetime
) -> Collection[int]:
    """Find those of some customers whose turn comes until a moment in any of these programmes."""
    if not names or not customers:
        return ()
    asked = {"lines": list(names), "customers": list(customers), "until": until}
    return frozenset(session.connection().execute(_SOONER, asked).scalars())


_SOONER = select(VisitTurn.customer_id).where(
    VisitTurn.programme.in_(bindparam("lines", expanding=True)),
    is_one_of(VisitTurn.customer_id, "customers"),
    VisitTurn.due_at <= bindparam("until"),
)


def move_turns(session: Session, programme: Programme, moved: Sequence[Turn]) -> None:
    """Note when customers are next looked at; does not commit."""
    alike: dict[tuple[datetime, int, float], list[int]] = {}
    for one in moved:
        alike.setdefault((one.due_at, one.tries, one.stretch), []).append(one.customer_id)
    single = []
    for (due_at, tries, stretch), customers in alike.items():
        if len(customers) < MANY_ALIKE:
            single += [(programme.name, who, due_at, tries, stretch) for who in customers]
            continue
        again = {"again_at": due_at, "tried": tries, "stretched": stretch}
        whose = {"line": programme.name, "customers": customers}
        session.connection().execute(_MOVE_ALIKE, again | whose)
    _move().run(session.connection(), single)


_IN_LINE = (
    VisitTurn.programme == bindparam("line"),
    is_one_of(VisitTurn.customer_id, "customers"),
)
_MOVE_ALIKE = (
    update(VisitTurn)
    .where(*_IN_LINE)
    .values(due_at=bindparam("again_at"), tries=bindparam("tried"), stretch=bindparam("stretched"))
)
_END = delete(VisitTurn).where(*_IN_LINE)


def end_turns(session: Session, programme: Programme, customers: Collection[int]) -> None:
    """Take customers out of the line of a programme; does not commit."""
    if customers:
        whose = {"line": programme.name, "customers": list(customers)}
        session.connection().execute(_END, whose)


def note_silence(session: Session, programme: Programme, customers: Sequence[int]) -> None:
    """Let the period to the next visit be longer for customers who did not answer; does not commit.

    Their turn comes after the usual period all the same: who wrote by then is due then.
    """
    if programme.trigger is Trigger.SILENCE:
        rows = [(programme.name, who, programme.longer, programme.longest) for who in customers]
        _stretch().run(session.connection(), rows)


def select_silent() -> Select[int, datetime]:
    """Select customers, and since when the period to the next visit of each counts."""
    return select(Customer.id, later_of(Customer.last_contact_at, Customer.visited_at))


def _add_new(session: Session, programme: Programme, last: int, *, now: datetime) -> int:
    newer = select_silent().where(Customer.id > last).order_by(Customer.id).limit(MADE_AT_ONCE)
    return insert_silent(session, programme, newer, now=now)


def insert_silent(
    session: Session, programme: Programme, silent: Select[int, datetime], *, now: datetime
) -> int:
    """Put customers in line whom ``silent`` (``select_silent``) gives; does not commit.

    Returns:
        How many were new in it.
    """
    rows = session.execute(silent).all()
    if not rows:
        return 0
    customers = _count_customers(session)
    due = [
        (who, in_time(due_after(since, programme, who), programme, who, customers=customers, now=now))
        for who, since in rows
    ]
    return _insert(session, programme, due)


def _count_customers(session: Session) -> int:
    """Tell how many customers there are; the highest number tells well enough, and at once."""
    return session.scalar(select(func.max(Customer.id))) or 0


def _insert(session: Session, programme: Programme, due: Sequence[tuple[int, datetime]]) -> int:
    rows = [(programme.name, who, at, 0, 1.0, programme.period_days) for who, at in due]
    return _add(session.get_bind().dialect.name).run(session.connection(), rows)


def _follow_period(session: Session, programme: Programme, *, now: datetime) -> int:
    """Move turns that were reckoned by another period, so that a shorter one counts at once."""
    days = programme.period_days
    rows = session.execute(
        select(VisitTurn.customer_id, VisitTurn.due_at, VisitTurn.stretch, VisitTurn.period_days)
        .where(
            VisitTurn.programme == programme.name,
            or_(VisitTurn.period_days < days, VisitTurn.period_days > days),
        )
        .limit(MADE_AT_ONCE)
        .with_for_update(of=VisitTurn, skip_locked=True)
    ).all()
    if not rows:
        return 0
    customers, moved = _count_customers(session), []
    for who, due_at, stretch, before in rows:
        by = (days - before) * (stretch if days < before else 1.0)  # too early is looked at again
        due = due_at + timedelta(days=by)
        due = in_time(due, programme, who, customers=customers, now=now)
        moved.append((programme.name, who, due, days))
    _reckon_anew().run(session.connection(), moved)
    return len(rows)


def _drop_some(session: Session, name: str) -> int:
    """Take away some of the line of a programme that does not run."""
    some = select(VisitTurn.programme, VisitTurn.customer_id).where(VisitTurn.programme == name)
    gone = session.execute(
        delete(VisitTurn)
        .where(tuple_(VisitTurn.programme, VisitTurn.customer_id).in_(some.limit(MADE_AT_ONCE)))
        .returning(VisitTurn.customer_id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


@cache
def _add(dialect: str) -> ManyRows:
    new = insert_into(VisitTurn, dialect=dialect)
    columns = ("programme", "customer_id", "due_at", "tries", "stretch", "period_days")
    return ManyRows(new.on_conflict_do_nothing(index_elements=["programme", "customer_id"]), columns)


_ITS_ROW = and_(
    VisitTurn.programme == bindparam("its_programme"), VisitTurn.customer_id == bindparam("its_customer")
)


@cache
def _move() -> ManyRows:
    due = bindparam("due", type_=UtcDateTime())
    values = {"due_at": due, "tries": bindparam("tried"), "stretch": bindparam("stretched")}
    return ManyRows(
        update(VisitTurn).where(_ITS_ROW).values(values),
        ("its_programme", "its_customer", "due", "tried", "stretched"),
    )


@cache
def _reckon_anew() -> ManyRows:
    values = {"due_at": bindparam("due", type_=UtcDateTime()), "period_days": bindparam("days")}
    return ManyRows(
        update(VisitTurn).where(_ITS_ROW).values(values), ("its_programme", "its_customer", "due", "days")
    )


@cache
def _stretch() -> ManyRows:
    longer = VisitTurn.stretch * bindparam("longer", type_=Float())
    longest = bindparam("longest", type_=Float())
    stretch = case((longer < longest, longer), else_=longest)
    return ManyRows(
        update(VisitTurn)
        .where(_ITS_ROW)
        .values(tries=VisitTurn.tries + literal_column("1"), stretch=stretch),
        ("its_programme", "its_customer", "longer", "longest"),
    )
