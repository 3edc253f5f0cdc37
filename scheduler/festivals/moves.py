"""What a corrected calendar moves: greetings that wait for a day that is not the festival's any more.

A later release of ``holidays``, or a plan with other dates, may move an occasion by a day or so while its
greetings are queued. They move along; those whose day is over by then are dropped with a reason.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, String, bindparam, cast, func, literal, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.definitions.festival import PERSONAL
from scheduler.festivals.places import Place
from scheduler.festivals.plans import Due, Plans, find_usable
from scheduler.festivals.sending import Window, window_on
from scheduler.left_out import LeftOut
from scheduler.local_clock import local_date
from scheduler.manners import zone_of
from store.outbox import IS_QUEUED, RULES, withdraw_queued
from store.suppressions import Suppressed, note_suppressed, occasion_of, who_stay
from store.tables.customers import Customer, Purpose
from store.tables.queues import MessageKind, OutboxMessage

NOT_ITS_DAY = "the day of the festival is over where the customer is"
NOT_KEPT = "the company does not greet on this festival any more"
NEAR = timedelta(days=45)
"""A correction moves an occasion by less."""

PER_RUN = 500
"""Greetings moved in one run, so that the transaction stays short."""

_PREFIX = literal("festival:") + cast(Customer.id, String) + literal(":")
_NAME = func.substr(OutboxMessage.dedupe_key, func.length(_PREFIX) + 1)
_COLUMNS = (
    Customer.language,
    Customer.country,
    Customer.timezone,
    _NAME,
    OutboxMessage.not_before,
    OutboxMessage.expires_at,
)
_WAITING = (
    select(*_COLUMNS)
    .join(Customer, Customer.id == OutboxMessage.customer_id)
    .where(
        IS_QUEUED,
        OutboxMessage.channel.in_(bindparam("channels", expanding=True)),
        OutboxMessage.priority == RULES[MessageKind.GREETING].priority,
        OutboxMessage.kind == MessageKind.GREETING,
        OutboxMessage.dedupe_key.startswith("festival:"),
    )
    .group_by(*_COLUMNS)
)
"""Built once: planners ask again and again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Greetings of one occasion that wait at one place for the same moment."""

    place: Place
    name: str
    not_before: datetime
    expires_at: datetime

    @property
    def festival(self) -> str:
        """The key of the festival."""
        return self.name.partition(":")[0]


def see_moved(
    session: Session, *, company: Company, now: datetime, channels: Collection[str]
) -> Sequence[Waiting]:
    """See which greetings wait for a day on which their festival is not; only reads."""
    asked = {"channels": sorted(channels)}
    rows = session.connection().execute(_WAITING, asked)
    found = [Waiting(Place(row[0], row[1], row[2]), row[3], row[4], row[5]) for row in rows]
    if not found:
        return ()
    plans = find_usable(session, company=company, now=now)
    return [one for one in found if not _is_in_step(one, plans, company)]


def move_greetings(session: Session, seen: Sequence[Waiting], *, company: Company, now: datetime) -> int:
    """Let some waiting greetings leave on the day of their festival, or drop them; does not commit.

    Returns:
        How many were moved or dropped, about ``PER_RUN`` at most; see again while there are any.
    """
    if not seen:
        return 0
    plans = find_usable(session, company=company, now=now)
    done = 0
    for one in seen:
        if done < PER_RUN:
            done += _move(session, one, plans, company, now)
    return done


def _move(session: Session, one: Waiting, plans: Plans, company: Company, now: datetime) -> int:
    some = OutboxMessage.id.in_(_numbers(one))
    dues = _dues(one, plans, company)
    window = next(iter(_windows(one, dues, company, now)), None)
    if window is None:
        return _drop(session, one, now) if dues else withdraw_queued(session, some, reason=NOT_KEPT)
    moved = session.execute(
        update(OutboxMessage)
        .where(IS_QUEUED, some)
        .values(not_before=window[0], expires_at=window[1])
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


def _drop(session: Session, one: Waiting, now: datetime) -> int:
    """Give up greetings whose day is over, and note whom they would have reached."""
    rows = session.execute(
        _numbers(one)
        .add_columns(OutboxMessage.customer_id, OutboxMessage.dedupe_key)
        .with_for_update(skip_locked=True)
    ).all()
    there = who_stay(session, {row.customer_id for row in rows})
    dropped = {row.id: row for row in rows if row.customer_id in there}
    unsaid = [
        Suppressed(
            row.customer_id, occasion_of(row.dedupe_key, row.customer_id), Purpose.GREETINGS, LeftOut.TOO_LATE
        )
        for row in dropped.values()
    ]
    note_suppressed(session, unsaid, now=now)
    return withdraw_queued(session, OutboxMessage.id.in_(dropped), reason=NOT_ITS_DAY)


def _windows(one: Waiting, dues: Sequence[Due], company: Company, now: datetime) -> Iterator[Window]:
    """Give the windows in which greetings may still leave, up to the day of their festival."""
    zone = zone_of(one.place, company)
    today = local_date(now, zone)
    for due in dues:
        for way in due.ways:
            day = max(due.leaves_on(way), today)
            window = window_on(day, way.hour, zone, company, now)
            if window is not None and day <= due.occasion.day:
                yield window


def _numbers(one: Waiting) -> Select[int]:
    """Select some of the greetings that wait."""
    return (
        select(OutboxMessage.id)
        .where(
            IS_QUEUED,
            OutboxMessage.kind == MessageKind.GREETING,
            OutboxMessage.not_before == one.not_before,
            OutboxMessage.expires_at == one.expires_at,
            OutboxMessage.customer_id.in_(select(Customer.id).where(*one.place.is_here())),
            OutboxMessage.dedupe_key.endswith(f":{one.name}", autoescape=True),
        )
        .limit(PER_RUN)
    )


def _is_in_step(one: Waiting, plans: Plans, company: Company) -> bool:
    """Tell whether greetings wait for a day on which they may leave."""
    if one.festival in PERSONAL:
        return True
    return any(due.is_open(way) for due in _dues(one, plans, company) for way in due.ways)


def _dues(one: Waiting, plans: Plans, company: Company) -> Sequence[Due]:
    """Find the occasion that greetings are for, as the calendar has it now, seen from the day they leave."""
    day = _day_of(one, company)
    country = one.place.country_for(company)
    ways = [way for way in plans.ways(one.festival) if way.holds_in(country)]
    near = plans.between(country, one.place.language, day - NEAR, day + NEAR + plans.longest_lead)
    return [Due(kept, ways, day) for kept in near if kept.occasion.name == one.name and ways]


def _day_of(one: Waiting, company: Company) -> date:
    """Tell on which day greetings leave: it ends when they expire."""
    return local_date(one.expires_at - timedelta(microseconds=1), zone_of(one.place, company))
