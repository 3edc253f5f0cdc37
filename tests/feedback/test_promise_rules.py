"""The rules of promises: no state out of the table, each step at most once, none without a reminder."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.natural_times import DistantTimeError, PastTimeError
from feedback.promise_rules import (
    DUE,
    LONGEST_PROMISE,
    MOVES,
    REMINDERS,
    PromiseError,
    PromiseMove,
    PromiseTextError,
    check_due,
    checked_text,
    last_step,
    may_settle,
    next_state,
    step_at,
)
from store.tables.desk import PromiseState
from store.tables.staff import Role

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=366))


@given(spans)
def test_steps_come_in_order_after_the_promise_and_no_later_than_it_is_due(span: timedelta) -> None:
    moments = [step_at(step, made_at=NOW, due_at=NOW + span) for step in range(DUE + 1)]

    assert moments == sorted(moments)
    assert moments[0] > NOW
    assert moments[-1] == NOW + span
    assert all(moment <= NOW + span for moment in moments)


@given(spans, st.lists(st.timedeltas(timedelta(), timedelta(days=400)), max_size=8))
def test_however_often_somebody_looks_each_step_is_taken_once_and_the_last_is_the_break(
    span: timedelta, waits: list[timedelta]
) -> None:
    now, step, taken = NOW, 0, []
    for wait in [*waits, timedelta(days=400)]:
        now += wait
        while step <= DUE and step_at(step, made_at=NOW, due_at=NOW + span) <= now:
            done = last_step(step, made_at=NOW, due_at=NOW + span, now=now)
            taken.append(done)
            step = done + 1

    assert taken == sorted(set(taken))
    assert taken[-1] == DUE


def test_an_hour_before_a_long_promise_is_due_its_maker_is_reminded_again() -> None:
    due = NOW + timedelta(days=30)

    assert step_at(len(REMINDERS) - 1, made_at=NOW, due_at=due) == due - timedelta(hours=1)


@given(st.lists(st.sampled_from(list(PromiseMove)), max_size=12))
def test_no_state_is_out_of_the_table(moves: list[PromiseMove]) -> None:
    state = PromiseState.OPEN
    for move in moves:
        try:
            after = next_state(1, move, state)
        except PromiseError:
            assert state not in MOVES[move]
            continue
        assert after is MOVES[move][state]
        state = after


def test_what_is_withdrawn_stays_so() -> None:
    assert not [move for move in PromiseMove if PromiseState.WITHDRAWN in MOVES[move]]


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_PROMISE + 1)])
def test_a_promise_is_one_line(text: str) -> None:
    with pytest.raises(PromiseTextError):
        checked_text(text)


def test_a_promise_is_for_a_time_to_come_within_a_year() -> None:
    check_due(NOW + timedelta(seconds=1), NOW)
    with pytest.raises(PastTimeError):
        check_due(NOW, NOW)
    with pytest.raises(DistantTimeError):
        check_due(NOW + timedelta(days=367), NOW)


@pytest.mark.parametrize("role", list(Role))
def test_its_maker_the_owner_and_those_in_charge_say_what_became_of_it(role: Role) -> None:
    in_charge = role in (Role.LEAD, Role.MANAGER, Role.ADMIN)

    assert may_settle(staff_id=1, role=role, maker_id=1, owner_id=None)
    assert may_settle(staff_id=1, role=role, maker_id=2, owner_id=1)
    assert may_settle(staff_id=1, role=role, maker_id=2, owner_id=3) is in_charge
    assert may_settle(staff_id=1, role=role, maker_id=None, owner_id=None) is in_charge
