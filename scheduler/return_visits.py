"""Return visits: asking those who have been silent for a while how things are.

A visit is due once every ``visit_every_days`` since the last real contact, and since the last visit.
Customers stand in a line, by one index; there is no job per customer, and who writes keeps their place until
its turn comes.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from customers.company import Company
from scheduler.audience import Addressee, complains, select_everybody, to_addressee, why_left_out
from scheduler.compose import visit_draft
from scheduler.local_clock import leaves_at, local_date
from scheduler.manners import zone_of
from store.errors import NotFoundError
from store.inserts import insert_into
from store.later_of import later_of
from store.outbox import IS_QUEUED, RULES, enqueue, withdraw_queued
from store.tables.customers import Customer, Purpose, silent_since
from store.tables.outreach import Visit
from store.tables.queues import MessageKind, OutboxMessage
from store.tables.staff import Staff

PROGRAMME = "periodic"
LIFETIME = timedelta(days=2)
"""After this long an unsent visit is stale."""

PER_RUN = 500
"""Customers dealt with in one run, so that the transaction stays short."""

PUT_OFF_FOR = timedelta(days=1)
"""How soon a customer who was held back when their turn came is looked at again: were it at once, those who
said stop would be looked at for ever, before everybody else."""

LEAST_A_DAY = 200
"""Visits in 24 hours that any company may make; a larger one may make more (see ``daily_limit``)."""

VISITS = OutboxMessage.priority == RULES[MessageKind.VISIT].priority, OutboxMessage.kind == MessageKind.VISIT


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Numbers of queued visits that must not leave, because the customer complained, or wrote first."""

    complaining: tuple[int, ...]
    wrote_first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A customer whose visit is due.

    Attributes:
        addressee: whom, and where.
        contact: name of the designated contact, as customers read it, if there is one.
        due_on: the date, where the customer is, on which it fell due; it names the occasion.
    """

    addressee: Addressee
    contact: str | None
    due_on: date


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn in the line for visits it is.

    Attributes:
        due: those whose visit is due.
        held_back: numbers of customers whose visit would be due, but for something that holds them back.
        wrote: numbers of customers who wrote, or were visited, since they got in line.
    """

    due: tuple[DueVisit, ...]
    held_back: tuple[int, ...]
    wrote: tuple[int, ...]


