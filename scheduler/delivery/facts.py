"""What is known of claimed messages in the moment they would leave: read for a batch, decided one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from customers.company import Company
from scheduler.delivery.clearance import TOO_MANY, Decision, Facts, Go, Later, Skip, clear
from scheduler.delivery.room import EMPTY, NOBODY_ELSE, Room
from scheduler.delivery.rooms import find_rated_low, hold, is_counted, load_rooms
from scheduler.manners import Place, zone_of
from store.broken_promises import let_down, remembered_since
from store.cases import awaited_since, is_pending
from store.columns import UtcDateTime
from store.departures import Claimed
from store.one_of import is_one_of
from store.outbox import RULES
from store.suppressions import Suppressed, note_suppressed, occasion_of, who_stay
from store.tables.complaints import Complaint
from store.tables.customers import Consent, Customer, Identity
from store.tables.queues import OutboxMessage, OutboxState

_Original = aliased(OutboxMessage)
_Replied = aliased(OutboxMessage)
_Newer = aliased(OutboxMessage)
_FACTS = (
    select(
        OutboxMessage.id,
        OutboxMessage.dedupe_key,
        Customer.timezone,
        Customer.country,
        exists()
        .where(
            Consent.customer_id == OutboxMessage.customer_id,
            or_(Consent.purpose == OutboxMessage.purpose, OutboxMessage.purpose.is_(None)),
            Consent.granted.is_(False),
        )
        .label("consent_withdrawn"),
        exists()
        .where(
            Complaint.customer_id == OutboxMessage.customer_id,
            is_pending(bindparam("awaited_since", type_=UtcDateTime)),
        )
        .label("complaint_open"),
        let_down(OutboxMessage.customer_id, bindparam("remembered_since", type_=UtcDateTime)).label(
            "let_down"
        ),
        exists()
        .where(
            Identity.channel == OutboxMessage.channel,
            Identity.address == OutboxMessage.address,
            Identity.unreachable_since.is_not(None),
        )
        .label("unreachable"),
        _Original.external_id.label("original"),
        _Original.state.label("original_state"),
        _Original.not_before.label("original_due"),
        _Replied.external_id.label("replied"),
        exists()
        .where(
            OutboxMessage.edits.is_not(None),
            _Newer.channel == OutboxMessage.channel,
            _Newer.address == OutboxMessage.address,
            _Newer.id > OutboxMessage.id,
            _Newer.edits == OutboxMessage.edits,
            _Newer.state.in_([OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT]),
        )
        .label("superseded"),
    )
    .outerjoin(Customer, Customer.id == OutboxMessage.customer_id)
    .outerjoin(
        _Original,
        and_(
            _Original.dedupe_key == OutboxMessage.edits,
            _Original.channel == OutboxMessage.channel,
            _Original.address == OutboxMessage.address,
        ),
    )
    .outerjoin(
        _Replied,
        and_(
            _Replied.dedupe_key == OutboxMessage.reply_to,
            _Replied.channel == OutboxMessage.channel,
            _Replied.address == OutboxMessage.address,
        ),
    )
    .where(is_one_of(OutboxMessage.id, "ids"))
)


_Row = Any  # a row of _FACTS; its type has more columns than SQLAlchemy's stubs can spell


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a batch.

    Attributes:
        rows: what is known of each message, by its number.
        rooms: what else customers get, by their number; it grows with what is decided to go.
        ours: the customers on whom no other lane decides at this moment.
        rated_low: the customers whose last rating was a bad one.
    """

    rows: dict[int, _Row]
    rooms: dict[int, Room]
    ours: frozenset[int]
    rated_low: frozenset[int]

    def of(self, row: Claimed) -> _Row:
        """Give what is known of one message."""
        return self.rows[row.id]


def load_known(session: Session, claimed: Sequence[Claimed], *, company: Company, now: datetime) -> Known:
    """Load what is known of claimed messages; of answers, as most are, in one query."""
    asked = {row.customer_id for row in claimed if is_counted(row) and row.customer_id is not None}
    spoken_to = {
        row.customer_id for row in claimed if RULES[row.kind].first_spoken and row.customer_id is not None
    }
    ours, outreach = hold(session, asked), company.outreach
    known = {
        "ids": [row.id for row in claimed],
        "awaited_since": awaited_since(now),
        "remembered_since": remembered_since(now),
    }
    return Known(
        rows={row.id: row for row in session.connection().execute(_FACTS, known)},
        rooms=load_rooms(session, claimed, outreach=outreach, now=now),
        ours=ours,
        rated_low=find_rated_low(session, spoken_to, outreach=outreach, now=now),
    )


def decide(row: Claimed, known: Known, *, company: Company, now: datetime) -> Decision:
    """Decide whether a claimed message may leave; what may counts for the next one to the same customer."""
    customer_id = row.customer_id
    decision = clear(_facts(row, known, company), company=company, now=now)
    if customer_id is None or not is_counted(row) or not isinstance(decision, Go):
        return decision
    if customer_id not in known.ours:
        return Later(now + NOBODY_ELSE, TOO_MANY)
    known.rooms[customer_id] = known.rooms.get(customer_id, EMPTY).with_one_more(now)
    return decision


def note_left_out(
    session: Session, decided: Sequence[tuple[Claimed, Decision]], known: Known, *, now: datetime
) -> list[tuple[Claimed, Decision]]:
    """Note which messages manners forbid, so that they are counted; does not commit.

    A customer who is just being erased is not waited for: two transactions never wait for one another.

    Returns:
        What was decided, but that their messages are looked at once more.
    """
    unsaid = {row.id: one for row, decision in decided if (one := _unsaid(row, decision, known)) is not None}
    if not unsaid:
        return list(decided)
    there = who_stay(session, {one.customer_id for one in unsaid.values()})
    note_suppressed(session, (one for one in unsaid.values() if one.customer_id in there), now=now)
    return [
        (row, Later(now + NOBODY_ELSE, decision.reason))
        if isinstance(decision, Skip) and row.id in unsaid and row.customer_id not in there
        else (row, decision)
        for row, decision in decided
    ]


def _unsaid(row: Claimed, decision: Decision, known: Known) -> Suppressed | None:
    if not isinstance(decision, Skip) or decision.left_out is None:
        return None
    if row.customer_id is None or row.purpose is None or row.edits is not None:
        return None
    occasion = occasion_of(known.of(row).dedupe_key, row.customer_id)
    return Suppressed(row.customer_id, occasion, row.purpose, str(decision.left_out))


def _facts(row: Claimed, batch: Known, company: Company) -> Facts:
    known, first_spoken = batch.of(row), RULES[row.kind].first_spoken
    return Facts(
        kind=row.kind,
        purpose=row.purpose,
        attempts=row.attempts - 1,
        expires_at=row.expires_at,
        zone=zone_of(Place(known.timezone, known.country), company) if first_spoken else "UTC",
        consent_withdrawn=known.consent_withdrawn,
        complaint_open=known.complaint_open,
        let_down=known.let_down,
        rated_low=row.customer_id in batch.rated_low,
        unreachable=known.unreachable and not row.to_staff,
        is_edit=row.edits is not None,
        original_state=known.original_state,
        original_due=known.original_due,
        superseded=known.superseded,
        room=EMPTY if row.customer_id is None else batch.rooms.get(row.customer_id, EMPTY),
    )
