"""Queued visits to customers who complained, or wrote first, do not leave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from scheduler.left_out import REASONS_BY_NAME, LeftOut
from scheduler.programmes.steps import WROTE_FIRST
from store.cases import awaited_since, is_pending
from store.columns import UtcDateTime
from store.outbox import IS_QUEUED, RULES, withdraw_queued
from store.suppressions import Suppressed, note_suppressed, occasion_of, who_stay
from store.tables.complaints import Complaint
from store.tables.customers import Customer, Purpose
from store.tables.queues import MessageKind, OutboxMessage

VISITS = OutboxMessage.priority == RULES[MessageKind.VISIT].priority, OutboxMessage.kind == MessageKind.VISIT


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Numbers of queued visits that must not leave, because the customer complained, or wrote first."""

    complaining: tuple[int, ...]
    wrote_first: tuple[int, ...]


def see_overtaken(session: Session, *, now: datetime, channels: Collection[str]) -> Overtaken:
    """Find queued visits to customers who wrote or complained since; only reads.

    Few visits wait at a time, so they are looked through rather than the customers.
    """
    asked = {"channels": sorted(channels), "awaited": awaited_since(now)}
    rows = session.connection().execute(_OVERTAKEN, asked).all()
    complaining = tuple(row.id for row in rows if row.complains)
    return Overtaken(complaining, tuple(row.id for row in rows if row.wrote_first))


_COMPLAINS = exists().where(
    Complaint.customer_id == OutboxMessage.customer_id, is_pending(bindparam("awaited", type_=UtcDateTime()))
)
_WROTE_FIRST = Customer.last_contact_at > OutboxMessage.created_at
_OVERTAKEN = (
    select(OutboxMessage.id, _COMPLAINS.label("complains"), _WROTE_FIRST.label("wrote_first"))
    .join(Customer, Customer.id == OutboxMessage.customer_id)
    .where(
        IS_QUEUED,
        OutboxMessage.channel.in_(bindparam("channels", expanding=True)),
        *VISITS,
        or_(_COMPLAINS, _WROTE_FIRST),
    )
)


def withdraw_overtaken(session: Session, overtaken: Overtaken, *, now: datetime) -> int:
    """Skip queued visits that were found to be overtaken, and note those that a complaint holds back.

    A customer who is just being erased is left for the next time. Does not commit.

    Returns:
        How many will not be sent.
    """
    complaining = _note_complaining(session, overtaken.complaining, now=now) if overtaken.complaining else ()
    wrote_first = set(overtaken.wrote_first) - set(overtaken.complaining)
    complaint = REASONS_BY_NAME[LeftOut.COMPLAINT].words
    return sum(
        withdraw_queued(session, OutboxMessage.id.in_(visits), reason=reason)
        for visits, reason in ((complaining, complaint), (wrote_first, WROTE_FIRST))
        if visits
    )


def _note_complaining(session: Session, visits: Collection[int], *, now: datetime) -> Collection[int]:
    """Note whom visits would have reached; gives the numbers of those whose customers are there."""
    concerned = select(OutboxMessage.id, OutboxMessage.customer_id, OutboxMessage.dedupe_key)
    rows = session.execute(
        concerned.where(IS_QUEUED, OutboxMessage.id.in_(visits)).with_for_update(skip_locked=True)
    ).all()
    there = who_stay(session, {row.customer_id for row in rows})
    kept = [row for row in rows if row.customer_id in there]
    unsaid = [
        Suppressed(
            row.customer_id, occasion_of(row.dedupe_key, row.customer_id), Purpose.VISITS, LeftOut.COMPLAINT
        )
        for row in kept
    ]
    note_suppressed(session, unsaid, now=now)
    return [row.id for row in kept]
