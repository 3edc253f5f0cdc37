"""A lane's turn: in one transaction, what was sent is noted and what may leave next is claimed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from customers.company import Company
from customers.identities import mark_unreachable
from customers.phrases import phrases
from scheduler.delivery.channel import Outgoing
from scheduler.delivery.clearance import Facts, Go, Later, clear
from scheduler.delivery.traffic import Wish
from scheduler.delivery.unsent import Unsent, nobody_is_told, tell
from scheduler.manners import zone_of
from store.broken_promises import let_down, remembered_since
from store.cases import awaited_since, is_pending
from store.columns import UtcDateTime
from store.departures import (
    Claimed,
    Ended,
    PutBack,
    Settlement,
    claim_due,
    next_due_at,
    settle,
    undo_claims,
)
from store.outbox import RULES, Body
from store.tables.complaints import Complaint
from store.tables.customers import Consent, Customer, Identity
from store.tables.queues import MessageKind, OutboxMessage, OutboxState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What became of a message that was sent to an address."""

    address: str
    settlement: Settlement


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may leave; with ``original`` it replaces what the app knows under that name."""

    row: Claimed
    outgoing: Outgoing
    original: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn brought.

    Attributes:
        ready: messages to send now.
        claimed: how many rows were looked at; some of them may not leave.
        next_due_at: when the next message is due, where none was claimed; in the past where its chat waits.
        at: the moment for which all this holds.
    """

    ready: tuple[Ready, ...]
    claimed: int
    next_due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Place:
    timezone: str | None
    country: str | None


_Original = aliased(OutboxMessage)
_Replied = aliased(OutboxMessage)
_Newer = aliased(OutboxMessage)
_FACTS = (
    select(
        OutboxMessage.id,
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
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
)


_Known = Any  # a row of _FACTS; its type has more columns than SQLAlchemy's stubs can spell


def take_turn(
    session: Session,
    *,
    notes: Sequence[Note],
    wish: Wish,
    channel: str,
    company: Company,
    now: datetime,
    claims: list[Claimed],
    doubtful: Sequence[Claimed] = (),
    told: Unsent = nobody_is_told,
) -> Turn:
    """Note what became of messages, then claim and clear the next ones; does not commit.

    Args:
        session: the open transaction.
        notes: what became of messages.
        wish: what the lane can take.
        channel: whose lane it is.
        company: who we are.
        now: aware UTC.
        claims: is told what is claimed, for the case that nobody learns whether the commit succeeded.
        doubtful: the claims of a turn of which that is so; they go back in line.
        told: is told of messages that will not arrive.
    """
    record(session, notes, channel=channel, now=now, doubtful=doubtful, told=told)
    if not wish.limit:
        return Turn((), 0, None, now)
    claimed = claim_due(
        session, channel=channel, now=now, limit=wish.limit, held=wish.held, reserved=wish.reserved
    )
    claims.extend(claimed)
    if not claimed:
        return Turn((), 0, next_due_at(session, channel=channel), now)
    facts = _load_facts(session, claimed, now)
    ready: list[Ready] = []
    kept: list[Settlement] = []
    for row in claimed:
        outcome = _clear(row, facts[row.id], company, now)
        if isinstance(outcome, Ready):
            ready.append(outcome)
        else:
            kept.append(outcome)
    settle(session, kept)
    tell(session, kept, told, now=now)
    return Turn(tuple(ready), len(claimed), None, now)


def record(
    session: Session,
    notes: Sequence[Note],
    *,
    channel: str,
    now: datetime,
    doubtful: Sequence[Claimed] = (),
    told: Unsent = nobody_is_told,
) -> None:
    """Note what became of messages, and that claims came to no call; does not commit."""
    undo_claims(session, doubtful)
    settle(session, (note.settlement for note in notes))
    for note in notes:
        if isinstance(note.settlement, Ended) and note.settlement.state is OutboxState.UNREACHABLE:
            mark_unreachable(session, channel=channel, address=note.address, now=now)
    tell(session, (note.settlement for note in notes), told, now=now)


def _load_facts(session: Session, claimed: Sequence[Claimed], now: datetime) -> dict[int, _Known]:
    known = {
        "ids": [row.id for row in claimed],
        "awaited_since": awaited_since(now),
        "remembered_since": remembered_since(now),
    }
    rows = session.connection().execute(_FACTS, known)
    return {row.id: row for row in rows}


def _clear(row: Claimed, known: _Known, company: Company, now: datetime) -> Ready | Settlement:
    decision = clear(_facts(row, known, company), company=company, now=now)
    if isinstance(decision, Go):
        return Ready(row, _compose(row, known.replied, company), known.original)
    if isinstance(decision, Later):
        return PutBack(row.id, decision.at, row.attempts, row.maybe_repeat, decision.reason)
    if decision.state is OutboxState.FAILED:
        log.warning("message %d (%s) to %s failed: %s", row.id, row.kind, row.address, decision.reason)
    return Ended(row.id, decision.state, decision.reason)


def _facts(row: Claimed, known: _Known, company: Company) -> Facts:
    first_spoken = RULES[row.kind].first_spoken
    return Facts(
        kind=row.kind,
        attempts=row.attempts - 1,
        expires_at=row.expires_at,
        zone=zone_of(_Place(known.timezone, known.country), company) if first_spoken else "UTC",
        consent_withdrawn=known.consent_withdrawn,
        complaint_open=known.complaint_open,
        let_down=known.let_down,
        unreachable=known.unreachable and not row.to_staff,
        is_edit=row.edits is not None,
        original_state=known.original_state,
        original_due=known.original_due,
        superseded=known.superseded,
    )


def _compose(row: Claimed, reply_to: str | None, company: Company) -> Outgoing:
    body = Body.from_json(row.body)
    text = body.text
    if row.maybe_repeat and row.kind is MessageKind.ALERT and row.edits is None:
        text = phrases(company.language)("(may be a repeat)") + "\n" + text
    return Outgoing(
        id=row.id,
        address=row.address,
        text=text,
        buttons=body.buttons,
        document=body.document,
        attachments=body.attachments,
        takes_back=body.takes_back,
        reply_to=reply_to,
        speaks_first=RULES[row.kind].first_spoken,
    )
