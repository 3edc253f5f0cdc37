"""What becomes of a message after a call to the app. Pure decisions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.delivery.channel import RefusedError, UnreachableError
from store.errors import TemporaryError
from store.outbox import RULES, Policy
from store.tables.queues import MessageKind, OutboxState

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
LONGEST_HOLD_S = 60.0
"""A chat waits behind a failed message for this long; one that fails on loses its place in line."""

MOST_UNCLEAR = 8
"""Attempts of which nobody knows whether they arrived, while other messages go through; then it is enough."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that was made.

    Attributes:
        kind: of the message.
        number: 1 for the first.
        is_edit: whether it changes a message that was sent before; repeating that shows nothing.
        maybe_repeat: whether the call itself may have been a repeat.
        expires_at: when the message is no longer worth sending.
        in_outage: whether the app takes no other messages either.
        to_staff: whether it is an alert: a chat that cannot be reached is then a fault that we can mend.
    """

    kind: MessageKind
    number: int
    is_edit: bool
    maybe_repeat: bool
    expires_at: datetime | None
    in_outage: bool = False
    to_staff: bool = False


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The message goes back in line.

    Attributes:
        wait_s: after which it may leave.
        holds_chat: whether the rest of its chat waits behind it.
        maybe_repeat: whether the next call may be a repeat.
        reason: why.
    """

    wait_s: float
    holds_chat: bool
    maybe_repeat: bool
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The message ends in a state, with a reason that people read."""

    state: OutboxState
    reason: str


def after_failure(attempt: Attempt, error: Exception, *, now: datetime, jitter: float) -> TryAgain | GiveUp:
    """Decide what becomes of a message whose call failed.

    Args:
        attempt: the call.
        error: what the channel raised.
        now: aware UTC.
        jitter: 0 to 1, at random, so that messages that failed together do not return together.

    Returns:
        To try again after the wait that the app asked for, else after one that doubles each time and is
        shortened by up to half at random; or to give up: the chat cannot be reached, the message is
        refused, it would come after it expires, or nobody knows whether it arrived and its kind must not
        arrive twice. An alert that cannot reach staff is tried again until it expires, and what else is for
        staff waits behind it.
    """
    if isinstance(error, UnreachableError) and attempt.to_staff:
        wait_s = min(_wait_s(attempt.number, jitter), LONGEST_HOLD_S)
        return _again(attempt, wait_s, error, now=now, holds_chat=True)
    if isinstance(error, UnreachableError):
        return GiveUp(OutboxState.UNREACHABLE, str(error))
    if isinstance(error, RefusedError):
        return GiveUp(OutboxState.FAILED, str(error))
    if not isinstance(error, TemporaryError):
        return GiveUp(OutboxState.FAILED, f"unexpected {type(error).__name__}")
    maybe_arrived = error.maybe_delivered and not attempt.is_edit
    if maybe_arrived and not _may_repeat(attempt):
        return GiveUp(OutboxState.UNCERTAIN, str(error))
    wait_s = _wait_s(attempt.number, jitter) if error.retry_after_s is None else error.retry_after_s
    holds = error.retry_after_s is not None or wait_s <= LONGEST_HOLD_S
    return _again(attempt, wait_s, error, now=now, holds_chat=holds, maybe_arrived=maybe_arrived)


def _again(
    attempt: Attempt,
    wait_s: float,
    error: Exception,
    *,
    now: datetime,
    holds_chat: bool,
    maybe_arrived: bool = False,
) -> TryAgain | GiveUp:
    if attempt.expires_at is not None and now + timedelta(seconds=wait_s) >= attempt.expires_at:
        return GiveUp(OutboxState.FAILED, f"given up after {attempt.number} attempts: {error}")
    return TryAgain(wait_s, holds_chat, attempt.maybe_repeat or maybe_arrived, str(error))


def _may_repeat(attempt: Attempt) -> bool:
    if RULES[attempt.kind].policy is Policy.AT_MOST_ONCE:
        return False
    return attempt.in_outage or attempt.number < MOST_UNCLEAR


def _wait_s(number: int, jitter: float) -> float:
    longest = min(FIRST_WAIT_S * 2.0 ** min(number - 1, 30), LONGEST_WAIT_S)
    return longest * (1 - jitter / 2)
