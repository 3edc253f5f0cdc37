"""Right before a message leaves, what may have changed since it was queued is looked at again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.company import Company
from scheduler.manners import next_allowed
from store.outbox import RULES
from store.tables.queues import MessageKind, OutboxState

TOO_LATE = "expired before it could be sent"
"""Why a message that waited for too long is skipped."""

ORIGINAL_POLL = timedelta(seconds=1)
"""How soon a correction looks again whether the message that it corrects has left."""

DESPITE_COMPLAINT = frozenset({MessageKind.REMINDER})
"""First-spoken kinds that reach who complains or was let down as well: they said that they will come."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message in the moment it would leave.

    Attributes:
        kind: of the message.
        attempts: calls that were made for it before.
        expires_at: when it is no longer worth sending.
        zone: time zone of the customer.
        consent_withdrawn: whether the customer said no to its purpose.
        complaint_open: whether a complaint of the customer waits to be resolved.
        let_down: whether a promise to the customer was broken lately.
        unreachable: whether the customer blocked us on this channel and has not written since.
        is_edit: whether it replaces a message that was queued before.
        original_state: where that stands; None where it is unknown.
        original_due: when it may leave, where it waits.
        superseded: whether a newer correction of the same message is queued or was sent.
    """

    kind: MessageKind
    attempts: int = 0
    expires_at: datetime | None = None
    zone: str = "UTC"
    consent_withdrawn: bool = False
    complaint_open: bool = False
    let_down: bool = False
    unreachable: bool = False
    is_edit: bool = False
    original_state: OutboxState | None = None
    original_due: datetime | None = None
    superseded: bool = False


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
    """It must not leave; ``state`` is what it becomes."""

    reason: str
    state: OutboxState = OutboxState.SKIPPED


Decision = Go | Later | Skip


def clear(facts: Facts, *, company: Company, now: datetime) -> Decision:
    """Decide whether a message may leave now."""
    if facts.expires_at is not None and facts.expires_at <= now:
        if facts.attempts:
            return Skip(f"expired after {facts.attempts} attempts", OutboxState.FAILED)
        return Skip(TOO_LATE)
    if facts.unreachable:
        return Skip("the customer cannot be reached on this channel", OutboxState.UNREACHABLE)
    if facts.is_edit and (waits := _behind_original(facts, now)):
        return waits
    return _speak_first(facts, company, now) if RULES[facts.kind].first_spoken else Go()


def _behind_original(facts: Facts, now: datetime) -> Decision | None:
    if facts.superseded:
        return Skip("superseded")
    if facts.original_state in (OutboxState.QUEUED, OutboxState.SENDING):
        due = facts.original_due or now
        return Later(max(now, due) + ORIGINAL_POLL, "the message that it corrects has not left")
    return None


def _speak_first(facts: Facts, company: Company, now: datetime) -> Decision:
    if facts.consent_withdrawn:
        return Skip("consent withdrawn")
    if facts.complaint_open and facts.kind not in DESPITE_COMPLAINT:
        return Skip("a complaint is open")
    if facts.let_down and facts.kind not in DESPITE_COMPLAINT:
        return Skip("a promise was broken")
    at = next_allowed(
        now, facts.zone, quiet_from_hour=company.quiet_from_hour, quiet_until_hour=company.quiet_until_hour
    )
    if at <= now:
        return Go()
    if facts.expires_at is not None and facts.expires_at <= at:
        return Skip("it expires in the quiet hours")
    return Later(at, "quiet hours")
