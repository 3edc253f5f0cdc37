"""Right before a message leaves, what may have changed since it was queued is looked at again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.company import Company
from scheduler.delivery.room import COUNTED, EMPTY, LOOK_AGAIN, Room, no_room
from scheduler.left_out import REASONS_BY_NAME, LeftOut, Reason, reasons_for
from scheduler.manners import next_allowed
from store.outbox import RULES
from store.tables.customers import Purpose
from store.tables.queues import MessageKind, OutboxState

SUPERSEDED = "superseded"
"""Why a change of a message is not sent: a later one of the same message waits, too."""
TOO_LATE = "expired before it could be sent"
EXPIRES_AT_NIGHT = "it expires in the quiet hours"
"""Why a message that waited for too long is skipped."""

ORIGINAL_POLL = timedelta(seconds=1)
"""How soon a correction looks again whether the message that it corrects has left."""

TOO_MANY = "too many messages lately"
"""Why a message that waits for room, or got none, does not leave."""

DESPITE_COMPLAINT = frozenset({MessageKind.REMINDER})
"""First-spoken kinds that reach who complains or was let down as well: they said that they will come."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message in the moment it would leave.

    Attributes:
        kind: of the message.
        purpose: what it is for, where it is first-spoken.
        attempts: calls that were made for it before.
        expires_at: when it is no longer worth sending.
        zone: time zone of the customer.
        consent_withdrawn: whether the customer said no to its purpose.
        complaint_open: whether a complaint of the customer waits to be resolved.
        let_down: whether a promise to the customer was broken lately.
        rated_low: whether the customer's last rating was a bad one, given lately.
        unreachable: whether the customer blocked us on this channel and has not written since.
        is_edit: whether it replaces a message that was queued before.
        original_state: where that stands; None where it is unknown.
        original_due: when it may leave, where it waits.
        superseded: whether a newer correction of the same message is queued or was sent.
        room: what else the customer gets that they did not ask for.
    """

    kind: MessageKind
    purpose: Purpose | None = None
    attempts: int = 0
    expires_at: datetime | None = None
    zone: str = "UTC"
    consent_withdrawn: bool = False
    complaint_open: bool = False
    let_down: bool = False
    rated_low: bool = False
    unreachable: bool = False
    is_edit: bool = False
    original_state: OutboxState | None = None
    original_due: datetime | None = None
    superseded: bool = False
    room: Room = EMPTY


@dataclass(frozen=True, slots=True)
class Go:
    """It may leave."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may leave at ``at``, and is looked at again then."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """It must not leave; ``state`` is what it becomes.

    ``left_out`` names the reason where manners forbid it, so that it is counted (``scheduler.suppressions``).
    """

    reason: str
    state: OutboxState = OutboxState.SKIPPED
    left_out: LeftOut | None = None


Decision = Go | Later | Skip


def clear(facts: Facts, *, company: Company, now: datetime) -> Decision:
    """Decide whether a message may leave now."""
    is_first = RULES[facts.kind].first_spoken
    if facts.expires_at is not None and facts.expires_at <= now:
        if facts.attempts:
            return Skip(f"expired after {facts.attempts} attempts", OutboxState.FAILED)
        return Skip(TOO_LATE, left_out=LeftOut.TOO_LATE if is_first else None)
    if is_first and (held_by := _held_by(facts, company)):
        return _skip(held_by)
    if facts.unreachable:
        return Skip(REASONS_BY_NAME[LeftOut.UNREACHABLE].words, OutboxState.UNREACHABLE)
    if facts.is_edit and (waits := _behind_original(facts, now)):
        return waits
    return _speak_first(facts, company, now) if is_first else Go()


def _behind_original(facts: Facts, now: datetime) -> Decision | None:
    if facts.superseded:
        return Skip(SUPERSEDED)
    if facts.original_state in (OutboxState.QUEUED, OutboxState.SENDING):
        due = facts.original_due or now
        return Later(max(now, due) + ORIGINAL_POLL, "the message that it corrects has not left")
    return None


def _speak_first(facts: Facts, company: Company, now: datetime) -> Decision:
    return _for_room(facts, company, now) or _by_day(facts, company, now)


def _held_by(facts: Facts, company: Company) -> Reason | None:
    """Tell what holds a message back, by the table that planners go by; None where nothing does."""
    holds = {
        LeftOut.STOPPED: facts.consent_withdrawn,
        LeftOut.UNREACHABLE: facts.unreachable,
        LeftOut.COMPLAINT: facts.complaint_open,
        LeftOut.PROMISE: facts.let_down,
        LeftOut.RATING: facts.rated_low,
    }
    for reason in reasons_for(facts.purpose, company.outreach):
        despite = reason.hold is not None and facts.kind in DESPITE_COMPLAINT
        if holds[reason.left_out] and not despite:
            return reason
    return None


def _skip(held_by: Reason) -> Skip:
    is_unreachable = held_by.left_out is LeftOut.UNREACHABLE
    state = OutboxState.UNREACHABLE if is_unreachable else OutboxState.SKIPPED
    return Skip(held_by.words, state, held_by.left_out)


def _for_room(facts: Facts, company: Company, now: datetime) -> Decision | None:
    """Let a message wait until its customer has room for one more; None where they have."""
    if facts.kind not in COUNTED or facts.is_edit:
        return None
    full = no_room(facts.room, facts.purpose, company.outreach, now=now)
    if full is None:
        return None
    at = _allowed(full.again_at, facts, company)
    if facts.expires_at is None or at < facts.expires_at:
        return Later(at, TOO_MANY)
    last_look = _allowed(facts.expires_at - LOOK_AGAIN, facts, company)
    if full.is_final or last_look <= now or last_look >= facts.expires_at:
        return Skip(TOO_MANY, left_out=LeftOut.TOO_MANY)
    return Later(last_look, TOO_MANY)


def _by_day(facts: Facts, company: Company, now: datetime) -> Decision:
    at = _allowed(now, facts, company)
    if at <= now:
        return Go()
    if facts.expires_at is not None and facts.expires_at <= at:
        return Skip(EXPIRES_AT_NIGHT, left_out=LeftOut.TOO_LATE)
    return Later(at, "quiet hours")


def _allowed(moment: datetime, facts: Facts, company: Company) -> datetime:
    return next_allowed(
        moment,
        facts.zone,
        quiet_from_hour=company.quiet_from_hour,
        quiet_until_hour=company.quiet_until_hour,
    )
