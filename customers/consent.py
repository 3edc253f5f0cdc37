"""What a customer allows us to send first.

Whoever writes to us may be written to first, until they say stop; the welcome says so and names the way
out. They may say so of each purpose by itself. Answers to what they ask always come.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, bindparam, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session

from store.flushed import flushed
from store.inserts import insert_into
from store.many_rows import ManyRows
from store.outbox import IS_QUEUED, RULES
from store.suppressions import STOPPED, Suppressed, note_suppressed, occasion_of
from store.tables.customers import Consent, Customer, Purpose
from store.tables.queues import OutboxMessage, OutboxState

EVERY_PURPOSE = frozenset(Purpose)


def set_consent(
    session: Session,
    customer_id: int,
    *,
    granted: bool,
    now: datetime,
    purposes: Collection[Purpose] = EVERY_PURPOSE,
) -> bool:
    """Record a customer's word on some purposes; does not commit.

    Args:
        session: the open transaction.
        customer_id: whose word.
        granted: whether they allow it.
        now: aware UTC.
        purposes: what they spoke of; all, where they named none.

    Returns:
        Whether it changed anything.
    """
    before = consents_of(session, customer_id)
    # In one order everywhere: two who write at once never hold what the other waits for.
    rows = [(customer_id, purpose, granted, now) for purpose in sorted(set(purposes))]
    _note(session.get_bind().dialect.name).run(session.connection(), rows)
    return any(before[purpose] is not granted for purpose in purposes)


@cache
def _note(dialect: str) -> ManyRows:
    new = insert_into(Consent, dialect=dialect)
    said = {"granted": new.excluded.granted, "changed_at": new.excluded.changed_at}
    return ManyRows(
        new.on_conflict_do_update(index_elements=["customer_id", "purpose"], set_=said),
        ("customer_id", "purpose", "granted", "changed_at"),
    )


def consents_of(session: Session, customer_id: int) -> Mapping[Purpose, bool]:
    """Tell of each purpose whether a customer allows it."""
    said = {row[0]: row[1] for row in flushed(session).execute(_SAID, {"customer": customer_id})}
    return {purpose: said.get(purpose, True) for purpose in Purpose}


_SAID = select(Consent.purpose, Consent.granted).where(Consent.customer_id == bindparam("customer"))


def may_send(session: Session, customer_id: int, purpose: Purpose) -> bool:
    """Tell whether a customer allows first-spoken messages for a purpose."""
    return consents_of(session, customer_id)[purpose]


def may_be_told(session: Session, customer_id: int) -> bool:
    """Tell whether a customer hears what the program says of itself about their own matter.

    Whoever said stop still gets answers: to what they write, and a person's own words. What nobody wrote and
    they did not ask for, as that a message was read again or was no complaint after all, they do not hear.
    """
    return any(consents_of(session, customer_id).values())


def who_may_be_told(session: Session, customers: Collection[int]) -> Collection[int]:
    """Give those of some customers who hear what the program says of itself about their own matter."""
    refused = (
        select(Consent.customer_id)
        .where(Consent.customer_id.in_(customers), Consent.granted.is_(False))
        .group_by(Consent.customer_id)
        .having(func.count() >= len(Purpose))
    )
    return set(customers) - set(session.scalars(refused))


def consents_to(purpose: Purpose) -> ColumnElement[bool]:
    """Give the condition, for a query over ``Customer``, that picks those who allow a purpose."""
    return not_(
        exists().where(
            Consent.customer_id == Customer.id, Consent.purpose == purpose, Consent.granted.is_(False)
        )
    )


def withdraw_first_spoken(
    session: Session,
    customer_id: int,
    *,
    now: datetime,
    purposes: Collection[Purpose] = EVERY_PURPOSE,
) -> int:
    """Skip what is queued for a customer and is for some purposes, and note that it is; does not commit.

    Where it is for all of them, so is what speaks first for no purpose that is named.

    Returns:
        How many messages will not be sent.
    """
    unwanted: ColumnElement[bool] = OutboxMessage.purpose.in_(purposes)
    if EVERY_PURPOSE.issubset(purposes):
        first_spoken = [kind for kind, rule in RULES.items() if rule.first_spoken]
        unwanted = or_(OutboxMessage.kind.in_(first_spoken), OutboxMessage.purpose.is_not(None))
    rows = session.execute(
        update(OutboxMessage)
        .where(IS_QUEUED, OutboxMessage.customer_id == customer_id, unwanted)
        .values(state=OutboxState.SKIPPED, reason="consent withdrawn")
        .returning(OutboxMessage.dedupe_key, OutboxMessage.purpose)
    ).all()
    unsaid = [
        Suppressed(customer_id, occasion_of(row.dedupe_key, customer_id), row.purpose, STOPPED)
        for row in rows
        if row.purpose is not None
    ]
    note_suppressed(session, unsaid, now=now)
    return len(rows)
