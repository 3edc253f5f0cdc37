"""What a customer allows us to send first.

Whoever writes to us may be written to first, until they say stop; the welcome says so and names the way
out. Answers to what they ask always come.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from store.outbox import RULES, withdraw_queued
from store.tables.customers import Consent, Customer, Purpose
from store.tables.queues import OutboxMessage


def set_consent(session: Session, customer_id: int, *, granted: bool, now: datetime) -> bool:
    """Record a customer's word on every purpose; does not commit.

    Returns:
        Whether it changed anything.
    """
    before = all(may_send(session, customer_id, purpose) for purpose in Purpose)
    after_stop = not any(may_send(session, customer_id, purpose) for purpose in Purpose)
    for purpose in Purpose:
        session.merge(Consent(customer_id=customer_id, purpose=purpose, granted=granted, changed_at=now))
    return not before if granted else not after_stop


def may_send(session: Session, customer_id: int, purpose: Purpose) -> bool:
    """Tell whether a customer allows first-spoken messages for a purpose."""
    withdrawn = session.scalar(
        select(Consent.granted).where(Consent.customer_id == customer_id, Consent.purpose == purpose)
    )
    return withdrawn is not False


def may_be_told(session: Session, customer_id: int) -> bool:
    """Tell whether a customer hears what the program says of itself about their own matter.

    Whoever said stop still gets answers: to what they write, and a person's own words. What nobody wrote and
    they did not ask for, as that a message was read again or was no complaint after all, they do not hear.
    """
    return any(may_send(session, customer_id, purpose) for purpose in Purpose)


def consents_to(purpose: Purpose) -> ColumnElement[bool]:
    """Give the condition, for a query over ``Customer``, that picks those who allow a purpose."""
    return not_(
        exists().where(
            Consent.customer_id == Customer.id, Consent.purpose == purpose, Consent.granted.is_(False)
        )
    )


def withdraw_first_spoken(session: Session, customer_id: int) -> int:
    """Skip what is queued for a customer and would speak first, or for a purpose; does not commit.

    Returns:
        How many messages will not be sent.
    """
    first_spoken = [kind for kind, rule in RULES.items() if rule.first_spoken]
    needs_consent = or_(OutboxMessage.kind.in_(first_spoken), OutboxMessage.purpose.is_not(None))
    theirs = and_(OutboxMessage.customer_id == customer_id, needs_consent)
    return withdraw_queued(session, theirs, reason="consent withdrawn")
