"""References, due times and allowed moves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.complaint_rules import (
    MOVES,
    REOPEN_WITHIN,
    UNDISMISS_WITHIN,
    Move,
    MoveError,
    next_state,
    parse_reference,
    reference,
)
from store.tables.complaints import ComplaintState
from tests.factories import NOW


@given(st.integers(1, 10**15))
def test_references_can_be_read_back(complaint_id: int) -> None:
    assert parse_reference(reference(complaint_id)) == complaint_id
    assert parse_reference(f"what about {reference(complaint_id).lower()}?") == complaint_id


def test_the_first_complaint_is_number_1001() -> None:
    assert reference(42) == "C-1042"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C-1042", 42),
        ("c1042", 42),
        ("Ｃ－１０４２", 42),
        ("关于C-1042的问题", 42),
        ("my case (C-1042), please", 42),
        ("C-1000", None),
        ("C-0042", None),
        ("C-42", None),
        ("1042", None),
        ("ABC-1042", None),
        ("C-1042x", None),
        ("C-" + "9" * 40, None),
        ("", None),
    ],
)
def test_references_are_found_in_words(text: str, expected: int | None) -> None:
    assert parse_reference(text) == expected


@given(st.text())
def test_any_text_may_be_searched_for_a_reference(text: str) -> None:
    found = parse_reference(text)
    assert found is None or found > 0


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", ComplaintState)
def test_only_moves_of_the_table_are_allowed(move: Move, state: ComplaintState) -> None:
    target = MOVES[move].get(state)
    if target is not None:
        assert next_state(7, move, state, closed_at=None, now=NOW) is target
        return
    with pytest.raises(MoveError, match="C-1007") as refusal:
        next_state(7, move, state, closed_at=None, now=NOW)
    assert (refusal.value.move, refusal.value.state) == (move, state)


def test_a_dismissal_can_be_taken_back_for_some_minutes() -> None:
    dismissed = ComplaintState.DISMISSED
    soon, late = NOW + UNDISMISS_WITHIN, NOW + UNDISMISS_WITHIN + timedelta(seconds=1)
    assert next_state(7, Move.UNDISMISS, dismissed, closed_at=NOW, now=soon) is ComplaintState.OPEN
    with pytest.raises(MoveError):
        next_state(7, Move.UNDISMISS, dismissed, closed_at=NOW, now=late)


def test_a_confirmed_case_can_be_reopened_for_a_while() -> None:
    confirmed = ComplaintState.CONFIRMED
    soon, late = NOW + REOPEN_WITHIN, NOW + REOPEN_WITHIN + timedelta(seconds=1)
    assert next_state(7, Move.REOPEN, confirmed, closed_at=NOW, now=soon) is ComplaintState.OPEN
    with pytest.raises(MoveError):
        next_state(7, Move.REOPEN, confirmed, closed_at=NOW, now=late)
    assert (
        next_state(7, Move.REOPEN, ComplaintState.RESOLVED, closed_at=None, now=late) is ComplaintState.OPEN
    )