def plan_visits(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> int:
    """Deal with at most ``PER_RUN`` customers whose return visit is due, queueing it; does not commit.

    Who is held back when their turn comes (by stop, a complaint, no address) is looked at again a day later;
    who wrote since they got in line, a period after that. Run it again while it deals with anybody. Safe to
    run twice, late, or on two machines.

    Returns:
        How many customers' turn it was, asked or not.
    """
    room = min(PER_RUN, _left_today(session, company, now))
    if not room:
        return 0
    turn = find_due(session, company=company, now=now, channels=channels)
    due = turn.due[:room]
    _put_off(session, turn, company=company, now=now)
    drafts = []
    for visit_id, visit in book(session, due, now=now):
        who = visit.addressee
        leaves = leaves_at(now, zone_of(who, company), company)
        drafts.append(
            visit_draft(
                who,
                company=company,
                contact=visit.contact,
                visit_id=visit_id,
                key=f"visit:{who.customer_id}:{visit.due_on}",
                leaves=leaves,
                expires=leaves + LIFETIME,
            )
        )
    enqueue(session, drafts, now=now)
    return len(due) + len(turn.held_back) + len(turn.wrote)


def daily_limit(customers: int, every_days: int) -> int:
    """Tell how many visits 24 hours may bring.

    Twice what an even spread over the period needs: a base that falls due all at once, as after an import,
    is worked off in half a period instead of in one flood that staff could not answer.
    """
    return max(LEAST_A_DAY, math.ceil(2 * customers / every_days))


def due_statement(
    *, company: Company, now: datetime, channels: Collection[str], limit: int
) -> Select[*tuple[Any, ...]]:
    """Select customers whose turn it is, the longest silent first, but none that another planner holds.

    The last columns tell since when each has been silent, and what holds one back.
    """
    return (
        select_everybody(channels)
        .add_columns(
            func.coalesce(Staff.public_name, Staff.name).label("name"),
            silent_since.label("since"),
            why_left_out(Purpose.VISITS, company=company, now=now).label("reason"),
        )
        .outerjoin(Staff, (Staff.id == Customer.contact_id) & Staff.active.is_(True))
        .where(Customer.in_line_since <= now - timedelta(days=company.visit_every_days))
        .order_by(Customer.in_line_since)
        .limit(limit)
        .with_for_update(of=Customer, skip_locked=True)
    )


def find_due(session: Session, *, company: Company, now: datetime, channels: Collection[str]) -> Turn:
    """Find whose turn it is, ``PER_RUN`` at most."""
    rows = session.execute(due_statement(company=company, now=now, channels=channels, limit=PER_RUN)).all()
    silent_enough = now - timedelta(days=company.visit_every_days)
    silent = [row for row in rows if row.since <= silent_enough]
    return Turn(
        due=tuple(_due_visit(row, company) for row in silent if row.reason is None),
        held_back=tuple(row[0] for row in silent if row.reason is not None),
        wrote=tuple(row[0] for row in rows if row.since > silent_enough),
    )


def _due_visit(row: Row[*tuple[Any, ...]], company: Company) -> DueVisit:
    who = to_addressee(row)
    fell_due = row.since + timedelta(days=company.visit_every_days)
    contact = row.name and (company.desk.speaks_as or row.name)
    return DueVisit(who, contact, local_date(fell_due, zone_of(who, company)))


def _put_off(session: Session, turn: Turn, *, company: Company, now: datetime) -> None:
    again_at = now - timedelta(days=company.visit_every_days) + PUT_OFF_FOR
    _change(session, turn.held_back, visit_from=again_at, in_line_since=again_at)
    _change(session, turn.wrote, in_line_since=silent_since)


def _change(session: Session, customers: Collection[int], **values: datetime | later_of) -> None:
    if not customers:
        return
    session.execute(
        update(Customer)
        .where(Customer.id.in_(customers))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def book(session: Session, due: Sequence[DueVisit], *, now: datetime) -> list[tuple[int, DueVisit]]:
    """Write a visit for each customer, once for an occasion; does not commit.

    Returns:
        The number of each new visit, with what it is for.
    """
    if not due:
        return []
    visits = {visit.addressee.customer_id: visit for visit in due}
    _change(session, visits, visited_at=now, visit_from=now, in_line_since=now)
    new = insert_into(Visit, dialect=session.get_bind().dialect.name)
    rows = [
        {
            "customer_id": customer_id,
            "programme": PROGRAMME,
            "due_on": visit.due_on,
            "created_at": now,
        }
        for customer_id, visit in visits.items()
    ]
    booked = session.execute(
        new.on_conflict_do_nothing(index_elements=["customer_id", "programme", "due_on"]).returning(
            Visit.id, Visit.customer_id
        ),
        rows,
    )
    return [(visit_id, visits[customer_id]) for visit_id, customer_id in booked]


def see_overtaken(session: Session, *, now: datetime, channels: Collection[str]) -> Overtaken:
    """Find queued visits to customers who wrote or complained since; only reads.

    Few visits wait at a time, so they are looked through rather than the customers.
    """
    waiting = (
        select(OutboxMessage.id)
        .join(Customer, Customer.id == OutboxMessage.customer_id)
        .where(IS_QUEUED, OutboxMessage.channel.in_(sorted(channels)), *VISITS)
    )
    complaining = session.scalars(waiting.where(complains(now))).all()
    wrote_first = session.scalars(waiting.where(Customer.last_contact_at > OutboxMessage.created_at)).all()
    return Overtaken(tuple(complaining), tuple(wrote_first))


def withdraw_overtaken(session: Session, overtaken: Overtaken, *, now: datetime) -> int:
    """Skip queued visits that were found to be overtaken; does not commit.

    Returns:
        How many will not be sent.
    """
    del now  # what was seen says it all
    reasons = (
        (overtaken.complaining, "a complaint is open"),
        (overtaken.wrote_first, "the customer wrote first"),
    )
    return sum(
        withdraw_queued(session, OutboxMessage.id.in_(visits), reason=reason)
        for visits, reason in reasons
        if visits
    )


def visit_of(session: Session, visit_id: int, customer_id: int) -> Visit:
    """Give a visit of one customer.

    Raises:
        NotFoundError: there is none, or it was another's.
    """
    visit = session.get(Visit, visit_id)
    if visit is None or visit.customer_id != customer_id:
        raise NotFoundError(f"customer {customer_id} has no visit {visit_id}")
    return visit


def note_answer(visit: Visit, mark: int, *, now: datetime) -> None:
    """Note the mark, 1 to 5, that a customer gave; a later one replaces it. Does not commit."""
    visit.rating, visit.answered_at = mark, now


def _left_today(session: Session, company: Company, now: datetime) -> int:
    """Tell how many visits may still be queued in these 24 hours.

    How many customers there are, the highest number tells well enough, and at once.
    """
    customers = session.scalar(select(func.max(Customer.id))) or 0
    lately = session.scalar(select(func.count()).where(Visit.created_at > now - timedelta(days=1))) or 0
    return max(0, daily_limit(customers, company.visit_every_days) - lately)
