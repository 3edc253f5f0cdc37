"""What becomes of a message after a failed call."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.delivery.attempts import (
    LONGEST_HOLD_S,
    LONGEST_WAIT_S,
    MOST_UNCLEAR,
    Attempt,
    GiveUp,
    TryAgain,
    after_failure,
)
from scheduler.delivery.channel import RefusedError, UnreachableError
from store.errors import TemporaryError
from store.outbox import RULES, Policy
from store.tables.queues import MessageKind, OutboxState
from tests.factories import NOW

attempts = st.builds(
    Attempt,
    kind=st.sampled_from(MessageKind),
    number=st.integers(1, 10_000),
    is_edit=st.booleans(),
    maybe_repeat=st.booleans(),
    expires_at=st.none() | st.floats(-10, 1e6).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    in_outage=st.booleans(),
    to_staff=st.booleans(),
)
errors = st.builds(
    TemporaryError,
    st.just("not now"),
    st.none() | st.floats(0, 1e5),
    maybe_delivered=st.booleans(),
)
jitters = st.floats(0, 1)


@given(attempts, errors, jitters)
def test_what_must_not_arrive_twice_is_never_repeated_when_it_may_have_arrived(
    attempt: Attempt, error: TemporaryError, jitter: float
) -> None:
    fate = after_failure(attempt, error, now=NOW, jitter=jitter)
    at_most_once = RULES[attempt.kind].policy is Policy.AT_MOST_ONCE
    if at_most_once and error.maybe_delivered and not attempt.is_edit:
        assert fate == GiveUp(OutboxState.UNCERTAIN, "not now")


@given(attempts, errors, jitters)
def test_a_retry_comes_when_the_app_said_and_before_the_message_expires(
    attempt: Attempt, error: TemporaryError, jitter: float
) -> None:
    fate = after_failure(attempt, error, now=NOW, jitter=jitter)
    if isinstance(fate, TryAgain):
        if error.retry_after_s is None:
            assert 0.5 <= fate.wait_s <= LONGEST_WAIT_S
        else:
            assert fate.wait_s == error.retry_after_s
            assert fate.holds_chat
        assert attempt.expires_at is None or NOW + timedelta(seconds=fate.wait_s) < attempt.expires_at
        assert fate.maybe_repeat >= attempt.maybe_repeat


@given(attempts, jitters)
def test_what_is_useless_is_not_tried_again(attempt: Attempt, jitter: float) -> None:
    for error, state in (
        (UnreachableError("blocked"), OutboxState.UNREACHABLE),
        (RefusedError("too long"), OutboxState.FAILED),
    ):
        to_customer = replace(attempt, to_staff=False)
        assert after_failure(to_customer, error, now=NOW, jitter=jitter) == GiveUp(state, str(error))


@given(attempts, jitters)
def test_an_alert_that_cannot_reach_staff_waits_until_it_expires(attempt: Attempt, jitter: float) -> None:
    error = UnreachableError("chat not found")
    fate = after_failure(replace(attempt, to_staff=True), error, now=NOW, jitter=jitter)
    if isinstance(fate, GiveUp):
        assert fate.state is OutboxState.FAILED
        assert attempt.expires_at is not None
        assert attempt.expires_at <= NOW + timedelta(seconds=LONGEST_HOLD_S)
    else:
        assert 0.5 <= fate.wait_s <= LONGEST_HOLD_S
        assert fate.holds_chat
        assert fate.maybe_repeat is attempt.maybe_repeat


def test_a_fault_of_ours_names_its_kind_and_keeps_its_words_to_the_log() -> None:
    fate = after_failure(first(), KeyError("a secret"), now=NOW, jitter=0)
    assert fate == GiveUp(OutboxState.FAILED, "unexpected KeyError")


def first(kind: MessageKind = MessageKind.ANSWER, number: int = 1, *, in_outage: bool = False) -> Attempt:
    return Attempt(kind, number, is_edit=False, maybe_repeat=False, expires_at=None, in_outage=in_outage)


@pytest.mark.parametrize(("number", "longest"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (5000, 300)])
def test_waits_grow_and_are_jittered(number: int, longest: float) -> None:
    error = TemporaryError("not now")
    for jitter, expected in ((0.0, longest), (1.0, longest / 2)):
        fate = after_failure(first(number=number), error, now=NOW, jitter=jitter)
        assert isinstance(fate, TryAgain)
        assert fate.wait_s == expected


def test_a_message_that_fails_on_loses_its_place_in_line() -> None:
    error = TemporaryError("not now")
    early, late = (after_failure(first(number=number), error, now=NOW, jitter=0) for number in (6, 8))
    assert isinstance(early, TryAgain)
    assert isinstance(late, TryAgain)
    assert (early.holds_chat, late.holds_chat) == (True, False)


def test_an_answer_that_may_have_arrived_often_is_enough() -> None:
    error = TemporaryError("500", maybe_delivered=True)
    fates = [after_failure(first(number=number), error, now=NOW, jitter=0) for number in (1, MOST_UNCLEAR)]
    assert isinstance(fates[0], TryAgain)
    assert fates[0].maybe_repeat
    assert fates[1] == GiveUp(OutboxState.UNCERTAIN, "500")
    outage = after_failure(first(number=MOST_UNCLEAR, in_outage=True), error, now=NOW, jitter=0)
    assert isinstance(outage, TryAgain)
