"""What else the customers of claimed messages get first, read for a whole batch at once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from customers.outreach import Outreach
from scheduler.delivery.room import COUNTED, EMPTY, Room, Waiting, when_it_left
from scheduler.left_out import rated_since
from store.columns import UtcDateTime
from store.departures import Claimed
from store.low_ratings import is_low_and_last
from store.one_of import is_one_of
from store.tables.feedback import SatisfactionEntry
from store.tables.queues import OutboxMessage, OutboxState

_TABLE = OutboxMessage.__table__.c
_UNDER_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCERTAIN)


def _equals_one_of(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Compare with literals: a list of values is put together anew at every turn, which takes longer."""
    return or_(*(column == literal_column(f"'{value}'") for value in sorted(values)))


_OF_THEM = (
    _TABLE.purpose.is_not(None),
    is_one_of(_TABLE.customer_id, "customers"),
    _equals_one_of(_TABLE.kind, COUNTED),
    _TABLE.edits.is_(None),
)
_COLUMNS = (
    _TABLE.id,
    _TABLE.customer_id,
    _TABLE.state,
    _TABLE.purpose,
    _TABLE.sent_at,
    _TABLE.not_before,
    _TABLE.expires_at,
)
_COUNT = union_all(
    select(*_COLUMNS).where(*_OF_THEM, _TABLE.sent_at > bindparam("since", type_=UtcDateTime)),
    select(*_COLUMNS).where(*_OF_THEM, _TABLE.sent_at.is_(None), _equals_one_of(_TABLE.state, _UNDER_WAY)),
)
"""Two ranges of one index, which has both in the order of the customers."""

_LOW = (
    select(SatisfactionEntry.customer_id)
    .where(
        is_one_of(SatisfactionEntry.customer_id, "customers"),
        is_low_and_last(bindparam("since", type_=UtcDateTime)),
    )
    .distinct()
)

DECIDING = "rapport: what customers get first"
"""Names the advisory locks by which two lanes do not decide on one customer in the same moment."""

_each = func.unnest(bindparam("customers", type_=ARRAY(BigInteger))).column_valued("customer")
_HOLD = select(_each).where(func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("name"), _each)))


def is_counted(row: Claimed) -> bool:
    """Tell whether a message needs room with its customer."""
    return (
        row.kind in COUNTED and row.purpose is not None and row.customer_id is not None and row.edits is None
    )


def hold(session: Session, customers: Collection[int]) -> frozenset[int]:
    """Keep other lanes from deciding on customers until this transaction ends.

    Without it two lanes, each with a message to the same customer, would both see room for one more. Nobody
    is waited for. On SQLite there is one writer at a time, and nothing to do.

    Returns:
        Those of them on whom nobody else decides at this moment.
    """
    if not customers or session.get_bind().dialect.name != "postgresql":
        return frozenset(customers)
    held = session.connection().execute(_HOLD, {"customers": sorted(customers), "name": DECIDING})
    return frozenset(held.scalars())


def load_rooms(
    session: Session, claimed: Sequence[Claimed], *, outreach: Outreach, now: datetime
) -> dict[int, Room]:
    """Load what counts for the customers of claimed messages, besides these.

    Args:
        session: the open transaction; of all customers it ``hold``\\ s.
        claimed: messages that were claimed in it.
        outreach: how much a customer gets.
        now: aware UTC.

    Returns:
        Rooms by customer number; who gets nothing else is left out.
    """
    customers = {row.customer_id for row in claimed if is_counted(row) and row.customer_id is not None}
    return read_rooms(session, customers, besides={row.id for row in claimed}, outreach=outreach, now=now)


def read_rooms(
    session: Session,
    customers: Collection[int],
    *,
    besides: Collection[int] = (),
    outreach: Outreach,
    now: datetime,
) -> dict[int, Room]:
    """Read what counts for customers, besides some messages; only reads.

    Returns:
        Rooms by customer number; who gets nothing else is left out.
    """
    if not customers:
        return {}
    rows = session.connection().execute(
        _COUNT, {"customers": list(customers), "since": now - outreach.within}
    )
    rooms: dict[int, Room] = {}
    for row in rows:
        if row.id in besides:
            continue
        room = rooms.get(row.customer_id, EMPTY)
        if row.state is OutboxState.QUEUED:
            if row.expires_at is None or row.expires_at > now:
                one = Waiting(row.purpose, row.not_before)
                rooms[row.customer_id] = Room(room.taken, (*room.waiting, one))
        else:
            left_at = when_it_left(row.sent_at, row.expires_at, now=now)
            rooms[row.customer_id] = room.with_one_more(left_at)
    return rooms


def select_busy(channels: Collection[str], *, outreach: Outreach, now: datetime) -> Select[int | None]:
    """Select the customers who may have no room for one more: who got, or are to get, as much as they may.

    It is found by what was sent lately and what waits, however many customers there are. What may or may not
    have arrived shows only in a customer's room (``read_rooms``), for it stands in no index.

    Args:
        channels: names of the messaging apps that are looked through.
        outreach: how much a customer gets.
        now: aware UTC.
    """
    some = (
        _TABLE.purpose.is_not(None),
        _TABLE.customer_id.is_not(None),
        _equals_one_of(_TABLE.kind, COUNTED),
        _TABLE.edits.is_(None),
        _TABLE.channel.in_(sorted(channels)),
    )
    lately = union_all(
        select(_TABLE.customer_id).where(*some, _TABLE.sent_at > now - outreach.within),
        select(_TABLE.customer_id).where(*some, _equals_one_of(_TABLE.state, [OutboxState.QUEUED])),
        select(_TABLE.customer_id).where(*some, _equals_one_of(_TABLE.state, [OutboxState.SENDING])),
    ).subquery()
    who = lately.c.customer_id
    return select(who).group_by(who).having(func.count() >= outreach.most)


def find_rated_low(
    session: Session, customers: Iterable[int], *, outreach: Outreach, now: datetime
) -> frozenset[int]:
    """Find those of some customers whose last rating was a bad one, given lately."""
    asked = list(customers)
    if not asked:
        return frozenset()
    values = {"customers": asked, "since": rated_since(outreach, now)}
    return frozenset(session.connection().execute(_LOW, values).scalars())
