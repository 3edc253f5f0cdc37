"""Messages that will not arrive: whoever must know of it is told in the transaction that notes it.

Who is told may change a case. Everybody else holds a customer before their cases, and a case before its
messages; so does a lane, or each might wait for what the other holds. What it has claimed it holds already:
there it waits for nobody.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduler.delivery.clearance import TOO_LATE
from store.departures import Ended, Settlement
from store.tables.complaints import Complaint
from store.tables.customers import Customer
from store.tables.queues import OutboxMessage, OutboxState

CASE = "complaint:"
"""Begins what a message of a case is about."""


class Unsent(Protocol):
    """Who is told."""

    def __call__(self, session: Session, ended: Sequence[Ended], /, *, now: datetime) -> None:
        """Do what is to be done about messages that will not arrive, without committing."""


def nobody_is_told(_session: Session, _ended: Sequence[Ended], /, *, now: datetime) -> None:
    """Let it rest; the row says what became of it."""


def tell(session: Session, settlements: Iterable[Settlement], told: Unsent, *, now: datetime) -> None:
    """Tell of those messages that were to arrive and do not; what was no longer wanted is left out."""
    if ended := _that_are_told(settlements):
        told(session, ended, now=now)


def hold(session: Session, settlements: Iterable[Settlement]) -> None:
    """Hold whom messages that do not arrive were for, and their cases, before these messages are touched."""
    if ended := _that_are_told(settlements):
        customers, cases = _concerned(session, {one.id for one in ended})
        for key, numbers in ((Customer.id, set(customers.values())), (Complaint.id, set(cases.values()))):
            _hold(session, key, numbers, waits=True)


def find_held(session: Session, settlements: Iterable[Settlement]) -> Collection[int]:
    """Hold whom claimed messages that do not arrive were for, and their cases, where nobody else does.

    Returns:
        The numbers of the messages whose customer or case somebody else holds: their end must wait.
    """
    ended = _that_are_told(settlements)
    if not ended:
        return ()
    customers, cases = _concerned(session, {one.id for one in ended})
    held: set[int] = set()
    for key, concerned in ((Customer.id, customers), (Complaint.id, cases)):
        there = set(session.scalars(select(key).where(key.in_(set(concerned.values())))))
        others = there - _hold(session, key, there, waits=False)
        held |= {message for message, number in concerned.items() if number in others}
    return held


def _that_are_told(settlements: Iterable[Settlement]) -> Sequence[Ended]:
    return [
        one
        for one in settlements
        if isinstance(one, Ended) and (one.state is not OutboxState.SKIPPED or one.reason == TOO_LATE)
    ]


def _concerned(session: Session, messages: Collection[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Give the customers of messages, and the cases that they are about, by the messages' numbers."""
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.customer_id, OutboxMessage.about).where(
            OutboxMessage.id.in_(messages), OutboxMessage.customer_id.is_not(None)
        )
    ).all()
    cases = {row.id: row.about.removeprefix(CASE) for row in rows if (row.about or "").startswith(CASE)}
    return (
        {row.id: row.customer_id for row in rows},
        {message: int(number) for message, number in cases.items() if number.isdecimal()},
    )


def _hold(session: Session, key: InstrumentedAttribute[int], numbers: set[int], *, waits: bool) -> set[int]:
    """Hold rows by their numbers, in their order, as everybody does; gives those that are held."""
    held = (
        select(key)
        .where(key.in_(numbers))
        .order_by(key)
        .with_for_update(key_share=key is Customer.id, skip_locked=not waits)
    )
    return set(session.scalars(held))
