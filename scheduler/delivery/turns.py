"""A lane's turn: in one transaction, what was sent is noted and what may leave next is claimed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from customers.company import Company
from customers.identities import mark_unreachable
from customers.phrases import phrases
from scheduler.delivery.channel import Outgoing
from scheduler.delivery.clearance import Decision, Go, Later, Skip
from scheduler.delivery.facts import Known, decide, load_known, note_left_out
from scheduler.delivery.room import NOBODY_ELSE
from scheduler.delivery.traffic import Wish
from scheduler.delivery.unsent import Unsent, find_held, hold, nobody_is_told, tell
from store.departures import (
    Claimed,
    Ended,
    PutBack,
    Settlement,
    claim_due,
    settle,
    undo_claims,
)
from store.line import Line, next_due_at
from store.outbox import RULES, Body
from store.tables.queues import MessageKind, OutboxState

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


def take_turn(
    session: Session,
    *,
    notes: Sequence[Note],
    wish: Wish,
    channel: str,
    company: Company,
    now: datetime,
    claims: list[Claimed],
    line: Line | None = None,
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
        line: what the lane remembers of the line; None to look at all of it.
        doubtful: the claims of a turn of which that is so; they go back in line.
        told: is told of messages that will not arrive.
    """
    record(session, notes, channel=channel, now=now, doubtful=doubtful, line=line, told=told)
    if not wish.limit:
        return Turn((), 0, None, now)
    claimed = claim_due(
        session,
        channel=channel,
        now=now,
        limit=wish.limit,
        held=wish.held,
        reserved=wish.reserved,
        line=line,
    )
    claims.extend(claimed)
    if not claimed:
        return Turn((), 0, next_due_at(session, channel=channel), now)
    known = load_known(session, claimed, company=company, now=now)
    looked_at = [(row, decide(row, known, company=company, now=now)) for row in claimed]
    decided = _put_off(session, note_left_out(session, looked_at, known, now=now), now)
    ready = [_ready(row, known, company) for row, decision in decided if isinstance(decision, Go)]
    kept = [_settled(row, decision) for row, decision in decided if not isinstance(decision, Go)]
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
    line: Line | None = None,
    told: Unsent = nobody_is_told,
) -> None:
    """Note what became of messages, and that claims came to no call; does not commit."""
    settlements = [note.settlement for note in notes]
    if line is not None and (doubtful or any(isinstance(one, PutBack) for one in settlements)):
        line.forget()
    hold(session, settlements)
    for note in notes:
        if isinstance(note.settlement, Ended) and note.settlement.state is OutboxState.UNREACHABLE:
            mark_unreachable(session, channel=channel, address=note.address, now=now)
    undo_claims(session, doubtful)
    settle(session, settlements)
    tell(session, settlements, told, now=now)


def _put_off(
    session: Session, decided: Sequence[tuple[Claimed, Decision]], now: datetime
) -> Sequence[tuple[Claimed, Decision]]:
    """Let the end of a message wait while somebody else changes its case: neither waits for the other."""
    skipped = ((row, decision) for row, decision in decided if isinstance(decision, Skip))
    held = find_held(session, (Ended(row.id, skip.state, skip.reason) for row, skip in skipped))
    return [
        (row, Later(now + NOBODY_ELSE, decision.reason))
        if isinstance(decision, Skip) and row.id in held
        else (row, decision)
        for row, decision in decided
    ]


def _ready(row: Claimed, known: Known, company: Company) -> Ready:
    found = known.of(row)
    return Ready(row, _compose(row, found.replied, company), found.original)


def _settled(row: Claimed, decision: Later | Skip) -> Settlement:
    if isinstance(decision, Later):
        return PutBack(row.id, decision.at, row.attempts, row.maybe_repeat, decision.reason)
    if decision.state is OutboxState.FAILED:
        log.warning("message %d (%s) to %s failed: %s", row.id, row.kind, row.address, decision.reason)
    return Ended(row.id, decision.state, decision.reason)


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
